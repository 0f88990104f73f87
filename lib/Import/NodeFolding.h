//===- NodeFolding.h - nodes on known values are evaluated at once
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_NODEFOLDING_H
#define QCC_LIB_IMPORT_NODEFOLDING_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Replaces the results of a node whose inputs are all known by constants: Reference evaluates the
/// operations behind `last`, which the node's handler has just made. So shape arithmetic folds
/// whatever operators the exporter wrote it with. Large constants are left: they are weights, which
/// the Simplify stage folds. Fails when the file is out of proportion to what it computes.
mlir::LogicalResult foldKnownNode(NodeContext &node, mlir::Operation *last);

} // namespace qcc::import

#endif
