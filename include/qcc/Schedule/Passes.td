// Passes of the Schedule stage: emitter and tile of each kernel.
#ifndef QCC_SCHEDULE_PASSES_TD
#define QCC_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
