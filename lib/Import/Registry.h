//===- Registry.h - which ONNX operators qcc reads
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_REGISTRY_H
#define QCC_LIB_IMPORT_REGISTRY_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace qcc::import {

class NodeContext;

/// Opsets of the default domain. Of older ones, the operators are read that have not changed.
constexpr int64_t oldestOpset = 7, newestOpset = 28;

constexpr unsigned anyNumber = ~0u;

/// What an operator takes of f16, bf16 and f64 operands. Whatever it does not take it gets as f32,
/// and gives its results back in the node's type.
enum class FloatTypes {
  Single,     // computes in f32
  Statistics, // the same; results after the first stay f32
  Operands,   // the same; the handler settles the type of its results (NodeContext::floatType)
  Double,     // computes in f32 and f64
  Any,        // moves or converts elements of every type
};

/// One ONNX operator. Every node is checked against its row before its handler runs, so handlers
/// find required inputs present and attributes of the right type.
struct Operator {
  llvm::StringLiteral domain; // empty: ai.onnx
  llvm::StringLiteral name;
  int64_t since; // the version that introduced it
  unsigned leastInputs, mostInputs, mostOutputs;
  /// Words "name:type", type one of int, float, string, ints, floats, strings, tensor,
  /// graph; then "!" when it is required, or "<13" or ">=13" when only those versions have it.
  llvm::StringLiteral attributes;
  mlir::LogicalResult (*import)(NodeContext &node);
  FloatTypes floats = FloatTypes::Single;
  /// Bit i: input i may be absent although inputs after it are required. Of any number of inputs,
  /// all are required.
  unsigned absentInputs = 0;
};

// One table for each family, in the file of that name.
llvm::ArrayRef<Operator> getActivationOperators();
llvm::ArrayRef<Operator> getAttentionOperators();
llvm::ArrayRef<Operator> getCastOperators();
llvm::ArrayRef<Operator> getColumnOperators();
llvm::ArrayRef<Operator> getComparisonOperators();
llvm::ArrayRef<Operator> getConstantOperators();
llvm::ArrayRef<Operator> getControlFlowOperators();
llvm::ArrayRef<Operator> getConvolutionOperators();
llvm::ArrayRef<Operator> getDetectionOperators();
llvm::ArrayRef<Operator> getDeterminantOperators();
llvm::ArrayRef<Operator> getDiagonalOperators();
llvm::ArrayRef<Operator> getEinsumOperators();
llvm::ArrayRef<Operator> getElementwiseOperators();
llvm::ArrayRef<Operator> getFusedAttentionOperators();
llvm::ArrayRef<Operator> getFusedBlockOperators();
llvm::ArrayRef<Operator> getFusedOperators();
llvm::ArrayRef<Operator> getFusedProductOperators();
llvm::ArrayRef<Operator> getIndexingOperators();
llvm::ArrayRef<Operator> getLinearOperators();
llvm::ArrayRef<Operator> getLogicOperators();
llvm::ArrayRef<Operator> getNormalizationOperators();
llvm::ArrayRef<Operator> getOrderingOperators();
llvm::ArrayRef<Operator> getPaddingOperators();
llvm::ArrayRef<Operator> getPoolingOperators();
llvm::ArrayRef<Operator> getQLinearOperators();
llvm::ArrayRef<Operator> getQuantizationOperators();
llvm::ArrayRef<Operator> getRealFunctionOperators();
llvm::ArrayRef<Operator> getRearrangementOperators();
llvm::ArrayRef<Operator> getRecurrentOperators();
llvm::ArrayRef<Operator> getReductionOperators();
llvm::ArrayRef<Operator> getResizeOperators();
llvm::ArrayRef<Operator> getSamplingOperators();
llvm::ArrayRef<Operator> getShapeOperators();
llvm::ArrayRef<Operator> getSignalOperators();
llvm::ArrayRef<Operator> getSlicingOperators();
llvm::ArrayRef<Operator> getSoftmaxOperators();
llvm::ArrayRef<Operator> getTextOperators();

/// All tables.
llvm::ArrayRef<llvm::ArrayRef<Operator>> getOperatorFamilies();

/// The oldest operator set whose definition of the operator means the same as that of `oldestOpset`
/// where the attributes are those that its row lists.
int64_t getOldestEqualVersion(llvm::StringRef name);

/// The row of an operator, or null.
const Operator *findOperator(llvm::StringRef domain, llvm::StringRef name);

} // namespace qcc::import

#endif
