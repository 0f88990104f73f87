//===- SampleShapes.h - arrays of samples and their shapes ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_SAMPLESHAPES_H
#define QCC_LIB_DRIVER_SAMPLESHAPES_H

#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string>

namespace qcc::driver {

/// "[1,3,4]".
std::string spellShape(llvm::ArrayRef<int64_t> shape);

/// How many samples an array of `shape` holds, `wanted` being the shape of one: one, or as many as
/// its first axis says. Nothing where its elements are not in the wanted order. `toChannelsFirst`
/// says that the last axis moves to the front of each sample first.
std::optional<size_t> countSamples(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> wanted,
                                   bool toChannelsFirst = false);

} // namespace qcc::driver

#endif
