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

#endif
