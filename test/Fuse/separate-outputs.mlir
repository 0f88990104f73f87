// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-fuse-separate-outputs))' | FileCheck %s

// An input that is returned is copied.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<2x3xf32>
// CHECK: %[[C:.*]] = qnn.slice %[[X]] at [0, 0] by [1, 1]
// CHECK: return %[[C]]
func.func @run(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}

// -----

// Two names of one value: the first keeps it, the second gets a copy.
// CHECK-LABEL: func.func @run
// CHECK: %[[R:.*]] = qnn.relu
// CHECK: %[[S:.*]] = qnn.reshape %[[R]]
// CHECK: %[[C:.*]] = qnn.slice %[[S]]
// CHECK: return %[[R]], %[[C]]
func.func @run(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<2x2xf32>) {
  %0 = qnn.relu %x : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.reshape %0 : tensor<4xf32> -> tensor<2x2xf32>
  return %0, %1 : tensor<4xf32>, tensor<2x2xf32>
}
