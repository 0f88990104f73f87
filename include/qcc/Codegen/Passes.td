// Passes of the Codegen stage: kernels as functions on pointers.
#ifndef QCC_CODEGEN_PASSES_TD
#define QCC_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
