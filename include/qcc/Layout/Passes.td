// Passes of the Layout stage: memory order of activations and weights.
#ifndef QCC_LAYOUT_PASSES_TD
#define QCC_LAYOUT_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChooseSignedness : Pass<"qcc-layout-choose-signedness", "::mlir::ModuleOp"> {
  let summary = "re-encodes 8-bit activations as the target's dot products want them";
  let description = [{
    x86 multiplies u8 by s8, Arm s8 by s8. A signed code q with zero point z means the same real as the unsigned
    code q + 128 with zero point z + 128, so inside the network every 8-bit quantized type takes the target's
    signedness (TargetInfo::unsignedActivations). Boundary tensors keep their type: where a plain integer tensor
    becomes a quantized one or back, a table flips the top bit.

    ```mlir
    %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 5.0e-01:3>>
    ```
    ==> (x86_64)
    ```mlir
    %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 5.0e-01:131>>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def PackMatrices : Pass<"qcc-layout-pack-matrices", "::mlir::ModuleOp"> {
  let summary = "gives products of two computed matrices a kernel that packs the right one";
  let description = [{
    The right side of `qnn.matmul`, and of `qnn.linear` whose weights are computed, takes at run time the order that
    `qcc-layout-pack-weights` gives constants: a kernel of its own writes it, one matrix for each of the leading dimensions;
    a transpose before it is read through. The product itself becomes a `kernel.contraction`.

    ```mlir
    %0 = qnn.matmul %x, %y : tensor<4x8x16xf32>, tensor<4x16x8xf32> -> tensor<4x8x8xf32>
    ```
    ==>
    ```mlir
    %p = kernel.pack float %y {panel = 16, lanes = 8, zero_point = 0, permutation = array<i64: 0, 1, 2>} : tensor<4x16x8xf32> -> tensor<4x128xf32>
    %0 = kernel.contraction float %x, %p, %zeros {panel = 16, lanes = 8, ...}
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect", "::qcc::kernel::KernelDialect"];
}

def PackWeights : Pass<"qcc-layout-pack-weights", "::mlir::ModuleOp"> {
  let summary = "puts the weights of contractions into the order that the target's inner loop reads";
  let description = [{
    Every `qnn.conv2d` and `qnn.linear` in a kernel whose weights are constants becomes a `kernel.contraction`. The
    arithmetic follows from the target: 8-bit dot products of four where it has them and the weights' zero point is 0,
    pairs of 16-bit products on other x86, 16-bit products on NEON, scalars on Cortex-M, f32 for float networks.
    A padded convolution with infinite or NaN weights stays: packed contractions may leave padding out.

    ```mlir
    %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : ...
    ```
    ==>
    ```mlir
    %0 = kernel.contraction word_pairs %x, %packed, %bias, %multiplier {panel = 16, lanes = 8, ...}
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect", "::qcc::kernel::KernelDialect"];
}

def PackRecurrentWeights : Pass<"qcc-layout-pack-recurrent-weights", "::mlir::ModuleOp"> {
  let summary = "puts the weights of recurrences into the panels that the inner loop reads";
  let description = [{
    Constant weights of a `qnn.recurrent` are reordered so that the columns whose sums are in registers at a time lie
    together. Computed weights stay as they are.

    ```mlir
    %0:2 = qnn.recurrent gru %gates, %w {...} : ...
    ```
    ==> (haswell)
    ```mlir
    %0:2 = qnn.recurrent gru %gates, %packed {panel = 64 : i64, ...} : ...
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
