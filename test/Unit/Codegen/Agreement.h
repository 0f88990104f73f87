//===- Agreement.h - generated code against Reference -----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_TEST_UNIT_CODEGEN_AGREEMENT_H
#define QCC_TEST_UNIT_CODEGEN_AGREEMENT_H

#include "dialects/QNN/QNN.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Reference/Reference.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

namespace qcc::test {

/// Runs the stages from Fuse on a network in text form, executes the result on random inputs and
/// compares every output byte with Reference.
class Agreement {
public:
  explicit Agreement(bool drawsEverything = false) : drawsEverything(drawsEverything) {
    mlir::DialectRegistry registry;
    pipeline::registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.disableMultithreading();
  }

  /// Draws floats from all bit patterns, zeros, infinities and NaN among them, and small integers
  /// often, instead of from a range that networks have.
  bool drawsEverything;

  /// `tolerance` 0 means equal bytes; otherwise f32 outputs may differ by that much.
  void check(llvm::StringRef text, llvm::StringRef cpu = "x86-64", float tolerance = 0) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text.str();
    (*module)->setAttr("qcc.name", mlir::StringAttr::get(&context, "net"));
    setTarget(*module, "x86_64", cpu, "");
    mlir::OwningOpRef<mlir::ModuleOp> original = module->clone();
    bool started = false;
    for (const pipeline::Stage &stage : pipeline::getStages()) {
      started |= stage.name == "fuse";
      if (!started)
        continue;
      mlir::PassManager manager(&context);
      stage.build(manager, {});
      ASSERT_TRUE(succeeded(manager.run(*module))) << stage.name.str();
    }
    auto runner = target::createRunner(*module);
    ASSERT_TRUE(static_cast<bool>(runner)) << llvm::toString(runner.takeError());
    for (unsigned seed = 0; seed < 3; ++seed)
      compare(original->lookupSymbol<mlir::func::FuncOp>("run"), **runner, seed, tolerance);
  }

private:
  template <typename T> T draw(std::mt19937 &random) {
    T modest = (static_cast<int>(random() % 20001) - 10000) / T(700);
    if (!drawsEverything)
      return modest;
    static const T special[] = {T(0),
                                T(-0.0),
                                T(1),
                                T(-1),
                                std::numeric_limits<T>::infinity(),
                                -std::numeric_limits<T>::infinity(),
                                std::numeric_limits<T>::quiet_NaN(),
                                std::numeric_limits<T>::denorm_min(),
                                std::numeric_limits<T>::max(),
                                T(0.5),
                                T(-2.5),
                                T(8388608)};
    switch (random() % 4) {
    case 0:
      return special[random() % std::size(special)];
    case 1:
      return std::trunc(modest);
    case 2:
      return modest;
    default:
      uint64_t bits = static_cast<uint64_t>(random()) << 32 | random();
      T any;
      std::memcpy(&any, &bits, sizeof(any));
      return any;
    }
  }

  reference::Tensor makeRandom(mlir::RankedTensorType type, std::mt19937 &random) {
    reference::Tensor tensor(type);
    if (type.getElementType().isF32())
      for (float &x : tensor.view<float>())
        x = draw<float>(random);
    else if (type.getElementType().isF64())
      for (double &x : tensor.view<double>())
        x = draw<double>(random);
    else
      for (char &byte : tensor.bytes)
        byte = static_cast<char>(random());
    if (type.getElementType().isInteger(1))
      for (char &byte : tensor.bytes)
        byte &= 1;
    // Whole words of small numbers and of ones, which random bytes hardly ever are.
    int64_t width = qnn::getElementBytes(type.getElementType());
    if (drawsEverything && llvm::isa<mlir::IntegerType>(type.getElementType()) && width > 1)
      for (size_t i = 0; i < tensor.bytes.size(); i += width)
        if (random() % 2) {
          int64_t small = static_cast<int64_t>(random() % 80) - 8;
          std::memcpy(&tensor.bytes[i], &small, width);
        }
    return tensor;
  }

  /// A NaN's sign and payload are not defined.
  template <typename T> static void unifyNaNs(std::vector<char> &bytes) {
    for (size_t i = 0; i < bytes.size(); i += sizeof(T)) {
      T x;
      std::memcpy(&x, &bytes[i], sizeof(x));
      x = x == x ? x : std::numeric_limits<T>::quiet_NaN();
      std::memcpy(&bytes[i], &x, sizeof(x));
    }
  }

  static void unifyNaNs(std::vector<char> &bytes, mlir::RankedTensorType type) {
    if (type.getElementType().isF32())
      unifyNaNs<float>(bytes);
    else if (type.getElementType().isF64())
      unifyNaNs<double>(bytes);
  }

  void compare(mlir::func::FuncOp network, execution::Runner &runner, unsigned seed,
               float tolerance) {
    std::mt19937 random(seed);
    std::vector<reference::Tensor> inputs;
    std::vector<const void *> inputPointers;
    for (mlir::Type type : network.getArgumentTypes())
      inputs.push_back(makeRandom(llvm::cast<mlir::RankedTensorType>(type), random));
    for (const reference::Tensor &input : inputs)
      inputPointers.push_back(input.bytes.data());
    auto expected = reference::evaluate(network, inputs);
    ASSERT_TRUE(static_cast<bool>(expected)) << llvm::toString(expected.takeError());
    std::vector<std::vector<char>> outputs;
    std::vector<void *> outputPointers;
    for (const reference::Tensor &tensor : *expected)
      outputs.emplace_back(tensor.bytes.size(), 0x55);
    for (std::vector<char> &output : outputs)
      outputPointers.push_back(output.data());
    llvm::Error error = runner.run(inputPointers, outputPointers);
    ASSERT_FALSE(static_cast<bool>(error));
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (tolerance == 0) {
        unifyNaNs(outputs[i], (*expected)[i].type);
        unifyNaNs((*expected)[i].bytes, (*expected)[i].type);
        EXPECT_EQ(outputs[i], (*expected)[i].bytes) << "output " << i << " of seed " << seed;
        continue;
      }
      auto wanted = (*expected)[i].view<float>();
      auto *got = reinterpret_cast<const float *>(outputs[i].data());
      for (size_t k = 0; k < wanted.size(); ++k)
        ASSERT_NEAR(got[k], wanted[k], tolerance) << "element " << k;
    }
  }

  mlir::MLIRContext context;
};

} // namespace qcc::test

#endif
