//===- Generic.cpp - the emitter that is right for every op -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain loops over the root's result. Ops that move or map single elements are here; windows,
// contractions and reductions have files of their own.
//===----------------------------------------------------------------------===//
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

int64_t getVectorLanes(KernelEmitter &emitter, RankedTensorType result) {
  // 32-bit registers hold most intermediate values.
  int64_t lanes = emitter.target.vectorBytes / 4;
  if (lanes < 2 || result.getRank() == 0 || result.getShape().back() < lanes)
    return 1;
  return lanes;
}

bool canVectorize(Operation *first, RankedTensorType result) {
  if (result.getRank() == 0 || result.getElementType().isInteger(1))
    return false;
  for (Operation *op = first; op && !isa<qnn::YieldOp>(op); op = op->getNextNode()) {
    if (isa<qnn::LookupOp>(op))
      return false; // scalar loads from the table
    for (Value operand : op->getOperands()) {
      auto type = cast<RankedTensorType>(operand.getType());
      if (type.getRank() != 0 && type.getShape().back() != 1 &&
          type.getShape().back() != result.getShape().back())
        return false;
    }
  }
  return true;
}

IntegerType getSumType(qnn::QuantizedType codes, int64_t count) {
  int64_t largest = std::max(codes.getStorageTypeMax() - codes.getZeroPoint(),
                             codes.getZeroPoint() - codes.getStorageTypeMin());
  bool fits = count <= std::numeric_limits<int32_t>::max() / largest;
  return IntegerType::get(codes.getContext(), fits ? 32 : 64);
}

Value makeNumber(KernelEmitter &emitter, Type type, double value) {
  auto scalar = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!scalar)
    return emitter.constant(type, static_cast<int64_t>(value));
  TypedAttr attribute = emitter.builder.getFloatAttr(scalar, value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, cast<Attribute>(attribute));
  return arith::ConstantOp::create(emitter.builder, emitter.location, attribute);
}

static LogicalResult emitElementwise(KernelEmitter &emitter, Operation *root) {
  auto result = cast<RankedTensorType>(root->getResult(0).getType());
  int64_t lanes = canVectorize(root, result) ? getVectorLanes(emitter, result) : 1;
  Epilogue epilogue(emitter, root);
  LogicalResult status = success();
  emitter.loopNest(result.getShape(), lanes, [&](ArrayRef<Value> position, int64_t width) {
    SmallVector<Value> operands;
    for (Value operand : root->getOperands()) {
      if (isa<qnn::LookupOp>(root) && operand == root->getOperand(1)) {
        operands.push_back({});
        continue;
      }
      const BufferView &view = emitter.getView(operand);
      operands.push_back(emitter.load(view, position.take_back(view.shape.size()), width));
    }
    Value value = emitPointwise(emitter, root, operands);
    if (!value)
      status = root->emitError("has no elementwise code for ")
               << result.getElementType() << " [E4010]";
    else if (failed(epilogue.store(value, position)))
      status = failure();
  });
  return status;
}

/// result[position] = input[source(position)]: transpose and slice are a permuted or strided view
/// of the input.
static LogicalResult emitMove(KernelEmitter &emitter, Operation *root, BufferView source) {
  auto result = cast<RankedTensorType>(root->getResult(0).getType());
  // The innermost elements must be neighbours, or one repeated element, to be moved together.
  bool dense =
      result.getRank() != 0 && (source.strides.back() == qnn::getElementBytes(source.elementType) ||
                                source.shape.back() == 1);
  int64_t lanes = dense && canVectorize(root, result) ? getVectorLanes(emitter, result) : 1;
  Epilogue epilogue(emitter, root);
  LogicalResult status = success();
  emitter.loopNest(result.getShape(), lanes, [&](ArrayRef<Value> position, int64_t width) {
    if (failed(epilogue.store(emitter.load(source, position, width), position)))
      status = failure();
  });
  return status;
}

static LogicalResult emitTranspose(KernelEmitter &emitter, qnn::TransposeOp op) {
  BufferView input = emitter.getView(op.getInput()), source = input;
  for (auto [index, dimension] : llvm::enumerate(op.getPermutation())) {
    source.shape[index] = input.shape[dimension];
    source.strides[index] = input.strides[dimension];
  }
  return emitMove(emitter, op, source);
}

static LogicalResult emitBroadcast(KernelEmitter &emitter, qnn::BroadcastOp op) {
  BufferView source = emitter.getView(op.getInput());
  size_t added = op.getType().getRank() - source.shape.size();
  source.shape.insert(source.shape.begin(), added, 1);
  source.strides.insert(source.strides.begin(), added, 0);
  return emitMove(emitter, op, source);
}

static LogicalResult emitSlice(KernelEmitter &emitter, qnn::SliceOp op) {
  BufferView source = emitter.getView(op.getInput());
  int64_t first = 0;
  for (size_t i = 0; i < source.shape.size(); ++i) {
    first += op.getOffsets()[i] * source.strides[i];
    source.strides[i] *= op.getStrides()[i];
  }
  source.shape.assign(op.getType().getShape().begin(), op.getType().getShape().end());
  if (first)
    source.pointer = emitter.addressOf(source.pointer, emitter.offset(first));
  return emitMove(emitter, op, source);
}

/// Stores `part` into the result's elements that start at `first`.
static LogicalResult emitPart(KernelEmitter &emitter, Operation *root, const BufferView &part,
                              ArrayRef<int64_t> first) {
  Epilogue epilogue(emitter, root);
  auto result = cast<RankedTensorType>(root->getResult(0).getType());
  int64_t lanes =
      canVectorize(root, result) ? getVectorLanes(emitter, result.clone(part.shape)) : 1;
  LogicalResult status = success();
  emitter.loopNest(part.shape, lanes, [&](ArrayRef<Value> position, int64_t width) {
    Value value = emitter.load(part, position, width);
    SmallVector<Value> target(position);
    for (size_t i = 0; i < target.size(); ++i)
      if (first[i])
        target[i] = emitter.addOffsets(target[i], emitter.offset(first[i]));
    if (failed(epilogue.store(value, target)))
      status = failure();
  });
  return status;
}

static LogicalResult emitConcat(KernelEmitter &emitter, qnn::ConcatOp op) {
  SmallVector<int64_t> first(op.getType().getRank(), 0);
  for (Value input : op.getInputs()) {
    const BufferView &part = emitter.getView(input);
    if (failed(emitPart(emitter, op, part, first)))
      return failure();
    first[op.getAxis()] += part.shape[op.getAxis()];
  }
  return success();
}

static int64_t getBits(FloatType type, double value) {
  APFloat number(value);
  bool losesInfo;
  number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<int64_t>(number.bitcastToAPInt().getZExtValue());
}

static LogicalResult emitPad(KernelEmitter &emitter, qnn::PadOp op) {
  Type element = op.getType().getElementType();
  Type registers = KernelEmitter::getRegisterType(element);
  double value = op.getValue().convertToDouble();
  auto quantized = dyn_cast<qnn::QuantizedType>(element);
  Value fill;
  if (quantized)
    fill = emitter.constant(registers, qnn::quantizeValue(static_cast<float>(value), quantized));
  else if (auto real = dyn_cast<FloatType>(element); real && !isa<FloatType>(registers))
    fill = emitter.constant(registers, getBits(real, value));
  else
    fill = makeNumber(emitter, registers, value);
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(op.getType().getShape(), 1, [&](ArrayRef<Value> position, int64_t) {
    if (failed(epilogue.store(fill, position)))
      status = failure();
  });
  if (failed(status))
    return failure();
  return emitPart(emitter, op, emitter.getView(op.getInput()), op.getLow());
}

/// f16 and bf16 are integers in registers: a root may move or convert them, nothing else.
static bool computesOnHalf(Operation *root) {
  if ((root->hasTrait<qnn::SameScale>() && !isa<qnn::MaxPoolOp>(root)) ||
      root->hasTrait<qnn::Elementwise>() || isa<qnn::BitcastOp, qnn::GatherOp>(root) ||
      isa<qnn::GatherElementsOp, qnn::GatherNDOp>(root))
    return false;
  return llvm::any_of(root->getOperandTypes(), [](Type type) {
    return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type));
  });
}

LogicalResult emitGeneric(KernelEmitter &emitter) {
  Operation *root = getRoot(emitter.kernel);
  if (computesOnHalf(root))
    return root->emitError("has no code on 16-bit floats; convert them to f32 [E4010]");
  return TypeSwitch<Operation *, LogicalResult>(root)
      .Case([&](qnn::TransposeOp op) { return emitTranspose(emitter, op); })
      .Case([&](qnn::BroadcastOp op) { return emitBroadcast(emitter, op); })
      .Case([&](qnn::SliceOp op) { return emitSlice(emitter, op); })
      .Case([&](qnn::ConcatOp op) { return emitConcat(emitter, op); })
      .Case([&](qnn::PadOp op) { return emitPad(emitter, op); })
      .Case<qnn::MaxPoolOp, qnn::AveragePoolOp>([&](auto op) { return emitWindow(emitter, op); })
      .Case<qnn::Conv2DOp, qnn::LinearOp, qnn::MatMulOp>(
          [&](auto op) { return emitPlainContraction(emitter, op); })
      .Case([&](qnn::ReduceOp op) { return emitReduce(emitter, op); })
      .Case([&](qnn::SoftmaxOp op) { return emitSoftmax(emitter, op); })
      .Case<qnn::GatherOp, qnn::GatherElementsOp, qnn::GatherNDOp>(
          [&](auto op) { return emitGather(emitter, op); })
      .Case<qnn::ScatterElementsOp, qnn::ScatterNDOp>(
          [&](auto op) { return emitScatter(emitter, op); })
      .Case([&](qnn::ArgReduceOp op) { return emitArgReduce(emitter, op); })
      .Case([&](qnn::CumulativeOp op) { return emitCumulative(emitter, op); })
      .Case([&](qnn::TopKOp op) { return emitTopK(emitter, op); })
      .Case([&](qnn::SuppressOp op) { return emitSuppress(emitter, op); })
      .Default([&](Operation *op) -> LogicalResult {
        if (op->hasTrait<qnn::Elementwise>() || isa<qnn::BitcastOp>(op))
          return emitElementwise(emitter, op);
        return op->emitError("has no code generator [E4011]");
      });
}

} // namespace qcc::codegen
