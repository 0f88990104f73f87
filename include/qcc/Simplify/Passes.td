// Passes of the Simplify stage: the smallest float graph.
//
// Order in the pipeline: fold-constants, replace-indexing, fold-transposes, remove-no-ops, fold-batch-norm, then CSE, and once more
// fold-constants and remove-no-ops (a folded transpose leaves constants, a folded constant leaves no-ops). Dead code goes with the
// greedy rewrites and CSE.
#ifndef QCC_SIMPLIFY_PASSES_TD
#define QCC_SIMPLIFY_PASSES_TD

include "mlir/Pass/PassBase.td"

def FoldConstants : Pass<"qcc-simplify-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "evaluates ops whose operands are constants";
  let description = [{
    Reference computes the result, so folding and running give the same bytes. An op whose result is much larger than its operands
    stays, and so does one that costs too much. `dequantize_weights` stays for the Quantize stage; a constant that is quantized and
    dequantized becomes one, and a matrix product with a constant right side becomes `linear`.

    ```mlir
    %0 = qnn.neg %constant : tensor<2xf32> -> tensor<2xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.constant dense_resource<weights> : tensor<2xf32> -> tensor<2xf32>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FoldTransposes : Pass<"qcc-simplify-fold-transposes", "::mlir::func::FuncOp"> {
  let summary = "moves transposes together until they cancel";
  let description = [{
    Transposes sink through every op that can work in the order of the operand: elementwise ops, conversions, concat, slice, pad,
    reduce, softmax, and reshapes whose dimensions split or merge within one order. Those that meet are composed; those that reach weights
    permute the constants, as every move of quantized weights does; those that only move dimensions of size 1 become reshapes; those that
    shuffle what a concat joined make it join along another dimension. What is left is moved up to the narrowest type, and a clamp behind
    moves goes up to the contractions before them.

    ```mlir
    %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x4x4x8xf32> -> tensor<1x8x4x4xf32>
    %1 = qnn.relu %0 : tensor<1x8x4x4xf32> -> tensor<1x8x4x4xf32>
    %2 = qnn.transpose %1 perm [0, 2, 3, 1] : tensor<1x8x4x4xf32> -> tensor<1x4x4x8xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.relu %x : tensor<1x4x4x8xf32> -> tensor<1x4x4x8xf32>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FoldBatchNorm : Pass<"qcc-simplify-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "folds constant factors and terms of channels into the float contraction before them";
  let description = [{
    A product or quotient with one constant for each output channel scales the constant weights and the bias, a sum or difference
    adds to the bias. The contraction must have no other use. Behind a convolution there may be moves that leave channels behind channels, as those
    that join the phases of a transposed convolution.

    ```mlir
    %0 = qnn.linear %x, %w : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<1x2xf32>
    %1 = qnn.mul %0, %scale : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
    %2 = qnn.add %1, %offset : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.linear %x, %scaled bias %offset : tensor<1x4xf32>, tensor<2x4xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def RemoveNoOps : Pass<"qcc-simplify-remove-no-ops", "::mlir::func::FuncOp"> {
  let summary = "drops ops that change nothing and merges pads into windows";
  let description = [{
    Identities of reshape, transpose, slice, pad, concat, cast, clip, pools of one element and reductions over dimensions of size 1; x + 0, x - 0,
    x * 1, x / 1; chains of reshapes; clip to [0, infinity) is relu. A pad with real zeros before conv2d joins its pads,
    and a slice of rows and columns behind it shortens them.

    ```mlir
    %0 = qnn.pad %x low [0, 1, 1, 0] high [0, 1, 1, 0] : tensor<1x4x4x8xf32> -> tensor<1x6x6x8xf32>
    %1 = qnn.conv2d %0, %w {pads = array<i64: 0, 0, 0, 0>, ...}
    ```
    ==>
    ```mlir
    %0 = qnn.conv2d %x, %w {pads = array<i64: 1, 1, 1, 1>, ...}
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def ReplaceIndexing : Pass<"qcc-simplify-replace-indexing", "::mlir::func::FuncOp"> {
  let summary = "turns constant indices of whole ranges into slices and concats";
  let description = [{
    A gather along one dimension whose indices are a few evenly spaced ranges becomes a concat of slices: mirrored borders, unfolded
    windows. A scatter that assigns one range along one dimension becomes a concat of the updates and of what stays. A slice of one part
    of a concat reads that part. Transposes pass what results, and no index is left to be read at run time.

    ```mlir
    %0 = qnn.gather %x at %indices axis 0 : tensor<8xf32>, tensor<12xi32> -> tensor<12xf32>   // 2, 1, 0, 1, ... 7, 6
    ```
    ==>
    ```mlir
    %0 = qnn.slice %x at [2] by [-1] : tensor<8xf32> -> tensor<3xf32>
    %1 = qnn.slice %x at [1] by [1] : tensor<8xf32> -> tensor<7xf32>
    ...
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
