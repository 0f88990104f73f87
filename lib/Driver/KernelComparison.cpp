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

llvm::Error KernelComparison::compare(ArrayRef<std::vector<char>> inputs, ArrayRef<char> before,
                                      ArrayRef<char> after, ArrayRef<char> arena,
                                      ArrayRef<std::vector<char>> outputs) {
  auto network = fused->lookupSymbol<func::FuncOp>("run");
  SmallVector<reference::Tensor> tensors;
  SmallVector<qnn::State> states = qnn::getStates(network);
  size_t position = 0;
  for (auto [index, type] : llvm::enumerate(network.getArgumentTypes())) {
    const qnn::State *state = qnn::findStateOfArgument(states, index);
    tensors.emplace_back(cast<RankedTensorType>(type),
                         state ? before.slice(state->offset, state->bytes)
                               : ArrayRef<char>(inputs[position++]));
  }
  std::map<std::pair<int64_t, size_t>, reference::Tensor> expected; // kernel id, result number
  auto results =
      reference::evaluate(network, tensors, [&](Value value, const reference::Tensor &tensor) {
        auto kernel = value.getDefiningOp<qnn::KernelOp>();
        auto id = kernel ? kernel->getAttrOfType<IntegerAttr>("id") : nullptr;
        if (id)
          expected[{id.getInt(), cast<OpResult>(value).getResultNumber()}] = tensor;
      });
  if (!results)
    return results.takeError();

  ++samples;
  for (auto node : generated->getAttrOfType<ArrayAttr>("qcc.nodes").getAsRange<DictionaryAttr>()) {
    auto id = node.getAs<IntegerAttr>("id");
    bool known = false;
    for (auto [number, record] :
         llvm::enumerate(node.getAs<ArrayAttr>("results").getAsRange<DictionaryAttr>())) {
      auto found = id ? expected.find({id.getInt(), number}) : expected.end();
      if (found == expected.end())
        continue;
      known = true;
      auto output = record.getAs<IntegerAttr>("output"), state = record.getAs<IntegerAttr>("state");
      compareResult(node, number, record, found->second,
                    output  ? outputs[output.getInt()].data()
                    : state ? after.data() + state.getInt()
                            : arena.data() + record.getAs<IntegerAttr>("offset").getInt());
    }
    kernels += known && samples == 1;
  }
  return llvm::Error::success();
}

void KernelComparison::compareResult(DictionaryAttr node, size_t number, DictionaryAttr record,
                                     const reference::Tensor &wanted, const char *got) {
  auto type = cast<RankedTensorType>(record.getAs<TypeAttr>("type").getValue());
  auto gotCodes = qnn::getQuantized(type), wantedCodes = qnn::getQuantized(wanted.type);
  int64_t bytes = qnn::getElementBytes(type.getElementType());
  bool centered = gotCodes && wantedCodes && bytes == 1;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    bool equal =
        centered
            ? readCentered(got, i, gotCodes) == readCentered(wanted.bytes.data(), i, wantedCodes)
            : std::memcmp(got + i * bytes, wanted.bytes.data() + i * bytes, bytes) == 0;
    ++elements;
    if (!equal && different++ == 0)
      first = llvm::formatv("kernel {0} '{1}' ({2}), element {3} of result {4}, sample {5}",
                            node.getAs<IntegerAttr>("id").getInt(),
                            node.getAs<StringAttr>("name").getValue(),
                            node.getAs<StringAttr>("emitter").getValue(), i, number, samples - 1)
                  .str();
  }
}

void KernelComparison::print(llvm::raw_ostream &stream) const {
  stream << "reference: " << kernels << " kernels, " << elements << " elements over " << samples
         << " samples, " << different << " different";
  if (different)
    stream << "; first: " << first;
  stream << "\n";
}

} // namespace qcc::driver
