// Passes of the Simplify stage: the smallest float graph.
#ifndef QCC_SIMPLIFY_PASSES_TD
#define QCC_SIMPLIFY_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
