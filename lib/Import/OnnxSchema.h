//===- OnnxSchema.h - the protobuf classes of ONNX
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No other room includes this file.
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_ONNXSCHEMA_H
#define QCC_LIB_IMPORT_ONNXSCHEMA_H

#include "onnx-ml.pb.h"
#include "llvm/ADT/StringRef.h"

namespace qcc::import {

/// Name of an ONNX element type as the specification writes it: "float", "int8", "bfloat16".
llvm::StringRef getDataTypeName(int32_t dataType);

} // namespace qcc::import

#endif
