// What the verifier of qnn.suppress refuses.
// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @types(%b: tensor<1x5x4xf64>, %s: tensor<1x2x5xf32>) {
  // expected-error @below {{takes f32 boxes and scores and gives i64 indices}}
  %0 = qnn.suppress %b scores %s overlap 0.5 : tensor<1x5x4xf64>, tensor<1x2x5xf32> -> tensor<1x2x3xi64>
  return
}

// -----
func.func @ranks(%b: tensor<1x5x3xf32>, %s: tensor<1x2x5xf32>) {
  // expected-error @below {{boxes must be [N,B,4], scores [N,C,B], the result [N,C,K]}}
  %0 = qnn.suppress %b scores %s overlap 0.5 : tensor<1x5x3xf32>, tensor<1x2x5xf32> -> tensor<1x2x3xi64>
  return
}

// -----
func.func @classes(%b: tensor<1x5x4xf32>, %s: tensor<1x2x5xf32>) {
  // expected-error @below {{boxes, scores and result disagree about images, classes or boxes}}
  %0 = qnn.suppress %b scores %s overlap 0.5 least 0.1 : tensor<1x5x4xf32>, tensor<1x2x5xf32> -> tensor<1x3x3xi64>
  return
}
