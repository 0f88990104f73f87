// What the verifier of recurrences refuses.
// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @rank(%g: tensor<2x12xf32>, %w: tensor<3x12xf32>) {
  // expected-error @below {{gates must have rank 3 and weights rank 2}}
  %0:2 = qnn.recurrent lstm %g, %w {activations = ["tanh", "tanh", "tanh"], alphas = array<f32: 0.0, 0.0, 0.0>, betas = array<f32: 0.0, 0.0, 0.0>} : (tensor<2x12xf32>, tensor<3x12xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>)
  return
}

// -----

func.func @blocks(%g: tensor<2x1x9xf32>, %w: tensor<3x9xf32>) {
  // expected-error @below {{gates must have 4 blocks of 3}}
  %0:2 = qnn.recurrent lstm %g, %w {activations = ["tanh", "tanh", "tanh"], alphas = array<f32: 0.0, 0.0, 0.0>, betas = array<f32: 0.0, 0.0, 0.0>} : (tensor<2x1x9xf32>, tensor<3x9xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>)
  return
}

// -----

func.func @element(%g: tensor<2x1x12xf64>, %w: tensor<3x12xf32>) {
  // expected-error @below {{gates must have type 'tensor<2x1x12xf32>'}}
  %0:2 = qnn.recurrent lstm %g, %w {activations = ["tanh", "tanh", "tanh"], alphas = array<f32: 0.0, 0.0, 0.0>, betas = array<f32: 0.0, 0.0, 0.0>} : (tensor<2x1x12xf64>, tensor<3x12xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>)
  return
}

// -----

func.func @result(%g: tensor<2x1x12xf32>, %w: tensor<3x12xf32>) {
  // expected-error @below {{last cell must have type 'tensor<1x3xf32>'}}
  %0:2 = qnn.recurrent lstm %g, %w {activations = ["tanh", "tanh", "tanh"], alphas = array<f32: 0.0, 0.0, 0.0>, betas = array<f32: 0.0, 0.0, 0.0>} : (tensor<2x1x12xf32>, tensor<3x12xf32>) -> (tensor<1x3xf32>, tensor<2x3xf32>)
  return
}

// -----

func.func @results(%g: tensor<2x1x9xf32>, %w: tensor<3x9xf32>) {
  // expected-error @below {{must have 1 or 2 results}}
  %0:3 = qnn.recurrent gru %g, %w {activations = ["tanh", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x1x9xf32>, tensor<3x9xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>, tensor<1x3xf32>)
  return
}

// -----

func.func @cell(%g: tensor<2x1x9xf32>, %w: tensor<3x9xf32>, %o: tensor<1x3xf32>) {
  // expected-error @below {{only an lstm has a cell, peepholes and coupled gates}}
  %0 = qnn.recurrent gru %g, %w cell %o {activations = ["tanh", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x1x9xf32>, tensor<3x9xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @hidden(%g: tensor<2x1x9xf32>, %w: tensor<3x9xf32>, %o: tensor<2x3xf32>) {
  // expected-error @below {{hidden must have type 'tensor<1x3xf32>'}}
  %0 = qnn.recurrent gru %g, %w hidden %o {activations = ["tanh", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x1x9xf32>, tensor<3x9xf32>, tensor<2x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @reset(%g: tensor<2x1x3xf32>, %w: tensor<3x3xf32>) {
  // expected-error @below {{only a gru has a reset gate}}
  %0 = qnn.recurrent rnn %g, %w {activations = ["tanh"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>, reset_after = true} : (tensor<2x1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @bias(%g: tensor<2x1x9xf32>, %w: tensor<3x9xf32>, %o: tensor<3xf32>) {
  // expected-error @below {{bias is a part of the gates without reset_after}}
  %0 = qnn.recurrent gru %g, %w bias %o {activations = ["tanh", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x1x9xf32>, tensor<3x9xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @panel(%g: tensor<2x1x3xf32>, %w: tensor<3x3xf32>) {
  // expected-error @below {{panel must not be negative}}
  %0 = qnn.recurrent rnn %g, %w {activations = ["tanh"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>, panel = -1 : i64} : (tensor<2x1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @count(%g: tensor<2x1x3xf32>, %w: tensor<3x3xf32>) {
  // expected-error @below {{needs 1 activations with as many alphas and betas}}
  %0 = qnn.recurrent rnn %g, %w {activations = ["tanh", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @name(%g: tensor<2x1x3xf32>, %w: tensor<3x3xf32>) {
  // expected-error @below {{does not know the activation 'sine'}}
  %0 = qnn.recurrent rnn %g, %w {activations = ["sine"], alphas = array<f32: 0.0>, betas = array<f32: 0.0>} : (tensor<2x1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32>
  return
}
