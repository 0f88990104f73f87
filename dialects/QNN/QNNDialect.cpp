//===- QNNDialect.cpp - dialect registration
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::qnn {

/// weights (`,` `bias` type)? (`,` `scale` type `,` `zero_point` type)?, either group alone as
/// well.
static ParseResult parseWeightTypes(OpAsmParser &parser, Type &weights, Type &bias, Type &scale,
                                    Type &zeroPoint) {
  if (parser.parseType(weights))
    return failure();
  while (succeeded(parser.parseOptionalComma())) {
    if (!bias && !scale && succeeded(parser.parseOptionalKeyword("bias"))) {
      if (parser.parseType(bias))
        return failure();
    } else if (parser.parseKeyword("scale") || parser.parseType(scale) || parser.parseComma() ||
               parser.parseKeyword("zero_point") || parser.parseType(zeroPoint)) {
      return failure();
    }
  }
  return success();
}

static void printWeightTypes(OpAsmPrinter &printer, Operation *, Type weights, Type bias,
                             Type scale, Type zeroPoint) {
  printer << weights;
  if (bias)
    printer << ", bias " << bias;
  if (scale)
    printer << ", scale " << scale << ", zero_point " << zeroPoint;
}

} // namespace qcc::qnn

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
