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

// -----

// A state is written last, when every reader of the old one has run; a state that becomes another one leaves its memory first.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[H:[a-z0-9]*]]: tensor<4xf32> {qnn.state = 1 : i64}, %[[G:[a-z0-9]*]]: tensor<4xf32> {qnn.state = 0 : i64}
// CHECK: %[[R:.*]] = qnn.relu %[[G]]
// CHECK: %[[OLD:.*]] = qnn.slice %[[H]]
// CHECK: %[[BEFORE:.*]] = qnn.slice %[[G]]
// CHECK: %[[NEW_G:.*]] = qnn.slice %[[OLD]]
// CHECK: %[[NEW_H:.*]] = qnn.slice %[[R]]
// CHECK: return %[[NEW_G]], %[[NEW_H]], %[[BEFORE]]
func.func @run(%h: tensor<4xf32> {qnn.state = 1 : i64}, %g: tensor<4xf32> {qnn.state = 0 : i64})
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.relu %g : tensor<4xf32> -> tensor<4xf32>
  return %h, %0, %g : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
