// What Codegen hands on: y[i] = (x[i] ^ w[i]) + 1 in two kernels, the first into the arena.
module attributes {qcc.name = "net", qcc.target = {name = "x86_64", cpu = "", attributes = ""},
    qcc.arena_size = 48 : i64, qcc.arena_align = 16 : i64, qcc.arena_bound = 48 : i64, qcc.macs = 0 : i64, qcc.nodes = [],
    qcc.inputs = [{name = "x", type = "i8", dims = [3, 16], scale = 5.000000e-01 : f32, zero_point = -3 : i64}],
    qcc.outputs = [{name = "y", type = "i8", dims = [48]}],
    qcc.selftest = {inputs = [{}], outputs = [{crc = 1005840815 : i64}]}} {
  llvm.mlir.global internal constant @net_weights(dense_resource<w> : tensor<48xi8>) {alignment = 64 : i64} : !llvm.array<48 x i8>
  func.func private @net_kernel0(%x: !llvm.ptr {llvm.noalias, llvm.readonly}, %w: !llvm.ptr {llvm.noalias, llvm.readonly}, %r: !llvm.ptr {llvm.noalias}) {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c48 = arith.constant 48 : i32
    scf.for %i = %c0 to %c48 step %c1 : i32 {
      %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %pw = llvm.getelementptr %w[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %pr = llvm.getelementptr %r[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %a = llvm.load %px : !llvm.ptr -> i8
      %b = llvm.load %pw : !llvm.ptr -> i8
      %c = arith.xori %a, %b : i8
      llvm.store %c, %pr : i8, !llvm.ptr
    }
    return
  }
  func.func private @net_kernel1(%x: !llvm.ptr {llvm.noalias, llvm.readonly}, %r: !llvm.ptr {llvm.noalias}) {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c48 = arith.constant 48 : i32
    %one = arith.constant 1 : i8
    scf.for %i = %c0 to %c48 step %c1 : i32 {
      %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %pr = llvm.getelementptr %r[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %a = llvm.load %px : !llvm.ptr -> i8
      %b = arith.addi %a, %one : i8
      llvm.store %b, %pr : i8, !llvm.ptr
    }
    return
  }
  // A copy and a fill, which LLVM would like to make calls of memcpy and memset.
  func.func private @net_kernel2(%x: !llvm.ptr {llvm.noalias, llvm.readonly}, %r: !llvm.ptr {llvm.noalias}) {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c24 = arith.constant 24 : i32
    %c48 = arith.constant 48 : i32
    %zero = arith.constant 0 : i8
    scf.for %i = %c0 to %c48 step %c1 : i32 {
      %pr = llvm.getelementptr %r[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      llvm.store %zero, %pr : i8, !llvm.ptr
    }
    scf.for %i = %c0 to %c24 step %c1 : i32 {
      %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %pr = llvm.getelementptr %r[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i8
      %a = llvm.load %px : !llvm.ptr -> i8
      llvm.store %a, %pr : i8, !llvm.ptr
    }
    return
  }
  func.func @net_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
    %w = llvm.mlir.addressof @net_weights : !llvm.ptr
    %ok = arith.constant 0 : i32
    call @net_kernel2(%in0, %out0) : (!llvm.ptr, !llvm.ptr) -> ()
    call @net_kernel0(%in0, %w, %arena) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
    call @net_kernel1(%arena, %out0) : (!llvm.ptr, !llvm.ptr) -> ()
    return %ok : i32
  }
}
{-#
  dialect_resources: { builtin: {
    w: "0x10000000000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F"
  } }
#-}
