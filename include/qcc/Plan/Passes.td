// Passes of the Plan stage: arena offsets.
#ifndef QCC_PLAN_PASSES_TD
#define QCC_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
