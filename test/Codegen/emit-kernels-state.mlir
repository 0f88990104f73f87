// RUN: qcc-opt %s -qcc-codegen-emit-kernels | FileCheck %s

// A state is neither input nor output: it lies in memory of its own, each state aligned to 16 bytes, in the order of the arguments.
// CHECK: module attributes
// CHECK-SAME: qcc.inputs = [{dims = [2], name = "x", type = "f32"}]
// The outputs are numbered without the states.
// CHECK-SAME: results = [{output = 0 : i64, type = tensor<2xf32>}]
// CHECK-SAME: results = [{state = 0 : i64, type = tensor<3xf32>}]
// CHECK-SAME: results = [{state = 16 : i64, type = tensor<2xf32>}]
// CHECK-SAME: qcc.outputs = [{dims = [2], name = "y", type = "f32"}]
// CHECK-SAME: qcc.state_size = 32 : i64
// CHECK: func.func @net_run(%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[STATE:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr) -> i32
// CHECK: %[[H:.*]] = llvm.getelementptr %[[STATE]][%c16_i64]
// CHECK: call @net_kernel0(%[[X]], %[[H]], %[[Y]])
// CHECK: call @net_kernel1(%[[STATE]], %[[STATE]])
// CHECK: call @net_kernel2(%[[X]], %{{.*}})
// Stores of words, volatile so that they stay stores.
// CHECK: func.func @net_reset(%[[TO:.*]]: !llvm.ptr) -> i32
// CHECK: scf.for
// CHECK: llvm.getelementptr %[[TO]]
// CHECK: llvm.store volatile %{{.*}} {alignment = 4 : i64} : i32, !llvm.ptr
// CHECK: %[[OK:.*]] = arith.constant 0 : i32
// CHECK-NEXT: return %[[OK]] : i32
module attributes {qcc.name = "net", qcc.target = {name = "aarch64", cpu = "", attributes = ""}} {
  func.func @run(%g: tensor<3xf32> {qnn.name = "g", qnn.state = 0 : i64}, %x: tensor<2xf32> {qnn.name = "x"}, %h: tensor<2xf32> {qnn.name = "h", qnn.state = 2 : i64})
      -> (tensor<3xf32> {qnn.name = "gN"}, tensor<2xf32> {qnn.name = "y"}, tensor<2xf32> {qnn.name = "hN"}) {
    %0 = qnn.kernel (%a = %x : tensor<2xf32>, %b = %h : tensor<2xf32>) -> tensor<2xf32> attributes {arena = array<i64: -1, -1>} {
      %r = qnn.add %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
      qnn.yield %r : tensor<2xf32>
    }
    %1 = qnn.kernel (%a = %g : tensor<3xf32>) -> tensor<3xf32> attributes {arena = array<i64: -1, -1>} {
      %r = qnn.neg %a : tensor<3xf32> -> tensor<3xf32>
      qnn.yield %r : tensor<3xf32>
    }
    %2 = qnn.kernel (%a = %x : tensor<2xf32>) -> tensor<2xf32> attributes {arena = array<i64: -1, -1>} {
      %r = qnn.neg %a : tensor<2xf32> -> tensor<2xf32>
      qnn.yield %r : tensor<2xf32>
    }
    return %1, %0, %2 : tensor<3xf32>, tensor<2xf32>, tensor<2xf32>
  }
}
