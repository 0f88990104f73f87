//===- Rounding.cpp - integers near a float, and remainders
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"

#include <cmath>
#include <limits>

namespace qcc::reference {

/// The integer part. Above 2^53 every number is an integer, below it fits i64.
template <typename T> static T truncate(T x) {
  if (!(std::fabs(x) < T(9007199254740992.0)))
    return x;
  return std::copysign(static_cast<T>(static_cast<int64_t>(x)), x);
}

template <typename T> static T down(T x) {
  T whole = truncate(x);
  return whole > x ? whole - 1 : whole;
}

/// The sign of a zero is that of x.
template <typename T> static T up(T x) {
  T whole = truncate(x);
  return std::copysign(whole < x ? whole + 1 : whole, x);
}

template <typename T> static T toEven(T x) {
  T low = down(x), rest = x - low;
  if (!(rest >= T(0.5)))
    return std::copysign(low, x);
  bool isTie = rest == T(0.5), isEven = truncate(low / 2) * 2 == low;
  return std::copysign(isTie && isEven ? low : low + 1, x);
}

/// Subtracts the largest doubling of the divisor that fits, again and again.
template <typename T> static T remainder(T x, T y) {
  T rest = std::fabs(x), divisor = std::fabs(y);
  if (!(rest < std::numeric_limits<T>::infinity()) || divisor == 0 || divisor != divisor)
    return std::numeric_limits<T>::quiet_NaN();
  T multiple = divisor;
  while (multiple <= rest - multiple)
    multiple = multiple + multiple;
  for (; multiple >= divisor && rest >= divisor; multiple = multiple / 2)
    if (rest >= multiple)
      rest = rest - multiple;
  return std::copysign(rest, x);
}

float roundDown(float x) { return down(x); }
float roundUp(float x) { return up(x); }
float roundToEven(float x) { return toEven(x); }
float getRemainder(float x, float y) { return remainder(x, y); }
double roundDown(double x) { return down(x); }
double roundUp(double x) { return up(x); }
double roundToEven(double x) { return toEven(x); }
double getRemainder(double x, double y) { return remainder(x, y); }

} // namespace qcc::reference
