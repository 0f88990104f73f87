// RUN: qcc-opt %s -qcc-codegen-emit-kernels | FileCheck %s

// CHECK: module attributes
// CHECK-SAME: qcc.inputs = [{dims = [8], name = "x", type = "f32"}]
// CHECK-SAME: emitter = "generic"
// Equal kernels are one function; equal constants are stored once.
// CHECK: llvm.mlir.global internal constant @net_weights({{.*}} : tensor<32xi8>) {{.*}} : !llvm.array<32 x i8>
// CHECK: func.func @net_run(%[[IN:.*]]: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr) -> i32
// CHECK-DAG: %[[W:.*]] = llvm.mlir.addressof @net_weights
// CHECK-DAG: call @net_kernel0(%[[IN]], %[[W]], %[[ARENA]])
// CHECK: call @net_kernel0(%[[ARENA]], %[[W]], %[[OUT]])
// CHECK: func.func private @net_kernel0
// CHECK-NOT: func.func
// CHECK-NOT: tensor<8xf32>
module attributes {qcc.name = "net"} {
  func.func @run(%x: tensor<8xf32> {qnn.name = "x"}) -> (tensor<8xf32> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<8xf32> -> tensor<8xf32>
    %v = qnn.constant dense_resource<v> : tensor<8xf32> -> tensor<8xf32>
    %0 = qnn.kernel (%a = %x : tensor<8xf32>, %b = %w : tensor<8xf32>) -> tensor<8xf32> attributes {arena = array<i64: 0, -1>} {
      %r = qnn.mul %a, %b : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    %1 = qnn.kernel (%a = %0 : tensor<8xf32>, %b = %v : tensor<8xf32>) -> tensor<8xf32> attributes {arena = array<i64: -1, -1>} {
      %r = qnn.mul %a, %b : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
      qnn.yield %r : tensor<8xf32>
    }
    return %1 : tensor<8xf32>
  }
}
{-#
  dialect_resources: { builtin: {
    w: "0x400000000000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F",
    v: "0x400000000000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F"
  } }
#-}
