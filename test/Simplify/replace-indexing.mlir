// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-simplify-replace-indexing))' | FileCheck %s

// Mirrored borders: 2 1 0, 1 ... 11, 10 and -3, which counts from the end.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<2x12xf32>
// CHECK-DAG: %[[A:.*]] = qnn.slice %[[X]] at [0, 2] by [1, -1] : tensor<2x12xf32> -> tensor<2x3xf32>
// CHECK-DAG: %[[B:.*]] = qnn.slice %[[X]] at [0, 1] by [1, 1] : tensor<2x12xf32> -> tensor<2x11xf32>
// CHECK-DAG: %[[C:.*]] = qnn.slice %[[X]] at [0, 10] by [1, -1] : tensor<2x12xf32> -> tensor<2x2xf32>
// CHECK: qnn.concat %[[A]], %[[B]], %[[C]] axis 1
func.func @run(%x: tensor<2x12xf32>) -> tensor<2x16xf32> {
  %i = qnn.constant dense_resource<i> : tensor<16xi32> -> tensor<16xi32>
  %0 = qnn.gather %x at %i axis 1 : tensor<2x12xf32>, tensor<16xi32> -> tensor<2x16xf32>
  return %0 : tensor<2x16xf32>
}
{-# dialect_resources: { builtin: { i: "0x040000000200000001000000000000000100000002000000030000000400000005000000060000000700000008000000090000000A0000000B0000000A000000FDFFFFFF" } } #-}

// -----

// Repeated rows stay a gather.
// CHECK-LABEL: func.func @run
// CHECK: qnn.gather
func.func @run(%x: tensor<2x2xf32>) -> tensor<2x4xf32> {
  %i = qnn.constant dense_resource<i> : tensor<4xi32> -> tensor<4xi32>
  %0 = qnn.gather %x at %i axis 1 : tensor<2x2xf32>, tensor<4xi32> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
{-# dialect_resources: { builtin: { i: "0x0400000000000000000000000100000001000000" } } #-}

// -----

// A range of rows is replaced; what is read before it and inside it comes from where it lies.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<4x2xf32>, %[[U:[a-z0-9]*]]: tensor<2x2xf32>
// CHECK-DAG: %[[A:.*]] = qnn.slice %[[X]] at [0, 0] by [1, 1] : tensor<4x2xf32> -> tensor<1x2xf32>
// CHECK-DAG: %[[B:.*]] = qnn.slice %[[X]] at [3, 0] by [1, 1] : tensor<4x2xf32> -> tensor<1x2xf32>
// CHECK-DAG: %[[C:.*]] = qnn.slice %[[U]] at [1, 0] by [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// CHECK-DAG: %[[R:.*]] = qnn.concat %[[A]], %[[U]], %[[B]] axis 0
// CHECK: return %[[R]], %[[C]]
func.func @run(%x: tensor<4x2xf32>, %u: tensor<2x2xf32>) -> (tensor<4x2xf32>, tensor<1x2xf32>) {
  %i = qnn.constant dense_resource<i> : tensor<2x1xi64> -> tensor<2x1xi64>
  %0 = qnn.scatter_nd assign %x at %i, %u : tensor<4x2xf32>, tensor<2x1xi64>, tensor<2x2xf32> -> tensor<4x2xf32>
  %1 = qnn.slice %0 at [2, 0] by [1, 1] : tensor<4x2xf32> -> tensor<1x2xf32>
  return %0, %1 : tensor<4x2xf32>, tensor<1x2xf32>
}
{-# dialect_resources: { builtin: { i: "0x0800000001000000000000000200000000000000" } } #-}

// -----

// Rows in another order, sums, and computed indices stay.
// CHECK-LABEL: func.func @run
// CHECK-COUNT-3: qnn.scatter_nd
func.func @run(%x: tensor<4x2xf32>, %u: tensor<2x2xf32>, %j: tensor<2x1xi64>) -> tensor<4x2xf32> {
  %i = qnn.constant dense_resource<i> : tensor<2x1xi64> -> tensor<2x1xi64>
  %k = qnn.constant dense_resource<k> : tensor<2x1xi64> -> tensor<2x1xi64>
  %0 = qnn.scatter_nd assign %x at %i, %u : tensor<4x2xf32>, tensor<2x1xi64>, tensor<2x2xf32> -> tensor<4x2xf32>
  %1 = qnn.scatter_nd add %0 at %k, %u : tensor<4x2xf32>, tensor<2x1xi64>, tensor<2x2xf32> -> tensor<4x2xf32>
  %2 = qnn.scatter_nd assign %1 at %j, %u : tensor<4x2xf32>, tensor<2x1xi64>, tensor<2x2xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}
{-# dialect_resources: { builtin: { i: "0x0800000002000000000000000100000000000000", k: "0x0800000001000000000000000200000000000000" } } #-}

// -----

// Slices that lie side by side are one, and so are slices of slices.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<9xf32>
// CHECK-NEXT: %[[R:.*]] = qnn.slice %[[X]] at [1] by [2] : tensor<9xf32> -> tensor<3xf32>
// CHECK-NEXT: return %[[R]]
func.func @run(%x: tensor<9xf32>) -> tensor<3xf32> {
  %0 = qnn.slice %x at [1] by [1] : tensor<9xf32> -> tensor<8xf32>
  %1 = qnn.slice %0 at [0] by [2] : tensor<8xf32> -> tensor<2xf32>
  %2 = qnn.slice %0 at [4] by [2] : tensor<8xf32> -> tensor<1xf32>
  %3 = qnn.concat %1, %2 axis 0 : tensor<2xf32>, tensor<1xf32> -> tensor<3xf32>
  return %3 : tensor<3xf32>
}
