//===- Conversions.h - what quantizes and dequantizes a value ---------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_QUANTIZE_CONVERSIONS_H
#define QCC_LIB_QUANTIZE_CONVERSIONS_H

#include "dialects/QNN/QNN.h"

namespace qcc::quantize {

/// The codes that `real` is dequantized from, or null.
inline mlir::Value getCodes(mlir::Value real) {
  auto dequantize = real.getDefiningOp<qnn::DequantizeOp>();
  return dequantize ? dequantize.getInput() : mlir::Value();
}

/// How many leading operands hold elements that the result is made of; what follows are indices.
inline unsigned getNumElementOperands(mlir::Operation *op) {
  if (mlir::isa<qnn::GatherOp, qnn::GatherElementsOp, qnn::GatherNDOp>(op))
    return 1;
  return op->getNumOperands();
}

/// Whether the result holds elements of the operands and nothing else.
inline bool movesElements(mlir::Operation *op) {
  return op->hasTrait<qnn::SameScale>() ||
         (getNumElementOperands(op) == 1 && op->getNumOperands() > 1);
}

/// The one quantized element type that all users of `real` turn it into, or null.
inline qnn::QuantizedType getQuantizedUse(mlir::Value real) {
  qnn::QuantizedType type;
  for (mlir::Operation *user : real.getUsers()) {
    auto quantize = mlir::dyn_cast<qnn::QuantizeOp>(user);
    auto to = quantize ? qnn::getQuantized(quantize.getType()) : qnn::QuantizedType();
    if (!to || (type && type != to))
      return {};
    type = to;
  }
  return type;
}

/// Replaces the quantize ops that are all users of `real` by `codes`.
inline void replaceQuantizedUses(mlir::Value real, mlir::Value codes) {
  for (mlir::Operation *user : llvm::make_early_inc_range(real.getUsers())) {
    user->getResult(0).replaceAllUsesWith(codes);
    user->erase();
  }
}

/// The tensor type with another element type.
inline mlir::RankedTensorType withElement(mlir::Value tensor, mlir::Type element) {
  return mlir::cast<mlir::RankedTensorType>(tensor.getType()).clone(element);
}

} // namespace qcc::quantize

#endif
