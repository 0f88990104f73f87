// RUN: qcc-opt %s -split-input-file -qcc-codegen-check-arguments | FileCheck %s

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

// -----

// The memory of the states is aligned like the arena, wherever it is an argument.
// CHECK: func.func @m_run(%[[IN:.*]]: !llvm.ptr, %[[STATE:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr) -> i32
// CHECK: llvm.ptrtoint %[[IN]]
// CHECK-NOT: arith.andi
// CHECK: %[[S:.*]] = llvm.ptrtoint %[[STATE]]
// CHECK: arith.andi %[[S]], %{{.*}} : i64
// CHECK: %[[A:.*]] = llvm.ptrtoint %[[ARENA]]
// CHECK: arith.andi %[[A]], %{{.*}} : i64
// CHECK: scf.if
// CHECK: func.func @m_reset(%[[STATE:.*]]: !llvm.ptr) -> i32
// CHECK: %[[S:.*]] = llvm.ptrtoint %[[STATE]]
// CHECK: arith.andi %[[S]], %{{.*}} : i64
// CHECK: scf.if
module attributes {qcc.name = "m", qcc.arena_size = 20 : i64, qcc.arena_align = 16 : i64, qcc.state_size = 32 : i64} {
  func.func @m_run(%in0: !llvm.ptr, %state: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %ok = arith.constant 0 : i32
    return %ok : i32
  }
  func.func @m_reset(%state: !llvm.ptr) -> i32 {
    %ok = arith.constant 0 : i32
    return %ok : i32
  }
}
