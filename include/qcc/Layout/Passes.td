// Passes of the Layout stage: memory order of activations and weights.
#ifndef QCC_LAYOUT_PASSES_TD
#define QCC_LAYOUT_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
