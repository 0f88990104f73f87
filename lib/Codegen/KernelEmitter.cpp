//===- KernelEmitter.cpp - loads, stores, loops and rounding ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

SmallVector<int64_t> getDenseStrides(RankedTensorType type) {
  SmallVector<int64_t> strides(type.getRank());
  int64_t stride = qnn::getElementBytes(type.getElementType());
  for (int64_t i = type.getRank() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= type.getDimSize(i);
  }
  return strides;
}

const BufferView &KernelEmitter::getView(Value tensor) const {
  auto found = views.find(tensor);
  assert(found != views.end() && "only region arguments and yielded values lie in memory");
  return found->second;
}

int64_t KernelEmitter::getSchedule(StringRef key, int64_t otherwise) {
  DictionaryAttr schedule = kernel.getScheduleAttr();
  auto value = schedule ? dyn_cast_or_null<IntegerAttr>(schedule.get(key)) : nullptr;
  return value ? value.getInt() : otherwise;
}

//===- Types and constants --------------------------------------------------===//

IntegerType KernelEmitter::getOffsetType() const {
  return builder.getIntegerType(target.getPointerBits());
}

Value KernelEmitter::offset(int64_t value) { return constant(getOffsetType(), value); }

Value KernelEmitter::constantOf(TypedAttr attribute) {
  Value &constant = constants[attribute];
  if (!constant) {
    OpBuilder::InsertionGuard guard(builder);
    auto function = builder.getInsertionBlock()->getParentOp();
    if (!isa<func::FuncOp>(function))
      function = function->getParentOfType<func::FuncOp>();
    builder.setInsertionPointToStart(&function->getRegion(0).front());
    constant = arith::ConstantOp::create(builder, location, attribute);
  }
  return constant;
}

Value KernelEmitter::constant(Type type, int64_t value) {
  Type scalar = getElementTypeOrSelf(type);
  TypedAttr attribute = builder.getIntegerAttr(scalar, value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, cast<Attribute>(attribute));
  return constantOf(attribute);
}

Value KernelEmitter::constantFloat(Type type, double value) {
  TypedAttr attribute = builder.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, cast<Attribute>(attribute));
  return constantOf(attribute);
}

Type KernelEmitter::withLanes(Type scalar, int64_t lanes) {
  return lanes == 1 ? scalar : VectorType::get({lanes}, scalar);
}

int64_t KernelEmitter::getLanes(Value value) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? vector.getNumElements() : 1;
}

Value KernelEmitter::splat(Value scalar, int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return vector::BroadcastOp::create(builder, location, withLanes(scalar.getType(), lanes), scalar);
}

Type KernelEmitter::getRegisterType(Type elementType) {
  MLIRContext *context = elementType.getContext();
  if (isa<qnn::QuantizedType>(elementType))
    return IntegerType::get(context, 32);
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return IntegerType::get(context, integer.getWidth());
  if (isa<Float16Type, BFloat16Type>(elementType))
    return IntegerType::get(context, 16);
  return elementType;
}

//===- Addresses ------------------------------------------------------------===//

Value KernelEmitter::addOffsets(Value a, Value b) {
  std::optional<int64_t> left = getConstantIntValue(a), right = getConstantIntValue(b);
  if (left && right)
    return offset(*left + *right);
  if (left == 0)
    return b;
  if (right == 0)
    return a;
  return arith::AddIOp::create(builder, location, a, b);
}

Value KernelEmitter::scaleOffset(Value a, int64_t factor) {
  if (factor == 1)
    return a;
  if (std::optional<int64_t> value = getConstantIntValue(a))
    return offset(*value * factor);
  return arith::MulIOp::create(builder, location, a, offset(factor));
}

Value KernelEmitter::addressOf(Value pointer, Value byteOffset) {
  if (getConstantIntValue(byteOffset) == 0)
    return pointer;
  return LLVM::GEPOp::create(builder, location, pointer.getType(), builder.getI8Type(), pointer,
                             ValueRange{byteOffset});
}

Value KernelEmitter::addressOf(const BufferView &view, ArrayRef<Value> position) {
  Value sum;
  for (auto [dimension, index] : llvm::enumerate(position)) {
    if (view.shape[dimension] == 1)
      continue; // a broadcast or trivial dimension
    Value term = scaleOffset(index, view.strides[dimension]);
    sum = sum ? addOffsets(sum, term) : term;
  }
  return sum ? addressOf(view.pointer, sum) : view.pointer;
}

//===- Loads and stores -----------------------------------------------------===//

Value KernelEmitter::loadAt(Value address, Type elementType, int64_t lanes) {
  Type storage = qnn::getStorageType(elementType);
  int64_t bytes = qnn::getElementBytes(elementType);
  Type memory = storage;
  if (isa<IntegerType, Float16Type, BFloat16Type>(storage))
    memory = builder.getIntegerType(bytes * 8);
  // A vector is only known to be aligned like its elements.
  Value loaded = LLVM::LoadOp::create(builder, location, withLanes(memory, lanes), address,
                                      static_cast<unsigned>(bytes));
  Type wanted = withLanes(getRegisterType(elementType), lanes);
  if (loaded.getType() == wanted)
    return loaded;
  if (elementType.isInteger(1))
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, loaded,
                                 constant(loaded.getType(), 0));
  if (qnn::isSignedStorage(elementType))
    return arith::ExtSIOp::create(builder, location, wanted, loaded);
  return arith::ExtUIOp::create(builder, location, wanted, loaded);
}

Value KernelEmitter::load(const BufferView &view, ArrayRef<Value> position, int64_t lanes) {
  bool repeated = lanes > 1 && (view.shape.empty() || view.shape.back() == 1);
  Value value = loadAt(addressOf(view, position), view.elementType, repeated ? 1 : lanes);
  return repeated ? splat(value, lanes) : value;
}

void KernelEmitter::storeAt(Value value, Value address, Type elementType) {
  int64_t bytes = qnn::getElementBytes(elementType);
  if (isa<IntegerType>(qnn::getStorageType(elementType))) {
    Type memory = withLanes(builder.getIntegerType(bytes * 8), getLanes(value));
    unsigned from = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
    if (from > bytes * 8)
      value = arith::TruncIOp::create(builder, location, memory, value);
    else if (from < bytes * 8)
      value = arith::ExtUIOp::create(builder, location, memory, value);
  }
  LLVM::StoreOp::create(builder, location, value, address, static_cast<unsigned>(bytes));
}

void KernelEmitter::store(Value value, const BufferView &view, ArrayRef<Value> position) {
  storeAt(value, addressOf(view, position), view.elementType);
}

void KernelEmitter::copyBytes(Value to, Value from, int64_t bytes) {
  auto copyBlocks = [&](int64_t begin, int64_t end, Type type, int64_t step) {
    loop(begin, end, step, [&](Value at) {
      Value block =
          LLVM::LoadOp::create(builder, location, type, addressOf(from, at), /*alignment=*/1);
      LLVM::StoreOp::create(builder, location, block, addressOf(to, at), /*alignment=*/1);
    });
  };
  int64_t block = target.vectorBytes ? target.vectorBytes : 1;
  int64_t whole = bytes / block * block;
  if (block > 1)
    copyBlocks(0, whole, VectorType::get({block}, builder.getI8Type()), block);
  else
    whole = 0;
  copyBlocks(whole, bytes, builder.getI8Type(), 1);
}

//===- Loops ----------------------------------------------------------------===//

void KernelEmitter::loop(int64_t lower, int64_t upper, int64_t step,
                         llvm::function_ref<void(Value)> body) {
  if (lower >= upper)
    return;
  if (lower + step >= upper) {
    body(offset(lower));
    return;
  }
  auto loop = scf::ForOp::create(builder, location, offset(lower), offset(upper), offset(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value>
KernelEmitter::loopCarried(Value lower, Value upper, int64_t step, ValueRange initial,
                           llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, location, lower, upper, offset(step), initial);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
    // A loop without carried values already has its terminator.
    if (!initial.empty())
      scf::YieldOp::create(builder, location, next);
  }
  return SmallVector<Value>(loop.getResults());
}

void KernelEmitter::loopNest(ArrayRef<int64_t> shape, int64_t lanes,
                             llvm::function_ref<void(ArrayRef<Value>, int64_t)> body) {
  SmallVector<Value> position;
  std::function<void(size_t)> nest = [&](size_t dimension) {
    if (dimension == shape.size())
      return body(position, 1);
    auto step = [&](int64_t width) {
      return [&, width](Value index) {
        position.push_back(index);
        if (dimension + 1 == shape.size())
          body(position, width);
        else
          nest(dimension + 1);
        position.pop_back();
      };
    };
    if (dimension + 1 < shape.size() || lanes == 1)
      return loop(0, shape[dimension], 1, step(1));
    int64_t whole = shape[dimension] / lanes * lanes;
    loop(0, whole, lanes, step(lanes));
    loop(whole, shape[dimension], 1, step(1));
  };
  nest(0);
}

//===- Arithmetic -----------------------------------------------------------===//

// cmp + select keeps its meaning on every target: minnum and friends become libm calls on some. A
// NaN in `a` gives `b`.
static Value selectBy(KernelEmitter &emitter, Value a, Value b, arith::CmpFPredicate floats,
                      arith::CmpIPredicate integers) {
  OpBuilder &builder = emitter.builder;
  Value condition;
  if (isa<FloatType>(getElementTypeOrSelf(a.getType())))
    condition = arith::CmpFOp::create(builder, emitter.location, floats, a, b);
  else
    condition = arith::CmpIOp::create(builder, emitter.location, integers, a, b);
  return arith::SelectOp::create(builder, emitter.location, condition, a, b);
}

Value KernelEmitter::minimum(Value a, Value b) {
  return selectBy(*this, a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt);
}

Value KernelEmitter::maximum(Value a, Value b) {
  return selectBy(*this, a, b, arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt);
}

Value KernelEmitter::saturate(Value code, qnn::QuantizedType type) {
  code = maximum(code, constant(code.getType(), type.getStorageTypeMin()));
  return minimum(code, constant(code.getType(), type.getStorageTypeMax()));
}

Value KernelEmitter::quantizeScaled(Value scaled, qnn::QuantizedType type) {
  // Inside +-2^22 adding 1.5 * 2^23 leaves the integer, rounded half to even, in the low bits of
  // the mantissa.
  constexpr float magic = 12582912.0f;
  constexpr int32_t magicBits = 0x4B400000;
  Type floats = scaled.getType();
  Type integers = withLanes(builder.getI32Type(), getLanes(scaled));
  int64_t zeroPoint = type.getZeroPoint();
  scaled = maximum(scaled,
                   constantFloat(floats, static_cast<float>(type.getStorageTypeMin() - zeroPoint)));
  scaled = minimum(scaled,
                   constantFloat(floats, static_cast<float>(type.getStorageTypeMax() - zeroPoint)));
  Value shifted = arith::AddFOp::create(builder, location, scaled, constantFloat(floats, magic));
  Value bits = arith::BitcastOp::create(builder, location, integers, shifted);
  return arith::SubIOp::create(builder, location, bits, constant(integers, magicBits - zeroPoint));
}

} // namespace qcc::codegen
