//===- NodeContext.cpp - one ONNX node and the network built so far
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"

#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/ConstantFolding.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Traits.h"
#include "qcc/Support/CheckedMath.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace qcc::import {

FailureOr<ConstantPointer> ImportState::decode(onnx::TensorProto &tensor, const Twine &where) {
  ConstantPointer &known = decoded[&tensor];
  if (!known) {
    int64_t opened = external.getBytes();
    auto constant = decodeTensor(tensor, where, builder.getContext(), external, reporter);
    if (failed(constant))
      return failure();
    known = *constant;
    foldBudget += external.getBytes() - opened;
  }
  return known;
}

Value ImportState::materialize(Constant &constant, StringRef name) {
  if (!constant.value) {
    auto op = qnn::createConstant(builder, NameLoc::get(builder.getStringAttr(name)), constant.type,
                                  constant.bytes);
    constant.value = op;
    // The operation holds a copy; the bytes from the file are not needed twice.
    constant.bytes = qnn::getBytes(op);
    constant.owner.reset();
  }
  return constant.value;
}

//===- Inputs -----------------------------------------------------------------//

const Tensor &NodeContext::getInput(unsigned i) const {
  assert(hasInput(i) && "absent inputs are asked for with hasInput first");
  return state.frame.values.find(node.input(static_cast<int>(i)))->second;
}

std::string NodeContext::describeInput(unsigned i) const {
  return "input " + std::to_string(i) + " " + quoted(node.input(static_cast<int>(i)));
}

std::string NodeContext::whyUnknown(unsigned i) const {
  llvm::SetVector<Value> values;
  SmallVector<BlockArgument> sources;
  values.insert(getInput(i).value);
  for (size_t at = 0; at < values.size(); ++at) {
    if (Operation *op = values[at].getDefiningOp())
      values.insert_range(op->getOperands());
    else
      sources.push_back(cast<BlockArgument>(values[at]));
  }
  std::string text = "must be known at compile time but is computed by the network";
  if (sources.size() != 1)
    return text;
  auto function = dyn_cast<func::FuncOp>(sources[0].getOwner()->getParentOp());
  auto name = function
                  ? function.getArgAttrOfType<StringAttr>(sources[0].getArgNumber(), "qnn.name")
                  : StringAttr();
  if (!name)
    return text;
  return text + " from input " + quoted(name.getValue()) + "; -constant=" + name.str() +
         "=... gives its value";
}

Value NodeContext::getValue(unsigned i) {
  const Tensor &tensor = getInput(i);
  if (tensor.value)
    return tensor.value;
  return state.materialize(*tensor.constant, node.input(static_cast<int>(i)));
}

bool NodeContext::hasOnlyKnownInputs() const {
  for (unsigned i = 0; i < getNumInputs(); ++i)
    if (hasInput(i) && !isFoldable(getInput(i).constant.get()))
      return false;
  return true;
}

LogicalResult NodeContext::requireFloat(unsigned i) {
  if (getElementType(i).isF32())
    return success();
  return error("E2308", Twine(describeInput(i)) + " has element type " +
                            getDataTypeName(getDataType(getElementType(i))) +
                            "; only float is supported here");
}

LogicalResult NodeContext::requireRank(unsigned i, int64_t low, int64_t high) {
  int64_t rank = getRank(i);
  if (rank >= low && rank <= high)
    return success();
  std::string range = std::to_string(low);
  if (low != high)
    range += " to " + std::to_string(high);
  return error("E2302", Twine(describeInput(i)) + " has rank " + Twine(rank) + "; rank " + range +
                            " is supported here");
}

FailureOr<SmallVector<int64_t>> NodeContext::requireIntegers(unsigned i, StringRef meaning) {
  const Constant *constant = getConstant(i);
  if (!constant)
    return error("E2307", meaning + ", " + describeInput(i) + ", " + whyUnknown(i));
  if (!isa<IntegerType>(constant->type.getElementType()) || constant->type.getRank() > 1)
    return error("E2308", meaning + ", " + describeInput(i) + ", must be a list of integers");
  if (constant->getNumElements() > 1024)
    return error("E2309", meaning + ", " + describeInput(i) + ", has " +
                              Twine(constant->getNumElements()) + " elements");
  return getIntegers(*constant);
}

//===- Attributes -------------------------------------------------------------//

onnx::AttributeProto *NodeContext::findAttribute(StringRef name) const {
  for (onnx::AttributeProto &attribute : *node.mutable_attribute())
    if (name == attribute.name())
      return attribute.ref_attr_name().empty()
                 ? &attribute
                 : state.frame.attributes.lookup(attribute.ref_attr_name());
  return nullptr;
}

int64_t NodeContext::getInt(StringRef name, int64_t otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->i() : otherwise;
}

float NodeContext::getFloat(StringRef name, float otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->f() : otherwise;
}

StringRef NodeContext::getString(StringRef name, StringRef otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? StringRef(attribute->s()) : otherwise;
}

SmallVector<int64_t> NodeContext::getInts(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return {};
  return SmallVector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

SmallVector<double> NodeContext::getFloats(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return {};
  return SmallVector<double>(attribute->floats().begin(), attribute->floats().end());
}

SmallVector<StringRef> NodeContext::getStrings(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return {};
  return SmallVector<StringRef>(attribute->strings().begin(), attribute->strings().end());
}

FailureOr<ConstantPointer> NodeContext::getTensor(StringRef name) {
  return state.decode(*findAttribute(name)->mutable_t(), where + ", attribute " + quoted(name));
}

FailureOr<SmallVector<Tensor>> NodeContext::importGraph(StringRef name, ArrayRef<Tensor> inputs) {
  return state.importGraph(*findAttribute(name)->mutable_g(), inputs, where);
}

Value NodeContext::getValue(const Tensor &tensor) {
  return tensor.value ? tensor.value : state.materialize(*tensor.constant, node.output(0));
}

FailureOr<int64_t> NodeContext::resolveAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  return error("E2303", "axis " + Twine(axis) + " is outside a tensor of rank " + Twine(rank));
}

FailureOr<SmallVector<int64_t>> NodeContext::resolveAxes(ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    auto resolved = resolveAxis(axis, rank);
    if (failed(resolved))
      return failure();
    if (llvm::is_contained(result, *resolved))
      return error("E2303", "axis " + Twine(axis) + " is given twice");
    result.push_back(*resolved);
  }
  llvm::sort(result);
  return result;
}

//===- Results ----------------------------------------------------------------//

FailureOr<RankedTensorType> NodeContext::makeType(ArrayRef<int64_t> shape, Type elementType) {
  if (static_cast<int64_t>(shape.size()) > mostDimensions)
    return error("E2106", "the result has " + Twine(shape.size()) + " dimensions, at most " +
                              Twine(mostDimensions) + " are supported");
  if (!productChecked(shape, mostTensorBytes / 8))
    return error("E2107",
                 "the result " + formatShape(shape) + " has more elements than a tensor may have");
  return RankedTensorType::get(shape, elementType);
}

Value NodeContext::createReshape(Value value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return create<qnn::ReshapeOp>(type.clone(shape), value);
}

Value NodeContext::createTranspose(Value value, ArrayRef<int64_t> permutation) {
  if (llvm::is_sorted(permutation))
    return value;
  return create<qnn::TransposeOp>(value, permutation);
}

FailureOr<Value> NodeContext::computeBytes(ArrayRef<int64_t> shape, Type elementType,
                                           llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  auto type = makeType(shape, elementType);
  if (failed(type) || failed(chargeFolding(qnn::getTensorBytes(*type))))
    return failure();
  std::vector<char> bytes(qnn::getTensorBytes(*type));
  fill(bytes);
  return Value(qnn::createConstant(builder, location, *type, bytes));
}

Value NodeContext::createConstant(const Constant &constant) {
  return qnn::createConstant(builder, location, constant.type, constant.bytes);
}

Value NodeContext::createFloats(ArrayRef<int64_t> shape, ArrayRef<float> values) {
  return qnn::createConstantOf<float>(builder, location,
                                      RankedTensorType::get(shape, builder.getF32Type()), values);
}

static LogicalResult charge(NodeContext &node, int64_t &budget, int64_t bytes) {
  if (bytes > budget)
    return node.error("E7003",
                      "computes " + Twine(bytes) +
                          " bytes of constants from far fewer; store them as initializers");
  budget -= bytes;
  return success();
}

LogicalResult NodeContext::chargeFolding(int64_t bytes) {
  return charge(*this, state.foldBudget, bytes);
}

LogicalResult NodeContext::chargeFilling(int64_t bytes) {
  return charge(*this, state.fillBudget, bytes);
}

LogicalResult NodeContext::setResult(Tensor tensor, unsigned i) {
  if (!hasOutput(i))
    return success();
  // Of no elements, all are known: code never sees such a tensor.
  if (tensor.value && tensor.getType().getNumElements() == 0)
    tensor = Tensor{makeConstant(tensor.getType(), ""), nullptr};
  state.frame.values[node.output(static_cast<int>(i))] = std::move(tensor);
  return success();
}

//===- Shapes and values ------------------------------------------------------//

bool isConstantExpression(Value value) {
  Operation *op = value.getDefiningOp();
  while (op && isa<qnn::DequantizeWeightsOp, qnn::TransposeOp, qnn::ReshapeOp, qnn::CastOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return isa_and_nonnull<qnn::ConstantOp>(op);
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> shape;
  if (!OpTrait::util::getBroadcastedShape(lhs, rhs, shape))
    return std::nullopt;
  return shape;
}

std::string formatShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(shape, os);
  os << "]";
  return text;
}

} // namespace qcc::import
