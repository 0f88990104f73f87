// RUN: qcc-opt %s -verify-diagnostics -o %t -pass-pipeline='builtin.module(func.func(qcc-prove-bound-accumulators))'

!x = !quant.uniform<i8:f32, 1.000000e+00>
!y = !quant.uniform<i8:f32, 2.000000e+00>

func.func @run(%x: tensor<1x1x!x>) -> tensor<1x1x!y> {
  %w = qnn.constant dense_resource<w> : tensor<1x1xi8> -> tensor<1x1xi8>
  %b = qnn.constant dense_resource<b> : tensor<1xi32> -> tensor<1xi32>
  %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
  %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
  // expected-error @+1 {{the accumulator of channel 0 can reach 2147483774, which does not fit 32 bits; keep this op in float [E4030]}}
  %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : tensor<1x1x!x>, tensor<1x1xi8>, bias tensor<1xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x1x!y>
  return %0 : tensor<1x1x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001",
      b: "0x04000000FFFFFF7F",
      s: "0x040000000000803F",
      z: "0x0400000000"
    }
  }
#-}
