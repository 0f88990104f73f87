// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-insert-quantization))' | FileCheck %s
// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-insert-quantization,qcc-quantize-move-conversions,qcc-quantize-form-integer-ops,qcc-quantize-form-lookups,qcc-quantize-fold-weights))' | FileCheck %s -check-prefix=INT
// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-insert-quantization))' 2>&1 | FileCheck %s -check-prefix=REMARK

// 0.5 per step: [-1, 126.5] and [-64, 63.5]. The bias of the second channel, which is all zeros, fits.
// CHECK-LABEL: func.func @run
// CHECK: qnn.quantize %{{.*}} -> tensor<1x2x!quant.uniform<i8:f32, 5.000000e-01:-126>>
// CHECK: qnn.dequantize_weights {{.*}} : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
// CHECK: qnn.dequantize_weights {{.*}} : tensor<2xi32>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
// CHECK: qnn.linear
// CHECK-NEXT: qnn.relu
// CHECK-NEXT: qnn.quantize
// CHECK: return
// Codes of [[127, -127], [0, 0]], both scales 1; bias [3 / 0.5, 1e6 / 0.5].
// CHECK-DAG: "0x{{........}}7F810000"
// CHECK-DAG: "0x{{........}}0000803F0000803F"
// CHECK-DAG: "0x{{........}}0600000080841E00"

// INT-LABEL: func.func @run
// INT: %[[Q:.*]] = qnn.quantize
// INT-NEXT: %[[L:.*]] = qnn.linear %[[Q]]
// INT-NEXT: %[[R:.*]] = qnn.relu %[[L]]
// INT-NEXT: %[[D:.*]] = qnn.dequantize %[[R]]
// INT-NEXT: return %[[D]]
func.func @run(%x: tensor<1x2xf32> {qnn.name = "x", qnn.range = array<f32: -1.0, 126.5>}) -> (tensor<1x2xf32> {qnn.name = "y"}) {
  %w = qnn.constant dense_resource<w> : tensor<2x2xf32> -> tensor<2x2xf32>
  %b = qnn.constant dense_resource<b> : tensor<2xf32> -> tensor<2xf32>
  %0 = qnn.linear %x, %w bias %b : tensor<1x2xf32>, tensor<2x2xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
  %1 = qnn.relu %0 {qnn.range = array<f32: 0.0, 127.5>} : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000FE420000FEC20000000000000000",
      b: "0x040000000000404000247449"
    }
  }
#-}

// -----

// A range that the concatenation would widen by more than a bit keeps its own type.
// INT-LABEL: func.func @run
// INT: %[[A:.*]] = qnn.max
// INT: %[[B:.*]] = qnn.min
// INT: %[[C:.*]] = qnn.cast %[[B]]
// INT: qnn.concat %[[A]], %[[C]]
// CHECK-LABEL: func.func @run
func.func @run(%x: tensor<4xf32> {qnn.range = array<f32: 0.0, 255.0>}, %y: tensor<4xf32> {qnn.range = array<f32: 0.0, 255.0>}) -> tensor<8xf32> {
  %0 = qnn.max %x, %y {qnn.range = array<f32: 0.0, 200.0>} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.min %x, %y {qnn.range = array<f32: 0.0, 10.0>} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %2 = qnn.concat %0, %1 axis 0 {qnn.range = array<f32: 0.0, 255.0>} : tensor<4xf32>, tensor<4xf32> -> tensor<8xf32>
  return %2 : tensor<8xf32>
}

// -----

// What is a function of one other value becomes one table: no rounding between sigmoid and product.
// INT-LABEL: func.func @run
// INT: %[[Q:.*]] = qnn.quantize
// INT-NEXT: qnn.constant {{.*}} : tensor<256xi8>
// INT-NEXT: %[[L:.*]] = qnn.lookup %[[Q]]
// INT-NEXT: qnn.dequantize %[[L]]
// CHECK-LABEL: func.func @run
func.func @run(%x: tensor<4xf32> {qnn.range = array<f32: -3.0, 5.0>}) -> tensor<4xf32> {
  %0 = qnn.sigmoid %x : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.mul %x, %0 {qnn.range = array<f32: -0.5, 5.0>} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// The squares under a root and their mean stay f32; a difference and the operand of another mean do not.
// CHECK-LABEL: func.func @run
// CHECK: qnn.sub
// CHECK-NEXT: qnn.quantize
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize
// CHECK-NEXT: %[[P:.*]] = qnn.mul %[[D]], %[[D]]
// CHECK-NEXT: %[[V:.*]] = qnn.reduce mean %[[P]]
// CHECK-NEXT: qnn.sqrt %[[V]]
// INT-LABEL: func.func @run
// INT: qnn.mul {{.*}}tensor<2x4xf32>
func.func @run(%x: tensor<2x4xf32> {qnn.name = "x", qnn.range = array<f32: -1.0, 1.0>}, %m: tensor<2x4xf32> {qnn.name = "m", qnn.range = array<f32: -1.0, 1.0>}) -> (tensor<2x1xf32> {qnn.name = "y"}) {
  %0 = qnn.sub %x, %m {qnn.range = array<f32: -2.0, 2.0>} : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  %1 = qnn.mul %0, %0 {qnn.range = array<f32: 0.0, 4.0>} : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  %2 = qnn.reduce mean %1 over [1] {qnn.range = array<f32: 0.0, 4.0>} : tensor<2x4xf32> -> tensor<2x1xf32>
  %3 = qnn.sqrt %2 : tensor<2x1xf32> -> tensor<2x1xf32>
  return %3 : tensor<2x1xf32>
}

// -----

// Constants and ranges that are not finite have no codes: a bound of -inf, a NaN between finite ones.
// REMARK: remark: stays float: its calibrated range is not finite
// REMARK: remark: stays float: its constant operand is not finite
// REMARK: remark: stays float: its constant operand is not finite
// CHECK-LABEL: func.func @run
// CHECK: %[[W:.*]] = qnn.constant {{.*}} -> tensor<3xf32>
// CHECK: %[[N:.*]] = qnn.constant {{.*}} -> tensor<3xf32>
// CHECK: qnn.max %{{.*}}, %[[W]]
// CHECK-NEXT: qnn.quantize
// CHECK: qnn.min %{{.*}}, %[[N]]
// CHECK-NEXT: qnn.quantize
// CHECK: qnn.sub
// CHECK-NOT: qnn.quantize
func.func @run(%x: tensor<3xf32> {qnn.range = array<f32: -1.0, 1.0>}) -> tensor<3xf32> {
  %w = qnn.constant dense_resource<bounds> : tensor<3xf32> -> tensor<3xf32>
  %n = qnn.constant dense_resource<hole> : tensor<3xf32> -> tensor<3xf32>
  %0 = qnn.max %x, %w {qnn.range = array<f32: -1.0, 1.0>} : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  %1 = qnn.min %0, %n {qnn.range = array<f32: -1.0, 1.0>} : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  %2 = qnn.sub %1, %x {qnn.range = array<f32: 0.0, 0x7F800000>} : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  return %2 : tensor<3xf32>
}

{-#
  dialect_resources: {
    builtin: {
      bounds: "0x04000000000080FF000000000000803F",
      hole: "0x04000000000000000000C07F0000803F"
    }
  }
#-}
