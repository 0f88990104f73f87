// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-prove-remove-constant-channels))' | FileCheck %s

!q = !quant.uniform<i8:f32, 1.000000e+00>

// Channel 1 of the first op is its bias, 20, whatever the input: it adds 3 * 20 to the second op's bias of 5.
// CHECK-LABEL: func.func @run
// CHECK: %[[A:.*]] = qnn.linear {{.*}} tensor<2x2xi8>{{.*}} -> tensor<1x2x!quant
// CHECK: %[[R:.*]] = qnn.relu %[[A]] : tensor<1x2x
// CHECK: qnn.linear %[[R]], {{.*}} tensor<1x2xi8>{{.*}} -> tensor<1x1x!quant
// CHECK-DAG: "0x{{........}}01000001"
// CHECK-DAG: "0x{{........}}41000000"
// CHECK-DAG: "0x{{........}}0204"
func.func @run(%x: tensor<1x2x!q>) -> tensor<1x1x!q> {
  %w = qnn.constant dense_resource<w> : tensor<3x2xi8> -> tensor<3x2xi8>
  %b = qnn.constant dense_resource<b> : tensor<3xi32> -> tensor<3xi32>
  %w2 = qnn.constant dense_resource<w2> : tensor<1x3xi8> -> tensor<1x3xi8>
  %b2 = qnn.constant dense_resource<b2> : tensor<1xi32> -> tensor<1xi32>
  %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
  %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
  %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : tensor<1x2x!q>, tensor<3x2xi8>, bias tensor<3xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x3x!q>
  %1 = qnn.relu %0 : tensor<1x3x!q> -> tensor<1x3x!q>
  %2 = qnn.linear %1, %w2 bias %b2 scale %s zero_point %z : tensor<1x3x!q>, tensor<1x3xi8>, bias tensor<1xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x1x!q>
  return %2 : tensor<1x1x!q>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x04000000010000000001",
      b: "0x04000000000000001400000000000000",
      w2: "0x04000000020304",
      b2: "0x0400000005000000",
      s: "0x040000000000803F",
      z: "0x0400000000"
    }
  }
#-}

// -----

!q = !quant.uniform<i8:f32, 1.000000e+00>

// A constant that padding would tell from zero stays; one that is zero goes, through a depthwise convolution.
// CHECK-LABEL: func.func @run
// CHECK: qnn.conv2d {{.*}} -> tensor<1x2x2x2x!quant
// CHECK: qnn.conv2d {{.*}}group = 2 : i64{{.*}} -> tensor<1x2x2x2x!quant
// CHECK: qnn.conv2d {{.*}} tensor<1x3x3x2xi8>{{.*}} -> tensor<1x2x2x1x!quant
func.func @run(%x: tensor<1x2x2x1x!q>) -> tensor<1x2x2x1x!q> {
  %w = qnn.constant dense_resource<w> : tensor<3x1x1x1xi8> -> tensor<3x1x1x1xi8>
  %b = qnn.constant dense_resource<b> : tensor<3xi32> -> tensor<3xi32>
  %d = qnn.constant dense_resource<d> : tensor<3x1x1x1xi8> -> tensor<3x1x1x1xi8>
  %w2 = qnn.constant dense_resource<w2> : tensor<1x3x3x3xi8> -> tensor<1x3x3x3xi8>
  %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
  %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
  %0 = qnn.conv2d %x, %w bias %b scale %s zero_point %z {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x2x1x!q>, tensor<3x1x1x1xi8>, bias tensor<3xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x2x3x!q>
  %1 = qnn.conv2d %0, %d scale %s zero_point %z {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 3 : i64} : tensor<1x2x2x3x!q>, tensor<3x1x1x1xi8>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x2x3x!q>
  %2 = qnn.conv2d %1, %w2 scale %s zero_point %z {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : tensor<1x2x2x3x!q>, tensor<1x3x3x3xi8>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x2x1x!q>
  return %2 : tensor<1x2x2x1x!q>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x04000000010000",
      b: "0x04000000000000001400000000000000",
      d: "0x04000000010101",
      w2: "0x04000000010203010203010203010203010203010203010203010203010203",
      s: "0x040000000000803F",
      z: "0x0400000000"
    }
  }
#-}
