// RUN: sed 's/TARGET/x86_64/;s/CPU/haswell/' %s | qcc-opt -qcc-layout-pack-recurrent-weights | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sed 's/TARGET/cortex-m4/;s/CPU//' %s | qcc-opt -qcc-layout-pack-recurrent-weights | FileCheck %s --check-prefixes=CHECK,SCALAR

// Weights [9, 9] of the bytes 0, 1, 2, ... in rows: column 8 is a panel of its own where a panel has 8 columns.
// CHECK-LABEL: func.func @run
// CHECK: %[[PLAIN:.*]] = qnn.constant dense_resource<w>
// CHECK: %[[PACKED:.*]] = qnn.constant dense_resource<[[RESOURCE:.*]]> : tensor<9x9xf32>
// CHECK: qnn.kernel ({{.*}} = %[[PACKED]] : tensor<9x9xf32>)
// AVX2-NEXT: qnn.recurrent rnn {{.*}}panel = 64 : i64
// SCALAR-NEXT: qnn.recurrent rnn {{.*}}panel = 8 : i64
// Computed weights stay as they are, and so do constant weights that are something else besides.
// CHECK: qnn.kernel
// CHECK-NOT: panel
// CHECK: qnn.kernel ({{.*}} = %[[PLAIN]] : tensor<9x9xf32>)
// CHECK-NOT: panel
// CHECK: return
module attributes {qcc.target = {name = "TARGET", cpu = "CPU", attributes = ""}} {
  func.func @run(%x: tensor<2x9x9xf32> {qnn.name = "x"}, %v: tensor<9x9xf32> {qnn.name = "v"})
      -> (tensor<9x9xf32> {qnn.name = "a"}, tensor<9x9xf32> {qnn.name = "b"}, tensor<9x9xf32> {qnn.name = "c"}) {
    %w = qnn.constant dense_resource<w> : tensor<9x9xf32> -> tensor<9x9xf32>
    %0 = qnn.kernel (%g = %x : tensor<2x9x9xf32>, %r = %w : tensor<9x9xf32>) -> tensor<9x9xf32> {
      %1 = qnn.recurrent rnn %g, %r {activations = ["tanh"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>} : (tensor<2x9x9xf32>, tensor<9x9xf32>) -> tensor<9x9xf32>
      qnn.yield %1 : tensor<9x9xf32>
    }
    %2 = qnn.kernel (%g = %x : tensor<2x9x9xf32>, %r = %v : tensor<9x9xf32>) -> tensor<9x9xf32> {
      %3 = qnn.recurrent rnn %g, %r {activations = ["tanh"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>} : (tensor<2x9x9xf32>, tensor<9x9xf32>) -> tensor<9x9xf32>
      qnn.yield %3 : tensor<9x9xf32>
    }
    %4 = qnn.kernel (%g = %x : tensor<2x9x9xf32>, %r = %w : tensor<9x9xf32>) -> tensor<9x9xf32> {
      %5 = qnn.recurrent rnn %g, %r hidden %r {activations = ["tanh"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>} : (tensor<2x9x9xf32>, tensor<9x9xf32>, tensor<9x9xf32>) -> tensor<9x9xf32>
      qnn.yield %5 : tensor<9x9xf32>
    }
    return %0, %2, %4 : tensor<9x9xf32>, tensor<9x9xf32>, tensor<9x9xf32>
  }
}
// The first eight columns of all rows, then the last column of all rows.
// SCALAR: [[RESOURCE]]: "0x400000000000000001000000020000000300000004000000050000000600000007000000090000000A0000000B0000000C0000000D0000000E0000000F000000100000001200000013000000{{[0-9A-F]*}}08000000110000001A000000230000002C000000350000003E0000004700000050000000"
{-#
  dialect_resources: { builtin: {
    w: "0x04000000000000000100000002000000030000000400000005000000060000000700000008000000090000000A0000000B0000000C0000000D0000000E0000000F000000100000001100000012000000130000001400000015000000160000001700000018000000190000001A0000001B0000001C0000001D0000001E0000001F000000200000002100000022000000230000002400000025000000260000002700000028000000290000002A0000002B0000002C0000002D0000002E0000002F000000300000003100000032000000330000003400000035000000360000003700000038000000390000003A0000003B0000003C0000003D0000003E0000003F000000400000004100000042000000430000004400000045000000460000004700000048000000490000004A0000004B0000004C0000004D0000004E0000004F00000050000000"
  } }
#-}
