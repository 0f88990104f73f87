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

/// Element types of the operands that carry the values.
static std::string getTypes(const Operator &row) {
  if (row.floats == FloatTypes::Any)
    return "every";
  if (row.name.starts_with("Bitwise") || row.name == "BitShift")
    return "integers";
  if (llvm::is_contained<StringRef>({"And", "Not", "Or", "Xor"}, row.name))
    return "bool";
  if (row.name.starts_with("QLinear") || row.name == "QGemm" || row.name.ends_with("Integer"))
    return "i8 u8";
  bool takesIntegers =
      row.name.starts_with("Reduce") ||
      llvm::StringSwitch<bool>(row.name)
          .Cases({"Abs", "Add", "ArgMax", "ArgMin", "Clip", "CumProd", "CumSum"}, true)
          .Cases({"Div", "Equal", "Greater", "GreaterOrEqual", "Less"}, true)
          .Cases({"LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "OneHot"}, true)
          .Cases({"PRelu", "Pow", "Range", "Relu", "Scatter", "ScatterElements"}, true)
          .Cases({"ScatterND", "Shrink", "Sign", "Sub", "Sum", "TopK", "Where"}, true)
          .Default(false);
  std::string types =
      row.floats == FloatTypes::Double ? "f32 f64 (f16 bf16 in f32)" : "f32 (f16 bf16 f64 in f32)";
  return takesIntegers ? types + ", integers" : types;
}

/// Who makes the code: the emitters of Codegen, or nobody where nothing is left to compute.
static StringRef getCode(const Operator &row) {
  return llvm::StringSwitch<StringRef>(row.name)
      .Cases({"Conv", "ConvInteger", "QLinearConv", "CausalConvWithState"},
             "contraction, depthwise")
      .Cases({"ConvTranspose", "Gemm", "MatMul", "MatMulInteger", "QGemm", "QLinearMatMul"},
             "contraction")
      .Cases(
          {"Attention", "DFT", "DeformConv", "Einsum", "FlexAttention", "LinearAttention", "STFT"},
          "contraction, generic")
      .Cases({"GRU", "LSTM", "RNN"}, "contraction, recurrent")
      .Cases({"BlackmanWindow", "Constant", "ConstantOfShape", "HammingWindow", "HannWindow"},
             "none")
      .Cases({"Identity", "MelWeightMatrix", "Range", "Shape", "Size"}, "none")
      .Cases({"If", "Loop", "Scan"}, "that of its graphs")
      .Default("generic");
}

/// Where test/EndToEnd runs networks with the operator; test/Conformance runs all on the host.
static StringRef getMachines(const Operator &row) {
  bool isEverywhere =
      row.domain.empty() &&
      llvm::StringSwitch<bool>(row.name)
          .Cases({"Add", "AveragePool", "Cast", "Conv", "DequantizeLinear", "Flatten", "Gemm"},
                 true)
          .Cases({"GlobalAveragePool", "MatMul", "MatMulInteger", "MaxPool", "Mul", "Neg"}, true)
          .Cases({"QuantizeLinear", "Relu", "Reshape", "Softmax", "Sub", "Transpose"}, true)
          .Default(false);
  return isEverywhere ? "host, aarch64, Cortex-M" : "host";
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
        "versions of their\ndomain's operator set. [Scoreboard.md](Scoreboard.md) shows case by "
        "case "
        "which corners of them work.\n\n"
        "- *element types*: of the operands that carry the values; types in parentheses are "
        "computed "
        "in f32.\n"
        "- *integer form*: what becomes of a float operator between DequantizeLinear and "
        "QuantizeLinear; where it is empty,\n  the operator computes in float there. See "
        "[Quantization.md](Quantization.md).\n"
        "- *code*: the emitters of the kernels that compute it. *none*: nothing is left to compute "
        "when the network runs.\n"
        "- *run on*: the machines on which tests run it; the same generic code is compiled for "
        "every "
        "target.\n\n"
        "| operator | domain | versions | inputs | outputs | attributes | element types | integer "
        "form | code | run on |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Operator *row : rows) {
    os << "| " << row->name << " | " << (row->domain.empty() ? "ai.onnx" : row->domain) << " | ";
    if (row->domain.empty())
      os << std::max(row->since, oldestOpset) << " to " << newestOpset;
    else
      os << "from " << row->since;
    os << " | " << describeCount(row->leastInputs, row->mostInputs) << " | "
       << (row->mostOutputs == anyNumber ? "any number" : describeCount(1, row->mostOutputs))
       << " | " << describeAttributes(row->attributes) << " | " << getTypes(*row) << " | "
       << getIntegerForm(*row) << " | " << getCode(*row) << " | " << getMachines(*row) << " |\n";
  }
}

} // namespace qcc::import
