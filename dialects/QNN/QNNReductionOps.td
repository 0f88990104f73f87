// Reductions over whole dimensions.
#ifndef QCC_DIALECTS_QNN_QNNREDUCTIONOPS_TD
#define QCC_DIALECTS_QNN_QNNREDUCTIONOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_ReduceKind : I32EnumAttr<"ReduceKind", "what a reduction computes", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">]> {
  let cppNamespace = "::qcc::qnn";
}

def QNN_ReduceOp : QNN_PureOp<"reduce"> {
  let summary = "reduces the dimensions `axes` (ascending); they stay as 1 in the result";
  let arguments = (ins QNN_Tensor:$input, QNN_ReduceKind:$kind, DenseI64ArrayAttr:$axes);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$kind $input `over` $axes attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_SoftmaxOp : QNN_PureOp<"softmax"> {
  let summary = "exp(x - max) / sum over `axis`, sum in index order";
  let arguments = (ins QNN_Tensor:$input, QNN_Int64Attr:$axis);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input `axis` $axis attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif
