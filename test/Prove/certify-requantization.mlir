// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-prove-certify-requantization{always}))' 2>&1 | FileCheck %s
// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-prove-certify-requantization))' | FileCheck %s -check-prefix=FLOAT

!x = !quant.uniform<i8:f32, 1.000000e+00>
!y = !quant.uniform<i8:f32, 1.000000e+00>

// A target with a float unit needs no certificate.
// FLOAT-NOT: prove.

// Multipliers 0.008713 and 0.5. At 0.5 ties go up and down by turns: no line does that.
// CHECK: remark: 1 of 2 channels are requantized in integers
// CHECK: qnn.linear {{.*}}prove.multiplier = array<i32: {{[1-9][0-9]*}}, 0>, prove.offset = array<i64: {{[1-9][0-9]*}}, 0>, prove.proven = array<i1: true, false>, prove.shift = array<i8: 37, 0>
func.func @run(%x: tensor<1x1x!x>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x1xi8> -> tensor<2x1xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z2 = qnn.constant dense_resource<z2> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.linear %x, %w scale %s zero_point %z2 : tensor<1x1x!x>, tensor<2x1xi8>, scale tensor<2xf32>, zero_point tensor<2xi8> -> tensor<1x2x!y>
  return %0 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000006401",
      s: "0x04000000F9C00E3C0000003F",
      z2: "0x040000000000"
    }
  }
#-}
