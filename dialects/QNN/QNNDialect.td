// The dialect, its type constraints and the base class of its ops.
#ifndef QCC_DIALECTS_QNN_QNNDIALECT_TD
#define QCC_DIALECTS_QNN_QNNDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Dialect/Quant/IR/QuantBase.td"

def QNN_Dialect : Dialect {
  let name = "qnn";
  let cppNamespace = "::qcc::qnn";
  let summary = "The network: tensor operations on f32, integer and quantized types.";
  let description = [{
    All tensors are ranked and static. A quantized activation has the upstream type
    `!quant.uniform<{i8|u8|i16|...}:f32, scale:zero_point>` (per tensor); `real = scale * (q - zero_point)`.
    Weights are storage-typed constants (`i8`, `ui8`) with scale and zero-point operands. An op whose
    operands and result are quantized means the exact integer form that docs/Semantics.md defines.
    Images are NHWC, convolution weights OHWI.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

def QNN_IsElement : CPred<"::qcc::qnn::isElementType($_self)">;
def QNN_Element : Type<QNN_IsElement, "f32, f64, f16, bf16, integer, or per-tensor quantized element">;
def QNN_Tensor : Type<And<[CPred<"::llvm::isa<::mlir::RankedTensorType>($_self)">,
    CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).hasStaticShape()">,
    SubstLeaves<"$_self", "::llvm::cast<::mlir::RankedTensorType>($_self).getElementType()", QNN_IsElement>]>,
    "static tensor of f32, integer or quantized elements", "::mlir::RankedTensorType">;
def QNN_OptionalTensor : Optional<QNN_Tensor>;

// I64Attr reads as unsigned, which turns every comparison with a tensor's dimension into a trap.
def QNN_Int64Attr : Attr<And<[CPred<"::llvm::isa<::mlir::IntegerAttr>($_self)">,
    CPred<"::llvm::cast<::mlir::IntegerAttr>($_self).getType().isSignlessInteger(64)">]>, "64-bit integer"> {
  let storageType = "::mlir::IntegerAttr";
  let returnType = "int64_t";
  let convertFromStorage = "$_self.getInt()";
  let valueType = I64;
  let constBuilderCall = "$_builder.getI64IntegerAttr($0)";
}

// The op only moves codes: its operands and result have the same element type.
def QNN_SameScale : NativeOpTrait<"SameScale"> { let cppNamespace = "::qcc::qnn"; }
// The op is a function of one element at a time (after broadcasting).
def QNN_Elementwise : NativeOpTrait<"Elementwise"> { let cppNamespace = "::qcc::qnn"; }

class QNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<QNN_Dialect, mnemonic, traits>;
class QNN_PureOp<string mnemonic, list<Trait> traits = []>
    : QNN_Op<mnemonic, !listconcat([Pure], traits)>;

#endif
