//===- RequantizeTest.cpp - requantization in integers, executed ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Codegen/Requantize.h"

#include "mlir/Parser/Parser.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

namespace qcc::test {
namespace {

constexpr int64_t count = 4096;

/// The requantize function over an array of accumulators with one record.
class RequantizeTest : public ::testing::TestWithParam<bool> {
protected:
  RequantizeTest() {
    mlir::DialectRegistry registry;
    pipeline::registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  void SetUp() override {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(
        R"(module attributes {qcc.name = "net", qcc.arena_size = 0 : i64} {})", &context);
    auto loop = mlir::parseSourceString<mlir::ModuleOp>(R"(
      func.func private @net_requantize(i32, !llvm.ptr) -> i32
      func.func @net_run(%accumulators: !llvm.ptr, %record: !llvm.ptr, %result: !llvm.ptr, %arena: !llvm.ptr) -> i32 {
        %zero = arith.constant 0 : i64
        %one = arith.constant 1 : i64
        %count = arith.constant 4096 : i64
        scf.for %i = %zero to %count step %one : i64 {
          %from = llvm.getelementptr %accumulators[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
          %to = llvm.getelementptr %result[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
          %a = llvm.load %from {alignment = 4 : i64} : !llvm.ptr -> i32
          %y = func.call @net_requantize(%a, %record) : (i32, !llvm.ptr) -> i32
          llvm.store %y, %to {alignment = 4 : i64} : i32, !llvm.ptr
        }
        %ok = arith.constant 0 : i32
        return %ok : i32
      })",
                                                        &context);
    ASSERT_TRUE(module && loop);
    codegen::getRequantizeFunction(*module, GetParam());
    loop->lookupSymbol("net_run")->moveBefore(module->getBody(), module->getBody()->end());
    setTarget(*module, "x86_64", "", "");
    auto compiled = target::createRunner(*module);
    ASSERT_TRUE(static_cast<bool>(compiled)) << llvm::toString(compiled.takeError());
    runner = std::move(*compiled);
  }

  std::vector<int32_t> run(const std::vector<int32_t> &accumulators,
                           const std::vector<int32_t> &record) {
    std::vector<int32_t> results(count);
    llvm::Error error = runner->run({accumulators.data(), record.data()}, {results.data()});
    EXPECT_FALSE(static_cast<bool>(error));
    return results;
  }

  mlir::MLIRContext context;
  std::unique_ptr<execution::Runner> runner;
};

INSTANTIATE_TEST_SUITE_P(Multipliers, RequantizeTest, ::testing::Bool(), [](const auto &info) {
  return info.param ? "LongMultiply" : "SixteenBitPieces";
});

int32_t clampTo9Bits(int32_t x) { return std::min(std::max(x, -256), 255); }

TEST_P(RequantizeTest, emulatesTheFloatProduct) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 300; ++trial) {
    // From 2^-34, where hardly anything is left of any accumulator, to 2.
    int exponent = -static_cast<int>(random() % 36) + 1;
    uint32_t significand = random() % 3 == 0 ? 1u << 23 : (random() & 0x7fffff) | 1u << 23;
    float multiplier = std::ldexp(static_cast<float>(significand), exponent - 23);
    std::vector<int32_t> accumulators(count);
    // The accumulators of the codes, many at ties.
    float range = std::min(300.0f / multiplier, 2147483000.0f);
    for (int32_t &a : accumulators) {
      int32_t code = static_cast<int32_t>(random() % 600) - 300;
      float tie = (static_cast<float>(code) + 0.5f) / multiplier;
      switch (random() % 3) {
      case 0:
        a = static_cast<int32_t>(random());
        break;
      case 1:
        a = static_cast<int32_t>(range * (static_cast<float>(random() % 2001) / 1000.0f - 1));
        break;
      default:
        a = std::abs(tie) < 2e9f
                ? static_cast<int32_t>(tie) + static_cast<int32_t>(random() % 3) - 1
                : 0;
      }
    }
    accumulators[0] = 0, accumulators[1] = INT32_MIN, accumulators[2] = INT32_MAX;
    accumulators[3] = 16777217, accumulators[4] = -1;
    std::vector<int32_t> results =
        run(accumulators, {0, static_cast<int32_t>(significand), exponent - 23, 0});
    for (int64_t i = 0; i < count; ++i) {
      float real = static_cast<float>(accumulators[i]) * multiplier;
      real = std::min(std::max(real, -256.0f), 255.0f);
      ASSERT_EQ(clampTo9Bits(results[i]), static_cast<int32_t>(std::nearbyint(real)))
          << accumulators[i] << " * " << multiplier;
    }
  }
}

TEST_P(RequantizeTest, evaluatesCertifiedForms) {
  std::mt19937_64 random(2);
  for (int trial = 0; trial < 100; ++trial) {
    int32_t multiplier = 1 + static_cast<int32_t>(random() % 0x7fffffff);
    int64_t offset = static_cast<int64_t>(random()) / 4;
    int shift = 32 + static_cast<int>(random() % 31);
    std::vector<int32_t> accumulators(count);
    for (int32_t &a : accumulators)
      a = static_cast<int32_t>(random());
    accumulators[0] = 0, accumulators[1] = INT32_MIN, accumulators[2] = INT32_MAX;
    std::vector<int32_t> results =
        run(accumulators, {multiplier, static_cast<int32_t>(offset),
                           static_cast<int32_t>(offset >> 32), shift - 32});
    for (int64_t i = 0; i < count; ++i)
      ASSERT_EQ(results[i],
                static_cast<int32_t>((int64_t(accumulators[i]) * multiplier + offset) >> shift));
  }
}

} // namespace
} // namespace qcc::test
