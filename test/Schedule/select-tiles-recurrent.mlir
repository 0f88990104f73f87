// RUN: qcc-opt %s -qcc-schedule-select-tiles | FileCheck %s

// Sequences share loads of the weights, up to four at a time. Each has scratch of its own: four blocks of 3 f32, for a gru's three gates and
// what its reset gate multiplies.
// CHECK: schedule = {emitter = "recurrent", rows = 4 : i64, scratch = 192 : i64}
// CHECK-NEXT: qnn.recurrent gru
// Sequences of different lengths run on their own.
// CHECK: schedule = {emitter = "recurrent", rows = 1 : i64, scratch = 48 : i64}
// CHECK-NEXT: qnn.recurrent gru
module attributes {qcc.target = {name = "x86_64", cpu = "haswell", attributes = ""}} {
  func.func @run(%x: tensor<2x5x9xf32> {qnn.name = "x"}, %r: tensor<3x9xf32> {qnn.name = "r"}, %n: tensor<5xi32> {qnn.name = "n"})
      -> (tensor<5x3xf32> {qnn.name = "y"}, tensor<5x3xf32> {qnn.name = "z"}) {
    %0 = qnn.kernel (%a = %x : tensor<2x5x9xf32>, %b = %r : tensor<3x9xf32>) -> tensor<5x3xf32> {
      %1 = qnn.recurrent gru %a, %b {activations = ["sigmoid", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x5x9xf32>, tensor<3x9xf32>) -> tensor<5x3xf32>
      qnn.yield %1 : tensor<5x3xf32>
    }
    %2 = qnn.kernel (%a = %x : tensor<2x5x9xf32>, %b = %r : tensor<3x9xf32>, %c = %n : tensor<5xi32>) -> tensor<5x3xf32> {
      %3 = qnn.recurrent gru %a, %b lengths %c {activations = ["sigmoid", "tanh"], alphas = array<f32: 0.0, 0.0>, betas = array<f32: 0.0, 0.0>} : (tensor<2x5x9xf32>, tensor<3x9xf32>, tensor<5xi32>) -> tensor<5x3xf32>
      qnn.yield %3 : tensor<5x3xf32>
    }
    return %0, %2 : tensor<5x3xf32>, tensor<5x3xf32>
  }
}
