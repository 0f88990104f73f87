// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-fuse-form-kernels))' | FileCheck %s

// An elementwise op whose operand has no other consumer joins the kernel of that operand.
// CHECK-LABEL: func.func @run
// CHECK: %[[K:.*]] = qnn.kernel (%[[A:.*]] = %{{.*}} : tensor<1x4x4x8xf32>) -> tensor<1x2x2x8xf32>
// CHECK-NEXT: %[[P:.*]] = qnn.max_pool %[[A]]
// CHECK-NEXT: %[[R:.*]] = qnn.relu %[[P]]
// CHECK-NEXT: qnn.yield %[[R]]
// CHECK: return %[[K]]
func.func @run(%x: tensor<1x4x4x8xf32>) -> tensor<1x2x2x8xf32> {
  %0 = qnn.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x4x4x8xf32> -> tensor<1x2x2x8xf32>
  %1 = qnn.relu %0 : tensor<1x2x2x8xf32> -> tensor<1x2x2x8xf32>
  return %1 : tensor<1x2x2x8xf32>
}

// -----

// A value with two consumers stays in memory; a residual operand defined before becomes an input.
// CHECK-LABEL: func.func @run
// CHECK: %[[R:.*]] = qnn.kernel
// CHECK: qnn.relu
// CHECK: qnn.kernel (%{{.*}} = %[[R]] : tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: qnn.neg
// CHECK-NEXT: qnn.add
func.func @run(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.relu %x : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.neg %0 : tensor<4xf32> -> tensor<4xf32>
  %2 = qnn.add %1, %0 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Reshapes and bitcasts move nothing and stay outside.
// CHECK-LABEL: func.func @run
// CHECK: qnn.kernel
// CHECK: qnn.quantize
// CHECK-NEXT: qnn.yield
// CHECK: %[[S:.*]] = qnn.reshape
// CHECK: qnn.bitcast %[[S]]
func.func @run(%x: tensor<4xf32>) -> tensor<2x2xi8> {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %1 = qnn.reshape %0 : tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>> -> tensor<2x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %2 = qnn.bitcast %1 : tensor<2x2x!quant.uniform<i8:f32, 5.000000e-01:3>> -> tensor<2x2xi8>
  return %2 : tensor<2x2xi8>
}

// -----

// Broadcasting that makes the result larger starts a kernel of its own.
// CHECK-LABEL: func.func @run
// CHECK-COUNT-2: qnn.kernel
func.func @run(%x: tensor<1x4xf32>, %y: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = qnn.relu %x : tensor<1x4xf32> -> tensor<1x4xf32>
  %1 = qnn.add %0, %y : tensor<1x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}

// -----

// The sum of two kernels' results joins the first; the second is computed before.
// CHECK-LABEL: func.func @run
// CHECK: %[[S:.*]] = qnn.kernel
// CHECK-NEXT: qnn.sqrt
// CHECK: qnn.kernel
// CHECK-SAME: %[[S]]
// CHECK-NEXT: qnn.neg
// CHECK-NEXT: qnn.add
func.func @run(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.neg %x : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.sqrt %x : tensor<4xf32> -> tensor<4xf32>
  %2 = qnn.add %0, %1 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
