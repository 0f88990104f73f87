//===- Contraction.cpp - convolution, linear, matrix product
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every contraction is rows of patches times rows of weights. The loops are plain, but their types
// are chosen so that the compiler vectorizes them: int16 products into int32, f32 sums of
// neighbouring outputs side by side.
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

//===- sums of products -----------------------------------------------------===//

/// [contraction-c1] Exact: differences of 8-bit numbers fit int16, and this many of their products
/// int32.
static constexpr int64_t productsInInt32 = 32768;

static int64_t dot(const int16_t *a, const int16_t *b, int64_t count) {
  int64_t sum = 0;
  for (int64_t first = 0; first < count; first += productsInInt32) {
    int64_t last = std::min(first + productsInInt32, count);
    int32_t partial = 0;
    for (int64_t k = first; k < last; ++k)
      partial += static_cast<int32_t>(a[k]) * b[k];
    sum += partial;
  }
  return sum;
}

static int64_t dot(const int32_t *a, const int32_t *b, int64_t count) {
  int64_t sum = 0;
  for (int64_t k = 0; k < count; ++k)
    sum += static_cast<int64_t>(a[k]) * b[k];
  return sum;
}

/// sums[o] = sum over k of patch[k] * weights[o][k].
template <typename T>
static void multiply(const T *patch, const T *weights, int64_t depth, int64_t outputs,
                     int64_t *sums) {
  for (int64_t o = 0; o < outputs; ++o)
    sums[o] = dot(patch, weights + o * depth, depth);
}

/// [contraction-f1] Starts at 0, k ascending, multiply then add. `weights` are [k][o].
template <typename T>
static void multiply(const T *patch, const T *weights, int64_t depth, int64_t outputs, T *sums) {
  std::fill(sums, sums + outputs, T(0));
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t o = 0; o < outputs; ++o)
      sums[o] = sums[o] + patch[k] * weights[k * outputs + o];
}

/// Brings weights [o][k] into the order that `multiply` reads.
template <typename T, typename Sum>
static std::vector<T> arrange(const T *weights, int64_t outputs, int64_t depth) {
  std::vector<T> arranged(weights, weights + outputs * depth);
  if constexpr (std::is_floating_point_v<Sum>)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t k = 0; k < depth; ++k)
        arranged[k * outputs + o] = weights[o * depth + k];
  return arranged;
}

//===- shapes of contractions -----------------------------------------------===//

/// Receives the sums of all outputs of one row (a position of a convolution).
template <typename Sum> using Store = llvm::function_ref<void(int64_t row, ArrayRef<Sum> sums)>;

template <typename T, typename Sum>
static void multiplyRows(ArrayRef<T> input, ArrayRef<T> weights, int64_t outputs, int64_t depth,
                         Store<Sum> store) {
  std::vector<T> arranged = arrange<T, Sum>(weights.data(), outputs, depth);
  std::vector<Sum> sums(outputs);
  for (int64_t row = 0, rows = depth ? input.size() / depth : 0; row < rows; ++row) {
    multiply(input.data() + row * depth, arranged.data(), depth, outputs, sums.data());
    store(row, sums);
  }
}

/// One input channel for each output channel: the channels lie side by side in the inner loop.
template <typename T, typename Sum>
static void multiplyDepthwise(const T *patch, const T *weights, int64_t taps, int64_t channels,
                              Sum *sums) {
  std::fill(sums, sums + channels, Sum(0));
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t c = 0; c < channels; ++c)
      sums[c] = sums[c] + static_cast<Sum>(patch[tap * channels + c]) * weights[tap * channels + c];
}

template <typename T, typename Sum>
static void convolve(qnn::Conv2DOp op, ArrayRef<T> input, ArrayRef<T> weights, Store<Sum> store) {
  ArrayRef<int64_t> in = op.getInput().getType().getShape();
  ArrayRef<int64_t> filter = op.getWeights().getType().getShape();
  ArrayRef<int64_t> out = op.getType().getShape();
  int64_t group = op.getGroup(), channels = in[3], groupChannels = filter[3];
  int64_t taps = filter[1] * filter[2], groupOutputs = filter[0] / group;
  int64_t depth = taps * groupChannels;
  bool isDepthwise = groupChannels == 1 && groupOutputs == 1;

  std::vector<T> arranged;
  for (int64_t g = 0; g < group; ++g)
    llvm::append_range(
        arranged, arrange<T, Sum>(weights.data() + g * groupOutputs * depth, groupOutputs, depth));
  if (isDepthwise)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t tap = 0; tap < taps; ++tap)
        arranged[tap * channels + c] = weights[c * taps + tap];

  // The patch holds [group][row][column][channel]; padding stays real zero.
  int64_t patchGroups = isDepthwise ? 1 : group;
  int64_t run = channels / patchGroups;
  std::vector<T> patch(taps * channels);
  std::vector<Sum> sums(filter[0]);
  auto gather = [&](int64_t n, int64_t oy, int64_t ox) {
    std::fill(patch.begin(), patch.end(), T(0));
    for (int64_t i = 0; i < filter[1]; ++i)
      for (int64_t j = 0; j < filter[2]; ++j) {
        int64_t y = oy * op.getStrides()[0] - op.getPads()[0] + i * op.getDilations()[0];
        int64_t x = ox * op.getStrides()[1] - op.getPads()[1] + j * op.getDilations()[1];
        if (y < 0 || y >= in[1] || x < 0 || x >= in[2])
          continue;
        const T *pixel = input.data() + ((n * in[1] + y) * in[2] + x) * channels;
        for (int64_t g = 0; g < patchGroups; ++g)
          std::copy(pixel + g * run, pixel + (g + 1) * run,
                    patch.data() + (g * taps + i * filter[2] + j) * run);
      }
  };
  int64_t row = 0;
  for (int64_t n = 0; n < out[0]; ++n)
    for (int64_t y = 0; y < out[1]; ++y)
      for (int64_t x = 0; x < out[2]; ++x, ++row) {
        gather(n, y, x);
        if (isDepthwise)
          multiplyDepthwise(patch.data(), arranged.data(), taps, channels, sums.data());
        else
          for (int64_t g = 0; g < group; ++g)
            multiply(patch.data() + g * depth, arranged.data() + g * groupOutputs * depth, depth,
                     groupOutputs, sums.data() + g * groupOutputs);
        store(row, sums);
      }
}

/// [..., M, K] x [..., K, N]; rows are those of the result.
template <typename T, typename Sum>
static void multiplyMatrices(qnn::MatMulOp op, ArrayRef<T> lhs, ArrayRef<T> rhs, Store<Sum> store) {
  auto left = op.getLhs().getType(), right = op.getRhs().getType(), result = op.getType();
  int64_t m = left.getShape().end()[-2], depth = left.getShape().back();
  int64_t n = right.getShape().back(), rank = result.getRank();
  // Index of the operand's matrix that result matrix `index` reads.
  auto findMatrix = [&](RankedTensorType operand, int64_t index) {
    int64_t matrix = 0, stride = 1, missing = rank - operand.getRank();
    for (int64_t i = rank - 3; i >= 0; --i) {
      int64_t position = index % result.getDimSize(i);
      index /= result.getDimSize(i);
      if (i < missing || operand.getDimSize(i - missing) == 1)
        continue;
      matrix += position * stride;
      stride *= operand.getDimSize(i - missing);
    }
    return matrix;
  };
  std::vector<T> transposed(n * depth);
  for (int64_t batch = 0, batches = m * n ? result.getNumElements() / (m * n) : 0; batch < batches;
       ++batch) {
    const T *a = lhs.data() + findMatrix(left, batch) * m * depth;
    const T *b = rhs.data() + findMatrix(right, batch) * depth * n;
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t column = 0; column < n; ++column)
        transposed[column * depth + k] = b[k * n + column];
    multiplyRows<T, Sum>(ArrayRef<T>(a, m * depth), transposed, n, depth,
                         [&](int64_t row, ArrayRef<Sum> sums) { store(batch * m + row, sums); });
  }
}

template <typename T, typename Sum>
static void contract(Operation *op, ArrayRef<T> input, ArrayRef<T> weights, Store<Sum> store) {
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
    return convolve<T, Sum>(conv, input, weights, store);
  if (auto linear = dyn_cast<qnn::LinearOp>(op))
    return multiplyRows<T, Sum>(input, weights, linear.getWeights().getType().getDimSize(0),
                                linear.getWeights().getType().getDimSize(1), store);
  multiplyMatrices<T, Sum>(cast<qnn::MatMulOp>(op), input, weights, store);
}

//===- float ----------------------------------------------------------------===//

/// [contraction-f2] The bias is added last.
template <typename T>
static Tensor contractFloats(Operation *op, const Tensor &input, const Tensor &weights,
                             const Tensor *bias, RankedTensorType type) {
  Tensor result(type);
  auto results = result.view<T>();
  contract<T, T>(op, input.view<T>(), weights.view<T>(), [&](int64_t row, ArrayRef<T> sums) {
    for (size_t o = 0; o < sums.size(); ++o)
      results[row * sums.size() + o] = bias ? sums[o] + bias->view<T>()[o] : sums[o];
  });
  return result;
}

//===- quantized ------------------------------------------------------------===//

namespace {
/// Second operand of a quantized contraction: scale and zero point of each output channel.
struct WeightQuantization {
  SmallVector<float> scales;
  SmallVector<int32_t, 0> zeroPoints;

  float getScale(int64_t channel) const { return scales[scales.size() == 1 ? 0 : channel]; }
  int32_t getZeroPoint(int64_t channel) const {
    return zeroPoints[zeroPoints.size() == 1 ? 0 : channel];
  }
};
} // namespace

/// Codes less their zero points.
template <typename T>
static std::vector<T> centre(const Tensor &tensor, int64_t channelSize,
                             llvm::function_ref<int32_t(int64_t)> getZeroPoint) {
  auto codes = readCodes(tensor);
  std::vector<T> values(codes.size());
  for (size_t i = 0; i < codes.size(); ++i)
    values[i] = static_cast<T>(codes[i] - getZeroPoint(i / channelSize));
  return values;
}

template <typename T>
static Tensor contractCodes(Operation *op, const Tensor &input, const Tensor &weights,
                            const Tensor *bias, const WeightQuantization &weightQuantization,
                            RankedTensorType type) {
  Quantization from(qnn::getQuantized(input.type));
  int64_t channels = type.getShape().back();
  // The zero points of a matrix product's right side do not depend on the channel.
  bool isMatMul = isa<qnn::MatMulOp>(op);
  int64_t channelSize =
      isMatMul ? weights.type.getNumElements() : weights.type.getNumElements() / channels;
  std::vector<T> x = centre<T>(input, 1, [&](int64_t) { return from.zeroPoint; });
  std::vector<T> w = centre<T>(weights, std::max<int64_t>(channelSize, 1), [&](int64_t channel) {
    return weightQuantization.getZeroPoint(channel);
  });

  Tensor result(type);
  auto quantized = qnn::getQuantized(type);
  SmallVector<float> multipliers;
  for (int64_t o = 0; o < channels; ++o) {
    float weightScale = weightQuantization.getScale(o);
    multipliers.push_back(
        quantized ? getContractionMultiplier(from.scale, weightScale, qnn::getScale(quantized))
                  : from.scale * weightScale);
  }
  auto biases = bias ? bias->view<int32_t>() : ArrayRef<int32_t>();
  SmallVector<int32_t, 0> codes(type.getNumElements());
  contract<T, int64_t>(op, x, w, [&](int64_t row, ArrayRef<int64_t> sums) {
    for (int64_t o = 0; o < channels; ++o) {
      int64_t accumulator = sums[o] + (bias ? biases[o] : 0), element = row * channels + o;
      if (quantized) // [contraction-c3]
        codes[element] = requantize(accumulator, multipliers[o], Quantization(quantized));
      else if (type.getElementType().isF32()) // [contraction-c4]
        result.view<float>()[element] = static_cast<float>(accumulator) * multipliers[o];
      else // [contraction-c5]
        codes[element] = static_cast<int32_t>(accumulator);
    }
  });
  return type.getElementType().isF32() ? result : writeCodes(codes, type);
}

Expected<Tensor> evaluateContraction(Operation *op, Operands operands, RankedTensorType type) {
  const Tensor *bias = nullptr, *scale = nullptr, *zeroPoint = nullptr;
  auto find = [&](auto contraction) {
    size_t next = 2;
    if (contraction.getBias())
      bias = operands[next++];
    if (contraction.getWeightScale())
      scale = operands[next++];
    if (contraction.getWeightZeroPoint())
      zeroPoint = operands[next++];
  };
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
    find(conv);
  else if (auto linear = dyn_cast<qnn::LinearOp>(op))
    find(linear);

  const Tensor &input = *operands[0], &weights = *operands[1];
  Type inputElement = input.type.getElementType(), weightElement = weights.type.getElementType();
  if (!qnn::getQuantized(inputElement)) {
    if (inputElement.isF32() && weightElement.isF32() && type.getElementType().isF32())
      return contractFloats<float>(op, input, weights, bias, type);
    if (inputElement.isF64() && weightElement.isF64() && type.getElementType().isF64())
      return contractFloats<double>(op, input, weights, bias, type);
    return makeError(op, "is not defined for these element types");
  }
  WeightQuantization weightQuantization;
  if (auto quantized = qnn::getQuantized(weightElement)) {
    weightQuantization = {{qnn::getScale(quantized)}, {Quantization(quantized).zeroPoint}};
  } else if (scale && zeroPoint) {
    weightQuantization.scales.append(scale->view<float>().begin(), scale->view<float>().end());
    weightQuantization.zeroPoints = readCodes(*zeroPoint);
  } else {
    return makeError(op, "needs a quantized right side or a weight scale and zero point");
  }
  Type resultElement = type.getElementType();
  if (!qnn::getQuantized(resultElement) && !resultElement.isF32() && !resultElement.isInteger(32))
    return makeError(op, "gives quantized, f32 or i32 elements");
  if (qnn::getElementBytes(inputElement) == 1 && qnn::getElementBytes(weightElement) == 1)
    return contractCodes<int16_t>(op, input, weights, bias, weightQuantization, type);
  return contractCodes<int32_t>(op, input, weights, bias, weightQuantization, type);
}

} // namespace qcc::reference
