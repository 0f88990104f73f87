//===- LookupTableTest.cpp - tables equal the ops that they stand for
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"

namespace qcc::reference {

using LookupTableTest = ReferenceTest;

static const std::string in = "tensor<256x!quant.uniform<i8:f32, 6.250000e-02:3>>";
static const std::string out = "tensor<256x!quant.uniform<u8:f32, 3.906250e-03>>";

static std::vector<int8_t> allCodes() {
  std::vector<int8_t> codes;
  for (int code = -128; code < 128; ++code)
    codes.push_back(static_cast<int8_t>(code));
  return codes;
}

// lookup-c1
TEST_F(LookupTableTest, OneOp) {
  auto function =
      parse("func.func @run(%x: " + in + ") -> " + out + " {\n %y = qnn.sigmoid %x : " + in +
            " -> " + out + "\n return %y : " + out + "\n}");
  auto table = makeLookupTable(&function.getBody().front().front());
  ASSERT_TRUE(static_cast<bool>(table));
  auto results = evaluate(function, {make<int8_t>(in, allCodes())});
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_EQ(table->bytes, (*results)[0].bytes);

  Tensor storage = *table;
  storage.type = mlir::RankedTensorType::get(
      {256}, mlir::IntegerType::get(&context, 8, mlir::IntegerType::Unsigned));
  Tensor looked = runOp("lookup %a, %b : " + in + ", tensor<256xui8> -> " + out,
                        {make<int8_t>(in, allCodes()), storage}, out);
  EXPECT_EQ(looked.bytes, table->bytes);
}

// x * sigmoid(x): a graph, not a chain.
TEST_F(LookupTableTest, GraphOfOps) {
  std::string real = "tensor<256xf32>";
  auto function =
      parse("func.func @run(%x: " + in + ") -> " + out + " {\n %r = qnn.dequantize %x : " + in +
            " -> " + real + "\n %s = qnn.sigmoid %r : " + real + " -> " + real +
            "\n %m = qnn.mul %r, %s : " + real + ", " + real + " -> " + real +
            "\n %y = qnn.quantize %m : " + real + " -> " + out + "\n return %y : " + out + "\n}");
  auto results = evaluate(function, {make<int8_t>(in, allCodes())});
  auto table = makeLookupTable(function.getArgument(0),
                               function.getBody().front().getTerminator()->getOperand(0));
  ASSERT_TRUE(results && table);
  EXPECT_EQ(table->bytes, (*results)[0].bytes);
}

TEST_F(LookupTableTest, RefusesWhatIsNotElementwise) {
  auto function = parse("func.func @run(%x: " + in + ") -> " + in +
                        " {\n %y = qnn.pad %x low [0] high "
                        "[0] : " +
                        in + " -> " + in + "\n return %y : " + in + "\n}");
  auto table = makeLookupTable(&function.getBody().front().front());
  ASSERT_FALSE(static_cast<bool>(table));
  EXPECT_EQ(llvm::toString(table.takeError()), "qnn.pad is not elementwise, so it has no table");
}

} // namespace qcc::reference
