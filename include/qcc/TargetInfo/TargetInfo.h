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

enum class Architecture { X86_64, AArch64, Arm };

/// Instruction family of integer contractions, from the features of the chosen CPU.
enum class DotProduct { Scalar, Sse2, Avx2, Avx512Vnni, Neon, NeonDot };

/// Plain data. Made by getTargetInfo, stored on the module as `qcc.target`, read by every stage
/// from Layout on.
struct TargetInfo {
  std::string name;     // as the user wrote it: "cortex-m4"
  std::string triple;   // LLVM's
  std::string cpu;      // LLVM's -mcpu
  std::string features; // LLVM's feature string, "+a,-b"
  Architecture architecture = Architecture::X86_64;
  DotProduct dotProduct = DotProduct::Scalar;
  unsigned vectorBytes = 0; // 0: no vectors
  unsigned vectorRegisters = 0;
  unsigned arenaAlignment = 16;     // bytes
  bool hasFloat = true;             // single-precision hardware
  bool unsignedActivations = false; // 8-bit activations are u8 inside the network (else s8)
  bool hasLongMultiply = true;      // 32 x 32 bits to 64 in one instruction
  bool isHosted() const { return architecture != Architecture::Arm; }
  unsigned getPointerBits() const { return architecture == Architecture::Arm ? 32 : 64; }
};

/// Resolves `-target -mcpu -mattr`. "host" without a CPU is this machine, less what its operating
/// system or hypervisor hides of the CPU. Errors name the flag and the known values.
llvm::Expected<TargetInfo> getTargetInfo(llvm::StringRef target, llvm::StringRef cpu,
                                         llvm::StringRef attributes);

/// Fails when code for the target may hold instructions that this machine does not have.
llvm::Error checkRunsHere(const TargetInfo &target);

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
