//===- NodeValidator.h - a node against its operator's row
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_NODEVALIDATOR_H
#define QCC_LIB_IMPORT_NODEVALIDATOR_H

#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Registry.h"
#include "lib/Import/Reporter.h"
#include "llvm/ADT/StringMap.h"

namespace qcc::import {

/// What the body of a function makes of an attribute of its call.
struct Parameter {
  llvm::StringRef type;
  bool isRequired = false;
};
using Parameters = llvm::StringMap<Parameter>;

/// Checks the numbers of inputs and outputs, and names and types of the attributes, for `version`
/// of the operator's domain. Notes in `parameters`, which is null outside of functions, which
/// attributes of the function's call the node refers to.
void checkNodeAgainstRow(const onnx::NodeProto &node, const Operator &row, int64_t version,
                         Parameters *parameters, const std::string &where, Reporter &reporter);

/// Checks that a call gives its function the attributes that the body refers to, which are
/// `needed`; `parameters` is that of checkNodeAgainstRow for the call.
void checkCall(const onnx::NodeProto &call, const onnx::FunctionProto &function,
               const Parameters &needed, Parameters *parameters, const std::string &where,
               Reporter &reporter);

/// "node 17 'conv1' (Conv)"
std::string describeNode(const onnx::NodeProto &node, int64_t index);

} // namespace qcc::import

#endif
