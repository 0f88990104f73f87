// RUN: rm -rf %t && mkdir -p %t/samples %t/empty %t/nan
// RUN: %python -c "import numpy as np; np.save('%t/samples/a.npy', np.ones((1, 2, 2, 2), '<f4')); np.save('%t/nan/a.npy', np.full((1, 2, 2, 2), np.inf, '<f4')); np.save('%t/huge.npy', np.full((1, 2, 2, 2), 3e38, '<f4')); np.savez('%t/unknown.npz', y=np.ones((1, 2, 2, 2), '<f4'))"
// RUN: qcc %S/Inputs/net.mlir -start-from=quantize -calibrate=%t/samples -calibration-out=%t/table.json -emit=quantize -o %t/out.mlir

// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/none' 2>&1 | FileCheck %s -check-prefix=NONE
// NONE: cannot be read: {{.*}} [E3001]
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/empty' 2>&1 | FileCheck %s -check-prefix=EMPTY
// EMPTY: holds no sample [E3008]
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/nan' 2>&1 | FileCheck %s -check-prefix=NAN
// NAN: holds NaN or infinity [E3012]
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/unknown.npz' 2>&1 | FileCheck %s -check-prefix=UNKNOWN
// UNKNOWN: has no array for input 'x' [E3014]

// An inner value overflows.
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/huge.npy' 2>&1 | FileCheck %s -check-prefix=HUGE
// HUGE: node:act: is NaN or infinite for sample 0; {{.*}} [E3015]

// RUN: echo '{"version": 2}' > %t/version.json
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='table-in=%t/version.json' 2>&1 | FileCheck %s -check-prefix=VERSION
// VERSION: is no calibration table: version is not 1 [E3017]

// A table of another network.
// RUN: sed 's/node:pool/node:other/' %t/table.json > %t/stale.json
// RUN: not qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='table-in=%t/stale.json' 2>&1 | FileCheck %s -check-prefix=STALE
// STALE: was made for another network; it lacks 1 of 3 values: node:pool [E3018]
// RUN: sed 's/w: "0x040000000000803F/w: "0x040000000000003F/' %S/Inputs/net.mlir > %t/changed.mlir
// RUN: not qcc-opt %t/changed.mlir -qcc-quantize-calibrate='table-in=%t/table.json' 2>&1 | FileCheck %s -check-prefix=HASH
// HASH: the graph's hash differs; calibrate again [E3018]
