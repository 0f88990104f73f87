// The unit of code generation.
#ifndef QCC_DIALECTS_QNN_QNNKERNELOPS_TD
#define QCC_DIALECTS_QNN_QNNKERNELOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_KernelOp : QNN_Op<"kernel", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "one fused kernel: a root op with what runs before and after it on the same element";
  let description = [{
    After Fuse the network is a flat list of kernels, constants and reshapes. The region's arguments are the
    operands, its `qnn.yield` gives the results. Layout, Schedule and Plan add attributes: `schedule`
    (emitter and tile, a dictionary) and `arena` (byte offset of each result, then of the scratch buffer).
  }];
  let arguments = (ins Variadic<QNN_Tensor>:$inputs, OptionalAttr<DictionaryAttr>:$schedule,
                       OptionalAttr<DenseI64ArrayAttr>:$arena);
  let results = (outs Variadic<QNN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Block &getBlock() { return getBody().front(); }
    /// The value inside the region that stands for operand `index`.
    ::mlir::BlockArgument getArgument(unsigned index) { return getBlock().getArgument(index); }
    ::mlir::Operation *getYield() { return getBlock().getTerminator(); }
  }];
}

def QNN_YieldOp : QNN_Op<"yield", [Pure, Terminator, HasParent<"KernelOp">]> {
  let summary = "ends a kernel and names its results";
  let arguments = (ins Variadic<QNN_Tensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

#endif
