// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-move-conversions))' | FileCheck %s

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// Quantize goes up through clamps and moves, whatever their order.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[Q:.*]] = qnn.quantize %{{.*}} : tensor<1x2x2x4xf32>
// CHECK-NEXT: %[[R:.*]] = qnn.relu %[[Q]]
// CHECK-NEXT: %[[C:.*]] = qnn.clip %[[R]]
// CHECK-NEXT: %[[P:.*]] = qnn.max_pool %[[C]]
// CHECK-NEXT: %[[T:.*]] = qnn.reshape %[[P]]
// CHECK-NEXT: return %[[T]]
func.func @run(%x: tensor<1x2x2x4xf32>) -> tensor<4x!s> {
  %0 = qnn.relu %x : tensor<1x2x2x4xf32> -> tensor<1x2x2x4xf32>
  %1 = qnn.clip %0 to 0.0, 6.0 : tensor<1x2x2x4xf32> -> tensor<1x2x2x4xf32>
  %2 = qnn.max_pool %1 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x2x4xf32> -> tensor<1x1x1x4xf32>
  %3 = qnn.reshape %2 : tensor<1x1x1x4xf32> -> tensor<4xf32>
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!s>
  return %4 : tensor<4x!s>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// A value with another user stays where it is.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: qnn.relu
// CHECK-NEXT: qnn.quantize
func.func @run(%x: tensor<4xf32>) -> (tensor<4x!s>, tensor<4xf32>) {
  %0 = qnn.relu %x : tensor<4xf32> -> tensor<4xf32>
  %1 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!s>
  return %1, %0 : tensor<4x!s>, tensor<4xf32>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// Dequantize goes down to the float op that needs it; real zero padding is the zero point.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[P:.*]] = qnn.pad %{{.*}} : tensor<4x!quant
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize %[[P]]
// CHECK-NEXT: qnn.softmax %[[D]]
func.func @run(%x: tensor<4x!s>) -> tensor<6xf32> {
  %0 = qnn.dequantize %x : tensor<4x!s> -> tensor<4xf32>
  %1 = qnn.pad %0 low [1] high [1] : tensor<4xf32> -> tensor<6xf32>
  %2 = qnn.softmax %1 axis 0 : tensor<6xf32> -> tensor<6xf32>
  return %2 : tensor<6xf32>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>
!t = !quant.uniform<i8:f32, 2.500000e-01:-4>

// An operand of concat with other parameters is converted; the one with the result's own is not.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[A:[a-z0-9]*]]: {{.*}}, %[[B:[a-z0-9]*]]:
// CHECK-NEXT: %[[C:.*]] = qnn.cast %[[A]]
// CHECK-NEXT: qnn.concat %[[C]], %[[B]] axis 0
func.func @run(%a: tensor<4x!s>, %b: tensor<4x!t>) -> tensor<8x!t> {
  %0 = qnn.dequantize %a : tensor<4x!s> -> tensor<4xf32>
  %1 = qnn.dequantize %b : tensor<4x!t> -> tensor<4xf32>
  %2 = qnn.concat %0, %1 axis 0 : tensor<4xf32>, tensor<4xf32> -> tensor<8xf32>
  %3 = qnn.quantize %2 : tensor<8xf32> -> tensor<8x!t>
  return %3 : tensor<8x!t>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// A quantized constant of an addition gets a quantized type.
// CHECK-LABEL: func.func @run
// CHECK: qnn.constant {{.*}} -> tensor<4x!quant.uniform<i8:f32, 2.500000e-01:1>>
// CHECK: qnn.dequantize
// CHECK: qnn.dequantize
// CHECK: qnn.add
func.func @run(%x: tensor<4x!s>) -> tensor<4xf32> {
  %c = qnn.constant dense_resource<codes> : tensor<4xi8> -> tensor<4xi8>
  %s = qnn.constant dense_resource<scale> : tensor<1xf32> -> tensor<1xf32>
  %z = qnn.constant dense_resource<zero> : tensor<1xi8> -> tensor<1xi8>
  %0 = qnn.dequantize %x : tensor<4x!s> -> tensor<4xf32>
  %1 = qnn.dequantize_weights %c, %s, %z : tensor<4xi8>, tensor<1xf32>, tensor<1xi8> -> tensor<4xf32>
  %2 = qnn.add %0, %1 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      codes: "0x04000000010203FF",
      scale: "0x040000000000803E",
      zero: "0x0400000001"
    }
  }
#-}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>
!t = !quant.uniform<i8:f32, 2.500000e-01:3>

// A change of scale goes up across a reshape, beside the op that makes the codes.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[C:.*]] = qnn.cast %{{.*}} : tensor<1x4x{{.*}}> -> tensor<1x4x{{.*}}>
// CHECK-NEXT: %[[R:.*]] = qnn.reshape %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @run(%x: tensor<1x4x!s>) -> tensor<4x1x!t> {
  %0 = qnn.reshape %x : tensor<1x4x!s> -> tensor<4x1x!s>
  %1 = qnn.dequantize %0 : tensor<4x1x!s> -> tensor<4x1xf32>
  %2 = qnn.quantize %1 : tensor<4x1xf32> -> tensor<4x1x!t>
  return %2 : tensor<4x1x!t>
}
