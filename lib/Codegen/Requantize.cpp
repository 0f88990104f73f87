//===- Requantize.cpp - requantization without a float unit -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two forms of docs/Requantization.md. Nothing wider than 32 bits: the smallest cores have no
// other arithmetic, and LLVM would call a library.
//===----------------------------------------------------------------------===//
#include "Requantize.h"

#include "Integers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// High and low word of the signed product.
std::pair<Value, Value> multiplyLong(Integers &i, Value a, Value b, bool hasLongMultiply) {
  if (hasLongMultiply) {
    auto product = arith::MulSIExtendedOp::create(i.builder, i.location, a, b);
    return {product.getHigh(), product.getLow()};
  }
  Value sixteen = i.number(16);
  Value aLow = i.low16(a), aHigh = i.rightSigned(a, sixteen);
  Value bLow = i.low16(b), bHigh = i.rightSigned(b, sixteen);
  Value lowLow = i.mul(aLow, bLow), lowHigh = i.mul(aLow, bHigh), highLow = i.mul(aHigh, bLow);
  Value middle = i.add(i.right(lowLow, 16), i.add(i.low16(lowHigh), i.low16(highLow)));
  Value low = i.bitOr(i.left(middle, 16), i.low16(lowLow));
  Value high = i.add(i.mul(aHigh, bHigh), i.right(middle, 16));
  high = i.add(high, i.rightSigned(lowHigh, sixteen));
  return {i.add(high, i.rightSigned(highLow, sixteen)), low};
}

/// (acc * M + B) >> S.
Value emitCertified(Integers &i, Value acc, ArrayRef<Value> record, bool hasLongMultiply) {
  auto [high, low] = multiplyLong(i, acc, record[0], hasLongMultiply);
  Value sum = i.add(low, record[1]);
  Value carry = i.toInteger(i.isBelow(sum, low));
  return i.rightSigned(i.add(i.add(high, record[2]), carry), record[3]);
}

/// f32(acc) * m to an integer, `record` = {0, significand, exponent, 0}.
Value emitEmulated(Integers &i, Value acc, ArrayRef<Value> record) {
  Value zero = i.number(0);
  Value never = arith::ConstantOp::create(i.builder, i.location, i.builder.getBoolAttr(false));
  Value isNegative = i.compare(arith::CmpIPredicate::slt, acc, zero);
  Value magnitude = i.select(isNegative, i.sub(zero, acc), acc);
  Value exponent = i.add(record[2], i.number(8));
  // All 32 bits significant.
  for (int64_t shift : {16, 8, 4, 2, 1}) {
    Value isSmall = i.isBelow(magnitude, i.number(int64_t(1) << (32 - shift)));
    magnitude = i.select(isSmall, i.left(magnitude, shift), magnitude);
    exponent = i.select(isSmall, i.sub(exponent, i.number(shift)), exponent);
  }
  Value converted = i.shiftHalfEven(magnitude, i.number(8), never);
  // 24 by 24 bits; the product stays below 2^48.
  Value aLow = i.low16(converted), aHigh = i.right(converted, 16);
  Value bLow = i.low16(record[1]), bHigh = i.right(record[1], 16);
  Value middle = i.add(i.mul(aLow, bHigh), i.mul(aHigh, bLow));
  Value lowLow = i.mul(aLow, bLow);
  Value bits16 = i.add(i.right(lowLow, 16), middle); // bits 16 and up, without the highest product
  Value top = i.add(bits16, i.left(i.mul(aHigh, bHigh), 16));
  Value sticky = i.compare(arith::CmpIPredicate::ne, i.low16(lowLow), zero);
  Value isShort = i.compare(arith::CmpIPredicate::sge, top, zero);
  Value dropped = i.select(isShort, i.number(7), i.number(8));
  Value product = i.shiftHalfEven(top, dropped, sticky);
  exponent = i.add(exponent, i.add(dropped, i.number(16)));

  Value beyond = i.compare(arith::CmpIPredicate::sge, exponent, zero);
  Value tiny = i.compare(arith::CmpIPredicate::slt, exponent, i.number(-25));
  Value shift = i.select(i.bitOr(beyond, tiny), i.number(1), i.sub(zero, exponent));
  Value steps = i.shiftHalfEven(product, shift, never);
  steps = i.select(beyond, i.number(1 << 23), i.select(tiny, zero, steps));
  steps = i.select(i.isEqual(product, zero), zero, steps);
  return i.select(isNegative, i.sub(zero, steps), steps);
}

} // namespace

func::FuncOp getRequantizeFunction(ModuleOp module, bool hasLongMultiply) {
  auto prefix = module->getAttrOfType<StringAttr>("qcc.name");
  std::string name = (prefix ? prefix.getValue() : "model").str() + "_requantize";
  if (auto existing = module.lookupSymbol<func::FuncOp>(name))
    return existing;
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  Location location = UnknownLoc::get(module.getContext());
  Type i32 = builder.getI32Type();
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  auto function =
      func::FuncOp::create(builder, location, name, builder.getFunctionType({i32, pointer}, i32));
  function.setPrivate();
  builder.setInsertionPointToStart(function.addEntryBlock());
  Integers integers(builder, location);
  Value acc = function.getArgument(0);
  SmallVector<Value> record;
  for (int32_t word = 0; word < 4; ++word) {
    Value address = LLVM::GEPOp::create(builder, location, pointer, i32, function.getArgument(1),
                                        ArrayRef<LLVM::GEPArg>{word});
    record.push_back(LLVM::LoadOp::create(builder, location, i32, address, /*alignment=*/4));
  }
  Value isEmulated = integers.isEqual(record[0], integers.number(0));
  auto branch = scf::IfOp::create(builder, location, i32, isEmulated, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(&branch.getThenRegion().front());
  scf::YieldOp::create(builder, location, emitEmulated(integers, acc, record));
  builder.setInsertionPointToStart(&branch.getElseRegion().front());
  scf::YieldOp::create(builder, location, emitCertified(integers, acc, record, hasLongMultiply));
  builder.setInsertionPointAfter(branch);
  func::ReturnOp::create(builder, location, branch.getResult(0));
  return function;
}

} // namespace qcc::codegen
