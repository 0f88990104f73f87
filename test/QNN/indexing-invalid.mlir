// What the verifiers of broadcasts, gathers and scatters refuse.
// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @broadcast_rank(%x: tensor<2x3xf32>) {
  // expected-error @below {{result must have at least the input's rank}}
  %0 = qnn.broadcast %x : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----
func.func @broadcast_size(%x: tensor<2x3xf32>) {
  // expected-error @below {{result dimension 1 must be 2}}
  %0 = qnn.broadcast %x : tensor<2x3xf32> -> tensor<2x4x3xf32>
  return
}

// -----
func.func @broadcast_element(%x: tensor<1xf32>) {
  // expected-error @below {{moves codes, so the operand's element type 'f32' must be the result's 'i32'}}
  %0 = qnn.broadcast %x : tensor<1xf32> -> tensor<2xi32>
  return
}

// -----
func.func @gather_axis(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{axis is out of range}}
  %0 = qnn.gather %x at %i axis 2 : tensor<2x3xf32>, tensor<4xi64> -> tensor<2x4xf32>
  return
}

// -----
func.func @gather_negative_axis(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{axis is out of range}}
  %0 = qnn.gather %x at %i axis -1 : tensor<2x3xf32>, tensor<4xi64> -> tensor<2x4xf32>
  return
}

// -----
func.func @gather_shape(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{shape of the result must be [2, 4]}}
  %0 = qnn.gather %x at %i axis 1 : tensor<2x3xf32>, tensor<4xi64> -> tensor<4x2xf32>
  return
}

// -----
func.func @gather_indices(%x: tensor<2x3xf32>, %i: tensor<4xi16>) {
  // expected-error @below {{indices must be i32 or i64}}
  %0 = qnn.gather %x at %i axis 1 : tensor<2x3xf32>, tensor<4xi16> -> tensor<2x4xf32>
  return
}

// -----
func.func @gather_element(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{moves codes, so every element type but the indices' must be one}}
  %0 = qnn.gather %x at %i axis 1 : tensor<2x3xf32>, tensor<4xi64> -> tensor<2x4xi32>
  return
}

// -----
func.func @elements_shape(%x: tensor<2x3xf32>, %i: tensor<2x4xi64>) {
  // expected-error @below {{shape of the result must be [2, 4]}}
  %0 = qnn.gather_elements %x at %i axis 1 : tensor<2x3xf32>, tensor<2x4xi64> -> tensor<2x3xf32>
  return
}

// -----
func.func @elements_beside(%x: tensor<2x3xf32>, %i: tensor<3x4xi64>) {
  // expected-error @below {{dimension 0 of the indices leaves the input}}
  %0 = qnn.gather_elements %x at %i axis 1 : tensor<2x3xf32>, tensor<3x4xi64> -> tensor<3x4xf32>
  return
}

// -----
func.func @elements_rank(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{input and indices must have one rank that holds the axis}}
  %0 = qnn.gather_elements %x at %i axis 0 : tensor<2x3xf32>, tensor<4xi64> -> tensor<4xf32>
  return
}

// -----
func.func @rows_depth(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>) {
  // expected-error @below {{the last dimension of the indices must count leading dimensions of the input}}
  %0 = qnn.gather_nd %x at %i : tensor<2x3xf32>, tensor<4x3xi64> -> tensor<4xf32>
  return
}

// -----
func.func @rows_batch(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>) {
  // expected-error @below {{the last dimension of the indices must count leading dimensions of the input}}
  %0 = qnn.gather_nd %x at %i {batch_dims = 1 : i64} : tensor<2x3xf32>, tensor<4x1xi64> -> tensor<4xf32>
  return
}

// -----
func.func @rows_shape(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>) {
  // expected-error @below {{shape of the result must be [4, 3]}}
  %0 = qnn.gather_nd %x at %i : tensor<2x3xf32>, tensor<4x1xi64> -> tensor<4xf32>
  return
}

// -----
func.func @scatter_result(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @below {{result must have the input's type}}
  %0 = qnn.scatter_elements add %x at %i, %u axis 1 : tensor<2x3xf32>, tensor<2x1xi64>, tensor<2x1xf32> -> tensor<3x2xf32>
  return
}

// -----
func.func @scatter_updates(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x2xf32>) {
  // expected-error @below {{shape of the updates must be [2, 1]}}
  %0 = qnn.scatter_elements assign %x at %i, %u axis 1 : tensor<2x3xf32>, tensor<2x1xi64>, tensor<2x2xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @scatter_axis(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @below {{input and indices must have one rank that holds the axis}}
  %0 = qnn.scatter_elements max %x at %i, %u axis 2 : tensor<2x3xf32>, tensor<2x1xi64>, tensor<2x1xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @scatter_rows(%x: tensor<2x3xf32>, %i: tensor<5x1xi64>, %u: tensor<5x2xf32>) {
  // expected-error @below {{shape of the updates must be [5, 3]}}
  %0 = qnn.scatter_nd min %x at %i, %u : tensor<2x3xf32>, tensor<5x1xi64>, tensor<5x2xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @scatter_rows_element(%x: tensor<2x3xf32>, %i: tensor<5x1xi64>, %u: tensor<5x3xf64>) {
  // expected-error @below {{moves codes, so every element type but the indices' must be one}}
  %0 = qnn.scatter_nd mul %x at %i, %u : tensor<2x3xf32>, tensor<5x1xi64>, tensor<5x3xf64> -> tensor<2x3xf32>
  return
}
