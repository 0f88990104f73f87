// Passes of the Prove stage: what exact integer range analysis proves.
#ifndef QCC_PROVE_PASSES_TD
#define QCC_PROVE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SettleConstantChannels : Pass<"qcc-prove-settle-constant-channels", "::mlir::func::FuncOp"> {
  let summary = "clears the weights of output channels that give one code whatever the input";
  let description = [{
    Pruned and dead channels: the codes of the least and the largest accumulator are equal, so all are. Their weights
    become the zero point and their bias an accumulator of that code. No byte of a result changes; sums that would
    not fit 32 bits for want of a sensible scale do.

    ```mlir
    %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : ...   // weights [[1, -1], [90, 7]], multipliers [1.0e-9, 0.01]
    ```
    ==> weights `[[0, 0], [90, 7]]`.
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def RemoveConstantChannels : Pass<"qcc-prove-remove-constant-channels", "::mlir::func::FuncOp"> {
  let summary = "folds channels of one code into the bias of the contraction that reads them, and removes them";
  let description = [{
    Where interval analysis proves that an input channel of a contraction always holds one code, its products are a
    number: they join the bias. The channel is then unused, and goes from the contraction that makes it and from
    all that is applied to it between the two (clamps, pools, tables, depthwise convolutions). Behind padding only
    the zero point is such a constant. No byte of a result changes; pruned and dead channels cost nothing.

    ```mlir
    %0 = qnn.linear %x, %w1 bias %b1 ... -> tensor<1x3x!y>      // weights of channel 1 are zero, its bias is 20
    %1 = qnn.linear %0, %w2 bias %b2 ... -> tensor<1x1x!y>      // weights [2, 3, 4], bias 5
    ```
    ==> `%0` has 2 channels, the second op weights `[2, 4]` and bias 65.
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def BoundAccumulators : Pass<"qcc-prove-bound-accumulators", "::mlir::func::FuncOp"> {
  let summary = "proves that the sums of 8-bit contractions fit 32 bits";
  let description = [{
    The interval of each channel's accumulator follows from its weights, its bias and the codes that the input can
    have (a clamp before it narrows them; padding adds a zero). Sums may wrap on the way: only the total counts.
    The attribute holds the hull over all channels; where |acc| stays below 2^24, f32(acc) is exact.

    ```mlir
    %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : ...
    ```
    ==>
    ```mlir
    %0 = qnn.linear %x, %w bias %b scale %s zero_point %z {prove.accumulator = array<i64: -8128, 9000>} : ...
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def DropIdleClamps : Pass<"qcc-prove-drop-idle-clamps", "::mlir::func::FuncOp"> {
  let summary = "drops clamps of codes that are within their bounds anyway";
  let description = [{
    ```mlir
    %1 = qnn.relu %0 : tensor<4x!quant.uniform<i8:f32, 1.0:-128>> -> tensor<4x!quant.uniform<i8:f32, 1.0:-128>>
    ```
    ==> `%0`: no code is below -128.
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def CertifyRequantization : Pass<"qcc-prove-certify-requantization", "::mlir::func::FuncOp"> {
  let summary = "finds and proves integer forms of requantization for targets without a float unit";
  let description = [{
    For each output channel it searches a multiplier M (1 to 2^31 - 1), an offset B and a shift S (32 to 62) such
    that `saturate((acc * M + B) >> S)` is the code of contraction-c3 for every accumulator that can occur, and a
    checker that shares no code with the search visits both sides of each step. A channel without such a form has
    `false` and zeros, and is emulated (docs/Requantization.md).

    ```mlir
    %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : ...
    ```
    ==>
    ```mlir
    %0 = qnn.linear ... {prove.multiplier = array<i32: 1073741824, 0>, prove.offset = array<i64: 2147483648, 0>,
                         prove.shift = array<i8: 32, 0>, prove.proven = array<i1: true, false>} : ...
    ```
  }];
  let options = [Option<"always", "always", "bool", "false", "also for targets with a float unit">];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def EvaluateSelftest : Pass<"qcc-prove-evaluate-selftest", "::mlir::ModuleOp"> {
  let summary = "records what the network must compute from the selftest's generated input";
  let description = [{
    The input is that of qcc/Support/SelftestInput.h: floats that lead to a quantization cover its range, others
    [-1, 1]. The module gets `qcc.selftest = {inputs = [ {low, step} ], outputs = [...]}`. An output that is the same
    bytes everywhere has a `crc` (CRC-32); one that depends on float sums, whose order is the target's, has at most
    64 `values`, `stride` elements apart, and a `tolerance`; one behind the quantization of such sums has nothing.
    The numbers are Reference's; a network of more than `most-work` steps, some 20 seconds, has no selftest.

    ```mlir
    module { func.func @run(%x: tensor<4xi8>) -> tensor<4xi8> { return %x : tensor<4xi8> } }
    ```
    ==>
    ```mlir
    module attributes {qcc.selftest = {inputs = [ {} ], outputs = [ {crc = 2084639563 : i64} ]}} { ... }
    ```
  }];
  let options = [Option<"mostWork", "most-work", "int64_t", "60000000000",
                        "multiply-accumulates and elements up to which there is a selftest">];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
