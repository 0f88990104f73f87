// The ops of the elementwise family are read and written back.
// RUN: qcc-opt %s | qcc-opt | FileCheck %s

// CHECK-LABEL: @functions
func.func @functions(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: qnn.sin %{{.*}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = qnn.sin %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: qnn.cos
  %1 = qnn.cos %0 : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: qnn.atan
  %2 = qnn.atan %1 : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: qnn.floor
  %3 = qnn.floor %2 : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: qnn.ceil
  %4 = qnn.ceil %3 : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: qnn.round
  %5 = qnn.round %4 : tensor<2x3xf32> -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// CHECK-LABEL: @combinations
func.func @combinations(%a: tensor<2x3xui16>, %b: tensor<3xui16>) -> tensor<2x3xui16> {
  // CHECK: qnn.rem %{{.*}}, %{{.*}} : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  %0 = qnn.rem %a, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.pow
  %1 = qnn.pow %0, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.and
  %2 = qnn.and %1, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.or
  %3 = qnn.or %2, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.xor
  %4 = qnn.xor %3, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.shift_left
  %5 = qnn.shift_left %4, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: qnn.shift_right
  %6 = qnn.shift_right %5, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  // CHECK: %[[LESS:.*]] = qnn.compare less_or_equal %{{.*}}, %{{.*}} : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xi1>
  %7 = qnn.compare less_or_equal %6, %b : tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xi1>
  // CHECK: qnn.select %[[LESS]], %{{.*}}, %{{.*}} : tensor<2x3xi1>, tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  %8 = qnn.select %7, %6, %b : tensor<2x3xi1>, tensor<2x3xui16>, tensor<3xui16> -> tensor<2x3xui16>
  return %8 : tensor<2x3xui16>
}

// CHECK-LABEL: @bits
func.func @bits(%x: tensor<4xf32>, %p: tensor<4xi1>) -> (tensor<4xi32>, tensor<4xui8>) {
  // CHECK: qnn.bitcast %{{.*}} : tensor<4xf32> -> tensor<4xi32>
  %0 = qnn.bitcast %x : tensor<4xf32> -> tensor<4xi32>
  // CHECK: qnn.bitcast %{{.*}} : tensor<4xi1> -> tensor<4xui8>
  %1 = qnn.bitcast %p : tensor<4xi1> -> tensor<4xui8>
  return %0, %1 : tensor<4xi32>, tensor<4xui8>
}
