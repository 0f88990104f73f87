//===- RuntimeHelpers.h - what the compiler's run-time library is asked for -===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_EMIT_RUNTIMEHELPERS_H
#define QCC_LIB_EMIT_RUNTIMEHELPERS_H

#include "llvm/Object/ELFObjectFile.h"

namespace qcc::emit {

/// What the build attributes of an Arm object say.
struct ArmHardware {
  bool hasSingle = false, hasDouble = false, hasDivision = false;
  bool linksWithEitherAbi = false; // Tag_ABI_VFP_args is "compatible"
};

/// Nothing for other architectures, and no hardware where the attributes cannot be read.
ArmHardware readHardware(const llvm::object::ELFObjectFileBase &object);

/// Whether an object of this architecture may leave the symbol undefined: what the core does
/// itself, nobody is called for.
bool isRuntimeHelper(llvm::StringRef symbol, const llvm::object::ELFObjectFileBase &object,
                     const ArmHardware &hardware);

} // namespace qcc::emit

#endif
