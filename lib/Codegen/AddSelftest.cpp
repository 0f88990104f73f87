//===- AddSelftest.cpp - a function that checks the network where it runs ---===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "qcc/Support/SelftestInput.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace qcc::codegen {

#define GEN_PASS_DEF_ADDSELFTEST
#include "qcc/Codegen/Passes.h.inc"

namespace {

// The status codes of the header.
constexpr int64_t nullPointer = 1, misaligned = 2, selftestFailed = 3;

/// A tensor in the work memory.
struct Tensor {
  std::string type;
  int64_t elements, bytes, offset;
};

class SelftestEmitter {
public:
  SelftestEmitter(ModuleOp module, DictionaryAttr expected)
      : module(module), expected(expected), location(UnknownLoc::get(module.getContext())),
        builder(module.getContext()),
        name(module->getAttrOfType<StringAttr>("qcc.name").getValue().str()),
        offsetType(builder.getIntegerType(getTarget(module).getPointerBits())),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void emit();

private:
  Value integer(Type type, int64_t value) {
    return arith::ConstantOp::create(builder, location, builder.getIntegerAttr(type, value));
  }
  Value word(int64_t value) { return integer(builder.getI32Type(), static_cast<int32_t>(value)); }
  Value floating(float value) {
    return arith::ConstantOp::create(builder, location, builder.getF32FloatAttr(value));
  }
  Value advance(Value base, Value bytes) {
    return LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{bytes});
  }
  Value advance(Value base, int64_t bytes) { return advance(base, integer(offsetType, bytes)); }
  Value load(Type type, Value address) {
    // Volatile: the weights are constants, and the compiler would compute their checksum itself.
    return LLVM::LoadOp::create(builder, location, type, address, /*alignment=*/0,
                                /*isVolatile=*/true);
  }
  func::FuncOp createFunction(const std::string &suffix, TypeRange inputs, TypeRange results,
                              bool isPrivate);
  void emitChecksum();
  void emitGenerator(unsigned index, const Tensor &tensor, DictionaryAttr range);
  Value compareValues(Value address, const Tensor &tensor, DictionaryAttr record, unsigned index);
  Value differs(Value address, int64_t bytes, int64_t crc);
  void createArray(const std::string &symbol, ArrayRef<float> values);
  std::vector<Tensor> readBoundary(StringRef key);

  ModuleOp module;
  DictionaryAttr expected;
  Location location;
  OpBuilder builder;
  std::string name;
  IntegerType offsetType;
  Type pointer;
  int64_t workSize = 0;
};

func::FuncOp SelftestEmitter::createFunction(const std::string &suffix, TypeRange inputs,
                                             TypeRange results, bool isPrivate) {
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, location, name + suffix,
                                       builder.getFunctionType(inputs, results));
  if (isPrivate)
    function.setPrivate();
  builder.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

/// CRC-32 (IEEE 802.3, reflected) bit by bit: eight steps a byte instead of a table of 1 KiB.
void SelftestEmitter::emitChecksum() {
  auto function =
      createFunction("_crc32", {pointer, offsetType}, builder.getI32Type(), /*isPrivate=*/true);
  auto loop = scf::ForOp::create(builder, location, integer(offsetType, 0), function.getArgument(1),
                                 integer(offsetType, 1), ValueRange{word(-1)});
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value byte =
        load(builder.getI8Type(), advance(function.getArgument(0), loop.getInductionVar()));
    Value wide = arith::ExtUIOp::create(builder, location, builder.getI32Type(), byte);
    Value crc = arith::XOrIOp::create(builder, location, loop.getRegionIterArg(0), wide);
    for (int bit = 0; bit < 8; ++bit) {
      Value low = arith::AndIOp::create(builder, location, crc, word(1));
      Value mask = arith::SubIOp::create(builder, location, word(0), low);
      Value term = arith::AndIOp::create(builder, location, mask, word(0xEDB88320));
      Value shifted = arith::ShRUIOp::create(builder, location, crc, word(1));
      crc = arith::XOrIOp::create(builder, location, shifted, term);
    }
    scf::YieldOp::create(builder, location, crc);
  }
  Value inverted = arith::XOrIOp::create(builder, location, loop.getResult(0), word(-1));
  func::ReturnOp::create(builder, location, inverted);
}

/// `@<name>_generate<index>(pointer)`: qcc/Support/SelftestInput.h as code.
void SelftestEmitter::emitGenerator(unsigned index, const Tensor &tensor, DictionaryAttr range) {
  auto function = createFunction("_generate" + std::to_string(index), {pointer}, {},
                                 /*isPrivate=*/true);
  selftest::ElementKind kind = selftest::getElementKind(tensor.type);
  Value seed = word(selftest::getSeed(index));
  auto loop = scf::ForOp::create(builder, location, integer(offsetType, 0),
                                 integer(offsetType, tensor.bytes),
                                 integer(offsetType, kind.bits / 8), ValueRange{seed});
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value product = arith::MulIOp::create(builder, location, loop.getRegionIterArg(0),
                                          word(selftest::multiplier));
    Value state = arith::AddIOp::create(builder, location, product, word(selftest::increment));
    int64_t shift = kind.isFloat ? 16 : kind.isCode ? 32 - int64_t(kind.bits) : 31;
    Value value = arith::ShRUIOp::create(builder, location, state, word(shift));
    auto type = builder.getIntegerType(kind.bits);
    if (kind.fixed) {
      value = arith::AndIOp::create(builder, location, value, word(kind.kept));
      value = arith::OrIOp::create(builder, location, value, word(kind.fixed));
    }
    if (kind.isFloat) {
      auto bound = [&](StringRef key) {
        return floating(range.getAs<FloatAttr>(key).getValue().convertToFloat());
      };
      value = arith::SIToFPOp::create(builder, location, builder.getF32Type(), value);
      value = arith::MulFOp::create(builder, location, value, bound("step"));
      value = arith::AddFOp::create(builder, location, bound("low"), value);
      if (kind.bits == 64)
        value = arith::ExtFOp::create(builder, location, builder.getF64Type(), value);
    } else if (kind.bits < 32) {
      value = arith::TruncIOp::create(builder, location, type, value);
    } else if (kind.bits > 32) {
      value = arith::ExtUIOp::create(builder, location, type, value);
    }
    LLVM::StoreOp::create(builder, location, value,
                          advance(function.getArgument(0), loop.getInductionVar()));
    scf::YieldOp::create(builder, location, state);
  }
  func::ReturnOp::create(builder, location);
}

Value SelftestEmitter::differs(Value address, int64_t bytes, int64_t crc) {
  auto call = func::CallOp::create(builder, location, name + "_crc32", builder.getI32Type(),
                                   ValueRange{address, integer(offsetType, bytes)});
  return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, call.getResult(0),
                               word(crc));
}

void SelftestEmitter::createArray(const std::string &symbol, ArrayRef<float> values) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(module.getBody());
  auto size = static_cast<int64_t>(values.size());
  auto type = RankedTensorType::get({size}, builder.getF32Type());
  auto blob = HeapAsmResourceBlob::allocateAndCopyInferAlign(values);
  auto global = LLVM::GlobalOp::create(
      builder, location, LLVM::LLVMArrayType::get(builder.getF32Type(), size),
      /*isConstant=*/true, LLVM::Linkage::Internal, symbol,
      DenseResourceElementsAttr::get(type, symbol, std::move(blob)));
  global.setAlignment(4);
}

/// i1: whether one of the stored values is farther away than the tolerance.
Value SelftestEmitter::compareValues(Value address, const Tensor &tensor, DictionaryAttr record,
                                     unsigned index) {
  ArrayRef<float> values = record.getAs<DenseF32ArrayAttr>("values").asArrayRef();
  int64_t stride = record.getAs<IntegerAttr>("stride").getInt();
  float tolerance = record.getAs<FloatAttr>("tolerance").getValue().convertToFloat();
  std::string symbol = name + "_expected" + std::to_string(index);
  createArray(symbol, values);
  Value stored = LLVM::AddressOfOp::create(builder, location, pointer, symbol);
  Value limit = floating(tolerance), negative = floating(-tolerance);
  auto loop =
      scf::ForOp::create(builder, location, integer(offsetType, 0),
                         integer(offsetType, static_cast<int64_t>(values.size())),
                         integer(offsetType, 1), ValueRange{integer(builder.getI1Type(), 0)});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  auto element = [&](Value base, int64_t bytes) {
    Value offset = arith::MulIOp::create(builder, location, loop.getInductionVar(),
                                         integer(offsetType, bytes));
    return LLVM::LoadOp::create(builder, location, builder.getF32Type(), advance(base, offset));
  };
  Value difference =
      arith::SubFOp::create(builder, location, element(address, 4 * stride), element(stored, 4));
  // Unordered: NaN is far away.
  Value above =
      arith::CmpFOp::create(builder, location, arith::CmpFPredicate::UGT, difference, limit);
  Value below =
      arith::CmpFOp::create(builder, location, arith::CmpFPredicate::ULT, difference, negative);
  Value far = arith::OrIOp::create(builder, location, above, below);
  Value any = arith::OrIOp::create(builder, location, loop.getRegionIterArg(0), far);
  scf::YieldOp::create(builder, location, any);
  return loop.getResult(0);
}

/// Places the tensors of "qcc.inputs" or "qcc.outputs" behind what lies in the work memory so far.
std::vector<Tensor> SelftestEmitter::readBoundary(StringRef key) {
  std::vector<Tensor> tensors;
  for (auto record : module->getAttrOfType<ArrayAttr>(key).getAsRange<DictionaryAttr>()) {
    Tensor tensor;
    tensor.type = record.getAs<StringAttr>("type").str();
    tensor.elements = 1;
    for (auto size : record.getAs<ArrayAttr>("dims").getAsRange<IntegerAttr>())
      tensor.elements *= size.getInt();
    tensor.bytes = tensor.elements * (selftest::getElementKind(tensor.type).bits / 8);
    tensor.offset = workSize = llvm::alignTo(workSize, 16);
    workSize += tensor.bytes;
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

void SelftestEmitter::emit() {
  workSize = module->getAttrOfType<IntegerAttr>("qcc.arena_size").getInt();
  int64_t alignment = module->getAttrOfType<IntegerAttr>("qcc.arena_align").getInt();
  std::vector<Tensor> inputs = readBoundary("qcc.inputs"), outputs = readBoundary("qcc.outputs");
  auto stateSize = module->getAttrOfType<IntegerAttr>("qcc.state_size");
  int64_t stateOffset = llvm::alignTo(workSize, alignment);
  if (stateSize)
    workSize = stateOffset + stateSize.getInt();
  emitChecksum();
  for (auto [index, tensor] : llvm::enumerate(inputs))
    emitGenerator(index, tensor, cast<DictionaryAttr>(expected.getAs<ArrayAttr>("inputs")[index]));

  auto function = createFunction("_selftest", {pointer}, builder.getI32Type(), /*isPrivate=*/false);
  Value work = function.getArgument(0);
  Value address = LLVM::PtrToIntOp::create(builder, location, offsetType, work);
  auto isZero = [&](Value value) {
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, value,
                                 integer(offsetType, 0));
  };
  Value offset =
      arith::AndIOp::create(builder, location, address, integer(offsetType, alignment - 1));
  Value isNull = isZero(address), isAligned = isZero(offset);
  Value wrong =
      arith::SelectOp::create(builder, location, isNull, word(nullPointer), word(misaligned));
  Value isUsable = arith::AndIOp::create(
      builder, location, isAligned,
      arith::XOrIOp::create(builder, location, isNull, integer(builder.getI1Type(), 1)));
  auto branch = scf::IfOp::create(builder, location, TypeRange{builder.getI32Type()}, isUsable,
                                  /*withElseRegion=*/true);
  func::ReturnOp::create(builder, location, branch.getResult(0));

  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, location, wrong);
  builder.setInsertionPointToStart(branch.thenBlock());
  SmallVector<Value> arguments;
  for (auto [index, tensor] : llvm::enumerate(inputs)) {
    arguments.push_back(advance(work, tensor.offset));
    func::CallOp::create(builder, location, name + "_generate" + std::to_string(index), TypeRange{},
                         arguments.back());
  }
  for (const Tensor &tensor : outputs)
    arguments.push_back(advance(work, tensor.offset));
  if (stateSize) {
    arguments.push_back(advance(work, stateOffset));
    func::CallOp::create(builder, location, name + "_reset", builder.getI32Type(),
                         arguments.back());
  }
  arguments.push_back(work);
  auto run =
      func::CallOp::create(builder, location, name + "_run", builder.getI32Type(), arguments);
  Value failed =
      arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, run.getResult(0), word(0));
  auto join = [&](Value other) { failed = arith::OrIOp::create(builder, location, failed, other); };
  for (auto [index, tensor] : llvm::enumerate(outputs)) {
    auto record = cast<DictionaryAttr>(expected.getAs<ArrayAttr>("outputs")[index]);
    Value output = arguments[inputs.size() + index];
    if (auto crc = record.getAs<IntegerAttr>("crc"))
      join(differs(output, tensor.bytes, crc.getInt()));
    else if (record.get("values"))
      join(compareValues(output, tensor, record, index));
  }
  // One input may not reach every weight.
  if (auto weights = module.lookupSymbol<LLVM::GlobalOp>(name + "_weights"))
    if (auto value = dyn_cast_or_null<DenseResourceElementsAttr>(weights.getValueAttr()))
      if (AsmResourceBlob *blob = value.getRawHandle().getBlob()) {
        ArrayRef<char> data = blob->getData();
        uint32_t crc = llvm::crc32({reinterpret_cast<const uint8_t *>(data.data()), data.size()});
        Value begin = LLVM::AddressOfOp::create(builder, location, pointer, name + "_weights");
        join(differs(begin, static_cast<int64_t>(data.size()), crc));
      }
  Value status = arith::SelectOp::create(builder, location, failed, word(selftestFailed), word(0));
  scf::YieldOp::create(builder, location, status);
  module->setAttr("qcc.selftest_size", builder.getI64IntegerAttr(workSize));
}

struct AddSelftest : impl::AddSelftestBase<AddSelftest> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto expected = module->getAttrOfType<DictionaryAttr>("qcc.selftest");
    if (expected)
      SelftestEmitter(module, expected).emit();
  }
};

} // namespace
} // namespace qcc::codegen
