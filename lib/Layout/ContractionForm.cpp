//===- ContractionForm.cpp - what the passes that pack weights share --------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ContractionForm.h"

#include "llvm/ADT/bit.h"

using namespace mlir;
using qcc::kernel::Arithmetic;

namespace qcc::layout {

ContractionForm chooseForm(const TargetInfo &target, bool isQuantized) {
  ContractionForm form;
  form.lanes = std::max<int64_t>(target.vectorBytes / 4, 1);
  if (isQuantized && target.vectorBytes == 0)
    form.arithmetic = Arithmetic::Codes;
  else if (isQuantized)
    form.arithmetic =
        target.architecture == Architecture::X86_64 ? Arithmetic::WordPairs : Arithmetic::Words;
  int64_t vectors = target.vectorRegisters >= 32 ? 4 : target.vectorRegisters ? 2 : 4;
  form.panel = form.lanes * vectors;
  return form;
}

std::array<int32_t, 4> getEmulatedForm(float multiplier) {
  constexpr int fractionBits = 23, bias = 127;
  uint32_t bits = llvm::bit_cast<uint32_t>(multiplier);
  int exponent = static_cast<int>(bits >> fractionBits);
  // A product with a denormal number is below one half.
  uint32_t significand =
      exponent == 0 ? 0 : (bits & ((1u << fractionBits) - 1)) | (1u << fractionBits);
  return {0, static_cast<int32_t>(significand), exponent - bias - fractionBits, 0};
}

void dropUnused(func::FuncOp network) {
  for (qnn::KernelOp kernel : network.getOps<qnn::KernelOp>())
    for (unsigned i = kernel.getInputs().size(); i-- > 0;)
      if (kernel.getArgument(i).use_empty()) {
        kernel.getBlock().eraseArgument(i);
        kernel.getInputsMutable().erase(i);
      }
  SmallVector<qnn::ConstantOp> constants(network.getOps<qnn::ConstantOp>());
  for (qnn::ConstantOp constant : constants)
    if (constant->use_empty())
      constant->erase();
}

} // namespace qcc::layout
