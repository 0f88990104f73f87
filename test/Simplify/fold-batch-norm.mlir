// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-simplify-fold-batch-norm))' | FileCheck %s

// (x * w + b - 1) * [2, 4] + [1, 3] and a quotient, into one convolution.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x2x2x1xf32>
// CHECK-DAG: %[[W:.*]] = qnn.constant dense_resource<[[$WEIGHTS:.*]]> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = qnn.constant dense_resource<[[$BIAS:.*]]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = qnn.conv2d %[[X]], %[[W]] bias %[[B]]
// CHECK-NOT: qnn.{{add|sub|mul|div}}
// CHECK: return %[[Y]]
func.func @run(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %w = qnn.constant dense_resource<ones> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qnn.constant dense_resource<bias> : tensor<2xf32> -> tensor<2xf32>
  %one = qnn.constant dense_resource<one> : tensor<f32> -> tensor<f32>
  %scale = qnn.constant dense_resource<scale> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %offset = qnn.constant dense_resource<offset> : tensor<2xf32> -> tensor<2xf32>
  %two = qnn.constant dense_resource<two> : tensor<1xf32> -> tensor<1xf32>
  %0 = qnn.conv2d %x, %w bias %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, bias tensor<2xf32> -> tensor<1x2x2x2xf32>
  %1 = qnn.sub %0, %one : tensor<1x2x2x2xf32>, tensor<f32> -> tensor<1x2x2x2xf32>
  %2 = qnn.mul %scale, %1 : tensor<1x1x1x2xf32>, tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  %3 = qnn.add %2, %offset : tensor<1x2x2x2xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  %4 = qnn.div %3, %two : tensor<1x2x2x2xf32>, tensor<1xf32> -> tensor<1x2x2x2xf32>
  return %4 : tensor<1x2x2x2xf32>
}

// A contraction with a second use stays.
// CHECK-LABEL: func.func @shared
// CHECK: qnn.linear
// CHECK: qnn.add
// CHECK-DAG: [[$WEIGHTS]]: "0x400000000000803F00000040"
// CHECK-DAG: [[$BIAS]]: "0x400000000000003F0000603F"
func.func @shared(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = qnn.constant dense_resource<bias> : tensor<2x1xf32> -> tensor<2x1xf32>
  %offset = qnn.constant dense_resource<offset> : tensor<2xf32> -> tensor<2xf32>
  %0 = qnn.linear %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = qnn.add %0, %offset : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

{-# dialect_resources: { builtin: {
  ones: "0x400000000000803F0000803F",
  bias: "0x400000000000803F0000303F",
  one: "0x400000000000803F",
  scale: "0x400000000000004000008040",
  offset: "0x400000000000803F00004040",
  two: "0x4000000000000040"
} } #-}
