// The whole stage changes no value of a network that only moves and quantizes, whatever it does to the ops.
// RUN: qcc-reference %s -seed=7 -output=%t.before
// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-simplify-fold-constants,qcc-simplify-fold-transposes,qcc-simplify-remove-no-ops,qcc-simplify-fold-batch-norm,cse,qcc-simplify-fold-constants,qcc-simplify-remove-no-ops))' -o %t.mlir
// RUN: qcc-reference %t.mlir -seed=7 -output=%t.after
// RUN: cmp %t.before.0.bin %t.after.0.bin
// RUN: cmp %t.before.1.bin %t.after.1.bin
// RUN: FileCheck %s < %t.mlir

!q = !quant.uniform<u8:f32, 5.000000e-01:100>

// One transpose into the layout, one that shuffles channels, one for the second output.
// CHECK-COUNT-3: qnn.transpose
// CHECK-NOT: qnn.transpose
func.func @run(%image: tensor<2x4x6x5xf32>, %w: tensor<8x3x3x4xf32>, %v: tensor<10x120xf32>) -> (tensor<2x10xf32>, tensor<2x8x3x5xf32>) {
  %q = qnn.quantize %image : tensor<2x4x6x5xf32> -> tensor<2x4x6x5x!q>
  %b = qnn.bitcast %q : tensor<2x4x6x5x!q> -> tensor<2x4x6x5xui8>
  %c = qnn.bitcast %b : tensor<2x4x6x5xui8> -> tensor<2x4x6x5x!q>
  %d = qnn.dequantize %c : tensor<2x4x6x5x!q> -> tensor<2x4x6x5xf32>
  %n = qnn.transpose %d perm [0, 2, 3, 1] : tensor<2x4x6x5xf32> -> tensor<2x6x5x4xf32>
  %p = qnn.pad %n low [0, 1, 1, 0] high [0, 1, 1, 0] : tensor<2x6x5x4xf32> -> tensor<2x8x7x4xf32>
  %y = qnn.conv2d %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<2x8x7x4xf32>, tensor<8x3x3x4xf32> -> tensor<2x6x5x8xf32>
  %t = qnn.transpose %y perm [0, 3, 1, 2] : tensor<2x6x5x8xf32> -> tensor<2x8x6x5xf32>
  %r = qnn.reshape %t : tensor<2x8x6x5xf32> -> tensor<2x2x4x6x5xf32>
  %s = qnn.transpose %r perm [0, 2, 1, 3, 4] : tensor<2x2x4x6x5xf32> -> tensor<2x4x2x6x5xf32>
  %m = qnn.reshape %s : tensor<2x4x2x6x5xf32> -> tensor<2x8x6x5xf32>
  %k = qnn.clip %m to 0.0, 0x7F800000 : tensor<2x8x6x5xf32> -> tensor<2x8x6x5xf32>
  %o = qnn.slice %k at [0, 0, 1, 0] by [1, 1, 2, 1] : tensor<2x8x6x5xf32> -> tensor<2x8x3x5xf32>
  %f = qnn.reshape %o : tensor<2x8x3x5xf32> -> tensor<2x120xf32>
  %constant = qnn.constant dense_resource<weights> : tensor<1x120xf32> -> tensor<1x120xf32>
  %e = qnn.linear %f, %constant : tensor<2x120xf32>, tensor<1x120xf32> -> tensor<2x1xf32>
  %z = qnn.linear %f, %v : tensor<2x120xf32>, tensor<10x120xf32> -> tensor<2x10xf32>
  %sum = qnn.mul %z, %e : tensor<2x10xf32>, tensor<2x1xf32> -> tensor<2x10xf32>
  return %sum, %o : tensor<2x10xf32>, tensor<2x8x3x5xf32>
}

{-# dialect_resources: { builtin: { weights: "0x040000000000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0000000400000A0C0000080BF00004040000080C00000000000008040000040C00000803F0000A040000000C0" } } #-}
