//===- Generic.h - the op families of the generic emitter -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_GENERIC_H
#define QCC_LIB_CODEGEN_GENERIC_H

#include "KernelEmitter.h"

namespace qcc::codegen {

/// Elements that fit one vector register in 32-bit register form; 1 where vectors do not pay or do
/// not exist.
int64_t getVectorLanes(KernelEmitter &emitter, mlir::RankedTensorType result);

/// Whether `first` and the ops after it work on neighbours of the innermost dimension together:
/// their operands are dense there, or repeat one element.
bool canVectorize(mlir::Operation *first, mlir::RankedTensorType result);

/// Integers that hold every sum of `count` codes less their zero point: i32 or i64.
mlir::IntegerType getSumType(qnn::QuantizedType codes, int64_t count);

/// A constant of a scalar or vector type of any element kind.
mlir::Value makeNumber(KernelEmitter &emitter, mlir::Type type, double value);

mlir::LogicalResult emitArgReduce(KernelEmitter &emitter, qnn::ArgReduceOp op);
mlir::LogicalResult emitSuppress(KernelEmitter &emitter, qnn::SuppressOp op);
mlir::LogicalResult emitCumulative(KernelEmitter &emitter, qnn::CumulativeOp op);
mlir::LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherOp op);
mlir::LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherElementsOp op);
mlir::LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherNDOp op);
mlir::LogicalResult emitScatter(KernelEmitter &emitter, qnn::ScatterElementsOp op);
mlir::LogicalResult emitScatter(KernelEmitter &emitter, qnn::ScatterNDOp op);
mlir::LogicalResult emitTopK(KernelEmitter &emitter, qnn::TopKOp op);
mlir::LogicalResult emitWindow(KernelEmitter &emitter, qnn::MaxPoolOp op);
mlir::LogicalResult emitWindow(KernelEmitter &emitter, qnn::AveragePoolOp op);
mlir::LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::Conv2DOp op);
mlir::LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::LinearOp op);
mlir::LogicalResult emitPlainContraction(KernelEmitter &emitter, qnn::MatMulOp op);
mlir::LogicalResult emitReduce(KernelEmitter &emitter, qnn::ReduceOp op);
mlir::LogicalResult emitSoftmax(KernelEmitter &emitter, qnn::SoftmaxOp op);

} // namespace qcc::codegen

#endif
