//===- NodeValidator.h - a node against its operator's row
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_NODEVALIDATOR_H
#define QCC_LIB_IMPORT_NODEVALIDATOR_H

#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Registry.h"
#include "lib/Import/Reporter.h"

namespace qcc::import {

/// Checks the numbers of inputs and outputs, and names and types of the attributes, for `version`
/// of the operator's domain. The body of a function may refer to the attributes of its call.
void checkNodeAgainstRow(const onnx::NodeProto &node, const Operator &row, int64_t version,
                         bool isInFunction, const std::string &where, Reporter &reporter);

/// "node 17 'conv1' (Conv)"
std::string describeNode(const onnx::NodeProto &node, int64_t index);

} // namespace qcc::import

#endif
