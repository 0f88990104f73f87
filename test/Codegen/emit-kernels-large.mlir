// RUN: qcc-opt %s -qcc-codegen-emit-kernels | FileCheck %s
// RUN: qcc-opt %s -qcc-codegen-emit-kernels -canonicalize | FileCheck %s

// An offset of more than 256 MiB keeps all its bits.
// CHECK: func.func @net_run
// CHECK: arith.constant 320000000
// CHECK-NOT: getelementptr {{.*}}[-
// CHECK: return
module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<8xf32> {qnn.name = "x"}) -> (tensor<8xf32> {qnn.name = "y"}) {
    %0 = qnn.kernel (%a = %x : tensor<8xf32>) -> tensor<8xf32> attributes {arena = array<i64: 320000000, -1>} {
      %r = qnn.relu %a : tensor<8xf32> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    %1 = qnn.kernel (%a = %0 : tensor<8xf32>) -> tensor<8xf32> attributes {arena = array<i64: -1, -1>} {
      %r = qnn.relu %a : tensor<8xf32> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    return %1 : tensor<8xf32>
  }
}
