// What the verifiers of reductions, orders and running sums refuse.
// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @reduce_axes(%x: tensor<2x3xf32>) {
  // expected-error @below {{axes must ascend within the input's rank}}
  %0 = qnn.reduce product %x over [1, 0] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----
func.func @reduce_shape(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduced dimensions must be 1 in the result and the others the input's}}
  %0 = qnn.reduce max %x over [1] : tensor<2x3xf32> -> tensor<1x3xf32>
  return
}

// -----
func.func @argument_kept(%x: tensor<2x3xf32>) {
  // expected-error @below {{result dimension 1 must be 1}}
  %0 = qnn.arg_reduce max %x axis 1 : tensor<2x3xf32> -> tensor<2x3xi64>
  return
}

// -----
func.func @argument_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis is out of range}}
  %0 = qnn.arg_reduce min %x axis 2 : tensor<2x3xf32> -> tensor<2x1xi64>
  return
}

// -----
func.func @argument_element(%x: tensor<2x3xf32>) {
  // expected-error @below {{result must hold i64}}
  %0 = qnn.arg_reduce min %x axis 1 : tensor<2x3xf32> -> tensor<2x1xi32>
  return
}

// -----
func.func @argument_shape(%x: tensor<2x3xf32>) {
  // expected-error @below {{result dimension 0 must be 2}}
  %0 = qnn.arg_reduce min %x axis 1 : tensor<2x3xf32> -> tensor<3x1xi64>
  return
}

// -----
func.func @order_count(%x: tensor<2x3xf32>) {
  // expected-error @below {{result has more elements along the axis than the input}}
  %0 = qnn.top_k max %x axis 1 : tensor<2x3xf32> -> tensor<2x4xi64>
  return
}

// -----
func.func @order_rank(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis is out of range}}
  %0 = qnn.top_k max %x axis 1 : tensor<2x3xf32> -> tensor<3xi64>
  return
}

// -----
func.func @sum_type(%x: tensor<2x3xf32>) {
  // expected-error @below {{input and result must have one type, not quantized}}
  %0 = qnn.cumulative sum %x axis 1 : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----
!q = !quant.uniform<i8:f32, 5.000000e-01:3>
func.func @sum_of_codes(%x: tensor<2x3x!q>) {
  // expected-error @below {{input and result must have one type, not quantized}}
  %0 = qnn.cumulative sum %x axis 1 : tensor<2x3x!q> -> tensor<2x3x!q>
  return
}

// -----
func.func @sum_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis is out of range}}
  %0 = qnn.cumulative product %x axis -1 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
