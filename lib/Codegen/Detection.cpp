//===- Detection.cpp - non-maximum suppression ------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// The scratch holds one byte for each box: whether it is still a candidate.
class SuppressEmitter {
public:
  SuppressEmitter(KernelEmitter &emitter, qnn::SuppressOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        boxes(emitter.getView(op.getBoxes())), scores(emitter.getView(op.getScores())),
        count(boxes.shape[1]), epilogue(emitter, op) {}

  LogicalResult emit() {
    ArrayRef<int64_t> shape = op.getType().getShape();
    emitter.loopNest({shape[0], shape[1]}, 1, [&](ArrayRef<Value> list, int64_t) {
      emitter.loop(0, count, 1, [&](Value i) { setCandidate(i, isScored(loadScore(list, i))); });
      emitter.loop(0, shape[2], 1, [&](Value k) {
        Value best = findBest(list);
        if (failed(epilogue.store(toResult(best), {list[0], list[1], k})))
          status = failure();
        suppressAround(list, best);
      });
    });
    return status;
  }

private:
  struct Box {
    Value top, left, bottom, right;
  };

  template <typename Op> Value make(Value a, Value b) {
    return Op::create(builder, location, a, b);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, location, predicate, a, b);
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, location, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, location, condition, a, b);
  }
  Value number(float value) { return emitter.constantFloat(builder.getF32Type(), value); }
  Value smaller(Value a, Value b) { return select(compare(arith::CmpFPredicate::OLT, a, b), a, b); }
  Value larger(Value a, Value b) { return select(compare(arith::CmpFPredicate::OGT, a, b), a, b); }

  Value loadScore(ArrayRef<Value> list, Value i) {
    return emitter.load(scores, {list[0], list[1], i}, 1);
  }
  Value isScored(Value score) {
    if (std::optional<APFloat> least = op.getLeastScore())
      return compare(arith::CmpFPredicate::OGT, score, number(least->convertToFloat()));
    return compare(arith::CmpFPredicate::ORD, score, score);
  }

  Value addressOfCandidate(Value i) { return emitter.addressOf(emitter.getScratch(), i); }
  void setCandidate(Value i, Value is) {
    Value byte = arith::ExtUIOp::create(builder, location, builder.getI8Type(), is);
    emitter.storeAt(byte, addressOfCandidate(i), builder.getI8Type());
  }
  Value isCandidate(Value i) {
    Value byte = emitter.loadAt(addressOfCandidate(i), builder.getI8Type(), 1);
    return compare(arith::CmpIPredicate::ne, byte, emitter.constant(byte.getType(), 0));
  }

  /// -1 when no candidate is left.
  Value findBest(ArrayRef<Value> list) {
    return emitter.loopCarried(
        emitter.offset(0), emitter.offset(count), 1, {number(0), emitter.offset(-1)},
        [&](Value i, ValueRange carried) {
          Value score = loadScore(list, i);
          Value wins =
              make<arith::OrIOp>(compare(arith::CmpIPredicate::slt, carried[1], emitter.offset(0)),
                                 compare(arith::CmpFPredicate::OGT, score, carried[0]));
          wins = make<arith::AndIOp>(wins, isCandidate(i));
          return SmallVector<Value>{select(wins, score, carried[0]), select(wins, i, carried[1])};
        })[1];
  }

  /// Where no candidate was left, box 0 stands in: then there is nothing to suppress.
  void suppressAround(ArrayRef<Value> list, Value best) {
    Value none = compare(arith::CmpIPredicate::slt, best, emitter.offset(0));
    Box chosen = loadBox(list[0], select(none, emitter.offset(0), best));
    emitter.loop(0, count, 1, [&](Value i) {
      Value isOut = make<arith::OrIOp>(compare(arith::CmpIPredicate::eq, i, best),
                                       overlaps(chosen, loadBox(list[0], i)));
      Value stays = select(isOut, emitter.constant(builder.getI1Type(), 0), isCandidate(i));
      setCandidate(i, stays);
    });
  }

  Box loadBox(Value image, Value i) {
    Value numbers[4];
    for (int64_t k = 0; k < 4; ++k)
      numbers[k] = emitter.load(boxes, {image, i, emitter.offset(k)}, 1);
    auto [a, b, c, d] = numbers;
    if (!op.getCenter())
      return {smaller(a, c), smaller(b, d), larger(a, c), larger(b, d)};
    Value halfWidth = make<arith::MulFOp>(c, number(0.5f));
    Value halfHeight = make<arith::MulFOp>(d, number(0.5f));
    return {make<arith::SubFOp>(b, halfHeight), make<arith::SubFOp>(a, halfWidth),
            make<arith::AddFOp>(b, halfHeight), make<arith::AddFOp>(a, halfWidth)};
  }

  Value getArea(const Box &box) {
    return make<arith::MulFOp>(make<arith::SubFOp>(box.bottom, box.top),
                               make<arith::SubFOp>(box.right, box.left));
  }

  Value overlaps(const Box &a, const Box &b) {
    Value height = make<arith::SubFOp>(smaller(a.bottom, b.bottom), larger(a.top, b.top));
    Value width = make<arith::SubFOp>(smaller(a.right, b.right), larger(a.left, b.left));
    Value shared = make<arith::MulFOp>(height, width);
    Value all = make<arith::SubFOp>(make<arith::AddFOp>(getArea(a), getArea(b)), shared);
    Value result = compare(arith::CmpFPredicate::OGT, make<arith::DivFOp>(shared, all),
                           number(op.getMostOverlap().convertToFloat()));
    for (Value size : {height, width, getArea(a), getArea(b)})
      result = make<arith::AndIOp>(result, compare(arith::CmpFPredicate::OGT, size, number(0)));
    return result;
  }

  Value toResult(Value index) {
    if (index.getType().isInteger(64))
      return index;
    return arith::ExtSIOp::create(builder, location, builder.getI64Type(), index);
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  qnn::SuppressOp op;
  const BufferView &boxes, &scores;
  int64_t count;
  Epilogue epilogue;
  LogicalResult status = success();
};

} // namespace

LogicalResult emitSuppress(KernelEmitter &emitter, qnn::SuppressOp op) {
  return SuppressEmitter(emitter, op).emit();
}

} // namespace qcc::codegen
