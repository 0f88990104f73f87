//===- FloatConversion.h - operands of the float types that handlers do not take
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_FLOATCONVERSION_H
#define QCC_LIB_IMPORT_FLOATCONVERSION_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// While it lives the handler of a node reads f32 where the graph holds a float type that its row
/// does not take. The node's float type is that of its first input, or, when that holds no floats,
/// of the first that does.
class FloatConversion {
public:
  FloatConversion(ImportState &state, NodeContext &context, onnx::NodeProto &node,
                  const Operator &row);
  ~FloatConversion() { restoreOperands(); }

  /// Brings f32 results to the node's float type.
  mlir::LogicalResult convertResults();

private:
  bool isTaken(mlir::Type type) const;
  void restoreOperands();
  Tensor convert(const Tensor &tensor, mlir::Type elementType);

  ImportState &state;
  NodeContext &context;
  FloatTypes floats;
  llvm::SmallVector<std::pair<std::string, Tensor>> operands; // as the graph has them
};

} // namespace qcc::import

#endif
