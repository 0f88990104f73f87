// RUN: sed 's/TARGET/x86_64/;s/CPU/haswell/' %s | qcc-opt -qcc-layout-pack-matrices | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sed 's/TARGET/x86_64/;s/CPU/znver4/' %s | qcc-opt -qcc-layout-pack-matrices | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: sed 's/TARGET/aarch64/;s/CPU//' %s | qcc-opt -qcc-layout-pack-matrices | FileCheck %s --check-prefixes=CHECK,NEON
// RUN: sed 's/TARGET/cortex-m4/;s/CPU//' %s | qcc-opt -qcc-layout-pack-matrices | FileCheck %s --check-prefixes=CHECK,SCALAR

!x = !quant.uniform<u8:f32, 5.000000e-01:3>
!y = !quant.uniform<u8:f32, 2.500000e-01:7>

// CHECK-LABEL: func.func @run
// Nine columns are padded to whole vectors; each of the two matrices keeps its own row.
// CHECK: %[[FLOAT:.*]] = qnn.kernel
// AVX2: kernel.pack float %{{.*}} {lanes = 8 : i64, panel = 16 : i64, permutation = array<i64: 0, 1, 2>, zero_point = 0 : i64} : tensor<2x5x9xf32> -> tensor<2x80xf32>
// AVX512: kernel.pack float %{{.*}} {lanes = 16 : i64, panel = 64 : i64, permutation = array<i64: 0, 1, 2>, zero_point = 0 : i64} : tensor<2x5x9xf32> -> tensor<2x80xf32>
// NEON: kernel.pack float {{.*}} -> tensor<2x60xf32>
// SCALAR: kernel.pack float {{.*}} -> tensor<2x45xf32>
// CHECK: qnn.kernel {{.*}}%[[FLOAT]]
// CHECK: kernel.contraction float
// Codes less their zero point are words: pairs of them where the target multiplies pairs, K = 5 padded to 6.
// AVX2: kernel.pack word_pairs {{.*}}zero_point = 3{{.*}} -> tensor<96xi16>
// AVX512: kernel.pack word_pairs {{.*}} -> tensor<96xi16>
// NEON: kernel.pack words {{.*}} -> tensor<60xi16>
// SCALAR: kernel.pack codes {{.*}} -> tensor<45xi16>
// CHECK: kernel.contraction
// Computed weights [O, K] are packed from their rows.
// CHECK: kernel.pack float {{.*}}permutation = array<i64: 1, 0>{{.*}} : tensor<9x5xf32>
// CHECK: kernel.contraction float
// A transpose before the packing is no kernel any more.
// CHECK-NOT: qnn.transpose
// CHECK: kernel.pack float {{.*}}permutation = array<i64: 1, 2, 0>{{.*}} : tensor<9x2x5xf32> -> tensor<2x
// CHECK: kernel.contraction float
// CHECK-NOT: qnn.transpose
// CHECK-NOT: qnn.matmul
// CHECK-NOT: qnn.linear
module attributes {qcc.target = {name = "TARGET", cpu = "CPU", attributes = ""}} {
  func.func @run(%x: tensor<2x4x5xf32> {qnn.name = "x"}, %z: tensor<2x5x9xf32> {qnn.name = "z"}, %q: tensor<4x5x!x> {qnn.name = "q"}, %r: tensor<5x9x!x> {qnn.name = "r"}, %w: tensor<9x5xf32> {qnn.name = "w"}, %v: tensor<9x2x5xf32> {qnn.name = "v"})
      -> (tensor<2x4x9xf32> {qnn.name = "a"}, tensor<4x9x!y> {qnn.name = "b"}, tensor<2x4x9xf32> {qnn.name = "c"}, tensor<2x4x9xf32> {qnn.name = "d"}) {
    %0 = qnn.kernel (%a = %x : tensor<2x4x5xf32>, %b = %z : tensor<2x5x9xf32>) -> tensor<2x4x9xf32> {
      %1 = qnn.matmul %a, %b : tensor<2x4x5xf32>, tensor<2x5x9xf32> -> tensor<2x4x9xf32>
      qnn.yield %1 : tensor<2x4x9xf32>
    }
    %2 = qnn.kernel (%a = %q : tensor<4x5x!x>, %b = %r : tensor<5x9x!x>) -> tensor<4x9x!y> {
      %3 = qnn.matmul %a, %b : tensor<4x5x!x>, tensor<5x9x!x> -> tensor<4x9x!y>
      qnn.yield %3 : tensor<4x9x!y>
    }
    %4 = qnn.kernel (%a = %x : tensor<2x4x5xf32>, %b = %w : tensor<9x5xf32>) -> tensor<2x4x9xf32> {
      %5 = qnn.linear %a, %b : tensor<2x4x5xf32>, tensor<9x5xf32> -> tensor<2x4x9xf32>
      qnn.yield %5 : tensor<2x4x9xf32>
    }
    %6 = qnn.kernel (%a = %v : tensor<9x2x5xf32>) -> tensor<2x5x9xf32> {
      %7 = qnn.transpose %a perm [1, 2, 0] : tensor<9x2x5xf32> -> tensor<2x5x9xf32>
      qnn.yield %7 : tensor<2x5x9xf32>
    }
    %8 = qnn.kernel (%a = %x : tensor<2x4x5xf32>, %b = %6 : tensor<2x5x9xf32>) -> tensor<2x4x9xf32> {
      %9 = qnn.matmul %a, %b : tensor<2x4x5xf32>, tensor<2x5x9xf32> -> tensor<2x4x9xf32>
      qnn.yield %9 : tensor<2x4x9xf32>
    }
    return %0, %2, %4, %8 : tensor<2x4x9xf32>, tensor<4x9x!y>, tensor<2x4x9xf32>, tensor<2x4x9xf32>
  }
}
