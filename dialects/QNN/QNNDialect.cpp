//===- QNNDialect.cpp - dialect registration
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

#include "dialects/QNN/QNNDialect.cpp.inc"
#include "dialects/QNN/QNNEnums.cpp.inc"
#include "dialects/QNN/QNNInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/QNN/QNNOps.cpp.inc"

void qcc::qnn::QNNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/QNN/QNNOps.cpp.inc"
      >();
}
