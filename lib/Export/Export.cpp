//===- Export.cpp - a simplified network as an ONNX model
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Export/Export.h"

#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

// Operators mean what this opset says; the file format is the one that came with it. The next one
// knows codes of 16 bits; ONNX Runtime 1.31 moves quantization of 8 bits to a wrong type in it.
static constexpr int64_t opset = 20, fileFormat = 9, wideCodes = 1;

static bool fitsIntoFile(func::FuncOp network) {
  int64_t bytes = 0;
  network.walk([&](qnn::ConstantOp op) { bytes += qnn::getTensorBytes(op.getType()); });
  return bytes < INT32_MAX;
}

static bool hasWideCodes(func::FuncOp network) {
  auto isWide = [](Type type) {
    return qnn::getQuantized(type) && qnn::getElementBytes(getElementTypeOrSelf(type)) == 2;
  };
  return network
      .walk([&](Operation *op) {
        auto weights = dyn_cast<qnn::DequantizeWeightsOp>(op);
        bool found = llvm::any_of(op->getResultTypes(), isWide) ||
                     (weights && weights.getInput().getType().getElementTypeBitWidth() == 16);
        return found ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

FailureOr<std::string> exportOnnx(ModuleOp module) {
  auto network = module.lookupSymbol<func::FuncOp>("run");
  onnx::ModelProto model;
  int64_t newer = hasWideCodes(network) ? wideCodes : 0;
  model.set_ir_version(fileFormat + newer);
  model.set_producer_name("qcc");
  model.set_producer_version(QCC_VERSION);
  model.add_opset_import()->set_version(opset + newer);
  auto name = module->getAttrOfType<StringAttr>("qcc.name");
  model.mutable_graph()->set_name(name ? name.str() : "model");
  OnnxGraph graph(*model.mutable_graph());
  bool fits = fitsIntoFile(network);
  if (fits && failed(NetworkWriter(graph).write(network)))
    return failure();
  std::string bytes;
  if (!fits || !model.SerializeToString(&bytes))
    return network.emitError("is larger than 2 GiB, the limit of an ONNX file [E6201]");
  return bytes;
}

} // namespace qcc::exporting
