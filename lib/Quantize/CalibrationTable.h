//===- CalibrationTable.h - ranges of values, kept in a file ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_QUANTIZE_CALIBRATIONTABLE_H
#define QCC_LIB_QUANTIZE_CALIBRATIONTABLE_H

#include "QuantizationPoints.h"
#include "llvm/Support/Error.h"
#include <map>

namespace qcc::quantize {

/// JSON: {"version": 1, "graph": hash, "samples": {"count": n, "hash": hash},
///        "values": [{"id": "node:conv1", "low": -1.5, "high": 2.25}, ...]}.
/// A bound is an f32 printed with enough digits to read back as the same f32.
struct CalibrationTable {
  std::string graphHash;
  uint64_t sampleCount = 0;
  std::string sampleHash;
  std::map<std::string, Range> ranges;
};

llvm::Expected<CalibrationTable> parseTable(llvm::StringRef text);
std::string formatTable(const CalibrationTable &table);

/// SHA-256 of the ops, their attributes and the bytes of all constants; names do not matter.
std::string hashGraph(mlir::func::FuncOp network);

} // namespace qcc::quantize

#endif
