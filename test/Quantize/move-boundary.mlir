// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-move-boundary))' | FileCheck %s

!q = !quant.uniform<i8:f32, 5.000000e-01:3>

// The codes pass through the reshape and the transpose.
// CHECK: func.func @run(%[[X:.*]]: tensor<6xi8> {qnn.name = "x", qnn.quantized = !quant.uniform<i8:f32, 5.000000e-01:3>})
// CHECK-SAME: -> (tensor<3x2xi8> {qnn.name = "y", qnn.quantized = !quant.uniform<i8:f32, 5.000000e-01:3>})
// CHECK: %[[B:.*]] = qnn.bitcast %[[X]]
// CHECK: %[[R:.*]] = qnn.reshape %[[B]]
// CHECK: %[[K:.*]] = qnn.relu %[[R]]
// CHECK: %[[T:.*]] = qnn.transpose %[[K]]
// CHECK: %[[O:.*]] = qnn.bitcast %[[T]] {{.*}} -> tensor<3x2xi8>
// CHECK: return %[[O]]
func.func @run(%x: tensor<6xf32> {qnn.name = "x"}) -> (tensor<3x2xf32> {qnn.name = "y"}) {
  %0 = qnn.reshape %x : tensor<6xf32> -> tensor<2x3xf32>
  %1 = qnn.quantize %0 : tensor<2x3xf32> -> tensor<2x3x!q>
  %2 = qnn.relu %1 : tensor<2x3x!q> -> tensor<2x3x!q>
  %3 = qnn.dequantize %2 : tensor<2x3x!q> -> tensor<2x3xf32>
  %4 = qnn.transpose %3 perm [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %4 : tensor<3x2xf32>
}

// -----

// A float op in between keeps the boundary.
// CHECK: func.func @run(%{{.*}}: tensor<4xf32> {qnn.name = "x"}) -> (tensor<4xf32> {qnn.name = "y"})
func.func @run(%x: tensor<4xf32> {qnn.name = "x"}) -> (tensor<4xf32> {qnn.name = "y"}) {
  %0 = qnn.softmax %x axis 0 : tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
