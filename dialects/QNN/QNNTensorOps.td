// Constants and ops that only move elements.
#ifndef QCC_DIALECTS_QNN_QNNTENSOROPS_TD
#define QCC_DIALECTS_QNN_QNNTENSOROPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_ConstantOp : QNN_PureOp<"constant", [ConstantLike]> {
  let summary = "weights or another constant tensor";
  let description = [{
    `value` is a `dense_resource` of raw little-endian bytes in row-major order (QNNWeights.h makes and reads
    them); the result's element type has the value's storage width. A quantized result holds codes.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "attr-dict $value `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QNN_ReshapeOp : QNN_PureOp<"reshape", [QNN_SameScale]> {
  let summary = "the same elements, in row-major order, under another shape";
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_TransposeOp : QNN_PureOp<"transpose", [QNN_SameScale]> {
  let summary = "permutes dimensions: result dimension i is input dimension permutation[i]";
  let arguments = (ins QNN_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input `perm` $permutation attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$permutation)>];
  let hasVerifier = 1;
}

def QNN_ConcatOp : QNN_PureOp<"concat", [QNN_SameScale]> {
  let summary = "joins tensors along `axis`";
  let arguments = (ins Variadic<QNN_Tensor>:$inputs, QNN_Int64Attr:$axis);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$inputs `axis` $axis attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_SliceOp : QNN_PureOp<"slice", [QNN_SameScale]> {
  let summary = "elements offsets[i] + k * strides[i], k < result dimension i; strides may be negative";
  let arguments = (ins QNN_Tensor:$input, DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$strides);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input `at` $offsets `by` $strides attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_PadOp : QNN_PureOp<"pad", [QNN_SameScale]> {
  let summary = "surrounds the input with one value";
  let description = [{
    `low[i]`, `high[i]` >= 0 elements before and after dimension i. Quantized: `value` is ignored and the padding
    is the zero point (real 0) unless `value` is not 0, then `Q(value)` of the result type.
  }];
  let arguments = (ins QNN_Tensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DefaultValuedAttr<F64Attr, "0.0">:$value);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input `low` $low `high` $high attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_BroadcastOp : QNN_PureOp<"broadcast", [QNN_SameScale]> {
  let summary = "repeats the dimensions of size 1 (and adds dimensions in front) as NumPy broadcasts";
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif
