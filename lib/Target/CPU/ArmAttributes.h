//===- ArmAttributes.h - build attributes that link with any program --------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_TARGET_CPU_ARMATTRIBUTES_H
#define QCC_LIB_TARGET_CPU_ARMATTRIBUTES_H

#include "llvm/Support/Error.h"
#include <string>

namespace qcc::target {

/// Rewrites .ARM.attributes of a finished 32-bit Arm object: no float, wchar_t or enum crosses the
/// interface by value, so Tag_ABI_VFP_args becomes 3 (compatible with both conventions) and
/// Tag_ABI_PCS_wchar_t and Tag_ABI_enum_size go. Linkers then accept the object in soft- and
/// hard-float programs without a warning (Addenda to the ABI for the Arm Architecture, section
/// "Build attributes").
llvm::Error makeAttributesCompatible(std::string &object);

} // namespace qcc::target

#endif
