//===- KernelComparison.h - every kernel's result against Reference ---------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_KERNELCOMPARISON_H
#define QCC_LIB_DRIVER_KERNELCOMPARISON_H

#include "mlir/IR/BuiltinOps.h"
#include "qcc/Reference/Reference.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace qcc::driver {

/// Compares the memory of a run of the network compiled with keep-tensors with what Reference
/// computes for the kernels that Fuse formed. Codes are compared less their zero point, because
/// Layout may have re-encoded them.
class KernelComparison {
public:
  /// `fused`: the module after Fuse; `generated`: the same network after Codegen.
  KernelComparison(mlir::OwningOpRef<mlir::ModuleOp> fused, mlir::ModuleOp generated)
      : fused(std::move(fused)), generated(generated) {}

  /// One run: `before` and `after` are the memory of the states around it.
  llvm::Error compare(llvm::ArrayRef<std::vector<char>> inputs, llvm::ArrayRef<char> before,
                      llvm::ArrayRef<char> after, llvm::ArrayRef<char> arena,
                      llvm::ArrayRef<std::vector<char>> outputs);
  /// One line: how much was compared, what differed.
  void print(llvm::raw_ostream &stream) const;
  bool isEqual() const { return different == 0; }

private:
  void compareResult(mlir::DictionaryAttr node, size_t number, mlir::DictionaryAttr record,
                     const reference::Tensor &wanted, const char *got);

  mlir::OwningOpRef<mlir::ModuleOp> fused;
  mlir::ModuleOp generated;
  uint64_t samples = 0, kernels = 0, elements = 0, different = 0;
  std::string first;
};

} // namespace qcc::driver

#endif
