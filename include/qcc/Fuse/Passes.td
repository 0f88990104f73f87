// Passes of the Fuse stage: a flat list of kernels.
#ifndef QCC_FUSE_PASSES_TD
#define QCC_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SeparateOutputs : Pass<"qcc-fuse-separate-outputs", "::mlir::func::FuncOp"> {
  let summary = "gives every network output memory of its own";
  let description = [{
    An output that is an input, a constant, or a second name of another output becomes a copy (a slice of
    everything), so that later stages may write each output straight to the caller's buffer.

    ```mlir
    return %x : tensor<4xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.slice %x at [0] by [1] : tensor<4xf32> -> tensor<4xf32>
    return %0 : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def FormKernels : Pass<"qcc-fuse-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "groups each op with the elementwise ops that alone consume it";
  let description = [{
    On exit the function is a flat list of `qnn.kernel`, constants and ops that move nothing (reshape, bitcast).
    A kernel's first op is its root; the others are elementwise, of the root's shape, and applied to each element
    when the root has computed it. A value with a second consumer is never fused away.

    ```mlir
    %0 = qnn.max_pool %x ...
    %1 = qnn.relu %0 : tensor<1x2x2x4xf32> -> tensor<1x2x2x4xf32>
    ```
    ==>
    ```mlir
    %0 = qnn.kernel (%a = %x : ...) -> tensor<1x2x2x4xf32> { max_pool, relu, yield }
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

def MakeLookupTables : Pass<"qcc-fuse-make-lookup-tables", "::mlir::func::FuncOp"> {
  let summary = "turns chains of unary functions between 8-bit codes into one table";
  let description = [{
    A chain of ops that each depend on one element and constants, from an 8-bit quantized value to another 8-bit
    value, is a function of 256 inputs: Reference evaluates it once for each. Chains of clamps alone stay clamps.

    ```mlir
    %0 = qnn.sigmoid %x : tensor<8x!quant.uniform<i8:f32, 5.0e-01>> -> tensor<8x!quant.uniform<i8:f32, 3.906250e-03:-128>>
    ```
    ==>
    ```mlir
    %t = qnn.constant dense_resource<...> : tensor<256xi8> -> tensor<256xi8>
    %0 = qnn.lookup %x, %t
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
