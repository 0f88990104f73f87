// RUN: qcc-opt %s -qcc-plan-assign-arena | FileCheck %s
// RUN: qcc-opt %s -qcc-plan-assign-arena=keep-tensors | FileCheck %s --check-prefix=KEEP

// Three results of 64 bytes in a chain: two live at a time. The last one is the output and needs no arena; a
// scratch buffer lives for one kernel only.
// CHECK: qcc.arena_bound = 192
// CHECK-SAME: qcc.arena_size = 192
// KEEP: qcc.arena_bound = 192
// KEEP-SAME: qcc.arena_size = 256
module {
  func.func @run(%x: tensor<16xf32>) -> tensor<16xf32> {
    // CHECK: qnn.kernel
    // CHECK-SAME: arena = array<i64: [[A:[0-9]+]], -1>
    %0 = qnn.kernel (%a = %x : tensor<16xf32>) -> tensor<16xf32> {
      %r = qnn.relu %a : tensor<16xf32> -> tensor<16xf32>
      qnn.yield %r : tensor<16xf32>
    }
    // CHECK: qnn.kernel
    // CHECK-SAME: arena = array<i64: {{[0-9]+}}, {{[0-9]+}}>
    %1 = qnn.kernel (%a = %0 : tensor<16xf32>) -> tensor<16xf32> attributes {schedule = {emitter = "generic", scratch = 64 : i64}} {
      %r = qnn.neg %a : tensor<16xf32> -> tensor<16xf32>
      qnn.yield %r : tensor<16xf32>
    }
    // CHECK: qnn.kernel
    // CHECK-SAME: arena = array<i64: [[A]], -1>
    %2 = qnn.kernel (%a = %1 : tensor<16xf32>) -> tensor<16xf32> {
      %r = qnn.relu %a : tensor<16xf32> -> tensor<16xf32>
      qnn.yield %r : tensor<16xf32>
    }
    // CHECK: qnn.kernel
    // CHECK-SAME: arena = array<i64: -1, -1>
    %3 = qnn.kernel (%a = %2 : tensor<16xf32>) -> tensor<16xf32> {
      %r = qnn.neg %a : tensor<16xf32> -> tensor<16xf32>
      qnn.yield %r : tensor<16xf32>
    }
    return %3 : tensor<16xf32>
  }
}
