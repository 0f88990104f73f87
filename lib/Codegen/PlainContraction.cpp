//===- PlainContraction.cpp - contractions without packed weights -----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One output element at a time, for what the contraction emitter does not take: convolutions whose
// weights are computed, element types of other widths.
//===----------------------------------------------------------------------===//
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// acc = bias + sum (x - x_zp) * (w - w_zp) of one output channel, then the requantize of
/// docs/Semantics.md.
template <typename Op> class Accumulation {
public:
  Accumulation(KernelEmitter &emitter, Op op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        input(qnn::getQuantized(op.getInput().getType())), result(qnn::getQuantized(op.getType())) {
  }

  Value initial() {
    return input ? emitter.constant(getSumType(), 0)
                 : emitter.constantFloat(op.getType().getElementType(), 0);
  }

  Value multiplyAdd(Value accumulator, Value x, Value w, Value channel) {
    if (!input) {
      Value product = arith::MulFOp::create(builder, location, x, w);
      return arith::AddFOp::create(builder, location, accumulator, product);
    }
    w = arith::ExtSIOp::create(builder, location, builder.getI32Type(), w);
    if (op.getWeights().getType().getElementType().isUnsignedInteger())
      w = arith::AndIOp::create(builder, location, w, emitter.constant(w.getType(), 255));
    x = arith::SubIOp::create(builder, location, x,
                              emitter.constant(x.getType(), input.getZeroPoint()));
    Value zeroPoint = emitter.load(emitter.getView(op.getWeightZeroPoint()), channel, 1);
    if (op.getWeights().getType().getElementType().isUnsignedInteger())
      zeroPoint = arith::ExtUIOp::create(builder, location, builder.getI32Type(), zeroPoint);
    else
      zeroPoint = arith::ExtSIOp::create(builder, location, builder.getI32Type(), zeroPoint);
    w = arith::SubIOp::create(builder, location, w, zeroPoint);
    Value product = arith::MulIOp::create(builder, location, x, w);
    return arith::AddIOp::create(builder, location, accumulator, widen(product));
  }

  Value finish(Value accumulator, Value channel) {
    if (Value bias = op.getBias()) {
      Value b = emitter.load(emitter.getView(bias), channel, 1);
      accumulator =
          input ? arith::AddIOp::create(builder, location, accumulator, widen(b)).getResult()
                : arith::AddFOp::create(builder, location, accumulator, b).getResult();
    }
    Type f32 = builder.getF32Type();
    if (!input)
      return accumulator;
    if (op.getType().getElementType().isInteger(32))
      return isWide()
                 ? arith::TruncIOp::create(builder, location, builder.getI32Type(), accumulator)
                       .getResult()
                 : accumulator;
    // The scale has one element, or one for each channel.
    Value weightScale = emitter.load(emitter.getView(op.getWeightScale()), channel, 1);
    Value multiplier = arith::MulFOp::create(
        builder, location, emitter.constantFloat(f32, qnn::getScale(input)), weightScale);
    if (result)
      multiplier = arith::DivFOp::create(builder, location, multiplier,
                                         emitter.constantFloat(f32, qnn::getScale(result)));
    Value real = arith::SIToFPOp::create(builder, location, f32, accumulator);
    if (!result)
      return arith::MulFOp::create(builder, location, real, multiplier);
    return emitter.quantizeScaled(arith::MulFOp::create(builder, location, real, multiplier),
                                  result);
  }

private:
  /// A product of 16-bit codes fits 32 bits, their sums may not.
  bool isWide() { return input && input.getStorageTypeIntegralWidth() > 8; }
  Type getSumType() { return isWide() ? builder.getI64Type() : builder.getI32Type(); }
  Value widen(Value value) {
    return isWide() ? arith::ExtSIOp::create(builder, location, getSumType(), value).getResult()
                    : value;
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  Op op;
  qnn::QuantizedType input, result;
};

} // namespace

LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::Conv2DOp op) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  const BufferView &input = emitter.getView(op.getInput()),
                   &weights = emitter.getView(op.getWeights());
  Accumulation<qnn::Conv2DOp> accumulation(emitter, op);
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  int64_t perGroup = op.getType().getDimSize(3) / op.getGroup();
  bool isFloat = !qnn::getQuantized(op.getInput().getType());
  emitter.loopNest(op.getType().getShape(), 1, [&](ArrayRef<Value> position, int64_t) {
    Value channel = position[3];
    Value group = arith::DivUIOp::create(builder, location, channel, emitter.offset(perGroup));
    Value firstChannel = emitter.scaleOffset(group, weights.shape[3]);
    auto coordinate = [&](int64_t spatial, Value tap) {
      Value first =
          emitter.addOffsets(emitter.scaleOffset(position[1 + spatial], op.getStrides()[spatial]),
                             emitter.offset(-op.getPads()[spatial]));
      return emitter.addOffsets(first, emitter.scaleOffset(tap, op.getDilations()[spatial]));
    };
    auto inside = [&](Value at, int64_t spatial) {
      // One unsigned comparison covers both ends.
      return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, at,
                                   emitter.offset(input.shape[1 + spatial]))
          .getResult();
    };
    auto overTaps = [&](int64_t count, ValueRange carried,
                        llvm::function_ref<Value(Value, Value)> body) {
      return emitter.loopCarried(
          emitter.offset(0), emitter.offset(count), 1, carried,
          [&](Value tap, ValueRange values) { return SmallVector<Value>{body(tap, values[0])}; });
    };
    Value sum = overTaps(weights.shape[1], accumulation.initial(), [&](Value ky, Value outer) {
      Value y = coordinate(0, ky);
      return overTaps(weights.shape[2], outer, [&](Value kx, Value inner) {
        Value x = coordinate(1, kx);
        Value valid = arith::AndIOp::create(builder, location, inside(y, 0), inside(x, 1));
        auto overChannels = [&](llvm::function_ref<Value(Value)> getElement) {
          return overTaps(weights.shape[3], inner, [&](Value c, Value accumulator) {
            Value weight = emitter.load(weights, {channel, ky, kx, c}, 1);
            return accumulation.multiplyAdd(accumulator, getElement(c), weight, channel);
          })[0];
        };
        auto branch =
            scf::IfOp::create(builder, location, inner.getType(), valid, /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(&branch.getThenRegion().front());
        Value tapSum = overChannels([&](Value c) {
          return emitter.load(input, {position[0], y, x, emitter.addOffsets(firstChannel, c)}, 1);
        });
        scf::YieldOp::create(builder, location, tapSum);
        // Zero times a code less its zero point adds nothing; zero times an infinity is NaN.
        builder.setInsertionPointToStart(&branch.getElseRegion().front());
        Value padding = inner;
        if (isFloat)
          padding = overChannels(
              [&](Value) { return emitter.constantFloat(op.getType().getElementType(), 0); });
        scf::YieldOp::create(builder, location, padding);
        return branch.getResult(0);
      })[0];
    })[0];
    if (failed(epilogue.store(accumulation.finish(sum, channel), position)))
      status = failure();
  });
  return status;
}

LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::LinearOp op) {
  const BufferView &input = emitter.getView(op.getInput()),
                   &weights = emitter.getView(op.getWeights());
  Accumulation<qnn::LinearOp> accumulation(emitter, op);
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(op.getType().getShape(), 1, [&](ArrayRef<Value> position, int64_t) {
    Value channel = position.back();
    Value sum = emitter.loopCarried(emitter.offset(0), emitter.offset(weights.shape[1]), 1,
                                    accumulation.initial(), [&](Value k, ValueRange carried) {
                                      SmallVector<Value> at(position);
                                      at.back() = k;
                                      return SmallVector<Value>{accumulation.multiplyAdd(
                                          carried[0], emitter.load(input, at, 1),
                                          emitter.load(weights, {channel, k}, 1), channel)};
                                    })[0];
    if (failed(epilogue.store(accumulation.finish(sum, channel), position)))
      status = failure();
  });
  return status;
}

LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::MatMulOp op) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  auto lhsType = qnn::getQuantized(op.getLhs().getType()),
       rhsType = qnn::getQuantized(op.getRhs().getType());
  auto resultType = qnn::getQuantized(op.getType());
  const BufferView &lhs = emitter.getView(op.getLhs()), &rhs = emitter.getView(op.getRhs());
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  // The product of two 16-bit codes does not fit 32 bits, nor do sums with one.
  auto isWideCode = [](qnn::QuantizedType type) {
    return type && type.getStorageTypeIntegralWidth() > 8;
  };
  Type i32 = builder.getI32Type();
  Type sumType = isWideCode(lhsType) || isWideCode(rhsType) ? builder.getI64Type() : i32;
  emitter.loopNest(op.getType().getShape(), 1, [&](ArrayRef<Value> position, int64_t) {
    auto centered = [&](Value code, qnn::QuantizedType type) -> Value {
      if (!type)
        return code;
      if (type.getZeroPoint() != 0)
        code = arith::SubIOp::create(builder, location, code,
                                     emitter.constant(code.getType(), type.getZeroPoint()));
      return sumType == i32 ? code : arith::ExtSIOp::create(builder, location, sumType, code);
    };
    Value zero = lhsType ? emitter.constant(sumType, 0)
                         : emitter.constantFloat(op.getType().getElementType(), 0);
    Value sum = emitter.loopCarried(
        emitter.offset(0), emitter.offset(lhs.shape.back()), 1, zero,
        [&](Value k, ValueRange carried) {
          SmallVector<Value> left(position.take_back(lhs.shape.size())),
              right(position.take_back(rhs.shape.size()));
          left.back() = k;
          right[right.size() - 2] = k;
          Value a = centered(emitter.load(lhs, left, 1), lhsType),
                b = centered(emitter.load(rhs, right, 1), rhsType);
          if (lhsType) {
            Value product = arith::MulIOp::create(builder, location, a, b);
            return SmallVector<Value>{
                arith::AddIOp::create(builder, location, carried[0], product)};
          }
          Value product = arith::MulFOp::create(builder, location, a, b);
          return SmallVector<Value>{arith::AddFOp::create(builder, location, carried[0], product)};
        })[0];
    if (lhsType && !op.getType().getElementType().isInteger(32)) {
      float product = qnn::getScale(lhsType) * qnn::getScale(rhsType);
      if (resultType)
        product = product / qnn::getScale(resultType);
      Value real = arith::SIToFPOp::create(builder, location, builder.getF32Type(), sum);
      sum = arith::MulFOp::create(builder, location, real,
                                  emitter.constantFloat(builder.getF32Type(), product));
      if (resultType)
        sum = emitter.quantizeScaled(sum, resultType);
    } else if (lhsType && sumType != i32) {
      sum = arith::TruncIOp::create(builder, location, i32, sum);
    }
    if (failed(epilogue.store(sum, position)))
      status = failure();
  });
  return status;
}

} // namespace qcc::codegen
