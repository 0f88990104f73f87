// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-form-lookups,qcc-quantize-fold-weights))' | FileCheck %s

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<u8:f32, 1.000000e+00:1>

// A value that is used twice on the way is still a function of one code.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<8x
// CHECK-NEXT: %[[T:.*]] = qnn.constant {{.*}} : tensor<256xui8> -> tensor<256xui8>
// CHECK-NEXT: %[[L:.*]] = qnn.lookup %[[X]], %[[T]]
// CHECK-NEXT: return %[[L]]
func.func @run(%x: tensor<8x!x>) -> tensor<8x!y> {
  %0 = qnn.dequantize %x : tensor<8x!x> -> tensor<8xf32>
  %1 = qnn.sigmoid %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = qnn.mul %0, %1 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
  %3 = qnn.quantize %2 : tensor<8xf32> -> tensor<8x!y>
  return %3 : tensor<8x!y>
}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<u8:f32, 1.000000e+00:1>

// Two inputs have no table.
// CHECK-LABEL: func.func @run
// CHECK: qnn.quantize
func.func @run(%x: tensor<8x!x>, %y: tensor<8x!y>) -> tensor<8x!y> {
  %0 = qnn.dequantize %x : tensor<8x!x> -> tensor<8xf32>
  %1 = qnn.dequantize %y : tensor<8x!y> -> tensor<8xf32>
  %2 = qnn.exp %0 : tensor<8xf32> -> tensor<8xf32>
  %3 = qnn.mul %1, %2 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
  %4 = qnn.quantize %3 : tensor<8xf32> -> tensor<8x!y>
  return %4 : tensor<8x!y>
}
