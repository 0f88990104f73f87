// Quantized activations: one scale, which is an f32, and a zero point among the codes. real-c1
// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @zeroPoint(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<u8:f32, 5.000000e-01:300>> {
  // expected-error @+1 {{must be}}
  %y = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32, 5.000000e-01:300>>
  return %y : tensor<2x!quant.uniform<u8:f32, 5.000000e-01:300>>
}

// -----

func.func @scale(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<u8:f32, 1.000000e-01:3>> {
  // expected-error @+1 {{must be}}
  %y = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32, 1.000000e-01:3>>
  return %y : tensor<2x!quant.uniform<u8:f32, 1.000000e-01:3>>
}

// -----

func.func @axis(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<u8:f32:0, {5.000000e-01, 2.500000e-01}>> {
  // expected-error @+1 {{must be}}
  %y = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32:0, {5.000000e-01, 2.500000e-01}>>
  return %y : tensor<2x!quant.uniform<u8:f32:0, {5.000000e-01, 2.500000e-01}>>
}
