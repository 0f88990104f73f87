//===- TargetInfo.h - what code generation must know about a machine
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_TARGETINFO_TARGETINFO_H
#define QCC_TARGETINFO_TARGETINFO_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace qcc {

enum class Architecture { X86_64, AArch64, Arm, RiscV32, RiscV64, Wasm32 };

/// Instruction family of integer contractions, from the features of the chosen CPU.
enum class DotProduct { Scalar, Sse2, Avx2, Avx512Vnni, Neon, NeonDot };

/// How a window that hangs over the border is computed.
enum class HaloPolicy {
  PaddedBuffer, // the producer writes into a buffer with a border of zero points
  Peeled        // the loops over taps are cut at the border: no extra memory
};

/// Plain data. Made by getTargetInfo, stored on the module as `qcc.target`, read by every stage
/// from Layout on.
struct TargetInfo {
  std::string name;     // as the user wrote it: "cortex-m4"
  std::string triple;   // LLVM's
  std::string cpu;      // LLVM's -mcpu
  std::string features; // LLVM's feature string, "+a,-b"
  Architecture architecture = Architecture::X86_64;
  DotProduct dotProduct = DotProduct::Scalar;
  HaloPolicy halo = HaloPolicy::PaddedBuffer;
  unsigned vectorBytes = 0; // 0: no vectors
  unsigned vectorRegisters = 0;
  unsigned arenaAlignment = 16;     // bytes
  bool hasFloat = true;             // single-precision hardware
  bool unsignedActivations = false; // 8-bit activations are u8 inside the network (else s8)
  bool isHosted() const { return architecture != Architecture::Arm; }
};

/// Resolves `-target -mcpu -mattr`. "host" without a CPU is this machine. Errors name the flag and
/// the known values.
llvm::Expected<TargetInfo> getTargetInfo(llvm::StringRef target, llvm::StringRef cpu,
                                         llvm::StringRef attributes);

/// Records the target on a module (`qcc.target = {name, cpu, attributes}`) so that a dump can be
/// resumed.
void setTarget(mlir::ModuleOp module, llvm::StringRef target, llvm::StringRef cpu,
               llvm::StringRef attributes);

/// The module's target; the baseline x86_64 when it has none.
TargetInfo getTarget(mlir::ModuleOp module);

/// Spelling of -target for help texts.
llvm::ArrayRef<llvm::StringRef> getTargetNames();

} // namespace qcc

#endif
