// Passes of the Prove stage: what exact integer range analysis proves.
#ifndef QCC_PROVE_PASSES_TD
#define QCC_PROVE_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
