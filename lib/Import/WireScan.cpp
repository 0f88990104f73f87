//===- WireScan.cpp - a look at the bytes before protobuf allocates
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/WireScan.h"

#include "llvm/ADT/SmallVector.h"
#include <optional>

using namespace mlir;

namespace qcc::import {

namespace {

/// The messages of the schema that can hold other messages, and those worth counting.
enum class Kind : uint8_t {
  Skipped, // bytes, or a message without repeated parts
  Text,    // one string of a repeated field
  Numbers, // a packed list
  Model,
  Graph,
  Node,
  Attribute,
  Tensor,
  SparseTensor,
  ValueInfo,
  Type,
  TensorType,
  ContainerType,
  Shape,
  Leaf, // a message of strings and numbers
  TrainingInfo,
  Function,
  Annotation,
  DeviceUse,
  Sharding,
  ShardedDim,
  LeafWithText
};

/// What the length-delimited field `number` of a message holds.
Kind getField(Kind message, uint32_t number) {
  switch (message) {
  case Kind::Model:
    switch (number) {
    case 7:
      return Kind::Graph;
    case 8:
    case 14:
      return Kind::Leaf;
    case 20:
      return Kind::TrainingInfo;
    case 25:
      return Kind::Function;
    case 26:
      return Kind::LeafWithText;
    }
    break;
  case Kind::Graph:
    switch (number) {
    case 1:
      return Kind::Node;
    case 5:
      return Kind::Tensor;
    case 11:
    case 12:
    case 13:
      return Kind::ValueInfo;
    case 14:
      return Kind::Annotation;
    case 15:
      return Kind::SparseTensor;
    case 16:
      return Kind::Leaf;
    }
    break;
  case Kind::Node:
    switch (number) {
    case 1:
    case 2:
      return Kind::Text;
    case 5:
      return Kind::Attribute;
    case 9:
      return Kind::Leaf;
    case 10:
      return Kind::DeviceUse;
    }
    break;
  case Kind::Attribute:
    switch (number) {
    case 5:
    case 10:
      return Kind::Tensor;
    case 6:
    case 11:
      return Kind::Graph;
    case 7:
    case 8:
      return Kind::Numbers;
    case 9:
      return Kind::Text;
    case 14:
    case 15:
      return Kind::Type;
    case 22:
    case 23:
      return Kind::SparseTensor;
    }
    break;
  case Kind::Tensor:
    switch (number) {
    case 1:
    case 5:
    case 7:
    case 11:
      return Kind::Numbers;
    case 3:
    case 13:
    case 16:
      return Kind::Leaf;
    case 6:
      return Kind::Text;
    }
    break;
  case Kind::SparseTensor:
    if (number == 1 || number == 2)
      return Kind::Tensor;
    if (number == 3)
      return Kind::Numbers;
    break;
  case Kind::ValueInfo:
    if (number == 2)
      return Kind::Type;
    if (number == 4)
      return Kind::Leaf;
    break;
  case Kind::Type:
    switch (number) {
    case 1:
    case 8:
      return Kind::TensorType;
    case 4:
    case 5:
    case 9:
      return Kind::ContainerType;
    case 7:
      return Kind::Leaf;
    }
    break;
  case Kind::TensorType:
    return number == 2 ? Kind::Shape : Kind::Skipped;
  case Kind::ContainerType:
    return number == 1 || number == 2 ? Kind::Type : Kind::Skipped;
  case Kind::Shape:
    return number == 1 ? Kind::Leaf : Kind::Skipped;
  case Kind::TrainingInfo:
    if (number == 1 || number == 2)
      return Kind::Graph;
    if (number == 3 || number == 4)
      return Kind::Leaf;
    break;
  case Kind::Function:
    switch (number) {
    case 4:
    case 5:
    case 6:
      return Kind::Text;
    case 7:
      return Kind::Node;
    case 9:
    case 14:
      return Kind::Leaf;
    case 11:
      return Kind::Attribute;
    case 12:
      return Kind::ValueInfo;
    }
    break;
  case Kind::Annotation:
    return number == 2 ? Kind::Leaf : Kind::Skipped;
  case Kind::DeviceUse:
    return number == 2 ? Kind::Sharding : Kind::Skipped;
  case Kind::Sharding:
    if (number == 2)
      return Kind::Numbers;
    if (number == 3)
      return Kind::LeafWithText;
    if (number == 4)
      return Kind::ShardedDim;
    break;
  case Kind::ShardedDim:
    return number == 1 ? Kind::Leaf : Kind::Skipped;
  case Kind::LeafWithText:
    return number == 2 ? Kind::Numbers : number == 3 ? Kind::Text : Kind::Skipped;
  default:
    break;
  }
  return Kind::Skipped;
}

struct Frame {
  Kind kind;
  size_t end;
};

class Scanner {
public:
  Scanner(StringRef bytes, Reporter &reporter) : bytes(bytes), reporter(reporter) {}

  LogicalResult scan() {
    // protobuf itself stops at 100 levels, with a message that would blame the file's contents.
    constexpr size_t mostLevels = 98;
    constexpr unsigned mostGraphs = 32;
    constexpr int64_t mostNodes = 1000000;
    const uint64_t mostMemory = (uint64_t(256) << 20) + 8 * bytes.size();

    frames.push_back({Kind::Model, bytes.size()});
    while (true) {
      while (!frames.empty() && position == frames.back().end) {
        graphs -= frames.back().kind == Kind::Graph;
        frames.pop_back();
      }
      if (frames.empty())
        return success();
      size_t start = position;
      std::optional<uint64_t> tag = readVarint();
      if (!tag || *tag >> 32 || (*tag >> 3) == 0)
        return corrupt(start);
      uint32_t number = static_cast<uint32_t>(*tag >> 3);
      switch (*tag & 7) {
      case 0:
        memory += 8;
        if (!readVarint())
          return corrupt(start);
        break;
      case 1:
        if (!skip(8))
          return corrupt(start);
        break;
      case 5:
        if (!skip(4))
          return corrupt(start);
        break;
      case 2: {
        std::optional<uint64_t> length = readVarint();
        if (!length || *length > frames.back().end - position)
          return truncated(start);
        Kind message = frames.back().kind, kind = getField(message, number);
        if (kind == Kind::Skipped) {
          position += *length;
          break;
        }
        if (kind == Kind::Text || kind == Kind::Numbers) {
          memory += kind == Kind::Text ? 48 : 8 * *length;
          position += *length;
          break;
        }
        memory += 200;
        if (kind == Kind::Node && ++nodes > mostNodes)
          return reporter.error("E7001", "",
                                "has more than " + Twine(mostNodes) +
                                    " nodes; split the network into several models");
        if (kind == Kind::Graph) {
          if (message == Kind::Model && hasGraph)
            return reporter.error("E1008", "",
                                  "holds two graphs, as if two models had been joined into one "
                                  "file; export the model again");
          hasGraph |= message == Kind::Model;
          if (++graphs > mostGraphs)
            return nestedTooDeep();
        }
        if (frames.size() >= mostLevels)
          return nestedTooDeep();
        frames.push_back({kind, position + static_cast<size_t>(*length)});
        break;
      }
      default:
        return corrupt(start);
      }
      if (memory > mostMemory)
        return reporter.error("E7002", "",
                              "would take far more memory than its size of " + Twine(bytes.size()) +
                                  " bytes suggests; it is not a sound model file");
    }
  }

private:
  std::optional<uint64_t> readVarint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (position == frames.back().end)
        return std::nullopt;
      uint64_t byte = static_cast<unsigned char>(bytes[position++]);
      if (shift == 63 && byte > 1)
        return std::nullopt;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80)
        return value;
    }
    return std::nullopt;
  }

  bool skip(size_t count) {
    if (count > frames.back().end - position)
      return false;
    position += count;
    return true;
  }

  LogicalResult truncated(size_t at) {
    return reporter.error("E1006", "",
                          "ends in the middle of a field that starts at byte " + Twine(at) +
                              ": the file is truncated or not an ONNX model; copy or export it "
                              "again");
  }
  LogicalResult corrupt(size_t at) {
    return reporter.error(
        "E1006", "", "is not an ONNX model or is corrupt: no valid field at byte " + Twine(at));
  }
  LogicalResult nestedTooDeep() {
    return reporter.error("E1007", "",
                          "is nested too deep: subgraphs and types may be at most 32 levels deep");
  }

  StringRef bytes;
  Reporter &reporter;
  SmallVector<Frame, 100> frames;
  size_t position = 0;
  int64_t nodes = 0;
  unsigned graphs = 0;
  uint64_t memory = 0;
  bool hasGraph = false;
};

} // namespace

LogicalResult scanModel(StringRef bytes, Reporter &reporter) {
  return Scanner(bytes, reporter).scan();
}

} // namespace qcc::import
