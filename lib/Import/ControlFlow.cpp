//===- ControlFlow.cpp - ONNX operators that run graphs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network has no branches and no loops: decisions on known values are taken now, those on
// computed values compute both sides and select, and loops of a known number of steps are unrolled.
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"

using namespace mlir;

namespace qcc::import {

/// The single bool of a tensor, when it is known.
static std::optional<bool> getKnownBool(const Tensor &tensor) {
  if (!tensor.constant || tensor.constant->getNumElements() != 1)
    return std::nullopt;
  return tensor.constant->bytes[0] != 0;
}

static LogicalResult requireCondition(NodeContext &node, const Tensor &tensor) {
  if (tensor.getType().getElementType().isInteger(1) && tensor.getType().getNumElements() == 1)
    return success();
  return node.error("E2308", "the condition must be one bool");
}

/// condition ? yes : no, whole tensors of one type.
static FailureOr<Tensor> select(NodeContext &node, Value condition, const Tensor &yes,
                                const Tensor &no) {
  if (yes.value && yes.value == no.value)
    return yes;
  if (yes.getType() != no.getType())
    return node.error("E2309",
                      "chooses between tensors of different types or shapes while running, " +
                          formatShape(yes.getType().getShape()) + " and " +
                          formatShape(no.getType().getShape()));
  condition = node.createReshape(condition, {});
  return Tensor{nullptr, node.create<qnn::SelectOp>(yes.getType(), condition, node.getValue(yes),
                                                    node.getValue(no))};
}

static LogicalResult importIf(NodeContext &node) {
  if (failed(requireCondition(node, node.getInput(0))))
    return failure();
  if (std::optional<bool> known = getKnownBool(node.getInput(0))) {
    auto outputs = node.importGraph(*known ? "then_branch" : "else_branch", {});
    if (failed(outputs))
      return failure();
    return node.setResults(*outputs);
  }
  auto yes = node.importGraph("then_branch", {}), no = node.importGraph("else_branch", {});
  if (failed(yes) || failed(no))
    return failure();
  if (yes->size() != no->size())
    return node.error("E2010", "has branches with different numbers of outputs");
  SmallVector<Tensor> outputs;
  for (auto [left, right] : llvm::zip(*yes, *no)) {
    auto chosen = select(node, node.getValue(0), left, right);
    if (failed(chosen))
      return failure();
    outputs.push_back(*chosen);
  }
  return node.setResults(outputs);
}

/// Joins the results of all steps along a new dimension `axis`.
static FailureOr<Tensor> stack(NodeContext &node, ArrayRef<Tensor> steps, int64_t axis) {
  if (steps.empty())
    return node.error("E2105", "runs no step, so a result has no elements");
  RankedTensorType type = steps.front().getType();
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + axis, 1);
  SmallVector<Value> parts;
  for (const Tensor &step : steps) {
    if (step.getType() != type)
      return node.error("E2301", "has results of different types in different steps");
    parts.push_back(node.createReshape(node.getValue(step), shape));
  }
  shape[axis] = static_cast<int64_t>(steps.size());
  auto result = node.makeType(shape, type.getElementType());
  if (failed(result))
    return failure();
  return Tensor{nullptr, node.create<qnn::ConcatOp>(*result, parts, axis)};
}

static Tensor makeScalar(NodeContext &node, Type type, int64_t value) {
  return Tensor{makeFromIntegers(RankedTensorType::get({}, type), {value}), nullptr};
}

static LogicalResult importLoop(NodeContext &node) {
  std::optional<int64_t> trips;
  if (node.hasInput(0)) {
    auto given = node.requireIntegers(0, "the number of steps");
    if (failed(given))
      return failure();
    if (given->size() != 1)
      return node.error("E2308", "the number of steps must be one number");
    trips = given->front();
  }
  Tensor condition = makeScalar(node, node.builder.getI1Type(), 1);
  if (node.hasInput(1)) {
    if (failed(requireCondition(node, node.getInput(1))))
      return failure();
    condition = node.getInput(1);
  }
  SmallVector<Tensor> carried;
  for (unsigned i = 2; i < node.getNumInputs(); ++i)
    carried.push_back(node.getInput(i));
  SmallVector<SmallVector<Tensor>> scanned;
  Value active; // of a condition that is computed: whether the loop still runs
  for (int64_t step = 0; !trips || step < *trips; ++step) {
    if (std::optional<bool> known = getKnownBool(condition)) {
      if (!*known)
        break;
    } else {
      if (!trips)
        return node.error("E2307", "the condition of a loop without a number of steps must be "
                                   "known at compile time but is computed by the network");
      Value now = node.createReshape(condition.value, {});
      active = active ? node.create<qnn::AndOp>(now.getType(), active, now) : now;
    }
    SmallVector<Tensor> inputs = {makeScalar(node, node.builder.getI64Type(), step), condition};
    llvm::append_range(inputs, carried);
    auto outputs = node.importGraph("body", inputs);
    if (failed(outputs))
      return failure();
    if (outputs->size() < carried.size() + 1)
      return node.error("E2010", "has a body with too few outputs");
    scanned.resize(outputs->size() - carried.size() - 1);
    if (active && !scanned.empty())
      return node.error("E2309",
                        "ends after a computed number of steps, so the size of its results "
                        "is not known at compile time");
    condition = outputs->front();
    if (failed(requireCondition(node, condition)))
      return failure();
    for (auto [index, value] : llvm::enumerate(carried)) {
      Tensor &next = (*outputs)[1 + index];
      auto chosen = active ? select(node, active, next, value) : FailureOr<Tensor>(next);
      if (failed(chosen))
        return failure();
      value = *chosen;
    }
    for (auto [index, list] : llvm::enumerate(scanned))
      list.push_back((*outputs)[1 + carried.size() + index]);
  }
  SmallVector<Tensor> results = carried;
  if (scanned.empty() && node.getNumOutputs() > carried.size())
    return node.error("E2105", "runs no step, so a result has no elements");
  for (ArrayRef<Tensor> list : scanned) {
    auto joined = stack(node, list, 0);
    if (failed(joined))
      return failure();
    results.push_back(*joined);
  }
  return node.setResults(results);
}

/// The list attribute `name`, one number for each of `count` scanned tensors; zeros without it.
static FailureOr<SmallVector<int64_t>> getPerTensor(NodeContext &node, StringRef name,
                                                    int64_t count) {
  SmallVector<int64_t> values = node.getInts(name);
  if (values.empty())
    values.assign(count, 0);
  if (static_cast<int64_t>(values.size()) != count)
    return node.error("E2016",
                      "attribute " + quoted(name) + " must have " + Twine(count) + " numbers");
  return values;
}

/// Step `index` of a scanned input, without the dimension `axis`.
static Value takeStep(NodeContext &node, Value value, int64_t axis, int64_t index) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape()), offsets(shape.size(), 0), strides(shape.size(), 1);
  offsets[axis] = index;
  shape[axis] = 1;
  Value part = node.create<qnn::SliceOp>(type.clone(shape), value, offsets, strides);
  shape.erase(shape.begin() + axis);
  return node.createReshape(part, shape);
}

static LogicalResult importScan(NodeContext &node) {
  if (node.version < 9)
    return node.error("E2309", "has a batch dimension in version 8, which qcc does not support; "
                               "convert it with onnx.version_converter");
  int64_t scanInputs = node.getInt("num_scan_inputs", 0);
  int64_t states = static_cast<int64_t>(node.getNumInputs()) - scanInputs;
  int64_t scanOutputs = static_cast<int64_t>(node.getNumOutputs()) - states;
  if (scanInputs < 1 || states < 0 || scanOutputs < 0)
    return node.error("E2016", "attribute 'num_scan_inputs' does not fit the inputs and outputs");
  auto inputAxes = getPerTensor(node, "scan_input_axes", scanInputs);
  auto inputReversed = getPerTensor(node, "scan_input_directions", scanInputs);
  auto outputAxes = getPerTensor(node, "scan_output_axes", scanOutputs);
  auto outputReversed = getPerTensor(node, "scan_output_directions", scanOutputs);
  if (failed(inputAxes) || failed(inputReversed) || failed(outputAxes) || failed(outputReversed))
    return failure();
  int64_t length = -1;
  for (auto [i, axis] : llvm::enumerate(*inputAxes)) {
    auto resolved = node.resolveAxis(axis, node.getRank(states + i));
    if (failed(resolved))
      return failure();
    axis = *resolved;
    int64_t size = node.getShape(states + i)[axis];
    if (length >= 0 && size != length)
      return node.error("E2301", "scans inputs of different lengths");
    length = size;
  }
  SmallVector<Tensor> carried;
  for (int64_t i = 0; i < states; ++i)
    carried.push_back(node.getInput(i));
  SmallVector<SmallVector<Tensor>> scanned(scanOutputs);
  for (int64_t step = 0; step < length; ++step) {
    SmallVector<Tensor> inputs = carried;
    for (int64_t i = 0; i < scanInputs; ++i)
      inputs.push_back(Tensor{nullptr, takeStep(node, node.getValue(states + i), (*inputAxes)[i],
                                                (*inputReversed)[i] ? length - 1 - step : step)});
    auto outputs = node.importGraph("body", inputs);
    if (failed(outputs))
      return failure();
    if (static_cast<int64_t>(outputs->size()) != states + scanOutputs)
      return node.error("E2010", "has a body with another number of outputs");
    for (int64_t i = 0; i < states; ++i)
      carried[i] = (*outputs)[i];
    for (int64_t i = 0; i < scanOutputs; ++i)
      scanned[i].push_back((*outputs)[states + i]);
  }
  SmallVector<Tensor> results = carried;
  for (int64_t i = 0; i < scanOutputs; ++i) {
    if ((*outputReversed)[i])
      std::reverse(scanned[i].begin(), scanned[i].end());
    int64_t rank = scanned[i].empty() ? 1 : scanned[i].front().getType().getRank() + 1;
    auto axis = node.resolveAxis((*outputAxes)[i], rank);
    if (failed(axis))
      return failure();
    auto joined = stack(node, scanned[i], *axis);
    if (failed(joined))
      return failure();
    results.push_back(*joined);
  }
  return node.setResults(results);
}

ArrayRef<Operator> getControlFlowOperators() {
  static const Operator rows[] = {
      {"", "If", 1, 1, 1, anyNumber, "then_branch:graph! else_branch:graph!", importIf,
       FloatTypes::Any},
      {"", "Loop", 1, 0, anyNumber, anyNumber, "body:graph!", importLoop, FloatTypes::Any},
      {"", "Scan", 8, 1, anyNumber, anyNumber,
       "body:graph! num_scan_inputs:int! scan_input_axes:ints>=9 scan_input_directions:ints>=9 "
       "scan_output_axes:ints>=9 scan_output_directions:ints>=9 directions:ints<9",
       importScan, FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
