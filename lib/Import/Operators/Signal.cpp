//===- Signal.cpp - ONNX operators on signals: windows, spectra, mel bands
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Operands.h"
#include "qcc/Support/Permutation.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

constexpr double pi = llvm::numbers::pi;

/// Lengths up to this one: a spectrum is a product with a constant matrix of length * bins.
constexpr int64_t mostSamples = 1 << 13;

static FailureOr<double> readNumber(NodeContext &node, unsigned i, StringRef meaning) {
  const Constant *constant = node.getConstant(i);
  if (!constant)
    return node.error("E2307", meaning + ", " + node.describeInput(i) + ", " + node.whyUnknown(i));
  if (constant->getNumElements() != 1)
    return node.error("E2302", meaning + ", " + node.describeInput(i) + ", must be one number");
  return getNumbers(*constant)[0];
}

static FailureOr<int64_t> readInteger(NodeContext &node, unsigned i, StringRef meaning, int64_t low,
                                      int64_t high) {
  auto values = node.requireIntegers(i, meaning);
  if (failed(values))
    return failure();
  if (values->size() != 1)
    return node.error("E2302", meaning + ", " + node.describeInput(i) + ", must be one number");
  if (values->front() < low || values->front() > high)
    return node.error("E2309", meaning + " is " + Twine(values->front()) + "; " + Twine(low) +
                                   " to " + Twine(high) + " is supported");
  return values->front();
}

/// Element type of attribute 'output_datatype'.
static FailureOr<Type> getOutputType(NodeContext &node) {
  int64_t dataType = node.getInt("output_datatype", onnx::TensorProto::FLOAT);
  Type type = dataType < 0 || dataType > 64
                  ? Type()
                  : getElementType(node.builder.getContext(), static_cast<int32_t>(dataType));
  if (!type || type.isInteger(1))
    return node.error("E2308", "output_datatype " + Twine(dataType) + " is not supported");
  return type;
}

//===- Constants --------------------------------------------------------------//

/// offset - a * cos(2 pi n / N) + b * cos(4 pi n / N)
struct WindowShape {
  double offset, first, second;
};
static constexpr WindowShape hann = {0.5, 0.5, 0.0};
static constexpr WindowShape hamming = {25.0 / 46.0, 21.0 / 46.0, 0.0};
static constexpr WindowShape blackman = {0.42, 0.5, 0.08};

template <const WindowShape &window> static LogicalResult importWindow(NodeContext &node) {
  auto size = readInteger(node, 0, "the size of the window", 1, mostFoldedElements);
  auto element = getOutputType(node);
  if (failed(size) || failed(element))
    return failure();
  auto type = node.makeType({*size}, *element);
  if (failed(type) || failed(node.chargeFolding(*size * 8)))
    return failure();
  int64_t period = node.getInt("periodic", 1) != 0 ? *size : *size - 1;
  SmallVector<double> values;
  for (int64_t n = 0; n < *size; ++n) {
    double angle = period == 0 ? pi : 2 * pi * static_cast<double>(n) / static_cast<double>(period);
    values.push_back(window.offset - window.first * std::cos(angle) +
                     window.second * std::cos(2 * angle));
  }
  if (isa<FloatType>(*element))
    return node.setResult(makeFromNumbers(*type, values));
  SmallVector<int64_t> integers;
  for (double value : values)
    integers.push_back(static_cast<int64_t>(value));
  return node.setResult(makeFromIntegers(*type, integers));
}

/// Triangles over the bins of a spectrum, equally wide on the mel scale.
static LogicalResult importMelWeightMatrix(NodeContext &node) {
  constexpr int64_t limit = 1 << 20;
  auto bands = readInteger(node, 0, "the number of mel bands", 1, limit);
  auto length = readInteger(node, 1, "the length of the transform", 1, limit);
  auto rate = readInteger(node, 2, "the sample rate", 1, int64_t(1) << 40);
  auto low = readNumber(node, 3, "the lower edge");
  auto high = readNumber(node, 4, "the upper edge");
  auto element = getOutputType(node);
  if (failed(bands) || failed(length) || failed(rate) || failed(low) || failed(high) ||
      failed(element))
    return failure();
  if (!(*low >= 0 && *high >= *low) || !std::isfinite(*high))
    return node.error("E2309", "the edges must be finite, not negative and ascending");
  int64_t bins = *length / 2 + 1;
  auto type = node.makeType({bins, *bands}, *element);
  if (failed(type) || failed(node.chargeFolding(bins * *bands * 8)))
    return failure();
  auto toMel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  double step = (toMel(*high) - toMel(*low)) / static_cast<double>(*bands + 2);
  SmallVector<int64_t> edges;
  for (int64_t i = 0; i < *bands + 2; ++i) {
    double mel = toMel(*low) + static_cast<double>(i) * step;
    double hertz = 700 * (std::pow(10.0, mel / 2595) - 1);
    double bin = std::floor(static_cast<double>(*length + 1) * hertz / static_cast<double>(*rate));
    if (!(bin <= static_cast<double>(bins)))
      return node.error("E2309", "the upper edge lies beyond half the sample rate");
    edges.push_back(static_cast<int64_t>(bin));
  }
  SmallVector<double, 0> values(bins * *bands, 0);
  for (int64_t band = 0; band < *bands; ++band) {
    int64_t left = edges[band], center = edges[band + 1], right = edges[band + 2];
    auto set = [&](int64_t bin, double value) {
      if (bin < bins)
        values[bin * *bands + band] = value;
    };
    if (left == center)
      set(center, 1);
    for (int64_t bin = left; left < center && bin <= center; ++bin)
      set(bin, static_cast<double>(bin - left) / static_cast<double>(center - left));
    for (int64_t bin = center; bin < right; ++bin)
      set(bin, static_cast<double>(right - bin) / static_cast<double>(right - center));
  }
  if (!isa<FloatType>(*element))
    return node.error("E2308", "output_datatype must be a float type");
  return node.setResult(makeFromNumbers(*type, values));
}

//===- Spectra ----------------------------------------------------------------//

namespace {

/// A discrete Fourier transform as a matrix: rows [bin, re/im], columns [sample, re/im].
struct Transform {
  int64_t length;  // of the transform; samples that lack are zero, those beyond are not read
  int64_t samples; // of the input
  int64_t inputParts, outputParts;
  int64_t bins; // of the output
  bool isInverse;
  double scale = 1;

  /// Cosine and sine of `count` steps round a circle of `length` steps.
  std::pair<double, double> getTurn(int64_t count) const;
  int64_t getRows() const { return bins * outputParts; }
  int64_t getColumns() const { return samples * inputParts; }
  void fillMatrix(MutableArrayRef<float> matrix, ArrayRef<double> window = {}) const;
  /// Whether it is better done in halves than as one matrix, which is half as large for a real
  /// signal.
  bool canHalve() const {
    return length % 2 == 0 && length > 8 && samples == length && inputParts == 2 &&
           outputParts == 2;
  }
};

} // namespace

std::pair<double, double> Transform::getTurn(int64_t count) const {
  int64_t turn = count % length;
  double angle = 2 * pi * static_cast<double>(turn) / static_cast<double>(length);
  // Exact where the circle meets an axis.
  double cosine = turn * 4 % length == 0 && turn * 4 / length % 2 == 1 ? 0 : std::cos(angle);
  double sine = turn * 2 % length == 0 ? 0 : std::sin(angle);
  return {cosine, isInverse ? sine : -sine};
}

void Transform::fillMatrix(MutableArrayRef<float> matrix, ArrayRef<double> window) const {
  float *next = matrix.begin();
  // A real result of a one-sided spectrum: each bin but the first, and the middle one of an even
  // length, stands for two.
  bool isOneSided = isInverse && outputParts == 1;
  for (int64_t bin = 0; bin < bins; ++bin)
    for (int64_t output = 0; output < outputParts; ++output)
      for (int64_t sample = 0; sample < samples; ++sample) {
        auto [cosine, sine] = getTurn(bin * sample);
        double weight = scale;
        if (!window.empty())
          weight *= window[sample];
        if (isOneSided) {
          if (sample > length / 2)
            weight = 0;
          else if (sample != 0 && sample * 2 != length)
            weight *= 2;
        } else if (sample >= length) {
          weight = 0;
        }
        // (cosine + i sine) * (re + i im)
        *next++ = static_cast<float>(weight * (output == 0 ? cosine : sine));
        if (inputParts == 2)
          *next++ = static_cast<float>(weight * (output == 0 ? -sine : cosine));
      }
}

/// [rows, samples, parts] to [rows, bins, parts] by one matrix.
static FailureOr<Value> createProduct(NodeContext &node, Value input, const Transform &transform) {
  int64_t rows = cast<RankedTensorType>(input.getType()).getDimSize(0);
  int64_t columns = transform.getColumns(), results = transform.getRows();
  auto matrix = node.computeFloats(
      {results, columns}, [&](MutableArrayRef<float> values) { transform.fillMatrix(values); });
  if (failed(matrix))
    return failure();
  Type element = node.builder.getF32Type();
  Value product = node.create<qnn::LinearOp>(RankedTensorType::get({rows, results}, element),
                                             node.createReshape(input, {rows, columns}), *matrix,
                                             Value(), Value(), Value());
  return node.createReshape(product, {rows, transform.bins, transform.outputParts});
}

/// The even bins are the transform of the sums of samples that lie half the length apart, the odd
/// ones that of their differences, each turned by its place: decimation in frequency (Gentleman and
/// Sande, Fast Fourier Transforms, 1966). Values are [rows, place, bins so far, parts], where later
/// halves count for more, so that bins are in order at the end (Stockham's form).
static FailureOr<Value> createHalves(NodeContext &node, Value input, Transform transform) {
  FloatMath math(node);
  int64_t rows = cast<RankedTensorType>(input.getType()).getDimSize(0), parity = 1;
  int64_t whole = transform.length;
  double scale = std::exchange(transform.scale, 1);
  Value value = node.createReshape(input, {rows, whole, 1, 2});
  for (; transform.canHalve(); parity *= 2) {
    int64_t half = transform.length / 2;
    SmallVector<float, 0> ofReal, ofImaginary;
    for (int64_t place = 0; place < half; ++place) {
      auto [cosine, sine] = transform.getTurn(place);
      ofReal.append({static_cast<float>(cosine), static_cast<float>(sine)});
      ofImaginary.append({static_cast<float>(-sine), static_cast<float>(cosine)});
    }
    Value front = createSlice(node, value, {0, 0, 0, 0}, {rows, half, parity, 2});
    Value back = createSlice(node, value, {0, half, 0, 0}, {rows, half, parity, 2});
    Value difference = math.sub(front, back);
    Value real = createSlice(node, difference, {0, 0, 0, 0}, {rows, half, parity, 1});
    Value imaginary = createSlice(node, difference, {0, 0, 0, 1}, {rows, half, parity, 1});
    Value turned = math.add(math.mul(real, node.createFloats({half, 1, 2}, ofReal)),
                            math.mul(imaginary, node.createFloats({half, 1, 2}, ofImaginary)));
    auto type = RankedTensorType::get({rows, half, 2 * parity, 2}, node.builder.getF32Type());
    value = node.create<qnn::ConcatOp>(type, ValueRange{math.add(front, back), turned}, 2);
    transform.length = transform.samples = transform.bins = half;
  }
  int64_t rest = transform.length;
  value = node.createReshape(node.createTranspose(value, {0, 2, 1, 3}), {rows * parity, rest, 2});
  auto product = createProduct(node, value, transform);
  if (failed(product))
    return failure();
  value = node.createReshape(*product, {rows, parity, rest, 2});
  value = node.createReshape(node.createTranspose(value, {0, 2, 1, 3}), {rows, whole, 2});
  return scale == 1 ? value : math.mul(value, math.scalar(static_cast<float>(scale)));
}

/// [rows, samples, parts] to [rows, bins, parts].
static FailureOr<Value> createTransform(NodeContext &node, Value input,
                                        const Transform &transform) {
  return transform.canHalve() ? createHalves(node, input, transform)
                              : createProduct(node, input, transform);
}

/// Sets bins and parts of the result. Fails where the transform is too long.
static LogicalResult completeTransform(NodeContext &node, Transform &transform, bool isOneSided) {
  if (transform.length > mostSamples || transform.samples > mostSamples)
    return node.error("E2309", "the transform has " +
                                   Twine(std::max(transform.length, transform.samples)) +
                                   " samples; at most " + Twine(mostSamples) + " are supported");
  bool isHalf = isOneSided && !transform.isInverse;
  transform.bins = isHalf ? transform.length / 2 + 1 : transform.length;
  transform.outputParts = isOneSided && transform.isInverse ? 1 : 2;
  if (transform.isInverse)
    transform.scale = 1.0 / static_cast<double>(transform.length);
  return success();
}

static LogicalResult importDFT(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, mostDimensions)) ||
      failed(requireElements(node, 0)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = node.getRank(0), parts = shape.back();
  if (parts != 1 && parts != 2)
    return node.error("E2302", node.describeInput(0) + " must end with a dimension of 1 or 2");
  int64_t given = node.version < 20 ? node.getInt("axis", 1) : -2;
  if (node.hasInput(2)) {
    auto input = readInteger(node, 2, "the axis", -rank, rank - 1);
    if (failed(input))
      return failure();
    given = *input;
  }
  auto axis = node.resolveAxis(given, rank);
  if (failed(axis))
    return failure();
  if (*axis == rank - 1)
    return node.error("E2303", "the axis is the dimension of real and imaginary parts");
  bool isOneSided = node.getInt("onesided", 0) != 0, isInverse = node.getInt("inverse", 0) != 0;
  if (isOneSided && !isInverse && parts == 2)
    return node.error("E2309", "a complex signal has no one-sided spectrum");
  int64_t samples = shape[*axis];
  Transform transform{
      isOneSided && isInverse ? 2 * (samples - 1) : samples, samples, parts, 0, 0, isInverse};
  if (node.hasInput(1)) {
    auto length = readInteger(node, 1, "the length of the transform", 1, mostSamples);
    if (failed(length))
      return failure();
    transform.length = *length;
  }
  if (transform.length < 1)
    return node.error("E2309", "the length of the transform must be positive");
  if (failed(completeTransform(node, transform, isOneSided)))
    return failure();

  // The axis moves before the parts, and all other dimensions are rows.
  SmallVector<int64_t> order;
  for (int64_t i = 0; i < rank - 1; ++i)
    if (i != *axis)
      order.push_back(i);
  order.append({*axis, rank - 1});
  Value moved = node.createTranspose(node.getValue(0), order);
  int64_t rows = node.getType(0).getNumElements() / (samples * parts);
  auto result = createTransform(node, node.createReshape(moved, {rows, samples, parts}), transform);
  if (failed(result))
    return failure();
  SmallVector<int64_t> movedShape;
  for (int64_t dimension : order)
    movedShape.push_back(shape[dimension]);
  movedShape[rank - 2] = transform.bins;
  movedShape[rank - 1] = transform.outputParts;
  return node.setResult(
      node.createTranspose(node.createReshape(*result, movedShape), invert(order)));
}

/// Spectra of overlapping frames: a convolution whose filters are the windowed rows of the
/// transform. A window that the network computes is multiplied with the gathered frames.
static LogicalResult importSTFT(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, 3)) ||
      failed(requireElements(node, 0)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t batch = shape[0], samples = shape[1], parts = shape.size() == 3 ? shape[2] : 1;
  if (parts != 1 && parts != 2)
    return node.error("E2302", node.describeInput(0) + " must end with a dimension of 1 or 2");
  auto step = readInteger(node, 1, "the step between frames", 1, INT32_MAX);
  if (failed(step))
    return failure();
  bool hasWindow = node.hasInput(2);
  if (hasWindow && (failed(node.requireFloat(2)) || failed(node.requireRank(2, 1, 1))))
    return failure();
  int64_t length = hasWindow ? node.getShape(2)[0] : samples;
  if (node.hasInput(3)) {
    auto given = readInteger(node, 3, "the length of a frame", 1, mostSamples);
    if (failed(given))
      return failure();
    length = *given;
  }
  if (length > samples || (hasWindow && node.getShape(2)[0] != length))
    return node.error("E2309", "frames of " + Twine(length) +
                                   " samples fit neither the signal of " + Twine(samples) +
                                   " samples nor the window");
  bool isOneSided = node.getInt("onesided", 1) != 0;
  if (isOneSided && parts == 2)
    return node.error("E2309", "a complex signal has no one-sided spectrum");
  Transform transform{length, length, parts, 0, 0, /*isInverse=*/false};
  if (failed(completeTransform(node, transform, isOneSided)))
    return failure();
  int64_t frames = (samples - length) / *step + 1, bins = transform.bins;
  Type element = node.builder.getF32Type();
  if (failed(node.makeType({batch, frames, bins, 2}, element)))
    return failure();

  Value signal = node.getValue(0);
  if (!hasWindow || node.getConstant(2)) {
    SmallVector<double> window;
    if (hasWindow) {
      auto numbers = readNumbers(node, *node.getConstant(2));
      if (failed(numbers))
        return failure();
      window = std::move(*numbers);
    }
    auto filters =
        node.computeFloats({bins * 2, 1, length, parts}, [&](MutableArrayRef<float> values) {
          transform.fillMatrix(values, window);
        });
    if (failed(filters))
      return failure();
    Value spectra = node.create<qnn::Conv2DOp>(
        RankedTensorType::get({batch, 1, frames, bins * 2}, element),
        node.createReshape(signal, {batch, 1, samples, parts}), *filters, Value(), Value(), Value(),
        ArrayRef<int64_t>{1, *step}, ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1}, 1);
    return node.setResult(node.createReshape(spectra, {batch, frames, bins, 2}));
  }
  if (failed(node.makeType({batch, frames, length, parts}, element)))
    return failure();
  auto indices = node.computeConstant<int32_t>(
      {frames, length}, node.builder.getI32Type(), [&](MutableArrayRef<int32_t> positions) {
        for (int64_t frame = 0; frame < frames; ++frame)
          for (int64_t i = 0; i < length; ++i)
            positions[frame * length + i] = static_cast<int32_t>(frame * *step + i);
      });
  if (failed(indices))
    return failure();
  Value gathered =
      node.create<qnn::GatherOp>(RankedTensorType::get({batch, frames, length, parts}, element),
                                 node.createReshape(signal, {batch, samples, parts}), *indices, 1);
  Value weighted = FloatMath(node).mul(gathered, node.createReshape(node.getValue(2), {length, 1}));
  auto spectra = createTransform(
      node, node.createReshape(weighted, {batch * frames, length, parts}), transform);
  if (failed(spectra))
    return failure();
  return node.setResult(node.createReshape(*spectra, {batch, frames, bins, 2}));
}

ArrayRef<Operator> getSignalOperators() {
  static const Operator rows[] = {
      {"", "BlackmanWindow", 17, 1, 1, 1, "output_datatype:int periodic:int",
       importWindow<blackman>},
      {"", "DFT", 17, 1, 3, 1, "axis:int<20 inverse:int onesided:int", importDFT},
      {"", "HammingWindow", 17, 1, 1, 1, "output_datatype:int periodic:int", importWindow<hamming>},
      {"", "HannWindow", 17, 1, 1, 1, "output_datatype:int periodic:int", importWindow<hann>},
      {"", "MelWeightMatrix", 17, 5, 5, 1, "output_datatype:int", importMelWeightMatrix},
      {"", "STFT", 17, 2, 4, 1, "onesided:int", importSTFT},
  };
  return rows;
}

} // namespace qcc::import
