//===- Emitters.cpp - the table of emitters ---------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Contraction.h"
#include "Recurrent.h"

#include "llvm/ADT/StringSwitch.h"

namespace qcc::codegen {

Emitter getEmitter(llvm::StringRef name) {
  return llvm::StringSwitch<Emitter>(name)
      .Case("contraction", emitContraction)
      .Case("depthwise", emitDepthwise)
      .Case("generic", emitGeneric)
      .Case("pack", emitPack)
      .Case("recurrent", emitRecurrent)
      .Default(nullptr);
}

} // namespace qcc::codegen
