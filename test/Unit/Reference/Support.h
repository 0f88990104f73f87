//===- Support.h - runs MLIR text with Reference ----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_TEST_UNIT_REFERENCE_SUPPORT_H
#define QCC_TEST_UNIT_REFERENCE_SUPPORT_H

#include "dialects/QNN/QNN.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Reference/Reference.h"
#include "gtest/gtest.h"
#include <random>

namespace qcc::reference {

class ReferenceTest : public testing::Test {
protected:
  ReferenceTest() {
    context.loadDialect<qnn::QNNDialect, mlir::func::FuncDialect, mlir::quant::QuantDialect>();
  }

  mlir::func::FuncOp parse(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    return module ? *module->getOps<mlir::func::FuncOp>().begin() : mlir::func::FuncOp();
  }

  /// Results of the one function in `text`.
  llvm::SmallVector<Tensor> run(const std::string &text, llvm::ArrayRef<Tensor> inputs) {
    auto function = parse(text);
    if (!function)
      return {};
    auto results = evaluate(function, inputs);
    if (!results) {
      ADD_FAILURE() << llvm::toString(results.takeError());
      return {};
    }
    return std::move(*results);
  }

  /// The result of one op `qnn.<op> : <types>` whose operands are the arguments.
  Tensor runOp(const std::string &body, llvm::ArrayRef<Tensor> inputs, const std::string &type) {
    std::string arguments;
    for (size_t i = 0; i < inputs.size(); ++i)
      llvm::raw_string_ostream(arguments)
          << (i ? ", " : "") << '%' << static_cast<char>('a' + i) << " : " << inputs[i].type;
    auto results = run("func.func @run(" + arguments + ") -> " + type + " {\n %r = qnn." + body +
                           "\n return %r : " + type + "\n}",
                       inputs);
    return results.empty() ? Tensor() : results[0];
  }

  template <typename T> Tensor make(const std::string &type, llvm::ArrayRef<T> values) {
    auto parsed = mlir::cast<mlir::RankedTensorType>(mlir::parseType(type, &context));
    return Tensor(parsed,
                  {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)});
  }
  template <typename T> Tensor make(const std::string &type, std::initializer_list<T> values) {
    return make<T>(type, llvm::ArrayRef<T>(values));
  }

  /// Pseudo-random integers of T in [low, high].
  template <typename T> Tensor makeRandom(const std::string &type, int64_t low, int64_t high) {
    Tensor tensor(mlir::cast<mlir::RankedTensorType>(mlir::parseType(type, &context)));
    for (T &value : tensor.view<T>())
      value = static_cast<T>(low + static_cast<int64_t>(random() % (high - low + 1)));
    return tensor;
  }

  template <typename T> static std::vector<T> values(const Tensor &tensor) {
    return tensor.view<T>().vec();
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::mt19937_64 random{1};
};

} // namespace qcc::reference

#endif
