//===- ChooseSignedness.cpp - u8 or s8 activations --------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Layout/Passes.h"

#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::layout {

#define GEN_PASS_DEF_CHOOSESIGNEDNESS
#include "qcc/Layout/Passes.h.inc"

namespace {

constexpr unsigned char topBit = 0x80;

class Reencoder {
public:
  Reencoder(func::FuncOp network, bool toUnsigned) : network(network), toUnsigned(toUnsigned) {}

  void run();

private:
  /// True for 8-bit quantized types of the other signedness.
  bool changes(Type type) {
    auto quantized = qnn::getQuantized(type);
    return quantized && quantized.getStorageTypeIntegralWidth() == 8 &&
           quantized.isSigned() == toUnsigned;
  }
  Type convert(Type type);
  RankedTensorType convertTable(Type type);
  void convertConstant(qnn::ConstantOp constant);
  void convertTableOf(qnn::LookupOp lookup);
  void flipInsteadOf(qnn::BitcastOp bitcast);
  Value createTable(OpBuilder &builder, RankedTensorType type, ArrayRef<char> bytes);
  Value addInput(qnn::KernelOp kernel, Value input);

  func::FuncOp network;
  bool toUnsigned;
};

Type Reencoder::convert(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto quantized = qnn::getQuantized(type);
  int64_t shift = toUnsigned ? 128 : -128;
  return tensor.clone(qnn::makeQuantized(type.getContext(), 8, !toUnsigned,
                                         qnn::getScale(quantized),
                                         quantized.getZeroPoint() + shift));
}

RankedTensorType Reencoder::convertTable(Type type) {
  auto signedness = toUnsigned ? IntegerType::Unsigned : IntegerType::Signless;
  return cast<RankedTensorType>(type).clone(IntegerType::get(type.getContext(), 8, signedness));
}

Value Reencoder::createTable(OpBuilder &builder, RankedTensorType type, ArrayRef<char> bytes) {
  SmallVector<char> flipped(bytes);
  for (char &byte : flipped)
    byte = static_cast<char>(byte ^ topBit);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&network.front());
  return qnn::createConstant(builder, network.getLoc(), type, flipped);
}

Value Reencoder::addInput(qnn::KernelOp kernel, Value input) {
  kernel.getInputsMutable().append(input);
  return kernel.getBlock().addArgument(input.getType(), input.getLoc());
}

void Reencoder::convertConstant(qnn::ConstantOp constant) {
  OpBuilder builder(constant);
  auto type = cast<RankedTensorType>(convert(constant.getType()));
  Value flipped = createTable(builder, type, qnn::getBytes(constant));
  constant.getResult().replaceAllUsesWith(flipped);
  constant->erase();
}

void Reencoder::convertTableOf(qnn::LookupOp lookup) {
  // The index of a code does not depend on its signedness, the entries do.
  OpBuilder builder(lookup);
  auto kernel = lookup->getParentOfType<qnn::KernelOp>();
  auto argument = dyn_cast<BlockArgument>(lookup.getTable());
  Value outside = argument ? kernel.getInputs()[argument.getArgNumber()] : lookup.getTable();
  Value table =
      createTable(builder, convertTable(outside.getType()), qnn::getConstantBytes(outside));
  if (!argument) {
    lookup.getTableMutable().assign(table);
  } else if (argument.hasOneUse()) {
    kernel.getInputsMutable()[argument.getArgNumber()].assign(table);
    argument.setType(table.getType());
  } else {
    lookup.getTableMutable().assign(addInput(kernel, table));
  }
}

void Reencoder::flipInsteadOf(qnn::BitcastOp bitcast) {
  OpBuilder builder(bitcast);
  auto result = cast<RankedTensorType>(bitcast.getType());
  SmallVector<char> identity(256);
  for (int i = 0; i < 256; ++i) {
    // Entry i belongs to code i - 128 of a signed input.
    int code = qnn::isSignedStorage(bitcast.getInput().getType().getElementType()) ? i - 128 : i;
    identity[i] = static_cast<char>(code);
  }
  auto tableType = RankedTensorType::get({256}, qnn::getStorageType(result.getElementType()));
  Value table = createTable(builder, tableType, identity);
  Value flipped;
  if (auto kernel = bitcast->getParentOfType<qnn::KernelOp>()) {
    flipped = qnn::LookupOp::create(builder, bitcast.getLoc(), result, bitcast.getInput(),
                                    addInput(kernel, table));
  } else {
    Value inputs[] = {bitcast.getInput(), table};
    auto flip = qnn::KernelOp::create(builder, bitcast.getLoc(), TypeRange(result), inputs, nullptr,
                                      nullptr);
    Block *block = builder.createBlock(&flip.getBody(), {}, TypeRange(ValueRange(inputs)),
                                       {bitcast.getLoc(), bitcast.getLoc()});
    Value inner = qnn::LookupOp::create(builder, bitcast.getLoc(), result, block->getArgument(0),
                                        block->getArgument(1));
    qnn::YieldOp::create(builder, bitcast.getLoc(), inner);
    flipped = flip.getResult(0);
  }
  bitcast.getResult().replaceAllUsesWith(flipped);
  bitcast.erase();
}

void Reencoder::run() {
  SmallVector<qnn::BitcastOp> flips;
  SmallVector<qnn::LookupOp> lookups;
  SmallVector<qnn::ConstantOp> constants;
  network.walk([&](Operation *op) {
    if (auto bitcast = dyn_cast<qnn::BitcastOp>(op);
        bitcast && changes(bitcast.getInput().getType()) != changes(bitcast.getType()))
      flips.push_back(bitcast);
    if (auto lookup = dyn_cast<qnn::LookupOp>(op); lookup && changes(lookup.getType()))
      lookups.push_back(lookup);
    if (auto constant = dyn_cast<qnn::ConstantOp>(op); constant && changes(constant.getType()))
      constants.push_back(constant);
  });
  for (qnn::LookupOp lookup : lookups)
    convertTableOf(lookup);
  network.walk([&](Operation *op) {
    if (isa<qnn::ConstantOp>(op))
      return;
    for (Value result : op->getResults())
      if (changes(result.getType()))
        result.setType(convert(result.getType()));
    if (auto kernel = dyn_cast<qnn::KernelOp>(op))
      for (BlockArgument argument : kernel.getBlock().getArguments())
        if (changes(argument.getType()))
          argument.setType(convert(argument.getType()));
  });
  for (qnn::ConstantOp constant : constants)
    convertConstant(constant);
  for (qnn::BitcastOp bitcast : flips)
    flipInsteadOf(bitcast);
}

struct ChooseSignedness : impl::ChooseSignednessBase<ChooseSignedness> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (auto network = module.lookupSymbol<func::FuncOp>("run"))
      Reencoder(network, getTarget(module).unsignedActivations).run();
  }
};

} // namespace
} // namespace qcc::layout
