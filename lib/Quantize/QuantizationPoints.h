//===- QuantizationPoints.h - the values that become 8-bit ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_QUANTIZE_QUANTIZATIONPOINTS_H
#define QCC_LIB_QUANTIZE_QUANTIZATIONPOINTS_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"
#include <optional>
#include <string>

namespace qcc::quantize {

/// The f32 values of a float network that insert-quantization turns into codes, in program order:
/// operands and results of the ops that have an integer form. Not among them: what only a clamp
/// reads, what only moves elements of another point, and the inner values of a function of one
/// other value, which becomes one table.
llvm::SetVector<mlir::Value> findQuantizationPoints(mlir::func::FuncOp network);

/// The value whose elements `value` holds in another order or shape.
mlir::Value getMovedSource(mlir::Value value);

/// Ids that stay the same as long as the model does: node or input name, and a count where several
/// points share it.
std::vector<std::string> getPointIds(mlir::func::FuncOp network,
                                     llvm::ArrayRef<mlir::Value> points);

/// Smallest and largest real that a value takes.
struct Range {
  float low = 0, high = 0;
};

/// Ranges between calibration and insert-quantization: an attribute of the op or the argument.
void setRange(mlir::Value point, Range range);
std::optional<Range> getRange(mlir::Value point);
void removeRange(mlir::Value point);

} // namespace qcc::quantize

#endif
