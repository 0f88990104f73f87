// Passes of the Quantize stage: the same graph on quantized types.
#ifndef QCC_QUANTIZE_PASSES_TD
#define QCC_QUANTIZE_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
