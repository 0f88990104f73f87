//===- GraphValidator.h - structure of a model, before any operation exists
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_GRAPHVALIDATOR_H
#define QCC_LIB_IMPORT_GRAPHVALIDATOR_H

#include "lib/Import/NodeValidator.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <vector>

namespace qcc::import {

/// Version of each imported domain; the default domain is "".
using Opsets = llvm::StringMap<int64_t>;

struct ValidModel {
  Opsets opsets;
  /// Nodes of a graph or of a function's body (the address of its list of nodes) that its outputs
  /// depend on; only those are imported.
  llvm::DenseMap<const void *, std::vector<bool>> isLive;
  /// Functions by "domain:name", and what they import.
  llvm::StringMap<const onnx::FunctionProto *> functions;
  llvm::DenseMap<const onnx::FunctionProto *, Opsets> functionOpsets;

  const onnx::FunctionProto *findFunction(const onnx::NodeProto &node) const;
};

/// Checks versions, names, single assignment, order, and each node against the registry, in the
/// graph, in the graphs of its nodes and in the functions that they call. Reports all operators
/// that are not supported at once.
mlir::FailureOr<ValidModel> validateModel(const onnx::ModelProto &model, Reporter &reporter);

/// The domain with the alias of the default one resolved.
llvm::StringRef getDomain(const onnx::NodeProto &node);

/// Graphs among a node's attributes, in order.
llvm::SmallVector<const onnx::GraphProto *> getGraphs(const onnx::NodeProto &node);

} // namespace qcc::import

#endif
