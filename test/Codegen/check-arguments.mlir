// RUN: qcc-opt %s -qcc-codegen-check-arguments | FileCheck %s

// A null pointer gives 1, a misaligned arena 2.
// CHECK: func.func @m_run(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr) -> i32
// CHECK: %[[STATUS:.*]] = arith.select
// CHECK: %[[RESULT:.*]] = scf.if
// CHECK: call @m_kernel0(%[[ARENA]])
// CHECK: else
// CHECK-NEXT: scf.yield %{{.*}} : i32
// CHECK: return %[[RESULT]]
module attributes {qcc.name = "m", qcc.arena_size = 20 : i64, qcc.arena_align = 16 : i64} {
  func.func private @m_kernel0(%x: !llvm.ptr) { return }
  func.func @m_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %out1: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %ok = arith.constant 0 : i32
    call @m_kernel0(%arena) : (!llvm.ptr) -> ()
    return %ok : i32
  }
}
