//===- IntegerRequantization.cpp - requantization without a float unit ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "IntegerRequantization.h"

#include "llvm/ADT/bit.h"
#include <cmath>

using namespace llvm;

namespace qcc::prove {

using Wide = __int128;

static constexpr int leastShift = 32, mostShift = 62;

//===- search ---------------------------------------------------------------===//

namespace {

/// What the form must reach or stay below at one accumulator.
struct Bound {
  int64_t accumulator;
  int64_t value;
};

/// The f32 rule as a step function: `reach` are the first accumulators of each step, `stay` the
/// last ones before.
class Steps {
public:
  Steps(Interval accumulators, float multiplier, const reference::Quantization &to)
      : multiplier(multiplier), low(to.low - to.zeroPoint), high(to.high - to.zeroPoint) {
    int64_t first = apply(accumulators.low), last = apply(accumulators.high);
    // Saturated codes need no exact value.
    if (first > low)
      reach.push_back({accumulators.low, first});
    int64_t from = accumulators.low;
    for (int64_t step = first + 1; step <= last; ++step) {
      from = findFirst(from, accumulators.high, step);
      reach.push_back({from, step});
      stay.push_back({from - 1, step});
    }
    if (last < high)
      stay.push_back({accumulators.high, last + 1});
  }

  SmallVector<Bound, 0> reach, stay;

private:
  int64_t apply(int64_t accumulator) const {
    float steps = static_cast<float>(accumulator) * multiplier;
    if (!(steps > static_cast<float>(low)))
      return low;
    if (!(steps < static_cast<float>(high)))
      return high;
    return static_cast<int64_t>(std::nearbyint(steps));
  }

  /// The first accumulator above `from` with a value of at least `step`; `to` has one.
  int64_t findFirst(int64_t from, int64_t to, int64_t step) const {
    while (from < to) {
      int64_t middle = from + (to - from) / 2;
      if (apply(middle) >= step)
        to = middle;
      else
        from = middle + 1;
    }
    return from;
  }

  float multiplier;
  int64_t low, high;
};

} // namespace

/// The offsets that fit a multiplier and a shift are an interval; its middle, if there is one.
static std::optional<int64_t> findOffset(const Steps &steps, int64_t multiplier, int shift) {
  Wide least = -(Wide(1) << 62), most = Wide(1) << 62;
  for (const Bound &bound : steps.reach)
    least = std::max(least, (Wide(bound.value) << shift) - Wide(bound.accumulator) * multiplier);
  for (const Bound &bound : steps.stay)
    most = std::min(most, (Wide(bound.value) << shift) - 1 - Wide(bound.accumulator) * multiplier);
  if (least > most)
    return std::nullopt;
  return static_cast<int64_t>(least + (most - least) / 2);
}

/// Slopes of the lines that reach and stay below all bounds, as far as pairs of bounds tell.
static std::pair<double, double> findSlopes(const Steps &steps) {
  double least = 0, most = 1;
  for (const Bound &lower : steps.reach)
    for (const Bound &upper : steps.stay) {
      // The line rises by more than this from upper to lower, or by less from lower to upper.
      auto run = static_cast<double>(lower.accumulator - upper.accumulator);
      auto rise = static_cast<double>(lower.value - upper.value);
      if (run > 0)
        least = std::max(least, rise / run);
      else if (run < 0)
        most = std::min(most, rise / run);
    }
  return {least, most};
}

std::optional<IntegerForm> findIntegerForm(Interval accumulators, float multiplier,
                                           const reference::Quantization &to) {
  if (!(multiplier > 0) || !std::isfinite(multiplier))
    return std::nullopt;
  Steps steps(accumulators, multiplier, to);
  auto attempt = [&](double slope, int shift) -> std::optional<IntegerForm> {
    double scaled = std::nearbyint(std::ldexp(slope, shift));
    if (!(scaled >= 1) || scaled > INT32_MAX || shift < leastShift)
      return std::nullopt;
    auto integer = static_cast<int64_t>(scaled);
    std::optional<int64_t> offset = findOffset(steps, integer, shift);
    if (!offset)
      return std::nullopt;
    return IntegerForm{static_cast<int32_t>(integer), *offset, static_cast<int8_t>(shift)};
  };
  // The largest shift whose multiplier has 31 bits.
  int exponent;
  std::frexp(multiplier, &exponent);
  int shift = std::min(31 - exponent, mostShift);
  if (auto form = attempt(multiplier, shift))
    return form;
  auto [least, most] = findSlopes(steps);
  if (least > most)
    return std::nullopt;
  // Pairs of bounds are necessary, not sufficient: triples may narrow the interval.
  constexpr int parts = 16;
  for (int i = 1; i < parts; ++i)
    if (auto form = attempt(least + (most - least) * i / parts, std::max(shift, leastShift)))
      return form;
  return std::nullopt;
}

//===- proof ----------------------------------------------------------------===//

bool checkIntegerForm(const IntegerForm &form, Interval accumulators, float multiplier,
                      const reference::Quantization &to) {
  if (form.multiplier < 1 || form.shift < leastShift || form.shift > mostShift)
    return false;
  const Wide slope = form.multiplier, offset = form.offset;
  // No accumulator may overflow 64 bits on the way.
  for (Wide end : {Wide(accumulators.low), Wide(accumulators.high)})
    if (end * slope + offset > INT64_MAX || end * slope + offset < INT64_MIN)
      return false;
  // Both sides rise with the accumulator, so they are equal everywhere if each step of one is at
  // the same place in the other.
  for (int32_t code = to.low + 1; code <= to.high; ++code) {
    Wide missing = (Wide(code - to.zeroPoint) << form.shift) - offset;
    // The first accumulator whose form reaches this code: a division that rounds up.
    Wide first = missing / slope + (missing % slope > 0 ? 1 : 0);
    auto reaches = [&](Wide accumulator) {
      return reference::requantize(static_cast<int64_t>(accumulator), multiplier, to) >= code;
    };
    if (first <= accumulators.low) {
      if (!reaches(accumulators.low))
        return false;
    } else if (first > accumulators.high) {
      if (reaches(accumulators.high))
        return false;
    } else if (!reaches(first) || reaches(first - 1)) {
      return false;
    }
  }
  return true;
}

//===- emulation ------------------------------------------------------------===//

/// value / 2^count, ties to even; count from 0 to 63.
static uint64_t shiftHalfEven(uint64_t value, int count) {
  if (count == 0)
    return value;
  uint64_t quotient = value >> count, rest = value & ((uint64_t(1) << count) - 1);
  uint64_t half = uint64_t(1) << (count - 1);
  return quotient + (rest > half || (rest == half && (quotient & 1)) ? 1 : 0);
}

int32_t emulateRequantize(int32_t accumulator, float multiplier,
                          const reference::Quantization &to) {
  constexpr int fractionBits = 23, significandBits = 24;
  uint32_t bits = bit_cast<uint32_t>(multiplier);
  uint64_t significand = (bits & ((1u << fractionBits) - 1)) | (1u << fractionBits);
  int exponent = static_cast<int>(bits >> fractionBits) - 127 - fractionBits;

  bool isNegative = accumulator < 0;
  uint64_t magnitude = isNegative ? uint64_t(0) - static_cast<int64_t>(accumulator)
                                  : static_cast<uint64_t>(accumulator);
  uint64_t result = 0;
  if (magnitude != 0) {
    // f32(accumulator): 24 significant bits.
    int excess = 64 - countl_zero(magnitude) - significandBits;
    magnitude = excess > 0 ? shiftHalfEven(magnitude, excess) : magnitude << -excess;
    exponent += excess;
    // The product has 47 or 48 bits, or 49 when the accumulator rounded up to 2^24.
    uint64_t product = magnitude * significand;
    int dropped = 64 - countl_zero(product) - significandBits;
    product = shiftHalfEven(product, dropped);
    exponent += dropped;
    // The integer; 24 bits before the point or more are beyond every code.
    constexpr uint64_t beyond = uint64_t(1) << fractionBits;
    if (exponent >= 0)
      result = beyond;
    else if (exponent >= -significandBits - 1)
      result = shiftHalfEven(product, -exponent);
  }
  int64_t steps = isNegative ? -static_cast<int64_t>(result) : static_cast<int64_t>(result);
  int64_t low = to.low - to.zeroPoint, high = to.high - to.zeroPoint;
  return static_cast<int32_t>(std::min(std::max(steps, low), high)) + to.zeroPoint;
}

} // namespace qcc::prove
