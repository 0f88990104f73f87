//===- Evaluators.h - one evaluator for each op family ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_REFERENCE_EVALUATORS_H
#define QCC_LIB_REFERENCE_EVALUATORS_H

#include "dialects/QNN/QNN.h"
#include "qcc/Reference/Arithmetic.h"
#include "qcc/Reference/Reference.h"
#include <limits>

namespace qcc::reference {

using llvm::Expected;
using Operands = llvm::ArrayRef<const Tensor *>;

// `type` is the result's type. It is not read from the op because lookup tables evaluate
// elementwise ops on 256 codes.
Expected<Tensor> evaluateElementwise(mlir::Operation *op, Operands operands,
                                     mlir::RankedTensorType type);
Expected<Tensor> evaluateBinary(mlir::Operation *op, const Tensor &left, const Tensor &right,
                                mlir::RankedTensorType type);
/// compare and select.
Expected<Tensor> evaluateChoice(mlir::Operation *op, Operands operands,
                                mlir::RankedTensorType type);
Expected<Tensor> evaluateConversion(mlir::Operation *op, Operands operands,
                                    mlir::RankedTensorType type);
Expected<Tensor> evaluateContraction(mlir::Operation *op, Operands operands,
                                     mlir::RankedTensorType type);
Expected<Tensor> evaluateWindow(mlir::Operation *op, Operands operands,
                                mlir::RankedTensorType type);
Expected<Tensor> evaluateReduction(mlir::Operation *op, Operands operands,
                                   mlir::RankedTensorType type);
Expected<Tensor> evaluateIndexing(mlir::Operation *op, Operands operands,
                                  mlir::RankedTensorType type);
Tensor evaluateOrdering(mlir::Operation *op, Operands operands, mlir::RankedTensorType type);
Tensor evaluateDetection(mlir::Operation *op, Operands operands, mlir::RankedTensorType type);
Tensor evaluateMovement(mlir::Operation *op, Operands operands, mlir::RankedTensorType type);

/// The op with several results.
llvm::SmallVector<Tensor> evaluateRecurrent(qnn::RecurrentOp op, Operands operands);

/// Any op with one result.
Expected<Tensor> evaluateOne(mlir::Operation *op, Operands operands, mlir::RankedTensorType type);

llvm::Error makeError(mlir::Operation *op, const llvm::Twine &message);

/// Converts elements by value, as qnn.cast does. Both types are plain numbers.
Tensor convertElements(const Tensor &input, mlir::Type elementType);

/// Codes of a tensor of quantized or integer elements of at most 32 bits.
llvm::SmallVector<int32_t, 0> readCodes(const Tensor &tensor);
/// Narrows codes that fit to the storage of `type`.
Tensor writeCodes(llvm::ArrayRef<int32_t> codes, mlir::RankedTensorType type);

/// Elements in row-major order of the strides.
llvm::SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape);

/// Copies the elements of a box: element i of dimension d lies i * strides[d] elements further.
void copyStrided(llvm::ArrayRef<int64_t> shape, const char *from,
                 llvm::ArrayRef<int64_t> fromStrides, char *to, llvm::ArrayRef<int64_t> toStrides,
                 int64_t elementBytes);

/// `input` repeated along its dimensions of size 1 (and in front) to the given shape.
Tensor broadcast(const Tensor &input, llvm::ArrayRef<int64_t> shape);

/// Calls `function` with a value of the C++ type that stores the element type: integers, bool,
/// float, double. f16 and bf16 are not arithmetic types.
template <typename Function> auto dispatchStorage(mlir::Type elementType, Function function) {
  mlir::Type storage = qnn::getStorageType(elementType);
  if (storage.isF32())
    return function(float());
  if (storage.isF64())
    return function(double());
  if (storage.isInteger(1))
    return function(bool());
  bool isSigned = qnn::isSignedStorage(elementType);
  switch (qnn::getElementBytes(elementType)) {
  case 1:
    return isSigned ? function(int8_t()) : function(uint8_t());
  case 2:
    return isSigned ? function(int16_t()) : function(uint16_t());
  case 4:
    return isSigned ? function(int32_t()) : function(uint32_t());
  default:
    return isSigned ? function(int64_t()) : function(uint64_t());
  }
}

/// [cast-c1] Truncates towards zero and saturates; NaN gives 0; bool is "not zero".
template <typename To, typename From> To convertNumber(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != 0;
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (value != value)
      return 0;
    // 2^digits is the first value that does not fit; the limits themselves may round up.
    From limit = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * 2;
    if (value >= limit)
      return std::numeric_limits<To>::max();
    if (std::is_signed_v<To> ? value <= -limit : value <= 0)
      return std::numeric_limits<To>::min();
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

} // namespace qcc::reference

#endif
