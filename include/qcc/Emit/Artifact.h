//===- Artifact.h - everything that is said about a compiled network --------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_EMIT_ARTIFACT_H
#define QCC_EMIT_ARTIFACT_H

#include "llvm/Support/JSON.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qcc::emit {

/// A network input or output as the caller passes it: dense, row-major, of `type`.
struct Boundary {
  std::string name; // the graph's
  std::string type; // f32 f64 f16 i8 u8 i16 u16 i32 u32 i64 u64 bool
  std::vector<int64_t> dims;
  int64_t bytes = 0;
  std::optional<float> scale; // set where the integers stand for reals: scale * (q - zeroPoint)
  int64_t zeroPoint = 0;
};

/// The facts of design section 5; header and manifest say the same.
struct Artifact {
  std::string name; // symbol prefix
  std::string target, cpu;
  std::string modelSha256;
  std::string options; // as the user wrote them, without paths
  std::vector<Boundary> inputs, outputs;
  int64_t arenaSize = 0, arenaAlign = 1, arenaBound = 0;
  int64_t stateSize = 0, stateAlign = 1;
  int64_t weightsSize = 0, codeSize = 0, stackMax = 0, macs = 0;
  int64_t selftestSize = -1;          // -1: the object has no selftest
  std::vector<std::string> undefined; // helpers of the ABI that the linker must find
  llvm::json::Array nodes;
};

/// The size of an array that holds `bytes`: C has no empty ones.
inline int64_t getArraySize(int64_t bytes) { return bytes ? bytes : 1; }

/// C99 and C++ header text; it is the manual of the object.
std::string writeHeader(const Artifact &artifact);

/// JSON text (docs/Manifest.md).
std::string writeManifest(const Artifact &artifact);

} // namespace qcc::emit

#endif
