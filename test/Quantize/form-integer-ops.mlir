// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-quantize-form-integer-ops,canonicalize))' 2>&1 | FileCheck %s

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x2x
// CHECK: %[[R:.*]] = qnn.linear %[[X]], %{{.*}} bias %{{.*}} scale %{{.*}} zero_point %{{.*}} tensor<2x2xi8>, bias tensor<2xi32>{{.*}} -> tensor<1x2x!quant.uniform<i8:f32, 1.000000e+00:-1>>
// CHECK: return %[[R]]
func.func @run(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %b = qnn.constant dense_resource<b> : tensor<2xi32> -> tensor<2xi32>
  %bs = qnn.constant dense_resource<bs> : tensor<2xf32> -> tensor<2xf32>
  %bzz = qnn.constant dense_resource<bzz> : tensor<2xi32> -> tensor<2xi32>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %2 = qnn.dequantize_weights %b, %bs, %bzz : tensor<2xi32>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
  %3 = qnn.linear %0, %1 bias %2 : tensor<1x2xf32>, tensor<2x2xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bs: "0x040000000000803E0000003F",
      bzz: "0x040000000000000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

// Addition and average of codes; two quantizations of one type are one.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[A:.*]] = qnn.add %{{.*}}, %{{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, 1.000000e+00:-1>>
// CHECK-NEXT: %[[P:.*]] = qnn.average_pool %[[A]]
// CHECK-NEXT: return %[[P]], %[[A]]
func.func @run(%a: tensor<1x2x2x2x!x>, %b: tensor<1x2x2x2x!y>) -> (tensor<1x1x1x2x!y>, tensor<1x2x2x2x!y>) {
  %0 = qnn.dequantize %a : tensor<1x2x2x2x!x> -> tensor<1x2x2x2xf32>
  %1 = qnn.dequantize %b : tensor<1x2x2x2x!y> -> tensor<1x2x2x2xf32>
  %2 = qnn.add %0, %1 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  %3 = qnn.quantize %2 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  %4 = qnn.quantize %2 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  %5 = qnn.dequantize %3 : tensor<1x2x2x2x!y> -> tensor<1x2x2x2xf32>
  %6 = qnn.average_pool %5 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x2x2x2xf32> -> tensor<1x1x1x2xf32>
  %7 = qnn.quantize %6 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!y>
  return %7, %4 : tensor<1x1x1x2x!y>, tensor<1x2x2x2x!y>
}
