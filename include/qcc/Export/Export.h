//===- Export.h - a simplified network as an ONNX model ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_EXPORT_EXPORT_H
#define QCC_EXPORT_EXPORT_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace qcc::exporting {

/// The bytes of an ONNX model that computes what @run of `module` does, with the weights inside.
/// Images are channels first, as ONNX has them. Operations without an ONNX form are reported
/// together at the module [E6201].
mlir::FailureOr<std::string> exportOnnx(mlir::ModuleOp module);

} // namespace qcc::exporting

#endif
