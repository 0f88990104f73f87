// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-simplify-fold-constants))' | FileCheck %s

// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[C:.*]] = qnn.constant dense_resource<[[R1:.*]]> : tensor<2xf32>
// CHECK-NEXT: return %[[C]]
// CHECK: [[R1]]: "0x40000000000080BF00004040"
func.func @run() -> tensor<2xf32> {
  %0 = qnn.constant dense_resource<a> : tensor<2xf32> -> tensor<2xf32>
  %1 = qnn.neg %0 : tensor<2xf32> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
{-# dialect_resources: { builtin: { a: "0x400000000000803F000040C0" } } #-}

// -----

// The constant would grow beyond four times its operands.
// CHECK-LABEL: func.func @run
// CHECK: qnn.pad
func.func @run() -> tensor<10001xf32> {
  %0 = qnn.constant dense_resource<b> : tensor<1xf32> -> tensor<1xf32>
  %1 = qnn.pad %0 low [10000] high [0] : tensor<1xf32> -> tensor<10001xf32>
  return %1 : tensor<10001xf32>
}
{-# dialect_resources: { builtin: { b: "0x400000000000803F" } } #-}

// -----

// Weights that are quantized and dequantized in the graph become the integers that Quantize reads.
!q = !quant.uniform<i8:f32, 5.000000e-01:1>
// CHECK-LABEL: func.func @run
// CHECK-DAG: %[[W:.*]] = qnn.constant dense_resource<[[CODES:.*]]> : tensor<2xi8>
// CHECK-DAG: %[[S:.*]] = qnn.constant dense_resource<[[SCALE:.*]]> : tensor<1xf32>
// CHECK-DAG: %[[Z:.*]] = qnn.constant dense_resource<[[ZERO:.*]]> : tensor<1xi8>
// CHECK: qnn.dequantize_weights %[[W]], %[[S]], %[[Z]]
// CHECK-DAG: [[CODES]]: "0x4000000003FB"
// CHECK-DAG: [[SCALE]]: "0x400000000000003F"
// CHECK-DAG: [[ZERO]]: "0x4000000001"
func.func @run() -> tensor<2xf32> {
  %0 = qnn.constant dense_resource<c> : tensor<2xf32> -> tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!q>
  %2 = qnn.dequantize %1 : tensor<2x!q> -> tensor<2xf32>
  return %2 : tensor<2xf32>
}
{-# dialect_resources: { builtin: { c: "0x400000000000803F000040C0" } } #-}

// -----

// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x2xf32>
// CHECK: %[[W:.*]] = qnn.constant dense_resource<[[R2:.*]]> : tensor<1x2xf32>
// CHECK: qnn.linear %[[X]], %[[W]] : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x1xf32>
func.func @run(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %0 = qnn.constant dense_resource<d> : tensor<2x1xf32> -> tensor<2x1xf32>
  %1 = qnn.matmul %x, %0 : tensor<1x2xf32>, tensor<2x1xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
{-# dialect_resources: { builtin: { d: "0x400000000000803F000040C0" } } #-}
