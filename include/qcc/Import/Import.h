//===- Import.h - ONNX files as qnn modules ---------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first stage. A file is checked completely before any operation exists, so
// later stages only ever see static, well-formed networks.
//===----------------------------------------------------------------------===//
#ifndef QCC_IMPORT_IMPORT_H
#define QCC_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "qcc/Support/Diagnostics.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace qcc::import {

/// What -constant gives: numbers as text, or an array.
struct BoundValue {
  std::string text;
  std::string type; // as the manifest spells it; empty: `text` counts
  std::vector<int64_t> shape;
  std::vector<char> bytes; // row-major, little-endian
};

struct ImportOptions {
  /// Sizes of symbolic dimensions: -dim=N=1.
  std::vector<std::pair<std::string, int64_t>> dims;
  /// Shapes of graph inputs, stronger than what the model declares: -shape=image=1x3x224x224.
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes;
  /// Graph inputs that are known now: -constant=sr=16000.
  std::vector<std::pair<std::string, BoundValue>> constants;
  /// Inputs that are the outputs of the run before: -state=h_in=h_out.
  std::vector<std::pair<std::string, std::string>> states;
  /// Symbol prefix; empty: the file's stem made a C identifier.
  std::string name;
  /// Sees the path of every file of external data.
  std::function<void(llvm::StringRef path)> onExternalData;
};

/// Reads an ONNX file. The module holds one function @run and the attributes qcc.name and
/// qcc.model_sha256. On failure the result is null and `diagnostics` has at least one error.
/// Needs the func, quant and qnn dialects, which it loads.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(llvm::StringRef path, const ImportOptions &options,
                                             mlir::MLIRContext &context, Diagnostics &diagnostics);

/// Prints name, element type and shape of each input and output as the file declares them: what
/// -dim, -shape and -constant may name. Whether qcc can compile the model does not matter.
void printInputs(llvm::StringRef path, llvm::raw_ostream &os, Diagnostics &diagnostics);

/// Prints the table of supported ONNX operators as Markdown.
void printSupportedOperators(llvm::raw_ostream &os);

} // namespace qcc::import

#endif
