// Passes of the Quantize stage: the same graph on quantized types.
#ifndef QCC_QUANTIZE_PASSES_TD
#define QCC_QUANTIZE_PASSES_TD

include "mlir/Pass/PassBase.td"

def Calibrate : Pass<"qcc-quantize-calibrate", "::mlir::ModuleOp"> {
  let summary = "finds the ranges of activations, from samples or from a table";
  let description = [{
    Runs the float network over samples, as compiled code where a Runner is registered and else by Reference, and
    keeps the smallest and largest real of each value that insert-quantization converts. The order of the samples
    does not matter. With `table-in` the ranges come from a file with the text that `keep-table` leaves on the module;
    one that lacks a value or was made for another network is an error.

    ```mlir
    %0 = qnn.linear %x, %w : tensor<1x8xf32>, tensor<4x8xf32> -> tensor<1x4xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.linear %x, %w {qnn.range = array<f32: -1.5, 2.25>} : ...
    ```
  }];
  let options = [
    ListOption<"samples", "samples", "std::string",
               "directory of samples, or .npy files, one for each input, whose first axis counts samples">,
    Option<"tableIn", "table-in", "std::string", "\"\"", "read the ranges from this file">,
    Option<"keepTable", "keep-table", "bool", "false", "leave the ranges as text in `qcc.calibration_table`">];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def InsertQuantization : Pass<"qcc-quantize-insert-quantization", "::mlir::func::FuncOp"> {
  let summary = "puts quantize and dequantize around the ops that have an integer form";
  let description = [{
    Activations become signed 8-bit codes over their calibrated range and zero; clamps belong to the op before
    them; operands of a concatenation share its type. Weights become symmetric codes in [-127, 127] for each output
    channel, biases i32 with scale f32(x_scale * w_scale); a channel's scale grows until its bias fits. The
    boundary stays f32.

    ```mlir
    %0 = qnn.linear %x, %w {qnn.range = array<f32: -1.5, 2.25>} : tensor<1x8xf32>, tensor<4x8xf32> -> tensor<1x4xf32>
    ```
    ==>
    ```mlir
    %1 = qnn.dequantize_weights %codes, %scale, %zero : tensor<4x8xi8>, tensor<4xf32>, tensor<4xi8> -> tensor<4x8xf32>
    %0 = qnn.linear %x, %1 : ...
    %2 = qnn.quantize %0 : tensor<1x4xf32> -> tensor<1x4x!quant.uniform<i8:f32, ...>>
    %3 = qnn.dequantize %2 : ...
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def MoveConversions : Pass<"qcc-quantize-move-conversions", "::mlir::func::FuncOp"> {
  let summary = "moves quantize up and dequantize down across ops that only move elements or clamp";
  let description = [{
    Both conversions are monotone and exact where they meet again, so no byte changes: `Q(op(x)) = op(Q(x))` for
    reshape, transpose, slice, concat, pad, max_pool, relu and clip; `op(DQ(q)) = DQ(op(q))` for the same ops but
    clip. A quantize that meets a dequantize vanishes, or becomes a `cast` where their types differ, which goes up across reshapes.

    ```mlir
    %1 = qnn.relu %0 : tensor<1x4xf32> -> tensor<1x4xf32>
    %2 = qnn.reshape %1 : tensor<1x4xf32> -> tensor<4xf32>
    %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 5.0e-01>>
    ```
    ==>
    ```mlir
    %1 = qnn.quantize %0 : tensor<1x4xf32> -> tensor<1x4x!quant.uniform<i8:f32, 5.0e-01>>
    %2 = qnn.relu %1 : ...
    %3 = qnn.reshape %2 : ...
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FormIntegerOps : Pass<"qcc-quantize-form-integer-ops", "::mlir::func::FuncOp"> {
  let summary = "gives an op between dequantize and quantize its integer meaning";
  let description = [{
    A contraction needs constant weights (per tensor or per output channel), a bias whose scale is
    f32(x_scale * w_scale) and whose zero point is 0, and one quantized type that its result is used in. Other ops
    need quantized operands and such a result. A remark says why a contraction stays float.

    ```mlir
    %1 = qnn.dequantize %0 : tensor<1x8x!x> -> tensor<1x8xf32>
    %2 = qnn.dequantize_weights %w, %s, %z : ... -> tensor<4x8xf32>
    %3 = qnn.linear %1, %2 : tensor<1x8xf32>, tensor<4x8xf32> -> tensor<1x4xf32>
    %4 = qnn.quantize %3 : tensor<1x4xf32> -> tensor<1x4x!y>
    ```
    ==>
    ```mlir
    %4 = qnn.linear %0, %w scale %s zero_point %z : tensor<1x8x!x>, tensor<4x8xi8>, ... -> tensor<1x4x!y>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FormLookups : Pass<"qcc-quantize-form-lookups", "::mlir::func::FuncOp"> {
  let summary = "turns elementwise float functions of one 8-bit value into tables";
  let description = [{
    All elementwise ops and one-element constants between the dequantization of one value and a quantize, shared
    inner values included (`x * sigmoid(x)`), are a function of 256 codes: Reference evaluates it.

    ```mlir
    %1 = qnn.dequantize %0 : tensor<8x!x> -> tensor<8xf32>
    %2 = qnn.sigmoid %1 : tensor<8xf32> -> tensor<8xf32>
    %3 = qnn.mul %1, %2 : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    %4 = qnn.quantize %3 : tensor<8xf32> -> tensor<8x!y>
    ```
    ==>
    ```mlir
    %t = qnn.constant dense_resource<...> : tensor<256xi8> -> tensor<256xi8>
    %4 = qnn.lookup %0, %t : tensor<8x!x>, tensor<256xi8> -> tensor<8x!y>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FoldWeights : Pass<"qcc-quantize-fold-weights", "::mlir::func::FuncOp"> {
  let summary = "dequantizes the constants that float ops read, and drops dead code";
  let description = [{
    After it no `dequantize_weights` is left.

    ```mlir
    %1 = qnn.dequantize_weights %w, %s, %z : tensor<4x8xi8>, tensor<1xf32>, tensor<1xi8> -> tensor<4x8xf32>
    ```
    ==>
    ```mlir
    %1 = qnn.constant dense_resource<...> : tensor<4x8xf32> -> tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def MoveBoundary : Pass<"qcc-quantize-move-boundary", "::mlir::func::FuncOp"> {
  let summary = "lets the caller pass and receive integers";
  let description = [{
    An f32 input that is only reshaped or transposed before it is quantized takes the codes instead; an f32 output that is
    dequantized last gives them. `qnn.quantized` on the argument or result keeps the type for header and manifest. Other
    f32 inputs and outputs stay, with a remark.

    ```mlir
    func.func @run(%x: tensor<4xf32>) { %0 = qnn.quantize %x ... }
    ```
    ==>
    ```mlir
    func.func @run(%x: tensor<4xi8> {qnn.quantized = !quant.uniform<i8:f32, 0.5:3>}) { %0 = qnn.bitcast %x ... }
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
