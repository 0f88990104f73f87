// Reductions over whole dimensions.
#ifndef QCC_DIALECTS_QNN_QNNREDUCTIONOPS_TD
#define QCC_DIALECTS_QNN_QNNREDUCTIONOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_ReduceKind : I32EnumAttr<"ReduceKind", "what a reduction computes", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"Product", 4, "product">]> {
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

def QNN_ArgReduceKind : I32EnumAttr<"ArgReduceKind", "which element's position is wanted", [
    I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Min", 1, "min">]> {
  let cppNamespace = "::qcc::qnn";
}

def QNN_ArgReduceOp : QNN_PureOp<"arg_reduce"> {
  let summary = "index along `axis` of the largest or smallest element, as i64; the axis stays as 1";
  let description = "Of equal elements the first wins, with `last` the last. NaN never wins unless all are NaN.";
  let arguments = (ins QNN_Tensor:$input, QNN_ArgReduceKind:$kind, QNN_Int64Attr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$last);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$kind $input `axis` $axis attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_CumulativeKind : I32EnumAttr<"CumulativeKind", "what is accumulated", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "product">]> {
  let cppNamespace = "::qcc::qnn";
}

def QNN_CumulativeOp : QNN_PureOp<"cumulative"> {
  let summary = "sum or product of the elements up to each one along `axis`, in index order";
  let description = [{
    With `exclusive` the element itself is left out (the first result is 0 or 1); with `reverse` the order is from
    the last element to the first.
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_CumulativeKind:$kind, QNN_Int64Attr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$exclusive,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$kind $input `axis` $axis attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_TopKOp : QNN_PureOp<"top_k"> {
  let summary = "indices along `axis` of the k largest (or smallest) elements in order, as i64";
  let description = [{
    k is the result's size along `axis`. Equal elements keep the order of their indices. The elements themselves
    are read with gather_elements.
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_ArgReduceKind:$kind, QNN_Int64Attr:$axis);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$kind $input `axis` $axis attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif
