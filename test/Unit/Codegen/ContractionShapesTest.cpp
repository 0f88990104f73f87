//===- ContractionShapesTest.cpp - float, linear and weight zero points ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

#include "llvm/Support/Endian.h"

namespace qcc::test {
namespace {

struct Shape {
  int batch, height, width, inputs, outputs, window, stride, pad, dilation, group;
};

struct Weights {
  bool isSigned;
  bool perChannel;
  int zeroPoint; // of every channel, plus its index when perChannel
};

/// Text of a network with random constants, its bytes as hexadecimal resources.
class NetworkText {
public:
  explicit NetworkText(unsigned seed) : random(seed) {}

  std::string addBytes(int64_t count, const std::string &type) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    return add(bytes, count, type);
  }
  std::string addZeroPoints(const Weights &weights, int count) {
    std::vector<uint8_t> bytes(count);
    for (int i = 0; i < count; ++i)
      bytes[i] = static_cast<uint8_t>(weights.zeroPoint + (weights.zeroPoint ? i % 5 : 0));
    return add(bytes, count, weights.isSigned ? "i8" : "ui8");
  }
  std::string addFloats(int count, float low, float high) {
    std::vector<uint8_t> bytes(count * 4);
    for (int i = 0; i < count; ++i) {
      float value = low + (high - low) * static_cast<float>(random() % 1000) / 1000.0f;
      std::memcpy(&bytes[i * 4], &value, 4);
    }
    return add(bytes, count, "f32");
  }
  std::string addIntegers(int count, int range) {
    std::vector<uint8_t> bytes(count * 4);
    for (int i = 0; i < count; ++i)
      llvm::support::endian::write32le(&bytes[i * 4],
                                       static_cast<int32_t>(random() % (2 * range)) - range);
    return add(bytes, count, "i32");
  }

  std::string finish(const std::string &inputs, const std::string &result,
                     const std::string &body) {
    return "!q = !quant.uniform<i8:f32, 5.000000e-01:3>\n"
           "!r = !quant.uniform<i8:f32, 2.500000e-01:-5>\n"
           "!wide = !quant.uniform<i16:f32, 1.953125e-03:-300>\n"
           "!positive = !quant.uniform<i16:f32, 1.953125e-03:-32768>\n"
           "func.func @run(" +
           inputs + ") -> " + result + " {\n" + constants + body + "\n return %y : " + result +
           "\n}\n{-#\n dialect_resources: { builtin: {\n" + resources + "\n } }\n#-}\n";
  }

  static std::string tensor(std::initializer_list<int> shape, const std::string &type) {
    std::string text = "tensor<";
    for (int size : shape)
      text += std::to_string(size) + "x";
    return text + type + ">";
  }

private:
  std::string add(llvm::ArrayRef<uint8_t> bytes, int64_t count, const std::string &element) {
    std::string name = "c" + std::to_string(index++);
    std::string type = "tensor<" + std::to_string(count) + "x" + element + ">";
    constants += " %" + name + " = qnn.constant dense_resource<" + name + "> : " + type + " -> " +
                 type + "\n";
    resources += (index > 1 ? ",\n" : "") + std::string("  ") + name + ": \"0x04000000" +
                 llvm::toHex(bytes) + "\"";
    return name;
  }

  std::mt19937 random;
  int index = 0;
  std::string constants, resources;
};

class ContractionShapesTest : public ::testing::TestWithParam<const char *> {
protected:
  static std::string attributes(const Shape &s) {
    auto both = [](int a) { return std::to_string(a) + ", " + std::to_string(a); };
    return " {strides = array<i64: " + both(s.stride) + ">, pads = array<i64: " + both(s.pad) +
           ", " + both(s.pad) + ">, dilations = array<i64: " + both(s.dilation) +
           ">, group = " + std::to_string(s.group) + " : i64}";
  }
  static int outputSize(const Shape &s, int size) {
    return (size + 2 * s.pad - (s.window - 1) * s.dilation - 1) / s.stride + 1;
  }

  void checkConvolution(const Shape &s, const Weights &w, bool residual = false) {
    NetworkText text(s.outputs * 31 + s.inputs);
    int perGroup = s.inputs / s.group, count = w.perChannel ? s.outputs : 1;
    int height = outputSize(s, s.height), width = outputSize(s, s.width);
    std::string storage = w.isSigned ? "i8" : "ui8";
    auto flat = text.addBytes(int64_t(s.outputs) * s.window * s.window * perGroup, storage);
    auto bias = text.addIntegers(s.outputs, 20000);
    float size = static_cast<float>(s.window * s.window * perGroup);
    auto scale = text.addFloats(count, 0.05f / size, 0.4f / size);
    auto zeroPoint = text.addZeroPoints(w, count);
    auto in = [&](const char *type) {
      return NetworkText::tensor({s.batch, s.height, s.width, s.inputs}, type);
    };
    auto out = [&](const char *type) {
      return NetworkText::tensor({s.batch, height, width, s.outputs}, type);
    };
    std::string weightType =
        NetworkText::tensor({s.outputs, s.window, s.window, perGroup}, storage);
    std::string flatType = "tensor<" + std::to_string(s.outputs * s.window * s.window * perGroup) +
                           "x" + storage + ">";
    // A constant of rank 4 is a reshape of its bytes; Layout reads constants only.
    std::string body =
        " %0 = qnn.bitcast %x : " + in("i8") + " -> " + in("!q") +
        "\n %1 = qnn.conv2d %0, %w bias %" + bias + " scale %" + scale + " zero_point %" +
        zeroPoint + attributes(s) + " : " + in("!q") + ", " + weightType + ", bias tensor<" +
        std::to_string(s.outputs) + "xi32>, scale tensor<" + std::to_string(count) +
        "xf32>, zero_point tensor<" + std::to_string(count) + "x" + storage + "> -> " + out("!r");
    std::string last = "%1";
    std::string inputs = "%x: " + in("i8");
    if (residual) {
      inputs += ", %z: " + out("i8");
      body += "\n %2 = qnn.bitcast %z : " + out("i8") + " -> " + out("!q") +
              "\n %3 = qnn.add %1, %2 : " + out("!r") + ", " + out("!q") + " -> " + out("!r") +
              "\n %4 = qnn.relu %3 : " + out("!r") + " -> " + out("!r");
      last = "%4";
    }
    body += "\n %y = qnn.bitcast " + last + " : " + out("!r") + " -> " + out("i8");
    std::string network = text.finish(inputs, out("i8"), body);
    replaceShape(network, flat, flatType, weightType);
    SCOPED_TRACE(describe(s) + (w.isSigned ? " s8" : " u8") + " zero point " +
                 std::to_string(w.zeroPoint));
    Agreement().check(network, GetParam());
  }

  void checkFloatConvolution(const Shape &s) {
    NetworkText text(s.outputs);
    int perGroup = s.inputs / s.group, count = s.outputs * s.window * s.window * perGroup;
    auto flat = text.addFloats(count, -1, 1);
    auto bias = text.addFloats(s.outputs, -1, 1);
    std::string in = NetworkText::tensor({s.batch, s.height, s.width, s.inputs}, "f32");
    std::string out = NetworkText::tensor(
        {s.batch, outputSize(s, s.height), outputSize(s, s.width), s.outputs}, "f32");
    std::string weightType = NetworkText::tensor({s.outputs, s.window, s.window, perGroup}, "f32");
    std::string network = text.finish("%x: " + in, out,
                                      " %y = qnn.conv2d %x, %w bias %" + bias + attributes(s) +
                                          " : " + in + ", " + weightType + ", bias tensor<" +
                                          std::to_string(s.outputs) + "xf32> -> " + out);
    replaceShape(network, flat, "tensor<" + std::to_string(count) + "xf32>", weightType);
    SCOPED_TRACE(describe(s) + " f32");
    Agreement().check(network, GetParam(), 2e-5f * static_cast<float>(count / s.outputs) + 1e-4f);
  }

  /// `in` and `out`: quantized types and their storage.
  void checkLinear(std::vector<int> leading, int inputs, int outputs, const Weights &w,
                   std::pair<std::string, std::string> in = {"!q", "i8"},
                   std::pair<std::string, std::string> out = {"!r", "i8"}) {
    NetworkText text(outputs);
    auto flat = text.addBytes(int64_t(outputs) * inputs, "i8");
    auto scale = text.addFloats(1, 0.1f / inputs, 0.3f / inputs);
    auto zeroPoint = text.addZeroPoints(w, 1);
    auto tensor = [&](int last, const std::string &type) {
      std::string result = "tensor<";
      for (int size : leading)
        result += std::to_string(size) + "x";
      return result + std::to_string(last) + "x" + type + ">";
    };
    std::string weightType = NetworkText::tensor({outputs, inputs}, "i8");
    std::string network = text.finish(
        "%x: " + tensor(inputs, in.second), tensor(outputs, out.second),
        " %0 = qnn.bitcast %x : " + tensor(inputs, in.second) + " -> " + tensor(inputs, in.first) +
            "\n %1 = qnn.linear %0, %w scale %" + scale + " zero_point %" + zeroPoint + " : " +
            tensor(inputs, in.first) + ", " + weightType +
            ", scale tensor<1xf32>, zero_point tensor<1xi8> -> " + tensor(outputs, out.first) +
            "\n %y = qnn.bitcast %1 : " + tensor(outputs, out.first) + " -> " +
            tensor(outputs, out.second));
    replaceShape(network, flat, "tensor<" + std::to_string(outputs * inputs) + "xi8>", weightType);
    SCOPED_TRACE("linear " + std::to_string(inputs) + " to " + std::to_string(outputs));
    Agreement().check(network, GetParam());
  }

private:
  static std::string describe(const Shape &s) {
    return std::to_string(s.batch) + "x" + std::to_string(s.height) + "x" +
           std::to_string(s.width) + "x" + std::to_string(s.inputs) + " to " +
           std::to_string(s.outputs) + " window " + std::to_string(s.window) + " stride " +
           std::to_string(s.stride) + " pad " + std::to_string(s.pad) + " dilation " +
           std::to_string(s.dilation) + " group " + std::to_string(s.group);
  }
  /// Gives the first constant its real shape and the name %w.
  static void replaceShape(std::string &network, const std::string &name, const std::string &flat,
                           const std::string &shaped) {
    std::string from =
        " %" + name + " = qnn.constant dense_resource<" + name + "> : " + flat + " -> " + flat;
    std::string to =
        " %w = qnn.constant dense_resource<" + name + "> : " + shaped + " -> " + shaped;
    network.replace(network.find(from), from.size(), to);
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, ContractionShapesTest, ::testing::Values("x86-64", "haswell"));

constexpr Shape shapes[] = {
    // batch height width inputs outputs window stride pad dilation group
    {1, 9, 11, 3, 8, 3, 1, 1, 1, 1},
    {1, 9, 11, 1, 1, 3, 2, 1, 1, 1},
    {2, 8, 7, 4, 12, 3, 2, 1, 1, 1},
    {1, 14, 14, 10, 64, 1, 1, 0, 1, 1},
    {1, 7, 7, 64, 100, 3, 1, 1, 1, 1},
    {1, 20, 17, 3, 12, 7, 2, 3, 1, 1},
    {2, 5, 6, 10, 100, 1, 1, 0, 1, 1},
    {1, 9, 9, 4, 8, 1, 2, 0, 1, 1},
    {1, 12, 12, 4, 12, 3, 1, 2, 2, 1},
    {1, 8, 8, 12, 24, 3, 1, 1, 1, 3},
    {1, 8, 8, 4, 8, 3, 1, 1, 1, 4},
    {1, 6, 5, 2, 1, 5, 1, 2, 1, 1},
    {1, 8, 1, 6, 6, 1, 1, 0, 1, 1},
    {2, 1, 9, 6, 20, 1, 1, 0, 1, 1},
    {1, 1, 1, 6, 20, 1, 1, 0, 1, 1},
    {1, 9, 1, 4, 8, 3, 1, 1, 1, 1},
    // Copied in bands, the last of which overlaps another.
    {1, 47, 5, 40, 8, 3, 1, 1, 1, 1},
    {1, 61, 7, 40, 8, 1, 1, 0, 1, 1},
    {2, 83, 5, 24, 8, 5, 2, 3, 2, 1},
};
constexpr Shape depthwiseShapes[] = {
    {1, 9, 11, 12, 12, 3, 1, 1, 1, 12}, {2, 8, 8, 64, 64, 3, 2, 1, 1, 64},
    {1, 12, 12, 7, 7, 5, 1, 2, 1, 7},   {1, 10, 10, 100, 100, 3, 1, 2, 2, 100},
    {1, 5, 5, 16, 16, 5, 1, 0, 1, 16},  {1, 47, 5, 64, 64, 3, 1, 1, 1, 64},
};

TEST_P(ContractionShapesTest, convolves) {
  for (const Shape &shape : shapes)
    checkConvolution(shape, {/*isSigned=*/true, /*perChannel=*/true, /*zeroPoint=*/0});
}

TEST_P(ContractionShapesTest, convolvesWithWeightZeroPoints) {
  for (const Shape &shape : {shapes[0], shapes[4], shapes[8], shapes[9]}) {
    checkConvolution(shape, {true, true, -100});
    checkConvolution(shape, {false, false, 128});
    checkConvolution(shape, {false, true, 37});
  }
}

TEST_P(ContractionShapesTest, convolvesDepthwise) {
  for (const Shape &shape : depthwiseShapes) {
    checkConvolution(shape, {true, true, 0});
    checkConvolution(shape, {false, true, 120});
  }
}

TEST_P(ContractionShapesTest, addsResiduals) {
  checkConvolution(shapes[0], {true, true, 0}, /*residual=*/true);
  checkConvolution(shapes[6], {true, true, 0}, /*residual=*/true);
  checkConvolution(shapes[12], {true, true, 0}, /*residual=*/true);
  checkConvolution(depthwiseShapes[0], {true, true, 0}, /*residual=*/true);
}

TEST_P(ContractionShapesTest, convolvesFloats) {
  for (const Shape &shape : shapes)
    checkFloatConvolution(shape);
  for (const Shape &shape : depthwiseShapes)
    checkFloatConvolution(shape);
}

TEST_P(ContractionShapesTest, appliesLinearLayers) {
  for (int inputs : {1, 3, 10, 64, 250})
    for (int outputs : {1, 8, 12, 100})
      checkLinear({1}, inputs, outputs, {true, false, 0});
  checkLinear({2, 3, 5}, 17, 20, {true, false, 9});
  checkLinear({}, 17, 20, {true, false, 0});
  checkLinear({50}, 16, 10, {true, false, -128});
  // 16-bit codes.
  checkLinear({3}, 17, 10, {true, false, 9}, {"!q", "i8"}, {"!wide", "i16"});
  checkLinear({3}, 17, 10, {true, false, 9}, {"!wide", "i16"}, {"!wide", "i16"});
  // Sums beyond 32 bits.
  checkLinear({2}, 3000, 4, {true, false, -128}, {"!positive", "i16"}, {"!wide", "i16"});
}

} // namespace
} // namespace qcc::test
