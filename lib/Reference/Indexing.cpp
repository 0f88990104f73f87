//===- Indexing.cpp - elements chosen by computed indices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

/// The elements of an index tensor.
static SmallVector<int64_t, 0> readIndices(const Tensor &tensor) {
  SmallVector<int64_t, 0> indices;
  if (tensor.type.getElementType().isInteger(32))
    llvm::append_range(indices, tensor.view<int32_t>());
  else
    llvm::append_range(indices, tensor.view<int64_t>());
  return indices;
}

/// [index-c1] A negative index counts from the end; then the nearest element is taken.
static int64_t resolveIndex(int64_t index, int64_t size) {
  return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size - 1);
}

/// Advances `position` to the next one of `shape` in row-major order.
static void advance(MutableArrayRef<int64_t> position, ArrayRef<int64_t> shape) {
  for (int64_t i = static_cast<int64_t>(shape.size()) - 1; i >= 0; --i) {
    if (++position[i] < shape[i])
      return;
    position[i] = 0;
  }
}

/// Offset of an element in a row-major tensor, in elements.
static int64_t getOffset(ArrayRef<int64_t> position, ArrayRef<int64_t> strides) {
  int64_t offset = 0;
  for (auto [index, stride] : llvm::zip(position, strides))
    offset += index * stride;
  return offset;
}

/// Offsets in `input` of the slices that `indices` [B..., I..., K] choose, in row-major order of
/// [B..., I...].
static SmallVector<int64_t, 0> getSliceOffsets(const Tensor &input, const Tensor &indices,
                                               int64_t batchDims) {
  ArrayRef<int64_t> shape = indices.type.getShape().drop_back();
  int64_t depth = indices.type.getShape().back();
  auto values = readIndices(indices);
  SmallVector<int64_t> strides = getStrides(input.type.getShape());
  SmallVector<int64_t> position(shape.size(), 0);
  int64_t count = llvm::product_of(shape);
  SmallVector<int64_t, 0> offsets;
  for (int64_t row = 0; row < count; ++row) {
    int64_t offset = getOffset(ArrayRef<int64_t>(position).take_front(batchDims),
                               ArrayRef<int64_t>(strides).take_front(batchDims));
    for (int64_t k = 0; k < depth; ++k)
      offset += strides[batchDims + k] *
                resolveIndex(values[row * depth + k], input.type.getDimSize(batchDims + k));
    offsets.push_back(offset);
    advance(position, shape);
  }
  return offsets;
}

/// Offsets in `input` of the elements that `indices` choose along `axis`.
static SmallVector<int64_t, 0> getElementOffsets(const Tensor &input, const Tensor &indices,
                                                 int64_t axis) {
  ArrayRef<int64_t> shape = indices.type.getShape();
  SmallVector<int64_t> strides = getStrides(input.type.getShape());
  SmallVector<int64_t> position(shape.size(), 0);
  SmallVector<int64_t, 0> offsets;
  for (int64_t index : readIndices(indices)) {
    SmallVector<int64_t> source(position);
    source[axis] = resolveIndex(index, input.type.getDimSize(axis));
    offsets.push_back(getOffset(source, strides));
    advance(position, shape);
  }
  return offsets;
}

/// Slices of `width` elements at the given offsets, one after the other.
static Tensor copySlices(const Tensor &input, ArrayRef<int64_t> offsets, int64_t width,
                         RankedTensorType type) {
  Tensor result(type);
  int64_t bytes = width * qnn::getElementBytes(type.getElementType());
  int64_t element = qnn::getElementBytes(type.getElementType());
  for (auto [i, offset] : llvm::enumerate(offsets))
    std::memcpy(result.bytes.data() + static_cast<int64_t>(i) * bytes,
                input.bytes.data() + offset * element, bytes);
  return result;
}

static Tensor gather(qnn::GatherOp op, const Tensor &input, const Tensor &indices,
                     RankedTensorType type) {
  ArrayRef<int64_t> shape = input.type.getShape();
  int64_t axis = op.getAxis(), rows = llvm::product_of(shape.take_front(axis));
  int64_t width = llvm::product_of(shape.drop_front(axis + 1));
  auto values = readIndices(indices);
  SmallVector<int64_t, 0> offsets;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t index : values)
      offsets.push_back((row * shape[axis] + resolveIndex(index, shape[axis])) * width);
  return copySlices(input, offsets, width, type);
}

/// [scatter-f1] The element that an update meets, joined by it.
template <typename T> static T join(qnn::ScatterKind kind, T element, T update) {
  switch (kind) {
  case qnn::ScatterKind::Assign:
    return update;
  case qnn::ScatterKind::Max:
    return update > element ? update : element;
  case qnn::ScatterKind::Min:
    return update < element ? update : element;
  case qnn::ScatterKind::Add:
  case qnn::ScatterKind::Mul:
    break;
  }
  bool isSum = kind == qnn::ScatterKind::Add;
  if constexpr (std::is_floating_point_v<T>) {
    return isSum ? element + update : element * update;
  } else {
    auto x = static_cast<uint64_t>(element), y = static_cast<uint64_t>(update);
    return static_cast<T>(isSum ? x + y : x * y);
  }
}

/// `input` with slices of `width` elements at the offsets joined by the updates, in their order.
static Expected<Tensor> scatter(Operation *op, qnn::ScatterKind kind, const Tensor &input,
                                ArrayRef<int64_t> offsets, const Tensor &updates) {
  Tensor result = input;
  Type element = input.type.getElementType();
  if (offsets.empty() || updates.bytes.empty())
    return result;
  int64_t width = updates.type.getNumElements() / static_cast<int64_t>(offsets.size());
  if (kind == qnn::ScatterKind::Assign) {
    int64_t bytes = qnn::getElementBytes(element);
    for (auto [i, offset] : llvm::enumerate(offsets))
      std::memcpy(result.bytes.data() + offset * bytes,
                  updates.bytes.data() + static_cast<int64_t>(i) * width * bytes, width * bytes);
    return result;
  }
  if (qnn::getQuantized(element))
    return makeError(op, "joins codes, which has no meaning");
  if (isa<Float16Type, BFloat16Type>(element)) {
    // [half-c1] Each step computes in f32 and rounds once.
    Type f32 = Float32Type::get(element.getContext());
    Tensor wideUpdates = convertElements(updates, f32);
    for (auto [i, offset] : llvm::enumerate(offsets))
      for (int64_t k = 0; k < width; ++k) {
        Tensor one(RankedTensorType::get({}, element));
        std::memcpy(one.bytes.data(), result.bytes.data() + (offset + k) * 2, 2);
        Tensor wide = convertElements(one, f32);
        wide.view<float>()[0] =
            join(kind, wide.view<float>()[0],
                 wideUpdates.view<float>()[static_cast<int64_t>(i) * width + k]);
        std::memcpy(result.bytes.data() + (offset + k) * 2,
                    convertElements(wide, element).bytes.data(), 2);
      }
    return result;
  }
  dispatchStorage(element, [&](auto zero) {
    using T = decltype(zero);
    auto from = updates.view<T>();
    auto to = result.view<T>();
    for (auto [i, offset] : llvm::enumerate(offsets))
      for (int64_t k = 0; k < width; ++k)
        to[offset + k] = join<T>(kind, to[offset + k], from[static_cast<int64_t>(i) * width + k]);
    return 0;
  });
  return result;
}

Expected<Tensor> evaluateIndexing(Operation *op, Operands operands, RankedTensorType type) {
  const Tensor &input = *operands[0], &indices = *operands[1];
  // Nothing is chosen from an empty tensor, whatever the indices are.
  if (type.getNumElements() == 0 || input.type.getNumElements() == 0)
    return Tensor(type);
  if (auto gatherOp = dyn_cast<qnn::GatherOp>(op))
    return gather(gatherOp, input, indices, type);
  if (auto elements = dyn_cast<qnn::GatherElementsOp>(op))
    return copySlices(input, getElementOffsets(input, indices, elements.getAxis()), 1, type);
  if (auto slices = dyn_cast<qnn::GatherNDOp>(op)) {
    auto offsets = getSliceOffsets(input, indices, slices.getBatchDims());
    return copySlices(input, offsets, type.getNumElements() / static_cast<int64_t>(offsets.size()),
                      type);
  }
  if (auto elements = dyn_cast<qnn::ScatterElementsOp>(op))
    return scatter(op, elements.getKind(), input,
                   getElementOffsets(input, indices, elements.getAxis()), *operands[2]);
  auto slices = cast<qnn::ScatterNDOp>(op);
  return scatter(op, slices.getKind(), input, getSliceOffsets(input, indices, 0), *operands[2]);
}

} // namespace qcc::reference
