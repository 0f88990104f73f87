//===- WeightsBlob.cpp - every constant of the network in one section -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "WeightsBlob.h"

#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace qcc::codegen {

int64_t WeightsBlob::add(qnn::ConstantOp constant) {
  ArrayRef<char> content = qnn::getBytes(constant);
  uint64_t hash = llvm::xxh3_64bits(
      ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(content.data()), content.size()));
  SmallVector<size_t, 1> &candidates = known[{hash, content.size()}];
  for (size_t index : candidates)
    if (pieces[index].content == content)
      return pieces[index].offset;
  candidates.push_back(pieces.size());
  int64_t wanted =
      std::min<int64_t>(alignment, llvm::PowerOf2Ceil(std::max<size_t>(content.size(), 1)));
  pieces.push_back({static_cast<int64_t>(llvm::alignTo(size, wanted)), content});
  size = pieces.back().offset + content.size();
  return pieces.back().offset;
}

void WeightsBlob::create(OpBuilder &builder, StringRef symbol) {
  if (pieces.empty())
    return;
  // Constants without elements have an address as well.
  size = std::max<int64_t>(size, 1);
  auto blob = HeapAsmResourceBlob::allocate(size, alignment);
  llvm::MutableArrayRef<char> bytes = blob.getMutableData();
  llvm::fill(bytes, 0);
  for (const Piece &piece : pieces)
    llvm::copy(piece.content, bytes.begin() + piece.offset);
  auto type = RankedTensorType::get({size}, builder.getI8Type());
  auto value = DenseResourceElementsAttr::get(type, "weights", std::move(blob));
  auto global = LLVM::GlobalOp::create(builder, builder.getUnknownLoc(),
                                       LLVM::LLVMArrayType::get(builder.getI8Type(), size),
                                       /*isConstant=*/true, LLVM::Linkage::Internal, symbol, value);
  global.setAlignment(alignment);
}

} // namespace qcc::codegen
