//===- AttentionHeads.h - tensors of several heads
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_ATTENTIONHEADS_H
#define QCC_LIB_IMPORT_OPERATORS_ATTENTIONHEADS_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// An input of rank 3 or 4 as [batch, heads, steps, size]: [batch, steps, heads * size] is split by
/// the number of heads in `attribute`.
mlir::FailureOr<mlir::Value> splitHeads(NodeContext &node, unsigned input,
                                        llvm::StringRef attribute);

/// Inputs 0, 1 and 2, of rank 3 to `mostRank`, as query, key and value of several heads.
mlir::LogicalResult splitQueryKeyValue(NodeContext &node, int64_t mostRank, mlir::Value &query,
                                       mlir::Value &key, mlir::Value &value);

/// [batch, heads, steps, size] as [batch, steps, heads * size].
mlir::Value joinHeads(NodeContext &node, mlir::Value value);

/// Whether a query [B,H,S,D], key [B,G,L,D] and value [B,G,L,E] fit; G divides H.
bool areHeadsCompatible(llvm::ArrayRef<int64_t> query, llvm::ArrayRef<int64_t> key,
                        llvm::ArrayRef<int64_t> value);

/// The product of each head of [B,H,S,L] with its head of [B,G,L,E]. Heads of the left side that
/// share one of the right side are rows of one product, so that nothing is repeated.
mlir::Value multiplyHeads(NodeContext &node, mlir::Value lhs, mlir::Value rhs);

/// scale * query * transposed key
mlir::Value createScores(NodeContext &node, mlir::Value query, mlir::Value key, float scale);

mlir::LogicalResult importFlexAttention(NodeContext &node);
mlir::LogicalResult importLinearAttention(NodeContext &node);
mlir::LogicalResult importRotaryEmbedding(NodeContext &node);

} // namespace qcc::import

#endif
