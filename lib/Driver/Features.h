//===- Features.h - names of -mattr checked against the code generator -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_FEATURES_H
#define QCC_LIB_DRIVER_FEATURES_H

#include "llvm/Support/Error.h"

namespace qcc::driver {

/// Fails for a feature that the target does not have: LLVM itself would only print a line and go
/// on.
llvm::Error checkFeatures(llvm::StringRef triple, llvm::StringRef attributes);

} // namespace qcc::driver

#endif
