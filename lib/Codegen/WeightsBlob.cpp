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
  SmallVector<int64_t, 1> &candidates = offsets[{hash, content.size()}];
  for (int64_t offset : candidates)
    if (ArrayRef<char>(bytes).slice(offset, content.size()) == content)
      return offset;
  int64_t wanted =
      std::min<int64_t>(alignment, llvm::PowerOf2Ceil(std::max<size_t>(content.size(), 1)));
  bytes.resize(llvm::alignTo(bytes.size(), wanted));
  int64_t offset = bytes.size();
  candidates.push_back(offset);
  bytes.insert(bytes.end(), content.begin(), content.end());
  return offset;
}

void WeightsBlob::create(OpBuilder &builder, StringRef symbol) {
  // Constants without elements have an address as well.
  if (bytes.empty() && !offsets.empty())
    bytes.push_back(0);
  if (bytes.empty())
    return;
  auto size = static_cast<int64_t>(bytes.size());
  auto type = RankedTensorType::get({size}, builder.getI8Type());
  // The attribute takes the bytes over: a copy would double the largest thing in memory.
  auto *owned = new std::vector<char>(std::move(bytes));
  AsmResourceBlob blob(
      ArrayRef<char>(*owned), /*dataAlignment=*/1,
      [owned](void *, size_t, size_t) { delete owned; },
      /*dataIsMutable=*/false);
  auto value = DenseResourceElementsAttr::get(type, "weights", std::move(blob));
  auto global = LLVM::GlobalOp::create(builder, builder.getUnknownLoc(),
                                       LLVM::LLVMArrayType::get(builder.getI8Type(), size),
                                       /*isConstant=*/true, LLVM::Linkage::Internal, symbol, value);
  global.setAlignment(alignment);
}

} // namespace qcc::codegen
