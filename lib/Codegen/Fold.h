//===- Fold.h - many elements become one ------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_FOLD_H
#define QCC_LIB_CODEGEN_FOLD_H

#include "KernelEmitter.h"

namespace qcc::codegen {

/// Which elements one result is made of.
struct FoldedAxes {
  FoldedAxes(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> axes);

  llvm::SmallVector<int64_t> outer; // reduced dimensions before the run
  int64_t firstOfRun;               // dimensions from here on are reduced, or 1
  int64_t run = 1;                  // elements in them, which are neighbours
};

/// A constant of a scalar type in each lane.
mlir::Value createSplat(KernelEmitter &emitter, mlir::TypedAttr scalar, int64_t lanes);

/// Folds the elements of the dense `view` that belong to the result at `position`. The order is
/// that of docs/Semantics.md, reduce-f2, on every target: a run of at least 16 elements as 16 lanes
/// that meet pairwise in the end, everything else in row-major order. `lanes` > 1 folds for that
/// many neighbouring results, which a run of one element leaves room for. `initial` changes no
/// prepared element that it is combined with.
mlir::Value emitFold(KernelEmitter &emitter, const BufferView &view, const FoldedAxes &axes,
                     llvm::ArrayRef<mlir::Value> position, int64_t lanes, mlir::TypedAttr initial,
                     llvm::function_ref<mlir::Value(mlir::Value)> prepare,
                     llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

} // namespace qcc::codegen

#endif
