//===- NodeContext.h - one ONNX node and the network built so far
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_NODECONTEXT_H
#define QCC_LIB_IMPORT_NODECONTEXT_H

#include "dialects/QNN/QNN.h"
#include "lib/Import/ConstantData.h"
#include "lib/Import/Registry.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace qcc::import {

/// A value of the graph: known while importing, or computed by the network.
struct Tensor {
  ConstantPointer constant;
  mlir::Value value;

  explicit operator bool() const { return constant || value; }
  mlir::RankedTensorType getType() const {
    return constant ? constant->type : llvm::cast<mlir::RankedTensorType>(value.getType());
  }
};

/// What the nodes of the graph or of one call of a function share.
struct Frame {
  llvm::StringMap<Tensor> values;
  const llvm::StringMap<int64_t> *opsets = nullptr;
  /// Of a call: the attributes that its function's body may refer to.
  llvm::StringMap<onnx::AttributeProto *> attributes;
};

/// What all nodes of a model share.
struct ImportState {
  ImportState(mlir::MLIRContext *context, Reporter &reporter, ExternalData &external,
              int64_t foldBudget, int64_t nodeBudget)
      : builder(context), reporter(reporter), external(external), foldBudget(foldBudget),
        nodeBudget(nodeBudget) {}

  mlir::OpBuilder builder;
  Reporter &reporter;
  ExternalData &external;
  int64_t foldBudget;                    // bytes that folding may still make; files add theirs
  int64_t fillBudget = int64_t(1) << 30; // bytes that may still be made of one number each
  int64_t nodeBudget;                    // nodes that unrolling and inlining may still make
  Frame frame;
  bool hasNarrowed = false; // f64 arithmetic was replaced by f32's
  /// Tensors of nodes that run several times are decoded once.
  llvm::DenseMap<const onnx::TensorProto *, ConstantPointer> decoded;
  /// Imports a graph of a node on the values of its inputs; gives those of its outputs.
  std::function<mlir::FailureOr<llvm::SmallVector<Tensor>>(
      onnx::GraphProto &graph, llvm::ArrayRef<Tensor> inputs, const std::string &where)>
      importGraph;

  /// The constant of a tensor, whose bytes are taken out of the message.
  mlir::FailureOr<ConstantPointer> decode(onnx::TensorProto &tensor, const llvm::Twine &where);

  /// The operation of a constant, made on its first use.
  mlir::Value materialize(Constant &constant, llvm::StringRef name);
};

/// What a handler sees. Input and output numbers are ONNX's.
class NodeContext {
public:
  NodeContext(ImportState &state, onnx::NodeProto &node, int64_t version, mlir::Location location,
              std::string where)
      : builder(state.builder), location(location), version(version), state(state), node(node),
        where(std::move(where)) {}

  mlir::OpBuilder &builder;
  const mlir::Location location;
  const int64_t version; // of the operator's domain
  /// The node's float type where operands were converted to f32 for the handler, else null.
  mlir::Type floatType;

  mlir::LogicalResult error(llvm::StringRef code, const llvm::Twine &text) {
    return state.reporter.error(code, where, text);
  }

  void warning(llvm::StringRef code, const llvm::Twine &text) {
    state.reporter.warning(code, where, text);
  }

  //===- Inputs ---------------------------------------------------------------//

  unsigned getNumInputs() const { return node.input_size(); }
  unsigned getNumOutputs() const { return node.output_size(); }
  bool hasInput(unsigned i) const {
    return i < getNumInputs() && !node.input(static_cast<int>(i)).empty();
  }
  bool hasOutput(unsigned i) const {
    return i < getNumOutputs() && !node.output(static_cast<int>(i)).empty();
  }
  const Tensor &getInput(unsigned i) const;
  mlir::RankedTensorType getType(unsigned i) const { return getInput(i).getType(); }
  llvm::ArrayRef<int64_t> getShape(unsigned i) const { return getType(i).getShape(); }
  int64_t getRank(unsigned i) const { return getType(i).getRank(); }
  mlir::Type getElementType(unsigned i) const { return getType(i).getElementType(); }
  /// "input 1 'w'" for messages.
  std::string describeInput(unsigned i) const;
  /// Ends the message about an input that must be known but is not; names the one input of the
  /// network that it depends on.
  std::string whyUnknown(unsigned i) const;

  /// The constant behind an input, or null.
  const Constant *getConstant(unsigned i) const { return getInput(i).constant.get(); }
  /// Whether all inputs are known and small: the node is shape arithmetic.
  bool hasOnlyKnownInputs() const;
  /// The input as an SSA value; a constant becomes a qnn.constant on its first use.
  mlir::Value getValue(unsigned i);

  /// Fails unless the input is f32.
  mlir::LogicalResult requireFloat(unsigned i);
  /// Fails unless the rank lies in [low, high].
  mlir::LogicalResult requireRank(unsigned i, int64_t low, int64_t high);
  /// Integers of an input that must be known while importing; `meaning` completes the message.
  mlir::FailureOr<llvm::SmallVector<int64_t>> requireIntegers(unsigned i, llvm::StringRef meaning);

  //===- Attributes -----------------------------------------------------------//

  bool hasAttribute(llvm::StringRef name) const { return findAttribute(name) != nullptr; }
  int64_t getInt(llvm::StringRef name, int64_t otherwise) const;
  float getFloat(llvm::StringRef name, float otherwise) const;
  llvm::StringRef getString(llvm::StringRef name, llvm::StringRef otherwise) const;
  llvm::SmallVector<int64_t> getInts(llvm::StringRef name) const;
  llvm::SmallVector<double> getFloats(llvm::StringRef name) const;
  llvm::SmallVector<llvm::StringRef> getStrings(llvm::StringRef name) const;
  /// Runs the graph of an attribute, which must exist, on `inputs` now.
  mlir::FailureOr<llvm::SmallVector<Tensor>> importGraph(llvm::StringRef name,
                                                         llvm::ArrayRef<Tensor> inputs);
  /// A value for a constant or a computed tensor.
  mlir::Value getValue(const Tensor &tensor);
  /// The decoded tensor attribute, which must exist.
  mlir::FailureOr<ConstantPointer> getTensor(llvm::StringRef name);
  /// A dimension number in [-rank, rank), made positive.
  mlir::FailureOr<int64_t> resolveAxis(int64_t axis, int64_t rank);
  mlir::FailureOr<int64_t> getAxis(llvm::StringRef name, int64_t otherwise, int64_t rank) {
    return resolveAxis(getInt(name, otherwise), rank);
  }
  /// Different dimension numbers, ascending.
  mlir::FailureOr<llvm::SmallVector<int64_t>> resolveAxes(llvm::ArrayRef<int64_t> axes,
                                                          int64_t rank);

  //===- Results --------------------------------------------------------------//

  /// Type of a new tensor; an error when it is too large.
  mlir::FailureOr<mlir::RankedTensorType> makeType(llvm::ArrayRef<int64_t> shape,
                                                   mlir::Type elementType);
  template <typename Op, typename... Args> mlir::Value create(Args &&...args) {
    return Op::create(builder, location, std::forward<Args>(args)...);
  }
  mlir::Value createReshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value createTranspose(mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  /// A constant whose number of elements follows from shapes or attributes, which a small file can
  /// make as large as it likes: its bytes are charged before they exist, then `fill` sets its
  /// elements, which are zero. All such constants are made here; createFloats and createConstant
  /// are for elements that the file holds, or that are few.
  template <typename T>
  mlir::FailureOr<mlir::Value>
  computeConstant(llvm::ArrayRef<int64_t> shape, mlir::Type elementType,
                  llvm::function_ref<void(llvm::MutableArrayRef<T>)> fill) {
    assert(qnn::getElementBytes(elementType) == sizeof(T) && "elements of another size");
    return computeBytes(shape, elementType, [&](llvm::MutableArrayRef<char> bytes) {
      fill({reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)});
    });
  }
  mlir::FailureOr<mlir::Value>
  computeFloats(llvm::ArrayRef<int64_t> shape,
                llvm::function_ref<void(llvm::MutableArrayRef<float>)> fill) {
    return computeConstant<float>(shape, builder.getF32Type(), fill);
  }
  /// A qnn.constant from a constant that no graph value holds.
  mlir::Value createConstant(const Constant &constant);
  mlir::Value createFloats(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values);

  /// Accounts for `bytes` made by folding; an error when the file is out of proportion to them.
  mlir::LogicalResult chargeFolding(int64_t bytes);
  /// The same for a tensor of equal elements, which costs no time: networks whose weights were cut
  /// out are made of them.
  mlir::LogicalResult chargeFilling(int64_t bytes);

  mlir::LogicalResult setResult(mlir::Value value, unsigned i = 0) {
    return setResult(Tensor{nullptr, value}, i);
  }
  mlir::LogicalResult setResult(ConstantPointer constant, unsigned i = 0) {
    return setResult(Tensor{std::move(constant), nullptr}, i);
  }
  mlir::LogicalResult setResult(Tensor tensor, unsigned i = 0);
  /// The node's results in order; surplus ones are dropped.
  mlir::LogicalResult setResults(llvm::ArrayRef<Tensor> tensors) {
    for (auto [i, tensor] : llvm::enumerate(tensors))
      (void)setResult(tensor, i);
    return mlir::success();
  }
  bool hasResult(unsigned i) const {
    return hasOutput(i) && state.frame.values.contains(node.output(static_cast<int>(i)));
  }
  /// What setResult has stored.
  const Tensor &getResult(unsigned i) const {
    return state.frame.values.find(node.output(static_cast<int>(i)))->second;
  }

private:
  friend class Parts;

  onnx::AttributeProto *findAttribute(llvm::StringRef name) const;
  mlir::FailureOr<mlir::Value>
  computeBytes(llvm::ArrayRef<int64_t> shape, mlir::Type elementType,
               llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);

  ImportState &state;
  onnx::NodeProto &node;
  std::string where;
};

inline mlir::RankedTensorType getTensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// Whether a value is computed from constants only.
bool isConstantExpression(mlir::Value value);

/// The NumPy broadcast of two shapes, or nothing.
std::optional<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<int64_t> lhs,
                                                          llvm::ArrayRef<int64_t> rhs);

/// "[1, 3, 224, 224]"
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace qcc::import

#endif
