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

// The four phases of a transposed convolution: all four take the factor and the term of their channel.
// CHECK-LABEL: func.func @phases
// CHECK-DAG: %[[W:.*]] = qnn.constant dense_resource<[[$PHASES:.*]]> : tensor<4x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = qnn.constant dense_resource<[[$TERMS:.*]]> : tensor<4xf32>
// CHECK: qnn.conv2d %{{.*}}, %[[W]] bias %[[B]]
// CHECK: %[[S:.*]] = qnn.slice
// CHECK-NEXT: return %[[S]]
func.func @phases(%x: tensor<1x1x3x1xf32>) -> tensor<1x1x5x2xf32> {
  %w = qnn.constant dense_resource<factors> : tensor<4x1x1x1xf32> -> tensor<4x1x1x1xf32>
  %scale = qnn.constant dense_resource<scale> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %offset = qnn.constant dense_resource<offset> : tensor<2xf32> -> tensor<2xf32>
  %0 = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x1x3x1xf32>, tensor<4x1x1x1xf32> -> tensor<1x1x3x4xf32>
  %1 = qnn.reshape %0 : tensor<1x1x3x4xf32> -> tensor<1x1x3x2x2xf32>
  %2 = qnn.transpose %1 perm [0, 2, 1, 3, 4] : tensor<1x1x3x2x2xf32> -> tensor<1x3x1x2x2xf32>
  %3 = qnn.reshape %2 : tensor<1x3x1x2x2xf32> -> tensor<1x1x6x2xf32>
  %4 = qnn.slice %3 at [0, 0, 1, 0] by [1, 1, 1, 1] : tensor<1x1x6x2xf32> -> tensor<1x1x5x2xf32>
  %5 = qnn.mul %4, %scale : tensor<1x1x5x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x1x5x2xf32>
  %6 = qnn.add %5, %offset : tensor<1x1x5x2xf32>, tensor<2xf32> -> tensor<1x1x5x2xf32>
  return %6 : tensor<1x1x5x2xf32>
}

// Moves that mix channels, or that something else reads, stop it.
// CHECK-LABEL: func.func @mixed
// CHECK: qnn.linear
// CHECK: qnn.mul
// CHECK: qnn.linear
// CHECK: qnn.mul
func.func @mixed(%x: tensor<2x1xf32>) -> (tensor<2x2xf32>, tensor<4x1xf32>, tensor<4x1xf32>) {
  %w = qnn.constant dense_resource<bias> : tensor<2x1xf32> -> tensor<2x1xf32>
  %scale = qnn.constant dense_resource<scale> : tensor<1x2xf32> -> tensor<1x2xf32>
  %two = qnn.constant dense_resource<two> : tensor<1xf32> -> tensor<1xf32>
  %0 = qnn.linear %x, %w : tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  %1 = qnn.transpose %0 perm [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
  %2 = qnn.mul %1, %scale : tensor<2x2xf32>, tensor<1x2xf32> -> tensor<2x2xf32>
  %3 = qnn.linear %x, %w : tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  %4 = qnn.reshape %3 : tensor<2x2xf32> -> tensor<4x1xf32>
  %5 = qnn.mul %4, %two : tensor<4x1xf32>, tensor<1xf32> -> tensor<4x1xf32>
  return %2, %4, %5 : tensor<2x2xf32>, tensor<4x1xf32>, tensor<4x1xf32>
}

// A contraction with a second use stays.
// CHECK-LABEL: func.func @shared
// CHECK: qnn.linear
// CHECK: qnn.add
// CHECK-DAG: [[$WEIGHTS]]: "0x400000000000803F00000040"
// CHECK-DAG: [[$BIAS]]: "0x400000000000003F0000603F"
// CHECK-DAG: [[$PHASES]]: "0x4000000000000040000000410000C04000008041"
// CHECK-DAG: [[$TERMS]]: "0x400000000000803F000040400000803F00004040"
func.func @shared(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = qnn.constant dense_resource<bias> : tensor<2x1xf32> -> tensor<2x1xf32>
  %offset = qnn.constant dense_resource<offset> : tensor<2xf32> -> tensor<2xf32>
  %0 = qnn.linear %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = qnn.add %0, %offset : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

{-# dialect_resources: { builtin: {
  factors: "0x040000000000803F000000400000404000008040",
  ones: "0x400000000000803F0000803F",
  bias: "0x400000000000803F0000303F",
  one: "0x400000000000803F",
  scale: "0x400000000000004000008040",
  offset: "0x400000000000803F00004040",
  two: "0x4000000000000040"
} } #-}
