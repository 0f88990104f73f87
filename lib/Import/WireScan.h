//===- WireScan.h - a look at the bytes before protobuf allocates
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_WIRESCAN_H
#define QCC_LIB_IMPORT_WIRESCAN_H

#include "lib/Import/Reporter.h"

namespace qcc::import {

/// Walks the protobuf encoding of a ModelProto in constant memory. Two bytes of file can become 200
/// bytes of message, so node count, nesting and the memory that parsing would take are bounded
/// here. Fails with an error when the bytes are not one well-formed model.
mlir::LogicalResult scanModel(llvm::StringRef bytes, Reporter &reporter);

} // namespace qcc::import

#endif
