// Passes of the Fuse stage: a flat list of kernels.
#ifndef QCC_FUSE_PASSES_TD
#define QCC_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
