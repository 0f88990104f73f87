//===- RecurrentTest.cpp - recurrences give Reference's bytes ---------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

/// Which optional parts a recurrence has.
enum Part : unsigned {
  hidden = 1,
  cell = 2,
  peepholes = 4,
  lengths = 8,
  bias = 16,
  sequence = 32,
  reverse = 64,
  resetAfter = 128,
  coupled = 256,
  clip = 512,
  constantWeights = 1024,
};

struct Sizes {
  int steps, batch, size;
};

/// One qnn.recurrent; its operands are network inputs, made small enough for no gate to saturate.
class Text {
public:
  Text(const std::string &kind, Sizes sizes, unsigned parts) : kind(kind), s(sizes), parts(parts) {}

  std::string write(const std::vector<std::string> &activations, float alpha = 0.5f,
                    float beta = 0.25f) {
    int width = (kind == "lstm" ? 4 : kind == "gru" ? 3 : 1) * s.size;
    std::string state = tensor({s.batch, s.size}), op = "qnn.recurrent " + kind + " ";
    op += add({s.steps, s.batch, width}, 1.0f / 16) + ", ";
    op += parts & constantWeights ? addConstant({s.size, width}) : add({s.size, width}, 1.0f / 64);
    addPart(op, bias, "bias", {s.size});
    addPart(op, hidden, "hidden", {s.batch, s.size});
    addPart(op, cell, "cell", {s.batch, s.size});
    addPart(op, peepholes, "peepholes", {3 * s.size});
    if (parts & lengths) {
      std::string type = "tensor<" + std::to_string(s.batch) + "xi32>";
      inputs += ", %l: " + type;
      // From -5 to 5: none, some and more than there are.
      resources += std::string(",\n  six: \"0x0400000006000000\"");
      body += " %six = qnn.constant dense_resource<six> : tensor<i32> -> tensor<i32>\n %lengths = "
              "qnn.rem %l, %six : " +
              type + ", tensor<i32> -> " + type + "\n";
      op += " lengths %lengths";
      types += ", " + type;
    }
    op += " {activations = [";
    std::string alphas, betas;
    for (const std::string &name : activations) {
      std::string comma = alphas.empty() ? "" : ", ";
      op += comma + "\"" + name + "\"";
      alphas += comma + std::to_string(alpha);
      betas += comma + std::to_string(beta);
    }
    op += "], alphas = array<f32: " + alphas + ">, betas = array<f32: " + betas + ">";
    for (auto [part, text] :
         {std::pair(reverse, "reverse = true"), std::pair(resetAfter, "reset_after = true"),
          std::pair(coupled, "coupled = true"), std::pair(clip, "clip = 0.5 : f32")})
      if (parts & part)
        op += std::string(", ") + text;
    std::string results = state, names = "%y#0";
    int count = 1;
    auto addResult = [&](const std::string &type) {
      results += ", " + type;
      names += ", %y#" + std::to_string(count++);
    };
    if (kind == "lstm")
      addResult(state);
    if (parts & sequence)
      addResult(tensor({s.steps, s.batch, s.size}));
    return "func.func @run(" + inputs.substr(2) + ") -> (" + results + ") {\n" + body +
           " %y:" + std::to_string(count) + " = " + op + "} : (" + types.substr(2) + ") -> (" +
           results + ")\n return " + names + " : " + results +
           "\n}\n{-#\n dialect_resources: { builtin: {\n" + resources + "\n } }\n#-}\n";
  }

private:
  static std::string tensor(std::initializer_list<int> shape) {
    std::string text = "tensor<";
    for (int size : shape)
      text += std::to_string(size) + "x";
    return text + "f32>";
  }
  std::string add(std::initializer_list<int> shape, float scale) {
    std::string name = "%a" + std::to_string(operands++), type = tensor(shape);
    inputs += ", " + name + "in: " + type;
    types += ", " + type;
    body += " " + name + "k = qnn.constant dense_resource<" + addResource({scale}) +
            "> : tensor<f32> -> tensor<f32>\n " + name + " = qnn.mul " + name + "in, " + name +
            "k : " + type + ", tensor<f32> -> " + type + "\n";
    return name;
  }
  std::string addConstant(std::initializer_list<int> shape) {
    std::string name = "%a" + std::to_string(operands++), type = tensor(shape);
    std::vector<float> values(s.size * shape.begin()[1]);
    for (float &value : values)
      value = (static_cast<int>(random() % 2001) - 1000) / 3000.0f;
    types += ", " + type;
    body += " " + name + " = qnn.constant dense_resource<" + addResource(values) + "> : " + type +
            " -> " + type + "\n";
    return name;
  }
  void addPart(std::string &op, Part part, const char *name, std::initializer_list<int> shape) {
    if (parts & part)
      op += std::string(" ") + name + " " + add(shape, 1.0f / 16);
  }
  std::string addResource(const std::vector<float> &values) {
    std::string name = "r" + std::to_string(operands);
    resources += (resources.empty() ? "  " : ",\n  ") + name + ": \"0x04000000" +
                 llvm::toHex(llvm::StringRef(reinterpret_cast<const char *>(values.data()),
                                             values.size() * sizeof(float))) +
                 "\"";
    return name;
  }

  std::string kind;
  Sizes s;
  unsigned parts;
  int operands = 0;
  std::string inputs, types, body, resources;
  std::mt19937 random{17};
};

std::vector<std::string> getDefaults(const std::string &kind) {
  if (kind == "lstm")
    return {"sigmoid", "tanh", "tanh"};
  if (kind == "gru")
    return {"sigmoid", "tanh"};
  return {"tanh"};
}

class RecurrentTest : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &kind, Sizes sizes, unsigned parts) {
    check(kind, sizes, parts, getDefaults(kind));
  }
  void check(const std::string &kind, Sizes sizes, unsigned parts,
             const std::vector<std::string> &activations) {
    SCOPED_TRACE(kind + " of " + std::to_string(sizes.size) + ", batch " +
                 std::to_string(sizes.batch) + ", parts " + std::to_string(parts));
    Agreement().check(Text(kind, sizes, parts).write(activations), GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, RecurrentTest, ::testing::Values("x86-64", "haswell"));

// recurrent-f1 recurrent-f2: whole and ragged panels of both vector widths, weights in panels and
// in rows.
TEST_P(RecurrentTest, sizes) {
  for (const char *kind : {"lstm", "gru", "rnn"})
    for (int size : {1, 13, 64, 71})
      for (unsigned weights : {0u, +constantWeights})
        check(kind, {3, 2, size}, sequence | hidden | weights);
}

// One step, one sequence; batches of every rest.
TEST_P(RecurrentTest, batches) {
  for (const char *kind : {"lstm", "gru", "rnn"})
    for (int batch : {1, 4, 7})
      for (int steps : {1, 4})
        check(kind, {steps, batch, 21}, sequence | hidden | constantWeights);
}

// recurrent-f4: lengths below zero and beyond the steps, among other parts.
TEST_P(RecurrentTest, partsOfLSTM) {
  for (unsigned parts : {0u, +hidden, +cell, +peepholes, +lengths, +sequence, +reverse, +coupled,
                         +clip, hidden | cell | peepholes | lengths | sequence | reverse | clip,
                         cell | peepholes | coupled | clip | sequence, reverse | lengths | sequence,
                         reverse | sequence})
    for (unsigned weights : {0u, +constantWeights})
      check("lstm", {4, 5, 11}, parts | weights);
}

TEST_P(RecurrentTest, partsOfGRU) {
  for (unsigned parts : {0u, +hidden, +lengths, +sequence, +reverse, +resetAfter, +clip,
                         resetAfter | bias | hidden | lengths | sequence | reverse | clip,
                         resetAfter | hidden | sequence, reverse | lengths | sequence | clip})
    for (unsigned weights : {0u, +constantWeights})
      check("gru", {4, 5, 11}, parts | weights);
}

TEST_P(RecurrentTest, partsOfRNN) {
  for (unsigned parts : {0u, +hidden, +lengths, +sequence, +reverse, +clip,
                         hidden | lengths | sequence | reverse | clip})
    for (unsigned weights : {0u, +constantWeights})
      check("rnn", {4, 5, 11}, parts | weights);
}

// recurrent-f3
TEST_P(RecurrentTest, activations) {
  for (const char *name : {"affine", "elu", "hardsigmoid", "leakyrelu", "relu", "scaledtanh",
                           "sigmoid", "softplus", "softsign", "tanh", "thresholdedrelu"}) {
    check("rnn", {2, 1, 19}, sequence, {name});
    check("gru", {2, 1, 5}, sequence | hidden, {"sigmoid", name});
    check("lstm", {2, 1, 5}, sequence, {"hardsigmoid", "tanh", name});
  }
}

} // namespace
} // namespace qcc::test
