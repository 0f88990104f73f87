// Elements chosen by computed indices.
#ifndef QCC_DIALECTS_QNN_QNNINDEXINGOPS_TD
#define QCC_DIALECTS_QNN_QNNINDEXINGOPS_TD

include "dialects/QNN/QNNDialect.td"

// Indices are i32 or i64. A negative index counts from the end. What lies outside then is taken as the nearest
// element, so that no index leaves the tensor: generated code never reads or writes foreign memory.

class QNN_IndexingOp<string mnemonic, list<Trait> traits = []> : QNN_PureOp<mnemonic, traits> {
  let results = (outs QNN_Tensor:$result);
  let hasVerifier = 1;
}

def QNN_GatherOp : QNN_IndexingOp<"gather"> {
  let summary = "slices of `input` along `axis`: the result's shape is the input's with that dimension replaced by the shape of `indices`";
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$indices, QNN_Int64Attr:$axis);
  let assemblyFormat = "$input `at` $indices `axis` $axis attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def QNN_GatherElementsOp : QNN_IndexingOp<"gather_elements"> {
  let summary = "result[p] = input[p with p[axis] replaced by indices[p]]; the result's shape is that of `indices`";
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$indices, QNN_Int64Attr:$axis);
  let assemblyFormat = "$input `at` $indices `axis` $axis attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def QNN_GatherNDOp : QNN_IndexingOp<"gather_nd"> {
  let summary = "indices [B..., I..., K], input [B..., D1...DK, S...] -> [B..., I..., S...], `batch_dims` dimensions B";
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$indices, DefaultValuedAttr<QNN_Int64Attr, "0">:$batch_dims);
  let assemblyFormat = "$input `at` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def QNN_ScatterKind : I32EnumAttr<"ScatterKind", "how an update joins the element that it meets", [
    I32EnumAttrCase<"Assign", 0, "assign">, I32EnumAttrCase<"Add", 1, "add">, I32EnumAttrCase<"Mul", 2, "mul">,
    I32EnumAttrCase<"Max", 3, "max">, I32EnumAttrCase<"Min", 4, "min">]> {
  let cppNamespace = "::qcc::qnn";
}

class QNN_ScatterOp<string mnemonic, dag arguments_, string axisFormat> : QNN_IndexingOp<mnemonic> {
  let arguments = arguments_;
  let assemblyFormat = "$kind $input `at` $indices `,` $updates " # axisFormat # [{ attr-dict
    `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)}];
}

def QNN_ScatterElementsOp : QNN_ScatterOp<"scatter_elements",
    (ins QNN_ScatterKind:$kind, QNN_Tensor:$input, QNN_Tensor:$indices, QNN_Tensor:$updates, QNN_Int64Attr:$axis),
    "`axis` $axis"> {
  let summary = "input with element [p with p[axis] replaced by indices[p]] joined by updates[p], p in row-major order";
}

def QNN_ScatterNDOp : QNN_ScatterOp<"scatter_nd",
    (ins QNN_ScatterKind:$kind, QNN_Tensor:$input, QNN_Tensor:$indices, QNN_Tensor:$updates), ""> {
  let summary = "indices [I..., K], updates [I..., S...]: input [D1...DK, S...] with those slices joined, in row-major order";
}

#endif
