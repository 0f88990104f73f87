//===- StackBound.h - deepest path over an object's calls -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_EMIT_STACKBOUND_H
#define QCC_LIB_EMIT_STACKBOUND_H

#include "llvm/Object/ELFObjectFile.h"

namespace qcc::emit {

/// Bytes of stack on the deepest path from any function: frames from .stack_sizes, return
/// addresses, realignment, 128 bytes for each call of an ABI helper. Every function has a section
/// of its own; calls are read from the instructions and their relocations. A cycle, a call of a
/// computed address, the address of a function in data and a function without a frame size are
/// errors.
llvm::Expected<int64_t> boundStack(const llvm::object::ELFObjectFileBase &object);

} // namespace qcc::emit

#endif
