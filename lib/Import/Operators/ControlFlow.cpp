//===- ControlFlow.cpp - ONNX operators that run graphs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network has no branches and no loops: decisions on known values are taken now, those on
// computed values compute both sides and select, and loops of a known number of steps are unrolled.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Moves.h"

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
  Value part = createSliceAlong(node, value, axis, index, 1);
  SmallVector<int64_t> shape(getTensorType(part).getShape());
  shape.erase(shape.begin() + axis);
  return node.createReshape(part, shape);
}

namespace {

struct Scan {
  SmallVector<Tensor> states, inputs;
  SmallVector<int64_t> inputAxes, inputReversed, outputAxes, outputReversed;
  int64_t length = 0;

  LogicalResult readLength(NodeContext &node);
  /// The states after the last step, then the scanned outputs.
  FailureOr<SmallVector<Tensor>> run(NodeContext &node) const;
};

} // namespace

LogicalResult Scan::readLength(NodeContext &node) {
  length = -1;
  for (auto [tensor, axis] : llvm::zip(inputs, inputAxes)) {
    auto resolved = node.resolveAxis(axis, tensor.getType().getRank());
    if (failed(resolved))
      return failure();
    axis = *resolved;
    int64_t size = tensor.getType().getDimSize(axis);
    if (length >= 0 && size != length)
      return node.error("E2301", "scans inputs of different lengths");
    length = size;
  }
  return success();
}

FailureOr<SmallVector<Tensor>> Scan::run(NodeContext &node) const {
  SmallVector<Tensor> carried = states;
  SmallVector<SmallVector<Tensor>> scanned(outputAxes.size());
  for (int64_t step = 0; step < length; ++step) {
    SmallVector<Tensor> taken = carried;
    for (auto [tensor, axis, isReversed] : llvm::zip(inputs, inputAxes, inputReversed))
      taken.push_back(Tensor{nullptr, takeStep(node, node.getValue(tensor), axis,
                                               isReversed ? length - 1 - step : step)});
    auto outputs = node.importGraph("body", taken);
    if (failed(outputs))
      return failure();
    if (outputs->size() != states.size() + scanned.size())
      return node.error("E2010", "has a body with another number of outputs");
    for (auto [i, output] : llvm::enumerate(*outputs)) {
      if (i < carried.size())
        carried[i] = output;
      else
        scanned[i - carried.size()].push_back(output);
    }
  }
  for (auto [steps, axis, isReversed] : llvm::zip(scanned, outputAxes, outputReversed)) {
    if (isReversed)
      std::reverse(steps.begin(), steps.end());
    int64_t rank = steps.empty() ? 1 : steps.front().getType().getRank() + 1;
    auto resolved = node.resolveAxis(axis, rank);
    if (failed(resolved))
      return failure();
    auto joined = stack(node, steps, *resolved);
    if (failed(joined))
      return failure();
    carried.push_back(*joined);
  }
  return carried;
}

/// Version 8: the sequences of a batch, one after another.
static LogicalResult importBatchedScan(NodeContext &node, const Scan &batched) {
  int64_t batch = -1, length = -1;
  for (const Tensor &tensor : batched.inputs) {
    ArrayRef<int64_t> shape = tensor.getType().getShape();
    if (shape.size() < 2 || (batch >= 0 && (shape[0] != batch || shape[1] != length)))
      return node.error("E2301", "scans inputs of different batches or lengths");
    batch = shape[0];
    length = shape[1];
  }
  for (const Tensor &tensor : batched.states)
    if (tensor.getType().getRank() < 1 || tensor.getType().getDimSize(0) != batch)
      return node.error("E2301", "has states of another batch than its inputs");
  if (length == 0)
    return node.error("E2105", "runs no step, so a result has no elements");
  if (node.hasInput(0)) {
    auto lengths = node.requireIntegers(0, "the lengths of the sequences");
    if (failed(lengths))
      return failure();
    if (llvm::any_of(*lengths, [&](int64_t given) { return given != length; }))
      return node.error("E2309", "has sequences that are shorter than the longest one");
  }
  SmallVector<SmallVector<Tensor>> results(node.getNumOutputs());
  for (int64_t i = 0; i < batch; ++i) {
    Scan scan = batched;
    scan.length = length;
    for (SmallVector<Tensor> *tensors : {&scan.states, &scan.inputs})
      for (Tensor &tensor : *tensors)
        tensor = Tensor{nullptr, takeStep(node, node.getValue(tensor), 0, i)};
    auto outputs = scan.run(node);
    if (failed(outputs))
      return failure();
    for (auto [list, output] : llvm::zip(results, *outputs))
      list.push_back(output);
  }
  for (auto [i, list] : llvm::enumerate(results)) {
    auto joined = stack(node, list, 0);
    if (failed(joined) || failed(node.setResult(*joined, i)))
      return failure();
  }
  return success();
}

static LogicalResult importScan(NodeContext &node) {
  bool isBatched = node.version < 9;
  int64_t first = isBatched ? 1 : 0; // version 8 has the lengths of the sequences before the states
  int64_t scanInputs = node.getInt("num_scan_inputs", 0);
  int64_t tensors = static_cast<int64_t>(node.getNumInputs()) - first;
  bool fits = scanInputs >= 1 && scanInputs <= tensors;
  int64_t states = fits ? tensors - scanInputs : 0;
  int64_t scanOutputs = static_cast<int64_t>(node.getNumOutputs()) - states;
  if (!fits || scanOutputs < 0)
    return node.error("E2016", "attribute 'num_scan_inputs' does not fit the inputs and outputs");
  if (!isBatched && !node.hasInput(0))
    return node.error("E2011", "lacks its required input 0");
  Scan scan;
  for (unsigned i = first; i < node.getNumInputs(); ++i)
    (i < first + states ? scan.states : scan.inputs).push_back(node.getInput(i));
  auto inputAxes = getPerTensor(node, "scan_input_axes", scanInputs);
  auto inputReversed =
      getPerTensor(node, isBatched ? "directions" : "scan_input_directions", scanInputs);
  auto outputAxes = getPerTensor(node, "scan_output_axes", scanOutputs);
  auto outputReversed = getPerTensor(node, "scan_output_directions", scanOutputs);
  if (failed(inputAxes) || failed(inputReversed) || failed(outputAxes) || failed(outputReversed))
    return failure();
  scan.inputAxes = *inputAxes;
  scan.inputReversed = *inputReversed;
  scan.outputAxes = *outputAxes;
  scan.outputReversed = *outputReversed;
  if (isBatched)
    return importBatchedScan(node, scan);
  if (failed(scan.readLength(node)))
    return failure();
  auto results = scan.run(node);
  if (failed(results))
    return failure();
  return node.setResults(*results);
}

ArrayRef<Operator> getControlFlowOperators() {
  // Of a loop, the number of steps and the condition; of a scan before version 9, the lengths.
  constexpr unsigned bounds = 1 << 0 | 1 << 1, lengths = 1 << 0;
  static const Operator rows[] = {
      {"", "If", 1, 1, 1, anyNumber, "then_branch:graph! else_branch:graph!", importIf,
       FloatTypes::Any},
      {"", "Loop", 1, 0, anyNumber, anyNumber, "body:graph!", importLoop, FloatTypes::Any, bounds},
      {"", "Scan", 8, 0, anyNumber, anyNumber,
       "body:graph! num_scan_inputs:int! scan_input_axes:ints>=9 scan_input_directions:ints>=9 "
       "scan_output_axes:ints>=9 scan_output_directions:ints>=9 directions:ints<9",
       importScan, FloatTypes::Any, lengths},
  };
  return rows;
}

} // namespace qcc::import
