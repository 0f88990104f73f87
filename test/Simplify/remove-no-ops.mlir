// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-simplify-remove-no-ops))' | FileCheck %s

// CHECK-LABEL: func.func @identities
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x2x3x4xf32>
// CHECK-NEXT: return %[[X]]
func.func @identities(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %zero = qnn.constant dense_resource<zero> : tensor<f32> -> tensor<f32>
  %one = qnn.constant dense_resource<one> : tensor<1xf32> -> tensor<1xf32>
  %0 = qnn.reshape %x : tensor<1x2x3x4xf32> -> tensor<6x4xf32>
  %1 = qnn.reshape %0 : tensor<6x4xf32> -> tensor<1x2x3x4xf32>
  %2 = qnn.slice %1 at [0, 0, 0, 0] by [1, 1, 1, 1] : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %3 = qnn.pad %2 low [0, 0, 0, 0] high [0, 0, 0, 0] : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %4 = qnn.concat %3 axis 2 : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %5 = qnn.cast %4 : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %6 = qnn.add %zero, %5 : tensor<f32>, tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %7 = qnn.sub %6, %zero : tensor<1x2x3x4xf32>, tensor<f32> -> tensor<1x2x3x4xf32>
  %8 = qnn.mul %7, %one : tensor<1x2x3x4xf32>, tensor<1xf32> -> tensor<1x2x3x4xf32>
  %9 = qnn.max_pool %8 {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  %10 = qnn.reduce mean %9 over [0] : tensor<1x2x3x4xf32> -> tensor<1x2x3x4xf32>
  return %10 : tensor<1x2x3x4xf32>
}

// CHECK-LABEL: func.func @clamps
// CHECK-NEXT: %[[R:.*]] = qnn.relu
// CHECK-NEXT: %[[C:.*]] = qnn.clip %[[R]] to -1.000000e+00, 6.000000e+00
// CHECK-NEXT: %[[D:.*]] = qnn.clip %[[C]] to 0.000000e+00, 4.000000e+00
// CHECK-NEXT: return %[[D]]
func.func @clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.clip %x to 0.0, 0x7F800000 : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.relu %0 : tensor<4xf32> -> tensor<4xf32>
  %2 = qnn.clip %1 to -1.0, 6.0 : tensor<4xf32> -> tensor<4xf32>
  %3 = qnn.relu %2 : tensor<4xf32> -> tensor<4xf32>
  %4 = qnn.clip %3 to 0.0, 4.0 : tensor<4xf32> -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// CHECK-LABEL: func.func @pads
// CHECK-NOT: qnn.pad
// CHECK: qnn.conv2d {{.*}}pads = array<i64: 2, 1, 1, 1>
// CHECK: qnn.average_pool {{.*}}count_include_pad = true{{.*}}pads = array<i64: 1, 1, 0, 0>
// CHECK: return
func.func @pads(%x: tensor<1x4x4x2xf32>, %w: tensor<2x3x3x2xf32>) -> (tensor<1x5x4x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = qnn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : tensor<1x4x4x2xf32> -> tensor<1x6x6x2xf32>
  %1 = qnn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x6x6x2xf32>, tensor<2x3x3x2xf32> -> tensor<1x5x4x2xf32>
  %2 = qnn.pad %x low [0, 1, 1, 0] high [0, 0, 0, 0] : tensor<1x4x4x2xf32> -> tensor<1x5x5x2xf32>
  %3 = qnn.average_pool %2 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x5x5x2xf32> -> tensor<1x2x2x2xf32>
  return %1, %3 : tensor<1x5x4x2xf32>, tensor<1x2x2x2xf32>
}

// Rows and columns that nothing reads are not computed where pads can make room for fewer windows; the second slice drops
// more than the pads hold.
// CHECK-LABEL: func.func @slice_of_convolution
// CHECK: qnn.conv2d {{.*}}pads = array<i64: 1, 0, 0, 0>{{.*}} -> tensor<1x2x3x2xf32>
// CHECK: qnn.conv2d {{.*}}pads = array<i64: 3, 2, 2, 2>
// CHECK-NEXT: %[[S:.*]] = qnn.slice
// CHECK-NEXT: return {{.*}}, %[[S]]
func.func @slice_of_convolution(%x: tensor<1x4x5x2xf32>, %w: tensor<2x3x3x2xf32>) -> (tensor<1x2x3x2xf32>, tensor<1x3x3x2xf32>) {
  %0 = qnn.conv2d %x, %w {strides = array<i64: 2, 1>, pads = array<i64: 3, 1, 2, 1>, dilations = array<i64: 1, 1>} : tensor<1x4x5x2xf32>, tensor<2x3x3x2xf32> -> tensor<1x4x5x2xf32>
  %1 = qnn.slice %0 at [0, 1, 1, 0] by [1, 1, 1, 1] : tensor<1x4x5x2xf32> -> tensor<1x2x3x2xf32>
  %2 = qnn.conv2d %x, %w {strides = array<i64: 2, 1>, pads = array<i64: 3, 2, 2, 2>, dilations = array<i64: 1, 1>} : tensor<1x4x5x2xf32>, tensor<2x3x3x2xf32> -> tensor<1x4x7x2xf32>
  %3 = qnn.slice %2 at [0, 0, 0, 0] by [1, 1, 1, 1] : tensor<1x4x7x2xf32> -> tensor<1x3x3x2xf32>
  return %1, %3 : tensor<1x2x3x2xf32>, tensor<1x3x3x2xf32>
}

// Zeros that win a maximum must stay.
// CHECK-LABEL: func.func @pad_of_maximum
// CHECK: qnn.pad
func.func @pad_of_maximum(%x: tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32> {
  %0 = qnn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : tensor<1x4x4x2xf32> -> tensor<1x6x6x2xf32>
  %1 = qnn.max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x6x6x2xf32> -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

{-# dialect_resources: { builtin: { zero: "0x4000000000000000", one: "0x400000000000803F" } } #-}
