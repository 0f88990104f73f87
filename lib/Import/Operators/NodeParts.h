//===- NodeParts.h - a node as several standard operators
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_NODEPARTS_H
#define QCC_LIB_IMPORT_OPERATORS_NODEPARTS_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Attributes of a part.
struct PartAttributes {
  llvm::SmallVector<onnx::AttributeProto, 0> list;

  PartAttributes &setInt(llvm::StringRef name, int64_t value);
  PartAttributes &setFloat(llvm::StringRef name, float value);
  PartAttributes &setString(llvm::StringRef name, llvm::StringRef value);
  PartAttributes &setInts(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
};

/// A fused operator as the operators of ai.onnx that it stands for, whose handlers import them in
/// the newest version. Messages name the node of the file, and then the part.
///
/// After the first error nothing more is made and every result is null; `finish` reports it. The
/// caller gives each part the inputs and attributes that its row requires.
class Parts {
public:
  explicit Parts(NodeContext &node) : node(node) {}

  bool hasFailed() const { return isFailed; }
  /// The node's input, null where it is absent.
  Tensor get(unsigned i) const { return node.hasInput(i) ? node.getInput(i) : Tensor(); }
  /// Those of the named attributes that the node has.
  PartAttributes copy(llvm::ArrayRef<llvm::StringRef> names) const;

  Tensor make(llvm::StringRef name, llvm::ArrayRef<Tensor> inputs,
              const PartAttributes &attributes = {}) {
    return makeSeveral(name, inputs, attributes, 1).front();
  }
  llvm::SmallVector<Tensor> makeSeveral(llvm::StringRef name, llvm::ArrayRef<Tensor> inputs,
                                        const PartAttributes &attributes, unsigned outputs);
  /// lhs + rhs, or lhs * rhs, where rhs broadcasts to the shape of lhs.
  Tensor addTo(Tensor lhs, Tensor rhs) { return makeOnLeft("Add", lhs, rhs); }
  Tensor scale(Tensor lhs, Tensor rhs) { return makeOnLeft("Mul", lhs, rhs); }
  Tensor transpose(Tensor tensor, llvm::ArrayRef<int64_t> permutation) {
    return make("Transpose", tensor, PartAttributes().setInts("perm", permutation));
  }
  Tensor reshape(Tensor tensor, llvm::ArrayRef<int64_t> shape);
  /// Constants: a list of int64, one int64, one f32.
  Tensor list(llvm::ArrayRef<int64_t> values);
  Tensor integer(int64_t value);
  Tensor number(float value);

  void fail(llvm::StringRef code, const llvm::Twine &text) {
    if (!isFailed)
      (void)node.error(code, text);
    isFailed = true;
  }
  mlir::LogicalResult finish(Tensor result) {
    return isFailed ? mlir::failure() : node.setResult(std::move(result));
  }

private:
  Tensor makeOnLeft(llvm::StringRef name, Tensor lhs, Tensor rhs);

  NodeContext &node;
  bool isFailed = false;
};

} // namespace qcc::import

#endif
