//===- SupportTable.cpp - the table of operators for the documentation ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Registry.h"

#include "qcc/Import/Import.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace mlir;

namespace qcc::import {

/// What becomes of floating-point operands.
static StringRef getArithmetic(FloatTypes floats) {
  switch (floats) {
  case FloatTypes::Single:
  case FloatTypes::Statistics:
  case FloatTypes::Operands:
    return "f32";
  case FloatTypes::Double:
    return "f32, f64";
  case FloatTypes::Any:
    return "as they are";
  }
  llvm_unreachable("every kind is listed");
}

static std::string describeCount(unsigned least, unsigned most) {
  if (most == anyNumber)
    return std::to_string(least) + " or more";
  return least == most ? std::to_string(least)
                       : std::to_string(least) + " to " + std::to_string(most);
}

/// "axis:int! to:int>=9" as "`axis` required, `to` from 9".
static std::string describeAttributes(StringRef words) {
  std::string text;
  for (StringRef word : llvm::split(words, ' ')) {
    if (word.empty())
      continue;
    auto [name, type] = word.split(':');
    text += (text.empty() ? "`" : ", `") + name.str() + "`";
    if (type.ends_with("!"))
      text += " required";
    else if (size_t from = type.find(">="); from != StringRef::npos)
      text += " from " + type.substr(from + 2).str();
    else if (size_t below = type.find('<'); below != StringRef::npos)
      text += " below " + type.substr(below + 1).str();
  }
  return text;
}

void printSupportedOperators(llvm::raw_ostream &os) {
  SmallVector<const Operator *> rows;
  for (ArrayRef<Operator> family : getOperatorFamilies())
    for (const Operator &row : family)
      rows.push_back(&row);
  llvm::sort(rows, [](const Operator *lhs, const Operator *rhs) {
    return std::pair(lhs->domain, lhs->name) < std::pair(rhs->domain, rhs->name);
  });
  os << "# Operators\n\n"
        "What `qcc -print-supported-operators` prints: the operators that Import reads, in the\n"
        "versions of their domain's operator set. [Scoreboard.md](Scoreboard.md) shows which "
        "corners\n"
        "of them work, with which element types, emitters and integer forms; "
        "[Testing.md](Testing.md)\n"
        "says on which machines they are tested.\n\n"
        "*floats*: what f16, bf16, f32 and f64 operands, where it takes them, are computed in; "
        "*as\n"
        "they are* where elements are only moved or converted.\n\n"
        "| operator | domain | versions | inputs | outputs | attributes | floats |\n"
        "|---|---|---|---|---|---|---|\n";
  for (const Operator *row : rows) {
    os << "| " << row->name << " | " << (row->domain.empty() ? "ai.onnx" : row->domain) << " | ";
    if (row->domain.empty())
      os << std::max(row->since, oldestOpset) << " to " << newestOpset;
    else
      os << "from " << row->since;
    os << " | " << describeCount(row->leastInputs, row->mostInputs) << " | "
       << (row->mostOutputs == anyNumber ? "any number" : describeCount(1, row->mostOutputs))
       << " | " << describeAttributes(row->attributes) << " | " << getArithmetic(row->floats)
       << " |\n";
  }
}

} // namespace qcc::import
