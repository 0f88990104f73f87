//===- GraphInputs.h - types and values of a graph's inputs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_GRAPHINPUTS_H
#define QCC_LIB_IMPORT_GRAPHINPUTS_H

#include "lib/Import/NodeContext.h"
#include "qcc/Import/Import.h"

namespace qcc::import {

/// An input that the caller of the network passes.
struct NetworkInput {
  const onnx::ValueInfoProto *proto;
  mlir::RankedTensorType type;
};

/// Binds every graph input: those of -constant become values of `state`, the others are returned in
/// graph order with static types. Initializers are already in `state`; an input that has one is no
/// input. Reports options that name nothing.
std::vector<NetworkInput> bindInputs(const onnx::GraphProto &graph, const ImportOptions &options,
                                     ImportState &state);

/// Builtin type of an input's or output's ONNX element type.
mlir::FailureOr<mlir::Type> getBoundaryType(mlir::MLIRContext *context, int32_t dataType,
                                            const std::string &where, Reporter &reporter);

} // namespace qcc::import

#endif
