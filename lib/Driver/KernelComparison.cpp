//===- KernelComparison.cpp - every kernel's result against Reference -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "KernelComparison.h"

#include "dialects/QNN/QNNNetwork.h"
#include "qcc/Reference/Reference.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

using namespace mlir;

namespace qcc::driver {

/// Code less zero point for 8-bit quantized elements; other elements are compared as bytes.
static int readCentered(const char *bytes, size_t index, qnn::QuantizedType type) {
  auto byte = static_cast<unsigned char>(bytes[index]);
  int code = type.isSigned() ? static_cast<int8_t>(byte) : byte;
  return code - static_cast<int>(type.getZeroPoint());
}

llvm::Error KernelComparison::compare(ArrayRef<std::vector<char>> inputs, ArrayRef<char> arena,
                                      ArrayRef<std::vector<char>> outputs) {
  auto network = fused->lookupSymbol<func::FuncOp>("run");
  SmallVector<reference::Tensor> tensors;
  for (auto [bytes, type] : llvm::zip(inputs, network.getArgumentTypes()))
    tensors.emplace_back(cast<RankedTensorType>(type), ArrayRef<char>(bytes));
  std::map<int64_t, reference::Tensor> expected; // kernel id -> its result
  auto results =
      reference::evaluate(network, tensors, [&](Value value, const reference::Tensor &tensor) {
        auto kernel = value.getDefiningOp<qnn::KernelOp>();
        auto id = kernel ? kernel->getAttrOfType<IntegerAttr>("id") : nullptr;
        if (id)
          expected[id.getInt()] = tensor;
      });
  if (!results)
    return results.takeError();

  ++samples;
  for (auto node : generated->getAttrOfType<ArrayAttr>("qcc.nodes").getAsRange<DictionaryAttr>()) {
    auto id = node.getAs<IntegerAttr>("id");
    auto found = id ? expected.find(id.getInt()) : expected.end();
    if (found == expected.end())
      continue;
    auto record = cast<DictionaryAttr>(node.getAs<ArrayAttr>("results")[0]);
    auto type = cast<RankedTensorType>(record.getAs<TypeAttr>("type").getValue());
    const reference::Tensor &tensor = found->second;
    auto output = record.getAs<IntegerAttr>("output");
    const char *got = output ? outputs[output.getInt()].data()
                             : arena.data() + record.getAs<IntegerAttr>("offset").getInt();
    auto gotCodes = qnn::getQuantized(type), wantedCodes = qnn::getQuantized(tensor.type);
    int64_t bytes = qnn::getElementBytes(type.getElementType());
    bool centered = gotCodes && wantedCodes && bytes == 1;
    kernels += samples == 1;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      bool equal =
          centered
              ? readCentered(got, i, gotCodes) == readCentered(tensor.bytes.data(), i, wantedCodes)
              : std::memcmp(got + i * bytes, tensor.bytes.data() + i * bytes, bytes) == 0;
      ++elements;
      if (!equal && different++ == 0)
        first = llvm::formatv("kernel {0} '{1}' ({2}), element {3} of sample {4}", id.getInt(),
                              node.getAs<StringAttr>("name").getValue(),
                              node.getAs<StringAttr>("emitter").getValue(), i, samples - 1)
                    .str();
    }
  }
  return llvm::Error::success();
}

void KernelComparison::print(llvm::raw_ostream &stream) const {
  stream << "reference: " << kernels << " kernels, " << elements << " elements over " << samples
         << " samples, " << different << " different";
  if (different)
    stream << "; first: " << first;
  stream << "\n";
}

} // namespace qcc::driver
