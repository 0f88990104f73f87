// Functions of a sliding window.
#ifndef QCC_DIALECTS_QNN_QNNWINDOWOPS_TD
#define QCC_DIALECTS_QNN_QNNWINDOWOPS_TD

include "dialects/QNN/QNNDialect.td"

class QNN_WindowOp<string mnemonic, list<Trait> traits> : QNN_PureOp<mnemonic, traits> {
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_MaxPoolOp : QNN_WindowOp<"max_pool", [QNN_SameScale]> {
  let summary = "largest element of each window, NHWC; padding never wins";
  let arguments = (ins QNN_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations);
}

def QNN_AveragePoolOp : QNN_WindowOp<"average_pool", []> {
  let summary = "mean of each window, NHWC";
  let description = [{
    pads = [top, left, bottom, right]. The divisor is the number of input elements under the window, or with
    `count_include_pad` also those in the padding.
  }];
  let arguments = (ins QNN_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DefaultValuedAttr<BoolAttr, "false">:$count_include_pad);
}

#endif
