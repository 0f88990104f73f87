//===- StoredTypes.h - element types that only constants have
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_STOREDTYPES_H
#define QCC_LIB_IMPORT_STOREDTYPES_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// How numbers become floats of 4 or 8 bits: the attributes `saturate` and `round_mode`.
struct StoredRounding {
  bool saturates = true;
  enum class Power { Up, Down, Nearest } power = Power::Up; // of float8e8m0
};
mlir::FailureOr<StoredRounding> readStoredRounding(NodeContext &node);

/// Numbers as a constant of a type that isStoredOnly. Floats are rounded to nearest even; integers
/// are truncated and wrap.
ConstantPointer storeNumbers(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<double> numbers, int32_t dataType,
                             const StoredRounding &rounding);

/// QuantizeLinear to a type that isStoredOnly: all inputs must be known.
mlir::LogicalResult importQuantizeStored(NodeContext &node, int32_t codes);

} // namespace qcc::import

#endif
