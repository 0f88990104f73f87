//===- QNN.h - the network dialect ------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops, enums and interfaces of the qnn dialect, and what a quantized type means.
//===----------------------------------------------------------------------===//
#ifndef QCC_DIALECTS_QNN_QNN_H
#define QCC_DIALECTS_QNN_QNN_H

#include "dialects/QNN/QNNTypes.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace qcc::qnn {

/// The op only moves codes: operands and result have one element type.
template <typename ConcreteType>
class SameScale : public mlir::OpTrait::TraitBase<ConcreteType, SameScale> {};

/// Each result element depends on one element of each operand (after broadcasting).
template <typename ConcreteType>
class Elementwise : public mlir::OpTrait::TraitBase<ConcreteType, Elementwise> {};

} // namespace qcc::qnn

#include "dialects/QNN/QNNDialect.h.inc"
#include "dialects/QNN/QNNEnums.h.inc"
#include "dialects/QNN/QNNInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/QNN/QNNOps.h.inc"

#endif
