//===- FusedProducts.h - what fused operators on codes share
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_FUSEDPRODUCTS_H
#define QCC_LIB_IMPORT_OPERATORS_FUSEDPRODUCTS_H

#include "lib/Import/Operators/NodeParts.h"

namespace qcc::import {

/// Codes with a scale and an optional zero point.
struct Codes {
  Tensor codes, scale, zeroPoint;
};

/// lhs * rhs + bias in reals, from exact sums of codes; the bias may be null.
Tensor makeProduct(Parts &parts, const Codes &lhs, const Codes &rhs, Tensor bias);

/// An input that must be known while importing, or null after an error. Floats may have another
/// float type than the input.
ConstantPointer readKnown(NodeContext &node, unsigned i);

} // namespace qcc::import

#endif
