//===- Summary.h - a compiled network as a table -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_REPORT_SUMMARY_H
#define QCC_REPORT_SUMMARY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::report {

/// Prints a manifest for people: one line for each kernel (emitter, result, MACs, place in the
/// arena), then the totals. Every figure comes from the manifest, so both say the same.
void printSummary(llvm::StringRef manifest, llvm::raw_ostream &stream);

} // namespace qcc::report

#endif
