// Conversions between reals, codes and storage.
#ifndef QCC_DIALECTS_QNN_QNNQUANTIZATIONOPS_TD
#define QCC_DIALECTS_QNN_QNNQUANTIZATIONOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_QuantizeOp : QNN_PureOp<"quantize", [QNN_Elementwise]> {
  let summary = "f32 to codes: saturate(round_half_even(x / scale) + zero_point), true division";
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_DequantizeOp : QNN_PureOp<"dequantize", [QNN_Elementwise]> {
  let summary = "codes to f32: f32(q - zero_point) * scale";
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_DequantizeWeightsOp : QNN_PureOp<"dequantize_weights"> {
  let summary = "storage-typed constants to f32: f32(q - zero_point) * scale";
  let description = [{
    `scale` (f32) and `zero_point` (the type of `input`) hold 1 element, or as many as dimension `axis` of `input`.
    The Quantize stage absorbs it into the contraction that reads it; what is left is folded.
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$scale, QNN_Tensor:$zero_point,
                       DefaultValuedAttr<QNN_Int64Attr, "0">:$axis);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{ $input `,` $scale `,` $zero_point attr-dict `:` type($input) `,` type($scale) `,`
                          type($zero_point) `->` type($result) }];
  let hasVerifier = 1;
}

def QNN_BitcastOp : QNN_PureOp<"bitcast"> {
  let summary = "the same bits under another element type";
  let description = [{
    Gives a plain integer tensor its quantized meaning and back, where both have one storage type: `tensor<4xui8>` and
    `tensor<4x!quant.uniform<u8:f32, 0.5:3>>`. Plain numbers of one width are each other's bits: `tensor<4xf32>` and
    `tensor<4xi32>`. No other type's bits are an i1.
  }];
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QNN_LookupOp : QNN_PureOp<"lookup", [QNN_Elementwise]> {
  let summary = "8-bit code to code of another type through a table";
  let description = [{
    `table` has 256 entries of the result's storage; the entry of code q is at index q for unsigned and
    q + 128 for signed inputs.
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$table);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input `,` $table attr-dict `:` type($input) `,` type($table) `->` type($result)";
  let hasVerifier = 1;
}

#endif
