//===- WeightsBlob.h - every constant of the network in one section ---------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_WEIGHTSBLOB_H
#define QCC_LIB_CODEGEN_WEIGHTSBLOB_H

#include "dialects/QNN/QNN.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace qcc::codegen {

class WeightsBlob {
public:
  /// Constants of at least `alignment` bytes start at a multiple of it, smaller ones at one of
  /// their own size.
  explicit WeightsBlob(int64_t alignment) : alignment(alignment) {}

  /// Byte offset that the constant's bytes will have; equal bytes are stored once.
  int64_t add(qnn::ConstantOp constant);

  /// Emits `llvm.mlir.global internal constant @symbol`; nothing when no constant was added.
  void create(mlir::OpBuilder &builder, llvm::StringRef symbol);

private:
  /// Bytes of a constant, which must live until `create`.
  struct Piece {
    int64_t offset;
    llvm::ArrayRef<char> content;
  };

  int64_t alignment, size = 0;
  std::vector<Piece> pieces;
  /// Hash and size of the content -> the pieces that have them.
  llvm::DenseMap<std::pair<uint64_t, size_t>, llvm::SmallVector<size_t, 1>> known;
};

} // namespace qcc::codegen

#endif
