// RUN: qcc-opt %s -qcc-plan-assign-arena -split-input-file -verify-diagnostics

module attributes {qcc.target = {name = "cortex-m4"}} {
  // expected-error @+1 {{input 0 takes 2147483648 bytes, which a 32-bit machine does not address [E7011]}}
  func.func @run(%x: tensor<536870912xf32>) -> tensor<1xf32> {
    %0 = qnn.kernel (%a = %x : tensor<536870912xf32>) -> tensor<1xf32> {
      %r = qnn.slice %a at [0] by [1] : tensor<536870912xf32> -> tensor<1xf32>
      qnn.yield %r : tensor<1xf32>
    }
    return %0 : tensor<1xf32>
  }
}

// -----

module attributes {qcc.target = {name = "cortex-m4"}} {
  // expected-error @+1 {{the arena takes 2147483648 bytes, which a 32-bit machine does not address [E7011]}}
  func.func @run(%x: tensor<1xf32>) -> tensor<1xf32> {
    %0 = qnn.kernel (%a = %x : tensor<1xf32>) -> tensor<536870912xf32> {
      %r = qnn.broadcast %a : tensor<1xf32> -> tensor<536870912xf32>
      qnn.yield %r : tensor<536870912xf32>
    }
    %1 = qnn.kernel (%a = %0 : tensor<536870912xf32>) -> tensor<1xf32> {
      %r = qnn.slice %a at [0] by [1] : tensor<536870912xf32> -> tensor<1xf32>
      qnn.yield %r : tensor<1xf32>
    }
    return %1 : tensor<1xf32>
  }
}

// -----

// Other machines address it.
module attributes {qcc.target = {name = "aarch64"}} {
  func.func @run(%x: tensor<536870912xf32>) -> tensor<1xf32> {
    %0 = qnn.kernel (%a = %x : tensor<536870912xf32>) -> tensor<1xf32> {
      %r = qnn.slice %a at [0] by [1] : tensor<536870912xf32> -> tensor<1xf32>
      qnn.yield %r : tensor<1xf32>
    }
    return %0 : tensor<1xf32>
  }
}
