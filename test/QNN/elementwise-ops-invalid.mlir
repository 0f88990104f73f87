// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @unary_shape(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // expected-error @+1 {{input and result must have one shape}}
  %0 = qnn.sin %x : tensor<2x3xf32> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

func.func @unary_type(%x: tensor<2xf32>) -> tensor<2xf64> {
  // expected-error @+1 {{input and result must have one element type}}
  %0 = qnn.floor %x : tensor<2xf32> -> tensor<2xf64>
  return %0 : tensor<2xf64>
}

// -----

!q = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @half_quantized(%x: tensor<2xf32>) -> tensor<2x!q> {
  // expected-error @+1 {{input and result must both be quantized or both not}}
  %0 = qnn.atan %x : tensor<2xf32> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 5.000000e-01:3>
!r = !quant.uniform<i8:f32, 2.500000e-01:3>
func.func @clamp(%x: tensor<2x!q>) -> tensor<2x!r> {
  // expected-error @+1 {{clamps codes, so the result's type must be the operand's}}
  %0 = qnn.relu %x : tensor<2x!q> -> tensor<2x!r>
  return %0 : tensor<2x!r>
}

// -----

func.func @binary_shapes(%x: tensor<2x3xf32>, %y: tensor<2xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{operands must broadcast to the result's shape}}
  %0 = qnn.pow %x, %y : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @binary_types(%x: tensor<2xf32>, %y: tensor<2xi32>) -> tensor<2xf32> {
  // expected-error @+1 {{operands and result must have one element type}}
  %0 = qnn.pow %x, %y : tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @binary_half_quantized(%x: tensor<2x!q>, %y: tensor<2xf32>) -> tensor<2x!q> {
  // expected-error @+1 {{operands and result must all be quantized or all not}}
  %0 = qnn.add %x, %y : tensor<2x!q>, tensor<2xf32> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @quantized_remainder(%x: tensor<2x!q>) -> tensor<2x!q> {
  // expected-error @+1 {{is not defined on quantized types}}
  %0 = qnn.rem %x, %x : tensor<2x!q>, tensor<2x!q> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// -----

func.func @bits_of_floats(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{is defined on integers only}}
  %0 = qnn.xor %x, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @shift_of_floats(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{is defined on integers only}}
  %0 = qnn.shift_left %x, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @relation_result(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{result must hold i1}}
  %0 = qnn.compare less %x, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @relation_types(%x: tensor<2xf32>, %y: tensor<2xi32>) -> tensor<2xi1> {
  // expected-error @+1 {{operands must have one element type, not quantized}}
  %0 = qnn.compare equal %x, %y : tensor<2xf32>, tensor<2xi32> -> tensor<2xi1>
  return %0 : tensor<2xi1>
}

// -----

func.func @relation_shapes(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xi1> {
  // expected-error @+1 {{operands must broadcast to the result's shape}}
  %0 = qnn.compare equal %x, %y : tensor<2xf32>, tensor<3xf32> -> tensor<2xi1>
  return %0 : tensor<2xi1>
}

// -----

func.func @condition(%p: tensor<2xi8>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{condition must hold i1}}
  %0 = qnn.select %p, %x, %x : tensor<2xi8>, tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @choice_types(%p: tensor<2xi1>, %x: tensor<2xf32>, %y: tensor<2xi32>) -> tensor<2xf32> {
  // expected-error @+1 {{lhs, rhs and result must have one element type}}
  %0 = qnn.select %p, %x, %y : tensor<2xi1>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @choice_shapes(%p: tensor<3xi1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{operands must broadcast to the result's shape}}
  %0 = qnn.select %p, %x, %x : tensor<3xi1>, tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @width(%x: tensor<2xf32>) -> tensor<2xi16> {
  // expected-error @+1 {{input and result must have one storage type, numbers one width}}
  %0 = qnn.bitcast %x : tensor<2xf32> -> tensor<2xi16>
  return %0 : tensor<2xi16>
}

// -----

!q = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @meaning(%x: tensor<2xui8>) -> tensor<2x!q> {
  // expected-error @+1 {{input and result must have one storage type, numbers one width}}
  %0 = qnn.bitcast %x : tensor<2xui8> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// -----

func.func @truth(%x: tensor<2xui8>) {
  // expected-error @+1 {{only an i1 has the bits of an i1}}
  %0 = qnn.bitcast %x : tensor<2xui8> -> tensor<2xi1>
  return
}
