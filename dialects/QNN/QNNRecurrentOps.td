// Networks that carry a state from step to step.
#ifndef QCC_DIALECTS_QNN_QNNRECURRENTOPS_TD
#define QCC_DIALECTS_QNN_QNNRECURRENTOPS_TD

include "dialects/QNN/QNNDialect.td"

def QNN_RecurrentKind : I32EnumAttr<"RecurrentKind", "what one step of a recurrence computes", [
    I32EnumAttrCase<"LSTM", 0, "lstm">, I32EnumAttrCase<"GRU", 1, "gru">, I32EnumAttrCase<"RNN", 2, "rnn">]> {
  let cppNamespace = "::qcc::qnn";
}

def QNN_RecurrentOp : QNN_PureOp<"recurrent", [AttrSizedOperandSegments]> {
  let summary = "the steps of an LSTM, GRU or simple recurrent layer in one direction, f32";
  let description = [{
    gates [T,N,G*H]: the inputs of every step times their weights, all biases added; blocks of H in the order i, o, f, c
    (lstm), z, r, h (gru) or one block (rnn). weights [H,G*H] multiply the hidden state. State before the first step:
    hidden and cell [N,H], zeros where absent. peepholes [3*H] (i, o, f) weigh the cell in the gates of an lstm.
    lengths i32 [N]: the steps that each sequence has; its state then stays and later elements of `sequence` are 0.
    `reverse` takes the last step of each sequence first; every result stays at the place of its step.
    `reset_after` (gru): the reset gate multiplies the product with the weights, `bias` [H] added, instead of the hidden state.
    `coupled` (lstm): f = 1 - i. `clip` > 0 bounds what the activations of gates read.
    activations: names in lower case, in the order of ONNX, with one alpha and one beta each (docs/Semantics.md).
    `panel` > 0: the weights lie in panels, the order in which they are read: of each block of H columns the first `panel`
    columns of all rows, then the next; the last panel of a block may be narrower.
    Results: the last hidden state [N,H], the last cell [N,H] (lstm only), and where wanted the hidden state after every
    step, `sequence` [T,N,H].
  }];
  let arguments = (ins QNN_RecurrentKind:$kind, QNN_Tensor:$gates, QNN_Tensor:$weights, QNN_OptionalTensor:$bias,
      QNN_OptionalTensor:$hidden, QNN_OptionalTensor:$cell, QNN_OptionalTensor:$peepholes, QNN_OptionalTensor:$lengths,
      StrArrayAttr:$activations, DenseF32ArrayAttr:$alphas, DenseF32ArrayAttr:$betas,
      DefaultValuedAttr<F32Attr, "0.0f">:$clip, DefaultValuedAttr<BoolAttr, "false">:$reverse,
      DefaultValuedAttr<BoolAttr, "false">:$reset_after, DefaultValuedAttr<BoolAttr, "false">:$coupled,
      DefaultValuedAttr<QNN_Int64Attr, "0">:$panel);
  let results = (outs Variadic<QNN_Tensor>:$results);
  let assemblyFormat = [{
    $kind $gates `,` $weights (`bias` $bias^)? (`hidden` $hidden^)? (`cell` $cell^)? (`peepholes` $peepholes^)?
    (`lengths` $lengths^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Gates of one step: 4, 3 or 1.
    int64_t getGateCount();
    int64_t getStateSize() { return getWeights().getType().getDimSize(0); }
    /// Where in the weights row `k` of column `j` lies.
    int64_t getWeightIndex(int64_t k, int64_t j);
    int64_t getMacs() { return getGates().getType().getNumElements() * getStateSize(); }
    ::mlir::Value getLastHidden() { return getResults()[0]; }
    ::mlir::Value getLastCell() { return getKind() == RecurrentKind::LSTM ? getResults()[1] : ::mlir::Value(); }
    /// The hidden state after every step, or null.
    ::mlir::Value getSequence() {
      unsigned states = getKind() == RecurrentKind::LSTM ? 2 : 1;
      return getNumResults() > states ? getResults()[states] : ::mlir::Value();
    }
    /// Names that `activations` may hold.
    static bool isActivation(::llvm::StringRef name);
    /// Activations that one step uses: 3, 2 or 1.
    static unsigned getActivationCount(RecurrentKind kind);
  }];
}

#endif
