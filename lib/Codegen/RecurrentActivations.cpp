//===- RecurrentActivations.cpp - activations of recurrences
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Functions.h"
#include "Recurrent.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

Value emitActivation(KernelEmitter &emitter, StringRef name, float alpha, float beta, Value x) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  auto number = [&](float value) { return emitter.constantFloat(x.getType(), value); };
  auto mul = [&](Value a, Value b) -> Value {
    return arith::MulFOp::create(builder, location, a, b);
  };
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddFOp::create(builder, location, a, b);
  };
  auto selectBelow = [&](float bound, Value below, Value otherwise) -> Value {
    Value condition =
        arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OLT, x, number(bound));
    return arith::SelectOp::create(builder, location, condition, below, otherwise);
  };
  if (name == "sigmoid")
    return emitSigmoid(emitter, x);
  if (name == "tanh")
    return emitTanh(emitter, x);
  if (name == "relu")
    return emitter.maximum(x, number(0));
  if (name == "affine")
    return add(mul(number(alpha), x), number(beta));
  if (name == "leakyrelu")
    return selectBelow(0, mul(number(alpha), x), x);
  if (name == "thresholdedrelu")
    return selectBelow(alpha, number(0), x);
  if (name == "scaledtanh")
    return mul(number(alpha), emitTanh(emitter, mul(number(beta), x)));
  if (name == "hardsigmoid") {
    Value line = add(mul(number(alpha), x), number(beta));
    return emitter.minimum(emitter.maximum(line, number(0)), number(1));
  }
  if (name == "elu")
    return selectBelow(0, mul(number(alpha), add(emitExp(emitter, x), number(-1))), x);
  Value size = emitAbs(emitter, x);
  if (name == "softsign")
    return arith::DivFOp::create(builder, location, x, add(number(1), size));
  assert(name == "softplus" && "the verifier knows the names");
  Value tail = emitExp(emitter, arith::SubFOp::create(builder, location, number(0), size));
  return add(emitter.maximum(x, number(0)), emitLog(emitter, add(number(1), tail)));
}

} // namespace qcc::codegen
