//===- Detection.cpp - non-maximum suppression ------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

namespace {

struct Box {
  float top, left, bottom, right;

  float getArea() const { return (bottom - top) * (right - left); }
};

float smaller(float a, float b) { return a < b ? a : b; }
float larger(float a, float b) { return a > b ? a : b; }

} // namespace

static Box readBox(const float *numbers, bool isCentered) {
  if (!isCentered)
    return {smaller(numbers[0], numbers[2]), smaller(numbers[1], numbers[3]),
            larger(numbers[0], numbers[2]), larger(numbers[1], numbers[3])};
  float halfWidth = numbers[2] * 0.5f, halfHeight = numbers[3] * 0.5f;
  return {numbers[1] - halfHeight, numbers[0] - halfWidth, numbers[1] + halfHeight,
          numbers[0] + halfWidth};
}

/// [suppress-f1] Whether the intersection over the union is more than `most`. A box without area
/// overlaps nothing.
static bool overlaps(const Box &a, const Box &b, float most) {
  float height = smaller(a.bottom, b.bottom) - larger(a.top, b.top);
  float width = smaller(a.right, b.right) - larger(a.left, b.left);
  float shared = height * width, all = a.getArea() + b.getArea() - shared;
  return height > 0 && width > 0 && a.getArea() > 0 && b.getArea() > 0 && shared / all > most;
}

Tensor evaluateDetection(Operation *op, Operands operands, RankedTensorType type) {
  auto suppress = cast<qnn::SuppressOp>(op);
  Tensor result(type);
  int64_t classes = type.getDimSize(1), wanted = type.getDimSize(2);
  int64_t count = suppress.getBoxes().getType().getDimSize(1);
  float most = suppress.getMostOverlap().convertToFloat();
  auto boxes = operands[0]->view<float>(), scores = operands[1]->view<float>();
  auto chosen = result.view<int64_t>();
  std::vector<bool> isCandidate(count);
  for (int64_t list = 0; list < type.getDimSize(0) * classes; ++list) {
    auto boxAt = [&](int64_t i) {
      return readBox(&boxes[(list / classes * count + i) * 4], suppress.getCenter());
    };
    for (int64_t i = 0; i < count; ++i) {
      float score = scores[list * count + i];
      isCandidate[i] = suppress.getLeastScore() ? score > suppress.getLeastScore()->convertToFloat()
                                                : score == score;
    }
    for (int64_t k = 0; k < wanted; ++k) {
      int64_t best = -1;
      for (int64_t i = 0; i < count; ++i)
        if (isCandidate[i] && (best < 0 || scores[list * count + i] > scores[list * count + best]))
          best = i;
      chosen[list * wanted + k] = best;
      for (int64_t i = 0; best >= 0 && i < count; ++i)
        if (i == best || overlaps(boxAt(best), boxAt(i), most))
          isCandidate[i] = false;
    }
  }
  return result;
}

} // namespace qcc::reference
