//===- Kernel.cpp - contractions with packed weights ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Kernel.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

#include "dialects/Kernel/KernelDialect.cpp.inc"
#include "dialects/Kernel/KernelEnums.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.cpp.inc"

namespace qcc::kernel {

void KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelOps.cpp.inc"
      >();
}

int64_t getStep(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::ByteQuads ? 4 : arithmetic == Arithmetic::WordPairs ? 2 : 1;
}

int64_t ContractionOp::getStep() { return kernel::getStep(getArithmetic()); }

int64_t ContractionOp::getRun() {
  int64_t channels = getInputChannels() / getGroup();
  return hasRowRuns() ? channels * getKernel()[1] : channels;
}

int64_t ContractionOp::getRuns() {
  return hasRowRuns() ? getKernel()[0] : getKernel()[0] * getKernel()[1];
}

int64_t ContractionOp::getActivationBytes() {
  switch (getArithmetic()) {
  case Arithmetic::Float:
    return 4;
  case Arithmetic::Words:
    return 2;
  case Arithmetic::WordPairs:
    // Depthwise pairs are formed from two rows of raw codes.
    return isDepthwise() ? 1 : 2;
  case Arithmetic::Codes:
  case Arithmetic::ByteQuads:
    return 1;
  }
  llvm_unreachable("every arithmetic is listed");
}

bool ContractionOp::hasPadding() {
  return llvm::any_of(getPads(), [](int64_t pad) { return pad != 0; });
}

int64_t ContractionOp::getPaddedHeight() {
  auto type = getInput().getType();
  return getImage() ? type.getDimSize(1) + getPads()[0] + getPads()[2] : 1;
}

int64_t ContractionOp::getPaddedWidth() {
  auto type = getInput().getType();
  if (getImage())
    return type.getDimSize(2) + getPads()[1] + getPads()[3];
  return type.getRank() == 1 ? 1 : type.getShape().drop_back().back();
}

bool ContractionOp::needsCopy() {
  // Scalar code clamps the taps instead.
  if (getArithmetic() == Arithmetic::Codes)
    return false;
  if (hasPadding())
    return true;
  if (getActivationBytes() != qnn::getElementBytes(getInput().getType().getElementType()))
    return true;
  // Whole steps of a ragged run would read behind the input.
  return !isDepthwise() && getRun() % getStep() != 0;
}

static int64_t getInputRows(ContractionOp op, int64_t rows) {
  return (rows - 1) * op.getStrides()[0] + (op.getKernel()[0] - 1) * op.getDilations()[0] + 1;
}

int64_t ContractionOp::getBandRows() {
  if (!getImage())
    return 1;
  int64_t height = getType().getDimSize(1);
  if (!needsCopy())
    return height;
  // A small copy stays in the first level cache, but every band reads the weights again.
  auto weights = getWeights().getType();
  int64_t wantedBytes = std::max<int64_t>(8192, weights.getShape().back() *
                                                    qnn::getElementBytes(weights.getElementType()));
  int64_t rowBytes = getPaddedWidth() * getInputChannels() * getActivationBytes();
  constexpr int64_t fewestRows = 8;
  int64_t rows = (wantedBytes / rowBytes - getInputRows(*this, 1)) / getStrides()[0] + 1;
  rows = std::min(std::max(rows, fewestRows), height);
  // Around that, the number that computes and copies the fewest rows twice and leaves the fewest
  // pixels to the last tile; computing a row takes about ten times as long as copying it.
  constexpr int64_t tilePixels = 6;
  int64_t width = getType().getDimSize(2);
  bool isPoint = getKernel()[0] * getKernel()[1] == 1;
  int64_t best = height, least = std::numeric_limits<int64_t>::max();
  for (int64_t candidate = std::max<int64_t>(rows / 3, 1), last = std::min(2 * rows, height);
       candidate <= last; ++candidate) {
    int64_t pixels = candidate * width;
    if (isPoint)
      pixels = llvm::alignTo(pixels, tilePixels);
    int64_t copied = getInputRows(*this, candidate) * width / getStrides()[0];
    int64_t work = llvm::divideCeil(height, candidate) * (10 * pixels + copied);
    if (work <= least) {
      least = work;
      best = candidate;
    }
  }
  return best;
}

int64_t ContractionOp::getBandInputRows() {
  return getImage() ? getInputRows(*this, getBandRows()) : 1;
}

int64_t ContractionOp::getScratchBytes() {
  if (!needsCopy())
    return 0;
  constexpr int64_t slack =
      16; // the last step of a ragged run reads up to step - 1 elements further
  return getBandInputRows() * getPaddedWidth() * getInputChannels() * getActivationBytes() + slack;
}

Value ContractionOp::getActivation() { return getInput(); }
Value ContractionOp::getWeightsOperand() { return getWeights(); }
int64_t ContractionOp::getMacs() {
  return getType().getNumElements() * getKernel()[0] * getKernel()[1] * getInputChannels() /
         getGroup();
}
int64_t ContractionOp::getWeightsChannelAxis() { return -1; }

LogicalResult ContractionOp::verify() {
  bool quantized = qnn::getQuantized(getInput().getType()) != nullptr;
  if (quantized == (getArithmetic() == Arithmetic::Float))
    return emitOpError("float arithmetic and float tensors go together");
  Type result = getType().getElementType();
  bool isSum = quantized && result.isInteger(32);
  if (!(quantized ? qnn::getQuantized(result) || result.isF32() || isSum : result.isF32()))
    return emitOpError("gives f32, or from quantized inputs quantized elements or i32");
  if ((quantized && !isSum) != static_cast<bool>(getMultiplier()))
    return emitOpError("quantized input and multiplier go together, unless the result is i32");
  if (getMultiplier()) {
    auto type = getMultiplier().getType();
    int64_t words = type.getElementType().isF32() ? 1 : 4;
    if (!type.getElementType().isF32() && !type.getElementType().isInteger(32))
      return emitOpError("multiplier must be f32 or i32");
    if (type.getNumElements() != getBias().getType().getNumElements() * words)
      return emitOpError("multiplier must have ")
             << words << " element" << (words == 1 ? "" : "s") << " for each bias";
  }
  if (getImage() && getInput().getType().getRank() != 4)
    return emitOpError("an image has rank 4");
  if (getKernel().size() != 2 || getStrides().size() != 2 || getPads().size() != 4 ||
      getDilations().size() != 2)
    return emitOpError("needs a kernel of 2, 2 strides, 4 pads and 2 dilations");
  if (getLanes() < 1 || getPanel() < 1 || getPanel() % getLanes() != 0)
    return emitOpError("panel must be a multiple of lanes");
  if (getGroup() < 1 || getInputChannels() % getGroup() != 0 ||
      getOutputChannels() % getGroup() != 0)
    return emitOpError("group must divide input and output channels");
  return success();
}

LogicalResult PackOp::verify() {
  auto input = getInput().getType(), result = getType();
  ArrayRef<int64_t> permutation = getPermutation();
  size_t rank = input.getRank();
  if (rank < 2 || permutation.size() != rank || !isPermutationVector(permutation))
    return emitOpError("needs two dimensions or more, and a permutation of them");
  bool makesRows = static_cast<size_t>(result.getRank()) == rank - 1;
  for (size_t i = 0; makesRows && i + 2 < rank; ++i)
    makesRows = result.getDimSize(i) == input.getDimSize(permutation[i]);
  if (!makesRows)
    return emitOpError("must make one row of each matrix");
  if (getLanes() < 1 || getPanel() < 1 || getPanel() % getLanes() != 0)
    return emitOpError("panel must be a multiple of lanes");
  if (getArithmetic() == Arithmetic::ByteQuads)
    return emitOpError("makes words or floats");
  int64_t padded = llvm::alignTo(getDepth(), kernel::getStep(getArithmetic())) *
                   llvm::alignTo(getColumns(), getLanes());
  if (result.getShape().back() != padded)
    return emitOpError("result must hold whole steps of padded channels");
  return success();
}

} // namespace qcc::kernel
