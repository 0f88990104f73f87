//===- GraphImporter.h - from a checked graph to a qnn function
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_GRAPHIMPORTER_H
#define QCC_LIB_IMPORT_GRAPHIMPORTER_H

#include "lib/Import/ExternalData.h"
#include "lib/Import/GraphValidator.h"
#include "qcc/Import/Import.h"

namespace qcc::import {

/// Fills `module` with @run. Takes the weights out of `model`.
mlir::LogicalResult importGraph(onnx::ModelProto &model, const ValidModel &valid,
                                const ImportOptions &options, ExternalData &external,
                                mlir::ModuleOp module, Reporter &reporter);

} // namespace qcc::import

#endif
