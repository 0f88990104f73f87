// Umbrella of the qnn dialect: the one input of every TableGen run.
#ifndef QCC_DIALECTS_QNN_TD
#define QCC_DIALECTS_QNN_TD

include "dialects/QNN/QNNDialect.td"
include "dialects/QNN/QNNInterfaces.td"
include "dialects/QNN/QNNTensorOps.td"
include "dialects/QNN/QNNQuantizationOps.td"
include "dialects/QNN/QNNElementwiseOps.td"
include "dialects/QNN/QNNContractionOps.td"
include "dialects/QNN/QNNDetectionOps.td"
include "dialects/QNN/QNNIndexingOps.td"
include "dialects/QNN/QNNWindowOps.td"
include "dialects/QNN/QNNRecurrentOps.td"
include "dialects/QNN/QNNReductionOps.td"
include "dialects/QNN/QNNKernelOps.td"

#endif
