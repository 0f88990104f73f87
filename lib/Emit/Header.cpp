//===- Header.cpp - the C header of a compiled network ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Emit/Artifact.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace qcc::emit {

namespace {

StringRef getCType(StringRef type) {
  return StringSwitch<StringRef>(type)
      .Case("f32", "float")
      .Case("f64", "double")
      // C99 has no 16-bit floats: their bits.
      .Cases({"f16", "bf16"}, "uint16_t")
      .Case("i8", "int8_t")
      .Cases({"u8", "bool"}, "uint8_t")
      .Case("i16", "int16_t")
      .Case("u16", "uint16_t")
      .Case("i32", "int32_t")
      .Case("u32", "uint32_t")
      .Case("i64", "int64_t")
      .Case("u64", "uint64_t")
      .Default("void");
}

/// A name from the model inside a C string literal or comment: nothing in it may end either.
std::string quote(StringRef text) {
  std::string quoted;
  for (unsigned char c : text) {
    if (isAlnum(c) || StringRef(" _-.:/[](),+=@#$%&").contains(c))
      quoted += static_cast<char>(c);
    else
      quoted += formatv("\\{0}{1}{2}", c >> 6, (c >> 3) & 7, c & 7).str();
  }
  return quoted;
}

/// The shortest decimal that reads back as the same f32.
std::string formatFloat(float value) {
  std::string text;
  for (int digits = 6; digits <= 9; ++digits) {
    SmallString<32> buffer;
    raw_svector_ostream stream(buffer);
    stream << format("%.*g", digits, static_cast<double>(value));
    text = buffer.str().str();
    if (std::strtof(text.c_str(), nullptr) == value)
      break;
  }
  if (StringRef(text).find_first_of(".e") == StringRef::npos)
    text += ".0";
  return text + "f";
}

class HeaderWriter {
public:
  explicit HeaderWriter(const Artifact &artifact)
      : artifact(artifact), name(artifact.name), upper(StringRef(name).upper()), stream(text) {}

  std::string write() {
    writeBanner();
    stream << "#ifndef " << upper << "_H\n#define " << upper
           << "_H\n\n#include <stddef.h>\n#include <stdint.h>\n\n"
           << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    writeSizes();
    for (auto [index, input] : enumerate(artifact.inputs))
      writeBoundary("IN" + std::to_string(index), input);
    for (auto [index, output] : enumerate(artifact.outputs))
      writeBoundary("OUT" + std::to_string(index), output);
    writeFunctions();
    stream << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
    return text;
  }

private:
  void writeBanner() {
    stream << "/* " << name << ": a network compiled by qcc " << QCC_VERSION << " for "
           << artifact.target << " (" << quote(artifact.cpu)
           << ").\n * Model SHA-256: " << artifact.modelSha256 << "\n * " << artifact.macs
           << " multiply-accumulates; " << artifact.weightsSize << " bytes of weights, "
           << artifact.codeSize << " of code and constants.\n *\n"
           << " * Link the object that was written with this header";
    writeHelpers();
    stream << " * All memory is the caller's. Several threads may run at once, each with "
           << (artifact.stateSize ? "a state and " : "") << "an arena of its own.\n"
           << " */\n";
  }

  /// What the linker must find beside the object.
  void writeHelpers() {
    if (artifact.undefined.empty()) {
      stream << "; nothing else is needed. It allocates nothing, keeps nothing, and calls no\n"
             << " * library.\n";
      return;
    }
    stream << ", and the compiler's run-time library (libgcc or compiler-rt), which\n"
           << " * has these helpers of the ABI:";
    size_t column = 100;
    for (const std::string &symbol : artifact.undefined) {
      if (column + 1 + symbol.size() > 100) {
        stream << "\n *  ";
        column = 4;
      }
      stream << " " << symbol;
      column += 1 + symbol.size();
    }
    stream << "\n * The object allocates nothing, keeps nothing, and calls nothing else.\n";
  }

  void define(const Twine &macro, const Twine &value, StringRef comment = "") {
    stream << "#define " << upper << "_" << macro << " " << value;
    if (!comment.empty())
      stream << " /* " << comment << " */";
    stream << "\n";
  }

  void writeSizes() {
    define("ARENA_SIZE", Twine(getArraySize(artifact.arenaSize)) + "u",
           artifact.arenaSize ? "bytes; exact; inputs and outputs not included"
                              : "bytes; nothing is kept there, but C has no empty arrays");
    define("ARENA_ALIGN", Twine(artifact.arenaAlign) + "u", "bytes");
    define("STACK_MAX", Twine(artifact.stackMax) + "u",
           "bytes; worst case of every function below");
    if (artifact.stateSize) {
      define("STATE_SIZE", Twine(artifact.stateSize) + "u",
             "bytes; one stream's, kept between calls");
      define("STATE_ALIGN", Twine(artifact.stateAlign) + "u", "bytes");
    }
    if (artifact.selftestSize >= 0)
      define("SELFTEST_SIZE", Twine(getArraySize(artifact.selftestSize)) + "u",
             "bytes of work memory of the selftest");
    define("WEIGHTS_SIZE", Twine(artifact.weightsSize) + "u");
    define("MACS", Twine(artifact.macs) + "u", "multiply-accumulates of one run");
    stream << "\n";
  }

  void writeBoundary(const std::string &prefix, const Boundary &tensor) {
    std::string dims;
    for (int64_t size : tensor.dims)
      dims += (dims.empty() ? "" : ", ") + std::to_string(size);
    define(prefix + "_NAME", "\"" + quote(tensor.name) + "\"");
    define(prefix + "_TYPE", getCType(tensor.type));
    define(prefix + "_SIZE", Twine(tensor.bytes) + "u", "bytes");
    define(prefix + "_RANK", Twine(tensor.dims.size()));
    define(prefix + "_DIMS", "{" + (dims.empty() ? "1" : dims) + "}", "row-major");
    if (tensor.scale) {
      define(prefix + "_SCALE", formatFloat(*tensor.scale), "real = scale * (q - zero_point)");
      define(prefix + "_ZERO_POINT", "(" + Twine(tensor.zeroPoint) + ")");
    }
    stream << "\n";
  }

  void writeFunctions() {
    stream
        << "typedef enum {\n  " << upper << "_OK = 0,\n  " << upper
        << "_NULL_POINTER = 1, /* an argument is NULL */\n  " << upper
        << "_MISALIGNED = 2, /* the arena is not aligned to " << upper << "_ARENA_ALIGN"
        << (artifact.stateSize ? ", or the state not to " + upper + "_STATE_ALIGN" : "")
        << " */\n  " << upper
        << "_SELFTEST_FAILED = 3 /* the selftest computed something else than the compiler */\n} "
        << name << "_status;\n\n";
    stream << "/* Runs the network once.\n";
    auto describe = [&](StringRef argument, const Boundary &tensor, StringRef direction) {
      stream << " * " << argument << ": " << direction << " '" << quote(tensor.name) << "', "
             << tensor.type << "[";
      interleave(tensor.dims, stream, [&](int64_t size) { stream << size; }, ",");
      stream << "], dense, row-major.\n";
    };
    std::string parameters;
    for (auto [index, tensor] : enumerate(artifact.inputs)) {
      describe("in" + std::to_string(index), tensor, "reads");
      parameters += formatv("const {0} *in{1}, ", getCType(tensor.type), index).str();
    }
    for (auto [index, tensor] : enumerate(artifact.outputs)) {
      describe("out" + std::to_string(index), tensor, "writes");
      parameters += formatv("{0} *out{1}, ", getCType(tensor.type), index).str();
    }
    if (artifact.stateSize) {
      stream << " * state: " << upper
             << "_STATE_SIZE bytes that live from call to call, aligned to " << upper
             << "_STATE_ALIGN; " << name << "_reset comes first.\n";
      parameters += "void *state, ";
    }
    stream << " * arena: " << upper << "_ARENA_SIZE bytes, aligned to " << upper
           << "_ARENA_ALIGN; its content matters neither before nor after.\n"
           << " * No buffer may overlap another. Returns " << upper
           << "_OK, or a code with nothing written. */\n"
           << name << "_status " << name << "_run(" << parameters << "void *arena);\n\n";
    if (artifact.stateSize)
      stream << "/* Begins a stream: the state is zero. */\n"
             << name << "_status " << name << "_reset(void *state);\n\n";
    if (artifact.selftestSize >= 0)
      stream << "/* Runs the network on a generated input and compares the result, and the weights "
                "in memory, with what the\n"
             << " * compiler computed. work: " << upper << "_SELFTEST_SIZE bytes, aligned to "
             << upper << "_ARENA_ALIGN. */\n"
             << name << "_status " << name << "_selftest(void *work);\n\n";
  }

  const Artifact &artifact;
  std::string name, upper, text;
  raw_string_ostream stream;
};

} // namespace

std::string writeHeader(const Artifact &artifact) { return HeaderWriter(artifact).write(); }

} // namespace qcc::emit
