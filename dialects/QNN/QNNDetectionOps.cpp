//===- QNNDetectionOps.cpp - verifiers of detection ops ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

LogicalResult SuppressOp::verify() {
  RankedTensorType boxes = getBoxes().getType(), scores = getScores().getType();
  if (!boxes.getElementType().isF32() || !scores.getElementType().isF32() ||
      !getType().getElementType().isInteger(64))
    return emitOpError("takes f32 boxes and scores and gives i64 indices");
  if (boxes.getRank() != 3 || scores.getRank() != 3 || getType().getRank() != 3 ||
      boxes.getDimSize(2) != 4)
    return emitOpError("boxes must be [N,B,4], scores [N,C,B], the result [N,C,K]");
  if (scores.getDimSize(0) != boxes.getDimSize(0) || scores.getDimSize(2) != boxes.getDimSize(1) ||
      getType().getShape().take_front(2) != scores.getShape().take_front(2))
    return emitOpError("boxes, scores and result disagree about images, classes or boxes");
  return success();
}

} // namespace qcc::qnn
