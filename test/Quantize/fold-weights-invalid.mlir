// RUN: qcc-opt %s -verify-diagnostics -o %t -pass-pipeline='builtin.module(func.func(qcc-quantize-fold-weights))'

func.func @run(%w: tensor<2xi8>, %s: tensor<1xf32>, %z: tensor<1xi8>) -> tensor<2xf32> {
  // expected-error @+1 {{has an operand that is not constant [E4021]}}
  %0 = qnn.dequantize_weights %w, %s, %z : tensor<2xi8>, tensor<1xf32>, tensor<1xi8> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
