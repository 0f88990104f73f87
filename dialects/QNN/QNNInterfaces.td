// What passes ask of an op instead of its name.
#ifndef QCC_DIALECTS_QNN_QNNINTERFACES_TD
#define QCC_DIALECTS_QNN_QNNINTERFACES_TD

include "mlir/IR/OpBase.td"

def QNN_ContractionOpInterface : OpInterface<"ContractionOpInterface"> {
  let cppNamespace = "::qcc::qnn";
  let description = [{
    A multiply-accumulate over constant or computed weights:
    `acc = bias + sum (x - x_zp) * (w - w_zp)`, then requantize when the result is quantized.
  }];
  let methods = [
    InterfaceMethod<"the activation", "::mlir::Value", "getActivation">,
    InterfaceMethod<"the weights", "::mlir::Value", "getWeightsOperand">,
    InterfaceMethod<"multiply-accumulates of one run", "int64_t", "getMacs">,
    InterfaceMethod<"dimension of the weights that counts output channels", "int64_t", "getWeightsChannelAxis">
  ];
}

#endif
