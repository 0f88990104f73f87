//===- GraphValidator.h - structure of a model, before any operation exists
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_GRAPHVALIDATOR_H
#define QCC_LIB_IMPORT_GRAPHVALIDATOR_H

#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Reporter.h"
#include "llvm/ADT/StringMap.h"
#include <vector>

namespace qcc::import {

struct ValidGraph {
  llvm::StringMap<int64_t> opsets; // by domain; the default domain is ""
  std::vector<bool> isLive;        // nodes that an output depends on; only those are imported
};

/// Checks versions, names, single assignment, order, and each node against the registry. Reports
/// all operators that are not supported at once.
mlir::FailureOr<ValidGraph> validateModel(const onnx::ModelProto &model, Reporter &reporter);

/// "node 17 'conv1' (Conv)"
std::string describeNode(const onnx::NodeProto &node, int64_t index);

/// The domain with the alias of the default one resolved.
llvm::StringRef getDomain(const onnx::NodeProto &node);

} // namespace qcc::import

#endif
