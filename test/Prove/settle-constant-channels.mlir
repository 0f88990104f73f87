// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-prove-settle-constant-channels,qcc-quantize-fold-weights))' | FileCheck %s

!x = !quant.uniform<i8:f32, 1.000000e+00>
!y = !quant.uniform<i8:f32, 1.000000e+00>

// Channel 0: accumulators within [-384, 385] times 1e-3 are all code 0, so its weights become the zero point 1 and its
// bias 0. Channel 1 has 1.0 as multiplier and stays. Channel 2: the accumulator nearest to zero of
// -2^31 + [-896, 889], all of which are code 0.
// CHECK-LABEL: func.func @run
// CHECK: qnn.linear
// CHECK-DAG: "0x{{........}}010101020101"
// CHECK-DAG: "0x{{........}}000000000700000079030080"
func.func @run(%x: tensor<1x2x!x>) -> tensor<1x3x!y> {
  %w = qnn.constant dense_resource<w> : tensor<3x2xi8> -> tensor<3x2xi8>
  %b = qnn.constant dense_resource<b> : tensor<3xi32> -> tensor<3xi32>
  %s = qnn.constant dense_resource<s> : tensor<3xf32> -> tensor<3xf32>
  %z3 = qnn.constant dense_resource<z3> : tensor<3xi8> -> tensor<3xi8>
  %0 = qnn.linear %x, %w bias %b scale %s zero_point %z3 : tensor<1x2x!x>, tensor<3x2xi8>, bias tensor<3xi32>, scale tensor<3xf32>, zero_point tensor<3xi8> -> tensor<1x3x!y>
  return %0 : tensor<1x3x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x04000000020301020405",
      b: "0x04000000010000000700000000000080",
      s: "0x040000006F12833A0000803F5FE19026",
      z3: "0x04000000010101"
    }
  }
#-}
