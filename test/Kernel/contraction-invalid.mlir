// RUN: qcc-opt %s -split-input-file -verify-diagnostics

!u = !quant.uniform<u8:f32, 5.000000e-01:3>
func.func @missing_multiplier(%x: tensor<9x4x!u>, %w: tensor<32xi16>, %b: tensor<8xi32>) -> tensor<9x8x!u> {
  // expected-error @+1 {{quantized input and multiplier go together, unless the result is i32}}
  %0 = kernel.contraction word_pairs %x, %w, %b {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, panel = 8 : i64, lanes = 4 : i64}
      : tensor<9x4x!u>, tensor<32xi16>, tensor<8xi32> -> tensor<9x8x!u>
  return %0 : tensor<9x8x!u>
}

// -----

!u = !quant.uniform<u8:f32, 5.000000e-01:3>
func.func @panel(%x: tensor<9x4x!u>, %w: tensor<32xi16>, %b: tensor<8xi32>, %m: tensor<8xf32>) -> tensor<9x8x!u> {
  // expected-error @+1 {{panel must be a multiple of lanes}}
  %0 = kernel.contraction word_pairs %x, %w, %b, %m {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, panel = 6 : i64, lanes = 4 : i64}
      : tensor<9x4x!u>, tensor<32xi16>, tensor<8xi32>, tensor<8xf32> -> tensor<9x8x!u>
  return %0 : tensor<9x8x!u>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @records(%x: tensor<9x4x!s>, %w: tensor<32xi8>, %b: tensor<8xi32>, %m: tensor<8xi32>) -> tensor<9x8x!s> {
  // expected-error @+1 {{multiplier must have 4 elements for each bias}}
  %0 = kernel.contraction codes %x, %w, %b, %m {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, panel = 4 : i64, lanes = 1 : i64}
      : tensor<9x4x!s>, tensor<32xi8>, tensor<8xi32>, tensor<8xi32> -> tensor<9x8x!s>
  return %0 : tensor<9x8x!s>
}
