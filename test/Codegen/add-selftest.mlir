// RUN: qcc-opt %s -qcc-codegen-add-selftest | FileCheck %s

// Arena of 20 bytes, input at 32, outputs at 48 and 64.
// CHECK: qcc.selftest_size = 76
// CHECK: llvm.mlir.global internal constant @m_expected1
// CHECK: func.func private @m_crc32(
// CHECK: llvm.load volatile
// CHECK: func.func private @m_generate0(
// CHECK: func.func @m_selftest(%[[WORK:.*]]: !llvm.ptr) -> i32
// CHECK: call @m_generate0
// CHECK: call @m_run
// CHECK: call @m_crc32
// CHECK: arith.cmpf ugt

module attributes {qcc.name = "m", qcc.arena_size = 20 : i64, qcc.arena_align = 16 : i64,
    qcc.inputs = [{name = "x", type = "f32", dims = [2]}],
    qcc.outputs = [{name = "y", type = "i8", dims = [5]}, {name = "z", type = "f32", dims = [3]}],
    qcc.selftest = {inputs = [{low = -1.0 : f32, step = 1.0 : f32}],
                    outputs = [{crc = 7 : i64}, {stride = 2 : i64, tolerance = 1.0e-3 : f32, values = array<f32: 1.0, 2.0>}]}} {
  func.func private @m_kernel0(%x: !llvm.ptr) { return }
  func.func @m_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %out1: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %ok = arith.constant 0 : i32
    call @m_kernel0(%arena) : (!llvm.ptr) -> ()
    return %ok : i32
  }
}
