//===- SupportTable.cpp - the table of operators for the documentation ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Registry.h"

#include "qcc/Import/Import.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>

using namespace mlir;

namespace qcc::import {

/// What the operator becomes between DequantizeLinear and QuantizeLinear of 8 bits.
static StringRef getIntegerForm(const Operator &row) {
  if (row.name.starts_with("QLinear") || row.name.ends_with("Integer") || row.name == "QGemm")
    return "is one";
  return llvm::StringSwitch<StringRef>(row.name)
      .Cases({"Conv", "Gemm", "MatMul"}, "integer products, i32 sum")
      .Cases({"Add", "Sub", "Mul", "Div", "Min", "Max"}, "codes, one rounding")
      .Cases(
          {"AveragePool", "GlobalAveragePool", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"},
          "codes, one rounding")
      .Cases({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Concat", "Split", "Slice",
              "Pad", "Expand", "Identity", "Dropout", "DepthToSpace", "SpaceToDepth", "Tile"},
             "moves codes")
      .Cases({"MaxPool", "GlobalMaxPool", "Relu", "Clip"}, "codes, no rounding")
      .Cases({"Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Celu", "Cos",
              "Cosh", "Erf", "Exp", "Floor"},
             "table")
      .Cases({"Log", "Neg", "Reciprocal", "Round", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh",
              "Sqrt", "Tan", "Tanh", "ThresholdedRelu"},
             "table")
      .Cases({"Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "Selu", "Softplus",
              "Softsign", "Swish"},
             "table")
      .Default("");
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
        "What `qcc -print-supported-operators` prints: the operators that Import reads, in the "
        "versions of their\ndomain's operator set. Which element types and corners of them work, "
        "[Scoreboard.md](Scoreboard.md) shows case by\ncase. The last column says what becomes of "
        "a float operator between DequantizeLinear and QuantizeLinear; where\nit is empty, the "
        "operator computes in float there. See [Quantization.md](Quantization.md).\n\n"
        "| operator | domain | versions | inputs | outputs | attributes | integer form |\n"
        "|---|---|---|---|---|---|---|\n";
  for (const Operator *row : rows) {
    os << "| " << row->name << " | " << (row->domain.empty() ? "ai.onnx" : row->domain) << " | ";
    if (row->domain.empty())
      os << std::max(row->since, oldestOpset) << " to " << newestOpset;
    else
      os << "from " << row->since;
    os << " | " << describeCount(row->leastInputs, row->mostInputs) << " | "
       << (row->mostOutputs == anyNumber ? "any number" : describeCount(1, row->mostOutputs))
       << " | " << describeAttributes(row->attributes) << " | " << getIntegerForm(*row) << " |\n";
  }
}

} // namespace qcc::import
