// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-quantize-fold-weights))' | FileCheck %s

// Weights of a float op: -1 * 0.5, 2 * 0.5 and 4 less 1, 3 less 1. Nothing unused stays.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: qnn.constant dense_resource<[[$R:.*]]> : tensor<2x2xf32>
// CHECK-NEXT: qnn.linear
// CHECK-NEXT: return
func.func @run(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %1 = qnn.linear %x, %0 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = qnn.relu %1 : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// What only moves them is a constant as well: a row of zeros above.
// CHECK-LABEL: func.func @moved
// CHECK-NEXT: qnn.constant dense_resource<{{.*}}> : tensor<3x2xf32>
// CHECK-NEXT: qnn.linear
func.func @moved(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = qnn.constant dense_resource<w2> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s2> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z2> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %1 = qnn.transpose %0 perm [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
  %2 = qnn.pad %1 low [1, 0] high [0, 0] : tensor<2x2xf32> -> tensor<3x2xf32>
  %3 = qnn.linear %x, %2 : tensor<1x2xf32>, tensor<3x2xf32> -> tensor<1x3xf32>
  return %3 : tensor<1x3xf32>
}

// CHECK: [[$R]]: "0x{{........}}000000BF0000803F0000404000000040"

{-#
  dialect_resources: {
    builtin: {
      w: "0x04000000FF020403",
      s: "0x040000000000003F0000803F",
      z: "0x040000000001",
      w2: "0x04000000FF020403",
      s2: "0x040000000000003F0000803F",
      z2: "0x040000000001"
    }
  }
#-}
