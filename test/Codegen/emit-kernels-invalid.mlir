// RUN: qcc-opt %s -qcc-codegen-emit-kernels -split-input-file -verify-diagnostics

module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<8xf32> {qnn.name = "x"}) -> (tensor<8xf32> {qnn.name = "y"}) {
    // expected-error @below {{schedule names the unknown emitter 'fast' [E4012]}}
    %0 = qnn.kernel (%a = %x : tensor<8xf32>) -> tensor<8xf32> attributes {arena = array<i64: -1, -1>, schedule = {emitter = "fast"}} {
      %r = qnn.neg %a : tensor<8xf32> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    return %0 : tensor<8xf32>
  }
}

// -----

module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<8xf64> {qnn.name = "x"}) -> (tensor<8xf64> {qnn.name = "y"}) {
    %0 = qnn.kernel (%a = %x : tensor<8xf64>) -> tensor<8xf64> attributes {arena = array<i64: -1, -1>} {
      // expected-error @below {{has no elementwise code for 'f64' [E4010]}}
      %r = qnn.sigmoid %a : tensor<8xf64> -> tensor<8xf64>
      qnn.yield %r : tensor<8xf64>
    }
    return %0 : tensor<8xf64>
  }
}

// -----

module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<8xi8> {qnn.name = "x"}) -> (tensor<8xf32> {qnn.name = "y"}) {
    %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
    %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
    %0 = qnn.kernel (%a = %x : tensor<8xi8>, %b = %s : tensor<1xf32>, %c = %z : tensor<1xi8>) -> tensor<8xf32> attributes {arena = array<i64: -1, -1>} {
      // expected-error @below {{has no code generator [E4011]}}
      %r = qnn.dequantize_weights %a, %b, %c : tensor<8xi8>, tensor<1xf32>, tensor<1xi8> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    return %0 : tensor<8xf32>
  }
}
{-#
  dialect_resources: { builtin: { s: "0x040000000000803F", z: "0x0100000000" } }
#-}
