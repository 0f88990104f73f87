// Functions of one element at a time, with NumPy broadcasting for two operands.
#ifndef QCC_DIALECTS_QNN_QNNELEMENTWISEOPS_TD
#define QCC_DIALECTS_QNN_QNNELEMENTWISEOPS_TD

include "dialects/QNN/QNNDialect.td"

class QNN_UnaryOp<string mnemonic, list<Trait> traits = []>
    : QNN_PureOp<mnemonic, !listconcat([QNN_Elementwise], traits)> {
  let arguments = (ins QNN_Tensor:$input);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

class QNN_BinaryOp<string mnemonic, list<Trait> traits = []>
    : QNN_PureOp<mnemonic, !listconcat([QNN_Elementwise], traits)> {
  let arguments = (ins QNN_Tensor:$lhs, QNN_Tensor:$rhs);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_ReluOp : QNN_UnaryOp<"relu"> { let summary = "max(x, 0); quantized: max(q, zero_point), same type"; }
def QNN_ClipOp : QNN_UnaryOp<"clip"> {
  let summary = "min(max(x, low), high)";
  let description = "Quantized: clamps codes to [Q(low), Q(high)] of the operand's type, which is the result's.";
  let arguments = (ins QNN_Tensor:$input, F32Attr:$low, F32Attr:$high);
  let assemblyFormat = "$input `to` $low `,` $high attr-dict `:` type($input) `->` type($result)";
}
def QNN_SigmoidOp : QNN_UnaryOp<"sigmoid"> { let summary = "1 / (1 + exp(-x))"; }
def QNN_TanhOp : QNN_UnaryOp<"tanh"> { let summary = "hyperbolic tangent"; }
def QNN_ExpOp : QNN_UnaryOp<"exp"> { let summary = "natural exponential"; }
def QNN_LogOp : QNN_UnaryOp<"log"> { let summary = "natural logarithm"; }
def QNN_ErfOp : QNN_UnaryOp<"erf"> { let summary = "error function"; }
def QNN_SqrtOp : QNN_UnaryOp<"sqrt"> { let summary = "square root, correctly rounded"; }
def QNN_SinOp : QNN_UnaryOp<"sin"> { let summary = "sine of an angle in radians"; }
def QNN_CosOp : QNN_UnaryOp<"cos"> { let summary = "cosine of an angle in radians"; }
def QNN_AtanOp : QNN_UnaryOp<"atan"> { let summary = "arc tangent, in radians"; }
def QNN_FloorOp : QNN_UnaryOp<"floor"> { let summary = "the largest integer not above x"; }
def QNN_CeilOp : QNN_UnaryOp<"ceil"> { let summary = "the smallest integer not below x"; }
def QNN_RoundOp : QNN_UnaryOp<"round"> { let summary = "the nearest integer, ties to even"; }
def QNN_NegOp : QNN_UnaryOp<"neg"> { let summary = "-x"; }
def QNN_AbsOp : QNN_UnaryOp<"abs"> { let summary = "|x|"; }
def QNN_CastOp : QNN_UnaryOp<"cast"> {
  let summary = "converts element types by value; float to integer truncates and saturates, NaN gives 0";
}

def QNN_AddOp : QNN_BinaryOp<"add", [Commutative]> { let summary = "lhs + rhs"; }
def QNN_SubOp : QNN_BinaryOp<"sub"> { let summary = "lhs - rhs"; }
def QNN_MulOp : QNN_BinaryOp<"mul", [Commutative]> { let summary = "lhs * rhs"; }
def QNN_DivOp : QNN_BinaryOp<"div"> { let summary = "lhs / rhs; integers truncate"; }
def QNN_MinOp : QNN_BinaryOp<"min", [Commutative]> { let summary = "the smaller"; }
def QNN_MaxOp : QNN_BinaryOp<"max", [Commutative]> { let summary = "the larger"; }
def QNN_RemOp : QNN_BinaryOp<"rem"> {
  let summary = "lhs - rhs * truncate(lhs / rhs), exact: the sign is the dividend's";
}
def QNN_PowOp : QNN_BinaryOp<"pow"> { let summary = "lhs to the power rhs"; }

def QNN_AndOp : QNN_BinaryOp<"and", [Commutative]> { let summary = "bitwise and of integers or i1"; }
def QNN_OrOp : QNN_BinaryOp<"or", [Commutative]> { let summary = "bitwise or of integers or i1"; }
def QNN_XorOp : QNN_BinaryOp<"xor", [Commutative]> { let summary = "bitwise exclusive or of integers or i1"; }
def QNN_ShiftLeftOp : QNN_BinaryOp<"shift_left"> { let summary = "lhs * 2^rhs of integers; 0 when rhs reaches the width"; }
def QNN_ShiftRightOp : QNN_BinaryOp<"shift_right"> {
  let summary = "lhs / 2^rhs of integers, rounded down; only the sign is left when rhs reaches the width";
}

def QNN_CompareKind : I32EnumAttr<"CompareKind", "relation that a comparison tests", [
    I32EnumAttrCase<"Equal", 0, "equal">, I32EnumAttrCase<"Less", 1, "less">,
    I32EnumAttrCase<"LessOrEqual", 2, "less_or_equal">]> {
  let cppNamespace = "::qcc::qnn";
}

def QNN_CompareOp : QNN_PureOp<"compare", [QNN_Elementwise]> {
  let summary = "whether lhs stands in the relation `kind` to rhs, as i1; false when one is NaN";
  let arguments = (ins QNN_CompareKind:$kind, QNN_Tensor:$lhs, QNN_Tensor:$rhs);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasVerifier = 1;
}

def QNN_SelectOp : QNN_PureOp<"select", [QNN_Elementwise]> {
  let summary = "condition ? lhs : rhs, the three broadcast; the element type of lhs, rhs and the result is one";
  let arguments = (ins QNN_Tensor:$condition, QNN_Tensor:$lhs, QNN_Tensor:$rhs);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif
