//===- NetworkWriter.h - the values of a network while it becomes a graph
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_EXPORT_NETWORKWRITER_H
#define QCC_LIB_EXPORT_NETWORKWRITER_H

#include "OnnxGraph.h"

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/Support/Permutation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace qcc::exporting {

/// A tensor of rank 4 or more exists with its dimensions as qnn has them (images NHWC), or with
/// everything behind the first three dimensions moved to the second place (images NCHW).
enum class Order { Native, ChannelsFirst };

class NetworkWriter {
public:
  explicit NetworkWriter(OnnxGraph &graph) : graph(graph) {}

  /// Fails with one error at the function when operations have no ONNX form.
  mlir::LogicalResult write(mlir::func::FuncOp network);

  //===- Operands -------------------------------------------------------------//

  /// The order in which `op`, which can work in both, needs the fewest transposes.
  Order chooseOrder(mlir::Operation *op) const;

  bool has(mlir::Value value, Order order) const;

  /// The name of `value` in an order, made from the other one if need be.
  std::string get(mlir::Value value, Order order);

  /// The same as reals: quantized values are dequantized.
  std::string getReal(mlir::Value value, Order order);

  /// A real operand of an elementwise op of rank `rank`.
  std::string getBroadcast(mlir::Value value, int64_t rank, Order order);

  /// An initializer with the zero point of a quantized type.
  std::string addZeroPoint(qnn::QuantizedType type);

  /// Reals with the dimensions permuted, weights above all.
  std::string getPermuted(mlir::Value value, llvm::ArrayRef<int64_t> permutation);

  /// Where dimension `axis` of a tensor lies in an order.
  static int64_t place(int64_t axis, int64_t rank, Order order);
  /// `values`, one for each dimension, in an order.
  static llvm::SmallVector<int64_t> arrange(llvm::ArrayRef<int64_t> values, Order order);

  //===- Results --------------------------------------------------------------//

  /// A node named after `op` with the operands' names as inputs.
  Node addNode(llvm::StringRef onnxOp, mlir::Operation *op, llvm::ArrayRef<std::string> inputs,
               unsigned outputs = 1);

  void set(mlir::Value value, Order order, llvm::StringRef name);

  /// Gives the one result of `op` a name; a quantized result is quantized first.
  void setReal(mlir::Operation *op, Order order, llvm::StringRef name);

  std::string addInitializer(mlir::Operation *op, mlir::Type element, llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<char> bytes);

  OnnxGraph &graph;

private:
  using Forms = std::array<std::string, 2>; // by Order; empty: not there

  std::string convert(mlir::Operation *op, llvm::StringRef onnxOp, llvm::StringRef name,
                      qnn::QuantizedType type);
  std::string moveDimensions(mlir::Value value, llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<int64_t> permutation);

  llvm::DenseMap<mlir::Value, Forms> forms;
};

/// Writers of the operations by family. Each returns false for what it does not know, or what ONNX
/// cannot say.
bool writeContraction(NetworkWriter &writer, mlir::Operation *op);
bool writeElementwise(NetworkWriter &writer, mlir::Operation *op);
bool writeIndexing(NetworkWriter &writer, mlir::Operation *op);
bool writeMove(NetworkWriter &writer, mlir::Operation *op);
bool writeQuantization(NetworkWriter &writer, mlir::Operation *op);
bool writeRecurrent(NetworkWriter &writer, mlir::Operation *op);
bool writeReduction(NetworkWriter &writer, mlir::Operation *op);
bool writeWindow(NetworkWriter &writer, mlir::Operation *op);

/// Whether the ONNX operator of the recurrence that reads `op` computes its product as well.
bool joinsRecurrent(qnn::LinearOp op);

/// The constant's bytes with its dimensions permuted.
std::vector<char> permuteBytes(llvm::ArrayRef<char> bytes, mlir::RankedTensorType type,
                               llvm::ArrayRef<int64_t> permutation);

/// The dimensions of a native tensor in an order.
llvm::SmallVector<int64_t> getPermutation(int64_t rank, Order order);

} // namespace qcc::exporting

#endif
