//===- QNNWeights.cpp - constants as raw bytes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace qcc::qnn {

// Vector loads of packed weights are aligned to a cache line.
static constexpr size_t blobAlignment = 64;

/// A free name. Left to itself the manager tries one number after another, each time from 1 on.
static std::string nameNextBlob(MLIRContext *context) {
  size_t count = 0;
  DenseResourceElementsHandle::getManagerInterface(context).getBlobManager().getBlobMap(
      [&](const auto &blobs) { count = blobs.size(); });
  return count == 0 ? "weights" : "weights_" + std::to_string(count);
}

static ConstantOp createFromBlob(OpBuilder &builder, Location location, RankedTensorType type,
                                 AsmResourceBlob blob) {
  // The resource holds storage: quantized elements become their integers.
  auto stored = type.clone(getStorageType(type.getElementType()));
  auto value =
      DenseResourceElementsAttr::get(stored, nameNextBlob(builder.getContext()), std::move(blob));
  return ConstantOp::create(builder, location, type, cast<ElementsAttr>(value));
}

ConstantOp createConstant(OpBuilder &builder, Location location, RankedTensorType type,
                          ArrayRef<char> bytes) {
  assert(static_cast<int64_t>(bytes.size()) == getTensorBytes(type) && "bytes must match the type");
  // A constant without elements has no address to copy from.
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes.size(), blobAlignment);
  llvm::copy(bytes, blob.getMutableData().begin());
  return createFromBlob(builder, location, type, std::move(blob));
}

ConstantOp createMappedConstant(OpBuilder &builder, Location location, RankedTensorType type,
                                ArrayRef<char> bytes) {
  assert(static_cast<int64_t>(bytes.size()) == getTensorBytes(type) && "bytes must match the type");
  return createFromBlob(builder, location, type,
                        UnmanagedAsmResourceBlob::allocateWithAlign(bytes, /*align=*/1));
}

ArrayRef<char> getBytes(ConstantOp constant) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
  if (!resource)
    return {};
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  return blob ? blob->getData() : ArrayRef<char>();
}

ArrayRef<char> getConstantBytes(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : nullptr;
  return constant ? getBytes(constant) : ArrayRef<char>();
}

void releaseConstant(ConstantOp constant) {
  assert(constant->use_empty() && "a used constant keeps its bytes");
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
    resource.getRawHandle().getResource()->setBlob({});
  constant->erase();
}

//===- constant -------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  auto stored = cast<ShapedType>(getValue().getType());
  if (stored.getShape() != type.getShape() ||
      stored.getElementType() != getStorageType(type.getElementType()))
    return emitOpError("value has type ")
           << stored << ", the result needs " << type.clone(getStorageType(type.getElementType()));
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  if (!resource)
    return emitOpError("value must be a dense_resource");
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (blob && static_cast<int64_t>(blob->getData().size()) != getTensorBytes(type))
    return emitOpError("value has ")
           << blob->getData().size() << " bytes, the type needs " << getTensorBytes(type);
  return success();
}

} // namespace qcc::qnn
