// Multiply-accumulate over weights.
#ifndef QCC_DIALECTS_QNN_QNNCONTRACTIONOPS_TD
#define QCC_DIALECTS_QNN_QNNCONTRACTIONOPS_TD

include "dialects/QNN/QNNDialect.td"
include "dialects/QNN/QNNInterfaces.td"

defvar QNN_ContractionMethods = DeclareOpInterfaceMethods<QNN_ContractionOpInterface>;

def QNN_Conv2DOp : QNN_PureOp<"conv2d", [AttrSizedOperandSegments, QNN_ContractionMethods]> {
  let summary = "2-D convolution, NHWC input, OHWI weights";
  let description = [{
    input [N,H,W,C], weights [O,KH,KW,C/group], bias [O] (f32, or i32 with scale f32(x_scale*w_scale)).
    pads = [top, left, bottom, right] of real zeros. Output channel o reads the input channels of group
    o / (O/group). Float: no scale operands. Quantized input: `weight_scale` f32 [1] or [O] and
    `weight_zero_point` (type of the weights) [1] or [O].
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$weights, QNN_OptionalTensor:$bias,
      QNN_OptionalTensor:$weight_scale, QNN_OptionalTensor:$weight_zero_point,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
      DefaultValuedAttr<QNN_Int64Attr, "1">:$group);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights (`bias` $bias^)? (`scale` $weight_scale^ `zero_point` $weight_zero_point)? attr-dict
    `:` type($input) `,`
    custom<WeightTypes>(type($weights), type($bias), type($weight_scale), type($weight_zero_point)) `->` type($result)
  }];
  let hasVerifier = 1;
}

def QNN_LinearOp : QNN_PureOp<"linear", [AttrSizedOperandSegments, QNN_ContractionMethods]> {
  let summary = "input [..., K] times transposed weights [O, K] plus bias [O]";
  let description = "Scale operands as in conv2d. Constant or computed weights.";
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$weights, QNN_OptionalTensor:$bias,
      QNN_OptionalTensor:$weight_scale, QNN_OptionalTensor:$weight_zero_point);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights (`bias` $bias^)? (`scale` $weight_scale^ `zero_point` $weight_zero_point)? attr-dict
    `:` type($input) `,`
    custom<WeightTypes>(type($weights), type($bias), type($weight_scale), type($weight_zero_point)) `->` type($result)
  }];
  let hasVerifier = 1;
}

def QNN_MatMulOp : QNN_PureOp<"matmul"> {
  let summary = "batched product of two activations: [..., M, K] x [..., K, N], batch dimensions broadcast";
  let arguments = (ins QNN_Tensor:$lhs, QNN_Tensor:$rhs);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasVerifier = 1;
}

#endif
