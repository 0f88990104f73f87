//===- EmulateFloatTest.cpp - f32 arithmetic on integers, executed ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "qcc/Codegen/Passes.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

namespace qcc::test {
namespace {

constexpr size_t count = 1 << 14;

/// Operands of every kind: random bits, numbers close to each other, ends of the range, specials.
std::vector<uint32_t> makeOperands(unsigned seed) {
  constexpr uint32_t ends[] = {0,          1,          2,          0x007fffff, 0x00800000,
                               0x00800001, 0x3f800000, 0x3f7fffff, 0x4b000000, 0x4b800001,
                               0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001, 0x33800000};
  std::mt19937 random(seed);
  std::vector<uint32_t> bits(count);
  for (uint32_t &value : bits) {
    uint32_t sign = random() << 31;
    switch (random() % 6) {
    case 0:
      value = random();
      break;
    case 1: // few bits, so that sums and products are exact or ties
      value = sign | ((120 + random() % 16) << 23) | (random() % 8) << 20;
      break;
    case 2:
      value = sign | ((125 + random() % 4) << 23) | (random() & 0x7fffff);
      break;
    case 3: // denormal
      value = sign | (random() & 0x7fffff);
      break;
    case 4: // products that underflow
      value = sign | ((55 + random() % 16) << 23) | (random() & 0x7fffff);
      break;
    default:
      value = sign | ends[random() % std::size(ends)];
    }
  }
  return bits;
}

class EmulateFloatTest : public ::testing::Test {
protected:
  /// Runs `body`, which defines %y: i32 of the i32 bits %a and %b, through the pass.
  std::vector<uint32_t> run(const std::string &body, const std::vector<uint32_t> &a,
                            const std::vector<uint32_t> &b) {
    mlir::DialectRegistry registry;
    pipeline::registerAllDialects(registry);
    mlir::MLIRContext context(registry);
    context.loadAllAvailableDialects();
    std::string text = R"(
      module attributes {qcc.name = "net", qcc.arena_size = 0 : i64, qcc.target = {name = "cortex-m0", cpu = "", attributes = ""}} {
      func.func @net_run(%in0: !llvm.ptr, %in1: !llvm.ptr, %result: !llvm.ptr, %arena: !llvm.ptr) -> i32 attributes {qcc.integer} {
        %zero = arith.constant 0 : i64
        %one = arith.constant 1 : i64
        %count = arith.constant 16384 : i64
        scf.for %i = %zero to %count step %one : i64 {
          %pa = llvm.getelementptr %in0[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
          %pb = llvm.getelementptr %in1[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
          %py = llvm.getelementptr %result[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
          %a = llvm.load %pa {alignment = 4 : i64} : !llvm.ptr -> i32
          %b = llvm.load %pb {alignment = 4 : i64} : !llvm.ptr -> i32
          %x = arith.bitcast %a : i32 to f32
          %z = arith.bitcast %b : i32 to f32
          )" + body + R"(
          llvm.store %y, %py {alignment = 4 : i64} : i32, !llvm.ptr
        }
        %ok = arith.constant 0 : i32
        return %ok : i32
      }})";
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    mlir::PassManager manager(&context);
    manager.addPass(codegen::createEmulateFloat());
    EXPECT_TRUE(mlir::succeeded(manager.run(*module)));
    module->walk([](mlir::Operation *op) {
      EXPECT_FALSE(llvm::StringRef("arith.addf arith.subf arith.mulf arith.divf arith.cmpf "
                                   "arith.sitofp arith.uitofp arith.negf math.sqrt")
                       .contains(op->getName().getStringRef()));
    });
    setTarget(*module, "x86_64", "", "");
    auto runner = target::createRunner(*module);
    EXPECT_TRUE(static_cast<bool>(runner));
    std::vector<uint32_t> results(count);
    if (!runner)
      return results;
    llvm::Error error = (*runner)->run({a.data(), b.data()}, {results.data()});
    EXPECT_FALSE(static_cast<bool>(error));
    return results;
  }

  void check(const std::string &op, float (*wanted)(float, float)) {
    std::vector<uint32_t> a = makeOperands(1), b = makeOperands(2);
    std::vector<uint32_t> got =
        run("%f = arith." + op + " %x, %z : f32\n%y = arith.bitcast %f : f32 to i32", a, b);
    for (size_t i = 0; i < count; ++i) {
      float expected = wanted(llvm::bit_cast<float>(a[i]), llvm::bit_cast<float>(b[i]));
      if (std::isnan(expected))
        ASSERT_TRUE(std::isnan(llvm::bit_cast<float>(got[i]))) << a[i] << " " << b[i];
      else
        ASSERT_EQ(got[i], llvm::bit_cast<uint32_t>(expected)) << op << " " << a[i] << " " << b[i];
    }
  }

  template <typename Wanted>
  void checkBits(const std::string &body, const std::vector<uint32_t> &a,
                 const std::vector<uint32_t> &b, Wanted wanted) {
    std::vector<uint32_t> got = run(body, a, b);
    for (size_t i = 0; i < count; ++i)
      ASSERT_EQ(got[i], wanted(a[i], b[i])) << body << " " << a[i] << " " << b[i];
  }
};

TEST_F(EmulateFloatTest, adds) {
  check("addf", [](float a, float b) { return a + b; });
}

TEST_F(EmulateFloatTest, subtracts) {
  check("subf", [](float a, float b) { return a - b; });
}

TEST_F(EmulateFloatTest, multiplies) {
  check("mulf", [](float a, float b) { return a * b; });
}

TEST_F(EmulateFloatTest, divides) {
  check("divf", [](float a, float b) { return a / b; });
}

TEST_F(EmulateFloatTest, takesRoots) {
  std::vector<uint32_t> a = makeOperands(6);
  std::vector<uint32_t> got =
      run("%f = math.sqrt %x : f32\n%y = arith.bitcast %f : f32 to i32", a, a);
  for (size_t i = 0; i < count; ++i) {
    float expected = std::sqrt(llvm::bit_cast<float>(a[i]));
    if (std::isnan(expected))
      ASSERT_TRUE(std::isnan(llvm::bit_cast<float>(got[i]))) << a[i];
    else
      ASSERT_EQ(got[i], llvm::bit_cast<uint32_t>(expected)) << a[i];
  }
}

TEST_F(EmulateFloatTest, negates) {
  checkBits("%f = arith.negf %x : f32\n%y = arith.bitcast %f : f32 to i32", makeOperands(3),
            makeOperands(4), [](uint32_t a, uint32_t) { return a ^ 0x80000000u; });
}

TEST_F(EmulateFloatTest, convertsIntegers) {
  std::mt19937 random(5);
  std::vector<uint32_t> integers(count);
  for (uint32_t &value : integers)
    value = static_cast<uint32_t>(static_cast<int32_t>(random()) >> random() % 32);
  integers[0] = 0x80000000u, integers[1] = 0, integers[2] = 0xffffffffu, integers[3] = 0x7fffffffu;
  checkBits("%f = arith.sitofp %a : i32 to f32\n%y = arith.bitcast %f : f32 to i32", integers,
            integers, [](uint32_t a, uint32_t) {
              return llvm::bit_cast<uint32_t>(static_cast<float>(static_cast<int32_t>(a)));
            });
  checkBits("%f = arith.uitofp %a : i32 to f32\n%y = arith.bitcast %f : f32 to i32", integers,
            integers,
            [](uint32_t a, uint32_t) { return llvm::bit_cast<uint32_t>(static_cast<float>(a)); });
  checkBits("%n = arith.trunci %a : i32 to i8\n%f = arith.sitofp %n : i8 to f32\n"
            "%y = arith.bitcast %f : f32 to i32",
            integers, integers, [](uint32_t a, uint32_t) {
              return llvm::bit_cast<uint32_t>(static_cast<float>(static_cast<int8_t>(a)));
            });
}

TEST_F(EmulateFloatTest, compares) {
  struct Case {
    const char *predicate;
    bool (*holds)(float, float);
  } cases[] = {
      {"oeq", [](float a, float b) { return a == b; }},
      {"one", [](float a, float b) { return a < b || a > b; }},
      {"olt", [](float a, float b) { return a < b; }},
      {"ole", [](float a, float b) { return a <= b; }},
      {"ogt", [](float a, float b) { return a > b; }},
      {"oge", [](float a, float b) { return a >= b; }},
      {"ueq", [](float a, float b) { return !(a < b || a > b); }},
      {"une", [](float a, float b) { return a != b; }},
      {"ult", [](float a, float b) { return !(a >= b); }},
      {"ule", [](float a, float b) { return !(a > b); }},
      {"ugt", [](float a, float b) { return !(a <= b); }},
      {"uge", [](float a, float b) { return !(a < b); }},
      {"uno", [](float a, float b) { return std::isnan(a) || std::isnan(b); }},
      {"ord", [](float a, float b) { return !std::isnan(a) && !std::isnan(b); }},
  };
  for (const Case &c : cases)
    checkBits(std::string("%f = arith.cmpf ") + c.predicate +
                  ", %x, %z : f32\n%y = arith.extui %f : i1 to i32",
              makeOperands(6), makeOperands(7), [&](uint32_t a, uint32_t b) {
                return uint32_t(c.holds(llvm::bit_cast<float>(a), llvm::bit_cast<float>(b)));
              });
}

} // namespace
} // namespace qcc::test
