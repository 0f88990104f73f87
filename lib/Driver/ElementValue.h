//===- ElementValue.h - elements of any boundary type ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_ELEMENTVALUE_H
#define QCC_LIB_DRIVER_ELEMENTVALUE_H

#include "llvm/ADT/StringRef.h"

namespace qcc::driver {

/// Element `index` of a dense array of `type`, spelled as in the manifest. 64-bit integers are
/// rounded to double.
double readElement(llvm::StringRef type, const char *bytes, size_t index);

} // namespace qcc::driver

#endif
