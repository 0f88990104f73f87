// RUN: not qcc-target %s -o %t.o 2>&1 | FileCheck %s
// CHECK: the stack is not bounded: net_kernel0 calls itself [E6008]
module attributes {qcc.name = "net", qcc.target = {name = "x86_64", cpu = "", attributes = ""}, qcc.arena_size = 0 : i64,
    qcc.inputs = [], qcc.outputs = [], qcc.nodes = []} {
  func.func private @net_kernel0(%x: !llvm.ptr) {
    call @net_kernel0(%x) : (!llvm.ptr) -> ()
    return
  }
  func.func @net_run(%in0: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %ok = arith.constant 0 : i32
    call @net_kernel0(%in0) : (!llvm.ptr) -> ()
    return %ok : i32
  }
}
