//===- Observer.h - runs a float network and shows inner values -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_QUANTIZE_OBSERVER_H
#define QCC_LIB_QUANTIZE_OBSERVER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/Data/Samples.h"
#include <memory>

namespace qcc::quantize {

/// Receives the elements of the point with an index, once for each run.
using SeePoint = llvm::function_ref<void(size_t point, llvm::ArrayRef<float> elements)>;

class Observer {
public:
  virtual ~Observer() = default;
  virtual llvm::Error run(const data::Sample &sample, SeePoint see) = 0;
};

/// Compiled code when a Runner is registered, else Reference. Both add in the order of
/// contraction-f1, so they see the same bytes.
llvm::Expected<std::unique_ptr<Observer>> createObserver(mlir::func::FuncOp network,
                                                         llvm::ArrayRef<mlir::Value> points);

} // namespace qcc::quantize

#endif
