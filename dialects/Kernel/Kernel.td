// The kernel dialect: contractions whose weights lie in the order that the code reads them.
#ifndef QCC_DIALECTS_KERNEL_KERNEL_TD
#define QCC_DIALECTS_KERNEL_KERNEL_TD

include "dialects/QNN/QNNDialect.td"
include "dialects/QNN/QNNInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::qcc::kernel";
  let summary = "What a fused kernel computes, after its constants took the target's form.";
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def Kernel_Arithmetic : I32EnumAttr<"Arithmetic", "how products are formed", [
    I32EnumAttrCase<"Float", 0, "float">,            // f32 * f32, one multiply and one add each
    I32EnumAttrCase<"Codes", 1, "codes">,            // (x - x_zp) * w on 32-bit scalars, weights i8 or i16
    I32EnumAttrCase<"Words", 2, "words">,            // i16 * i16 -> i32, one product a lane
    I32EnumAttrCase<"WordPairs", 3, "word_pairs">,   // i16 * i16 -> i32, two products a lane (pmaddwd)
    I32EnumAttrCase<"ByteQuads", 4, "byte_quads">]> { // 8-bit dot products of four (vpdpbusd, sdot)
  let cppNamespace = "::qcc::kernel";
}

def Kernel_ContractionOp : Op<Kernel_Dialect, "contraction",
    [Pure, DeclareOpInterfaceMethods<QNN_ContractionOpInterface>]> {
  let summary = "convolution or linear layer with packed weights";
  let description = [{
    Made by Layout from qnn.conv2d (`image`: rank 4, NHWC), qnn.linear and qnn.matmul ([..., K], kernel [1, 1]). Output channel o
    reads the input channels of its group. `weights` is flat, or has leading dimensions that broadcast with those of the input to
    the result's: one matrix each. A matrix holds, for each group, panels of `panel` output channels (the last one
    narrower, a multiple of `lanes`), each [KH][ceil(run / step)][channels of the panel][step], where run is KW * C/group
    in input order when dilations[1] is 1 and there is one group, else C/group for each of KH * KW taps; step is 4, 2
    or 1 by `arithmetic`. Padding of run and channels is zero. Depthwise (one channel a group): [KH * KW padded to
    step][channels padded to lanes][step].

    `bias` holds a start value of each padded channel's sum: f32, or i32 with `-x_zp * sum(w)` folded in where the
    arithmetic takes raw codes (ByteQuads, and depthwise WordPairs). `multiplier` is the m of docs/Semantics.md
    as f32 (without the division by y_scale for an f32 result; none for an i32 result); for a core without a float unit it is 4 i32 for each padded channel instead (docs/Requantization.md):
    {M, low word of B, high word of B, S - 32} of a certified integer form, or {0, significand of m, exponent e
    with m = significand * 2^e, 0} where the f32 product is emulated.
  }];
  let arguments = (ins QNN_Tensor:$input, QNN_Tensor:$weights, QNN_Tensor:$bias, QNN_OptionalTensor:$multiplier,
      DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
      QNN_Int64Attr:$group, Kernel_Arithmetic:$arithmetic, QNN_Int64Attr:$panel, QNN_Int64Attr:$lanes,
      UnitAttr:$image);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = [{
    $arithmetic $input `,` $weights `,` $bias (`,` $multiplier^)? attr-dict
    `:` type($input) `,` type($weights) `,` type($bias) (`,` type($multiplier)^)? `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    int64_t getInputChannels() { return getInput().getType().getShape().back(); }
    int64_t getOutputChannels() { return getType().getShape().back(); }
    bool isDepthwise() { return getGroup() > 1 && getGroup() == getInputChannels() && getGroup() == getOutputChannels(); }
    /// Products in one lane of one instruction.
    int64_t getStep();
    /// True when the taps of a row are one run of memory.
    bool hasRowRuns() { return getDilations()[1] == 1 && getGroup() == 1; }
    /// Elements of one run, and how many runs there are.
    int64_t getRun();
    int64_t getRuns();
    /// Bytes of an activation as the products read it.
    int64_t getActivationBytes();
    /// Spatial size of the input with its padding; linear layers have height 1.
    int64_t getPaddedHeight();
    int64_t getPaddedWidth();
    bool hasPadding();
    /// True when the input is first copied to scratch: padded, widened, or with room behind the last run.
    bool needsCopy();
    /// Rows of the result whose input is in scratch at once, and rows of the padded input that they read. All of them
    /// where nothing is copied.
    int64_t getBandRows();
    int64_t getBandInputRows();
    int64_t getScratchBytes();
  }];
}

def Kernel_PackOp : Op<Kernel_Dialect, "pack", [Pure]> {
  let summary = "brings matrices that the network computes into the order of a contraction's weights";
  let description = [{
    The input's dimensions, permuted, are [..., K, N]; result [..., size], one row of kernel.contraction's `weights` for each
    matrix: kernel [1, 1], one group, N output channels. Codes are stored less `zero_point`.
  }];
  let arguments = (ins QNN_Tensor:$input, Kernel_Arithmetic:$arithmetic, QNN_Int64Attr:$panel, QNN_Int64Attr:$lanes,
      QNN_Int64Attr:$zero_point, DenseI64ArrayAttr:$permutation);
  let results = (outs QNN_Tensor:$result);
  let assemblyFormat = "$arithmetic $input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    int64_t getDepth() { return getInput().getType().getDimSize(getPermutation().take_back(2)[0]); }
    int64_t getColumns() { return getInput().getType().getDimSize(getPermutation().back()); }
  }];
}

#endif
