//===- PrintInputs.cpp - what a model takes and gives, as its file says
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ModelFile.h"
#include "qcc/Import/Import.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace qcc::import {

/// "float[N,3,?]": "?" for a size that nothing names, "[...]" where there is no shape.
static std::string formatType(const onnx::TypeProto &type) {
  if (!type.has_tensor_type())
    return "no tensor";
  const onnx::TypeProto::Tensor &tensor = type.tensor_type();
  std::string text = getDataTypeName(tensor.elem_type()).str() + "[";
  if (!tensor.has_shape())
    return text + "...]";
  llvm::interleave(
      tensor.shape().dim(),
      [&](const onnx::TensorShapeProto::Dimension &dimension) {
        if (dimension.has_dim_value() && dimension.dim_value() >= 0)
          text += std::to_string(dimension.dim_value());
        else if (dimension.has_dim_param() && !dimension.dim_param().empty())
          text += escapeName(dimension.dim_param());
        else
          text += "?";
      },
      [&] { text += ","; });
  return text + "]";
}

void printInputs(StringRef path, raw_ostream &os, Diagnostics &diagnostics) {
  Reporter reporter(path, diagnostics);
  auto model = readModelFile(path, reporter);
  if (failed(model))
    return;
  const onnx::GraphProto &graph = model->proto->graph();
  // Older models list their initializers as inputs too.
  llvm::StringSet<> known;
  for (const onnx::TensorProto &initializer : graph.initializer())
    known.insert(initializer.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    if (!known.contains(input.name()))
      os << "input " << quoted(input.name()) << ": " << formatType(input.type()) << "\n";
  for (const onnx::ValueInfoProto &output : graph.output())
    os << "output " << quoted(output.name()) << ": " << formatType(output.type()) << "\n";
}

} // namespace qcc::import
