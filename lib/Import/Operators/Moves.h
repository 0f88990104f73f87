//===- Moves.h - slices, gathers and constants that operators are built from
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_MOVES_H
#define QCC_LIB_IMPORT_OPERATORS_MOVES_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// A qnn.constant of integers; `elementType` is i32 or i64 where the values are indices.
mlir::Value createIntegers(NodeContext &node, llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<int64_t> values, mlir::Type elementType);

/// 0, 1, ... in a shape with one dimension that is not 1.
mlir::FailureOr<mlir::Value> createPositions(NodeContext &node, llvm::ArrayRef<int64_t> shape,
                                             mlir::Type elementType);

/// `value` under a shape that it broadcasts to.
mlir::Value createBroadcast(NodeContext &node, mlir::Value value, llvm::ArrayRef<int64_t> shape);

/// A tensor that holds the number 0 everywhere.
mlir::Value createZeros(NodeContext &node, mlir::RankedTensorType type);

/// The box of `shape` at `offsets`.
mlir::Value createSlice(NodeContext &node, mlir::Value value, llvm::ArrayRef<int64_t> offsets,
                        llvm::ArrayRef<int64_t> shape);

/// `count` elements of a dimension, the first at `first`, `step` apart.
mlir::Value createSliceAlong(NodeContext &node, mlir::Value value, int64_t axis, int64_t first,
                             int64_t count, int64_t step = 1);

/// `value` between `low` and `high` elements of the number 0; negative ones are cut off.
mlir::Value createPad(NodeContext &node, mlir::Value value, llvm::ArrayRef<int64_t> low,
                      llvm::ArrayRef<int64_t> high);

/// The elements at `positions` of a dimension, which lie inside it: a slice where they are evenly
/// spaced, else a gather.
mlir::Value createPicked(NodeContext &node, mlir::Value value, int64_t axis,
                         llvm::ArrayRef<int64_t> positions);

/// Slices of `value` along `axis` at computed indices.
mlir::Value createGather(NodeContext &node, mlir::Value value, int64_t axis, mlir::Value indices);

/// Elements or slices that the rows of `indices` [B..., I..., K] choose.
mlir::Value createGatherND(NodeContext &node, mlir::Value value, mlir::Value indices,
                           int64_t batchDims);

/// Fails unless the input is i32 or i64.
mlir::LogicalResult requireIndices(NodeContext &node, unsigned i);

} // namespace qcc::import

#endif
