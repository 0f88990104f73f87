//===- QuantizationPoints.cpp - the values that become 8-bit ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "QuantizationPoints.h"

#include "Conversions.h"

#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::quantize {

namespace {

bool isConstant(Value value) { return value.getDefiningOp<qnn::ConstantOp>() != nullptr; }
bool isF32(Value value) { return getElementTypeOrSelf(value).isF32(); }

bool isFloatElementwise(Operation *op) {
  return op->hasTrait<qnn::Elementwise>() && isF32(op->getResult(0)) &&
         !isa<qnn::DequantizeOp, qnn::CastOp>(op);
}

class PointFinder {
public:
  explicit PointFinder(func::FuncOp network) : network(network) {}

  llvm::SetVector<Value> find() {
    findVariances();
    llvm::SmallDenseSet<Value> wanted;
    for (Operation &op : network.front()) {
      if (op.getNumResults() != 1)
        continue;
      if (isFloatElementwise(&op))
        leaves[op.getResult(0)] = findLeaf(&op);
      if (!isQuantizable(&op, wanted))
        continue;
      for (Value operand : getActivations(&op))
        wanted.insert(getMovedSource(operand));
      wanted.insert(op.getResult(0));
    }
    llvm::SetVector<Value> points;
    auto add = [&](Value value) {
      if (wanted.contains(value) && isF32(value) && !value.getDefiningOp<qnn::DequantizeOp>() &&
          !isClampedOnly(value) && !isInsideFunction(value))
        points.insert(value);
    };
    for (Value argument : network.getArguments())
      add(argument);
    for (Operation &op : network.front())
      for (Value result : op.getResults())
        add(result);
    return points;
  }

private:
  static SmallVector<Value> getActivations(Operation *op) {
    SmallVector<Value> activations;
    for (Value operand : op->getOperands())
      if (!isConstant(operand))
        activations.push_back(operand);
    return activations;
  }

  /// The means and sums that a square root is taken of, with the squares in them. A variance that
  /// is small beside others would be code 0, and the quotient by its root without bound.
  void findVariances() {
    for (auto root : network.front().getOps<qnn::SqrtOp>()) {
      llvm::SetVector<Operation *> formula;
      bool hasReduction = false;
      auto visit = [&](Value value) {
        Operation *op = value.getDefiningOp();
        if (op && (isFloatElementwise(op) || isa<qnn::ReduceOp>(op)))
          formula.insert(op);
      };
      visit(root.getInput());
      for (size_t i = 0; i < formula.size(); ++i) {
        Operation *op = formula[i];
        if (!isa<qnn::ReduceOp>(op)) {
          llvm::for_each(op->getOperands(), visit);
          continue;
        }
        hasReduction = true;
        if (Operation *square = op->getOperand(0).getDefiningOp<qnn::MulOp>())
          variances.insert(square);
      }
      if (hasReduction)
        variances.insert(formula.begin(), formula.end());
    }
  }

  bool isQuantizable(Operation *op, const llvm::SmallDenseSet<Value> &wanted) {
    if (!isF32(op->getResult(0)) || variances.contains(op))
      return false;
    if (auto contraction = dyn_cast<qnn::ContractionOpInterface>(op))
      return isF32(contraction.getActivation()) && isConstant(contraction.getWeightsOperand()) &&
             llvm::all_of(op->getOperands().drop_front(), isConstant);
    if (isa<qnn::MatMulOp, qnn::AveragePoolOp>(op))
      return true;
    if (auto reduce = dyn_cast<qnn::ReduceOp>(op))
      return reduce.getKind() != qnn::ReduceKind::Sum &&
             reduce.getKind() != qnn::ReduceKind::Product;
    if (isa<qnn::ConcatOp>(op))
      return llvm::all_of(op->getOperands(), [&](Value operand) {
        Value source = getMovedSource(operand);
        return wanted.contains(source) || source.getDefiningOp<qnn::DequantizeOp>();
      });
    if (isa<qnn::ReluOp, qnn::ClipOp, qnn::SigmoidOp, qnn::TanhOp, qnn::ErfOp, qnn::NegOp,
            qnn::AbsOp, qnn::AddOp, qnn::SubOp, qnn::MulOp, qnn::MinOp, qnn::MaxOp>(op))
      return true;
    // A quotient has a useful integer form as a function of one value only.
    return isa<qnn::DivOp>(op) && leaves.lookup(op->getResult(0)) != op->getResult(0);
  }

  /// The one value that an elementwise op is a function of, or its own result.
  Value findLeaf(Operation *op) {
    Value result = op->getResult(0), leaf;
    for (Value operand : op->getOperands()) {
      auto type = cast<RankedTensorType>(operand.getType());
      if (isConstant(operand) && type.getNumElements() == 1)
        continue;
      Value other = leaves.lookup(operand);
      other = other ? other : operand;
      if (isConstant(operand) || type.getShape() != cast<ShapedType>(result.getType()).getShape() ||
          (leaf && leaf != other))
        return result;
      leaf = other;
    }
    return leaf ? leaf : result;
  }

  static bool isClampedOnly(Value value) {
    return value.getDefiningOp() && value.hasOneUse() &&
           isa<qnn::ReluOp, qnn::ClipOp>(*value.user_begin());
  }

  bool isInsideFunction(Value value) {
    Value leaf = leaves.lookup(value);
    if (!leaf || leaf == value || value.use_empty())
      return false;
    return llvm::all_of(value.getUsers(), [&](Operation *user) {
      return user->getNumResults() == 1 && leaves.lookup(user->getResult(0)) == leaf;
    });
  }

  func::FuncOp network;
  llvm::SmallDenseSet<Operation *> variances;
  llvm::DenseMap<Value, Value> leaves; // of results of elementwise ops
};

} // namespace

llvm::SetVector<Value> findQuantizationPoints(func::FuncOp network) {
  return PointFinder(network).find();
}

Value getMovedSource(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!movesElements(op) || isa<qnn::ConcatOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

std::vector<std::string> getPointIds(func::FuncOp network, ArrayRef<Value> points) {
  std::vector<std::string> ids;
  std::map<std::string, unsigned> counts;
  for (Value point : points) {
    std::string id;
    if (auto argument = dyn_cast<BlockArgument>(point)) {
      auto name = network.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "qnn.name");
      id = "input:" + (name ? name.str() : std::to_string(argument.getArgNumber()));
    } else {
      id = "node:" + qnn::getNodeName(point.getDefiningOp());
    }
    if (unsigned count = counts[id]++)
      id += "#" + std::to_string(count);
    ids.push_back(std::move(id));
  }
  return ids;
}

static constexpr llvm::StringLiteral rangeName("qnn.range");

void setRange(Value point, Range range) {
  Builder builder(point.getContext());
  Attribute value = builder.getDenseF32ArrayAttr({range.low, range.high});
  if (auto argument = dyn_cast<BlockArgument>(point))
    cast<func::FuncOp>(argument.getOwner()->getParentOp())
        .setArgAttr(argument.getArgNumber(), rangeName, value);
  else
    point.getDefiningOp()->setDiscardableAttr(rangeName, value);
}

std::optional<Range> getRange(Value point) {
  DenseF32ArrayAttr value;
  if (auto argument = dyn_cast<BlockArgument>(point))
    value = cast<func::FuncOp>(argument.getOwner()->getParentOp())
                .getArgAttrOfType<DenseF32ArrayAttr>(argument.getArgNumber(), rangeName);
  else
    value = point.getDefiningOp()->getAttrOfType<DenseF32ArrayAttr>(rangeName);
  if (!value || value.size() != 2)
    return std::nullopt;
  return Range{value[0], value[1]};
}

void removeRange(Value point) {
  if (auto argument = dyn_cast<BlockArgument>(point))
    cast<func::FuncOp>(argument.getOwner()->getParentOp())
        .removeArgAttr(argument.getArgNumber(), rangeName);
  else
    point.getDefiningOp()->removeDiscardableAttr(rangeName);
}

} // namespace qcc::quantize
