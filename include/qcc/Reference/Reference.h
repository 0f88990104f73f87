//===- Reference.h - the slow and obvious evaluator -------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates qnn ops on concrete tensors. Its code is the definition of every op; docs/Semantics.md
// numbers the rules. It folds constants, makes lookup tables and is the oracle of the tests.
//===----------------------------------------------------------------------===//
#ifndef QCC_REFERENCE_REFERENCE_H
#define QCC_REFERENCE_REFERENCE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace qcc::reference {

/// Elements in row-major order, little-endian; codes for a quantized type. One byte holds one
/// element of at most 8 bits.
struct Tensor {
  mlir::RankedTensorType type;
  std::vector<char> bytes;

  Tensor() = default;
  /// All bytes zero.
  explicit Tensor(mlir::RankedTensorType type);
  Tensor(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

  /// The elements as T, which must have the width of the element's storage.
  template <typename T> llvm::ArrayRef<T> view() const {
    return llvm::ArrayRef<T>(reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T));
  }
  template <typename T> llvm::MutableArrayRef<T> view() {
    return llvm::MutableArrayRef<T>(reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T));
  }
};

/// Results of one qnn op, in the order of its results. A qnn.kernel runs its region op by op.
llvm::Expected<llvm::SmallVector<Tensor>> evaluate(mlir::Operation *op,
                                                   llvm::ArrayRef<const Tensor *> operands);
llvm::Expected<llvm::SmallVector<Tensor>> evaluate(mlir::Operation *op,
                                                   llvm::ArrayRef<Tensor> operands);

/// Sees each value once, when it is known. Values inside a kernel are seen as well.
using Observer = llvm::function_ref<void(mlir::Value, const Tensor &)>;

/// What the function returns for `inputs`, one per argument. A value is freed after its last use.
llvm::Expected<llvm::SmallVector<Tensor>>
evaluate(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> inputs, Observer observe = nullptr);

/// Evaluates an op whose operands are all `qnn.constant`.
llvm::Expected<llvm::SmallVector<Tensor>> evaluateConstant(mlir::Operation *op);

/// Table of the function that leads from the 8-bit `input` to `output`: 256 entries of the output's
/// element type, in the order that qnn.lookup reads. The ops between must be elementwise and their
/// other operands constants of one element.
llvm::Expected<Tensor> makeLookupTable(mlir::Value input, mlir::Value output);

/// The same for one unary op.
llvm::Expected<Tensor> makeLookupTable(mlir::Operation *op);

} // namespace qcc::reference

#endif
