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

#endif
