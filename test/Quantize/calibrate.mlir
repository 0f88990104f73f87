// RUN: rm -rf %t && mkdir -p %t/samples %t/reversed
// RUN: %python -c "import numpy as np; [np.save('%t/%%s/%%s.npy' %% (d, n), np.full((1, 2, 2, 2), v, '<f4')) for d, n, v in [('samples', 'a', 1), ('samples', 'b', -3), ('reversed', 'a', -3), ('reversed', 'b', 1)]]"
// RUN: qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/samples keep-table' | FileCheck %s -check-prefixes=KEPT,CHECK
// RUN: qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='samples=%t/samples' | FileCheck %s -implicit-check-not=calibration_table
// RUN: qcc %S/Inputs/net.mlir -start-from=quantize -calibrate=%t/samples -calibration-out=%t/table.json -emit=quantize -o %t/out.mlir
// RUN: qcc %S/Inputs/net.mlir -start-from=quantize -calibrate=%t/reversed -calibration-out=%t/reversed.json -emit=quantize -o %t/out.mlir
// RUN: cmp %t/table.json %t/reversed.json
// RUN: qcc-opt %S/Inputs/net.mlir -qcc-quantize-calibrate='table-in=%t/table.json' | FileCheck %s
// RUN: FileCheck %s -check-prefix=TABLE -input-file=%t/table.json

// The convolution's range is that of the clamp after it; the reshape's is the pool's; softmax stays float.
// conv = [x + 2x + 0.5, x - x] for x in {1, -3}.
// KEPT: qcc.calibration_table = "{{.*}}node:act
// CHECK: func.func @run(%{{.*}}: tensor<1x2x2x2xf32> {qnn.name = "x", qnn.range = array<f32: -3.000000e+00, 1.000000e+00>})
// CHECK: qnn.conv2d
// CHECK-NOT: qnn.range
// CHECK: qnn.relu {{.*}}{qnn.range = array<f32: 0.000000e+00, 3.500000e+00>}
// CHECK: qnn.average_pool {{.*}}qnn.range = array<f32: 0.000000e+00, 3.500000e+00>
// CHECK-NOT: qnn.range

// TABLE: "version": 1
// TABLE: "count": 2
// TABLE: "id": "input:x"
// TABLE-NEXT: "low": -3
// TABLE-NEXT: "high": 1
// TABLE: "id": "node:act"
// TABLE: "id": "node:pool"
