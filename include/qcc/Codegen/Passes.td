// Passes of the Codegen stage: kernels as functions on pointers.
#ifndef QCC_CODEGEN_PASSES_TD
#define QCC_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitKernels : Pass<"qcc-codegen-emit-kernels", "::mlir::ModuleOp"> {
  let summary = "turns every kernel into a function on pointers and the network into a sequence of calls";
  let description = [{
    On entry `@run` is a flat list of scheduled and planned `qnn.kernel` ops. On exit there are no tensors:
    constants are one blob `@<name>_weights` (equal constants once), kernels are private functions (equal bodies
    once) whose emitter the schedule names, and `@<name>_run(inputs, outputs, arena)` calls them in order.

    ```mlir
    %1 = qnn.kernel (%a = %x : tensor<4xf32>) -> tensor<4xf32> attributes {arena = array<i64: 0>} { relu }
    ```
    ==>
    ```mlir
    func.func private @m_kernel0(%a: !llvm.ptr, %r: !llvm.ptr) { loop, load, max, store }
    func.func @m_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %arena: !llvm.ptr) -> i32 { call @m_kernel0 }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def EmulateFloat : Pass<"qcc-codegen-emulate-float", "::mlir::ModuleOp"> {
  let summary = "turns f32 arithmetic of integer kernels into private integer functions where the core has no float unit";
  let description = [{
    Integer kernels, which Codegen marks `qcc.integer`, have no f32 tensor; f32 occurs in their rounding rules only. A
    core without a float unit would call the compiler's library for it. The functions give the same bits. Kernels with
    f32 tensors keep their arithmetic, which the ABI has helpers for, but for the square root. Vectors are taken apart.

    ```mlir
    func.func private @m_kernel0(...) attributes {qcc.integer} { %p = arith.mulf %a, %b : f32 }
    ```
    ==>
    ```mlir
    func.func private @m_kernel0(...) { %p = func.call @m_multiply(%a, %b) : (f32, f32) -> f32 }
    func.func private @m_multiply(%a: f32, %b: f32) -> f32 { integer arithmetic }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def CheckArguments : Pass<"qcc-codegen-check-arguments", "::mlir::ModuleOp"> {
  let summary = "makes <name>_run return a status code for null pointers and a misaligned arena";
  let description = [{
    An arena of no bytes may be null.

    ```mlir
    func.func @m_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %arena: !llvm.ptr) -> i32 { call @m_kernel0 }
    ```
    ==>
    ```mlir
    func.func @m_run(%in0: !llvm.ptr, %out0: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
      %status = scf.if %usable -> i32 { call @m_kernel0 } else { 1 for a null pointer, 2 for the arena }
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def AddSelftest : Pass<"qcc-codegen-add-selftest", "::mlir::ModuleOp"> {
  let summary = "adds <name>_selftest, which runs the network on a generated input and checks the outputs";
  let description = [{
    Does nothing without the module's `qcc.selftest`, which Prove computes. The work memory holds the arena, the
    inputs and the outputs; its size becomes `qcc.selftest_size`. The function generates the inputs
    (qcc/Support/SelftestInput.h), runs the network, compares the CRC-32 of each output, or stored values with a
    tolerance, and the CRC-32 of the weights in memory: one input need not reach every weight.

    ```mlir
    module attributes {qcc.selftest = {...}} { func.func @m_run(...) }
    ```
    ==>
    ```mlir
    module attributes {qcc.selftest_size = 96 : i64, ...} {
      func.func @m_run(...)
      func.func private @m_crc32(!llvm.ptr, i64) -> i32
      func.func private @m_generate0(!llvm.ptr)
      func.func @m_selftest(%work: !llvm.ptr) -> i32
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

#endif
