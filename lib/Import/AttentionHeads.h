//===- AttentionHeads.h - tensors of several heads
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_ATTENTIONHEADS_H
#define QCC_LIB_IMPORT_ATTENTIONHEADS_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// An input of rank 3 or 4 as [batch, heads, steps, size]: [batch, steps, heads * size] is split by
/// the number of heads in `attribute`.
mlir::FailureOr<mlir::Value> splitHeads(NodeContext &node, unsigned input,
                                        llvm::StringRef attribute);

/// [batch, heads, steps, size] as [batch, steps, heads * size].
mlir::Value joinHeads(NodeContext &node, mlir::Value value);

mlir::LogicalResult importLinearAttention(NodeContext &node);
mlir::LogicalResult importRotaryEmbedding(NodeContext &node);

} // namespace qcc::import

#endif
