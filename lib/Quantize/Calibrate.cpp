//===- Calibrate.cpp - ranges of activations from samples -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "CalibrationTable.h"
#include "Observer.h"
#include "dialects/QNN/QNNNetwork.h"
#include "qcc/Data/Samples.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include <cmath>

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_CALIBRATE
#include "qcc/Quantize/Passes.h.inc"

namespace {

std::vector<data::InputSpec> getInputSpecs(func::FuncOp network) {
  std::vector<data::InputSpec> inputs;
  for (auto [index, argument] : llvm::enumerate(network.getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    auto name = network.getArgAttrOfType<StringAttr>(index, "qnn.name");
    inputs.push_back({name ? name.str() : std::to_string(index),
                      qnn::getTypeName(type.getElementType()), type.getShape().vec()});
  }
  return inputs;
}

/// The first op whose weights are codes. Codes at the boundary or between float ops do no harm:
/// they are dequantized for whoever computes.
Operation *findQuantizedWeights(func::FuncOp network) {
  for (Operation &op : network.front()) {
    auto contraction = dyn_cast<qnn::ContractionOpInterface>(&op);
    if (isa<qnn::DequantizeWeightsOp>(op) ||
        (contraction && qnn::getQuantized(contraction.getActivation().getType())))
      return &op;
  }
  return nullptr;
}

/// The hash of a sample set does not depend on the samples' order.
std::string combine(std::vector<std::array<uint8_t, 32>> hashes) {
  llvm::sort(hashes);
  llvm::SHA256 hash;
  for (const auto &sample : hashes)
    hash.update(sample);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

struct Calibrate : impl::CalibrateBase<Calibrate> {
  using CalibrateBase::CalibrateBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network) {
      module.emitError("has no function @run [E4001]");
      return signalPassFailure();
    }
    if (Operation *op = findQuantizedWeights(network)) {
      op->emitError("the weights are quantized already; leave out -calibrate= and -calibration=, "
                    "which take networks with float weights [E3019]");
      return signalPassFailure();
    }
    auto points = findQuantizationPoints(network);
    std::vector<std::string> ids = getPointIds(network, points.getArrayRef());
    auto table = samples.empty() ? readTable(network, ids) : measure(network, points, ids);
    if (failed(table))
      return signalPassFailure();
    // Whoever asked for it writes it, together with the other outputs or not at all.
    if (keepTable)
      module->setAttr("qcc.calibration_table", StringAttr::get(&getContext(), formatTable(*table)));
    for (auto [point, id] : llvm::zip(points, ids))
      setRange(point, table->ranges.at(id));
  }

  FailureOr<CalibrationTable> readTable(func::FuncOp network, ArrayRef<std::string> ids) {
    auto fail = [&](const Twine &text, StringRef code) {
      emitError(network.getLoc()) << tableIn << ": " << text << " [" << code << "]";
      return failure();
    };
    auto file = llvm::MemoryBuffer::getFile(tableIn, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/true, /*IsVolatile=*/true);
    if (!file)
      return fail("cannot be read: " + file.getError().message(), "E3001");
    auto table = parseTable((*file)->getBuffer());
    if (!table)
      return fail(llvm::toString(table.takeError()), "E3017");
    std::string missing;
    unsigned missingCount = 0;
    constexpr unsigned maxListed = 20;
    for (const std::string &id : ids)
      if (!table->ranges.count(id) && ++missingCount <= maxListed)
        missing += (missing.empty() ? "" : ", ") + id;
    if (missingCount)
      return fail("was made for another network; it lacks " + Twine(missingCount) + " of " +
                      Twine(ids.size()) + " values: " + missing +
                      (missingCount > maxListed ? ", ..." : ""),
                  "E3018");
    if (table->graphHash != hashGraph(network))
      return fail("was made for another network: the graph's hash differs; calibrate again",
                  "E3018");
    return std::move(*table);
  }

  FailureOr<CalibrationTable> measure(func::FuncOp network, const llvm::SetVector<Value> &points,
                                      ArrayRef<std::string> ids) {
    auto fail = [&](llvm::Error error) {
      emitError(network.getLoc()) << llvm::toString(std::move(error));
      return failure();
    };
    std::vector<std::string> paths(samples.begin(), samples.end());
    auto set = data::SampleSet::open(paths, getInputSpecs(network));
    if (!set)
      return fail(set.takeError());
    auto observer = createObserver(network, points.getArrayRef());
    if (!observer)
      return fail(observer.takeError());

    CalibrationTable table;
    table.graphHash = hashGraph(network);
    table.sampleCount = set->size();
    std::vector<Range> ranges(points.size(), {INFINITY, -INFINITY});
    std::vector<std::array<uint8_t, 32>> hashes;
    for (size_t i = 0; i < set->size(); ++i) {
      auto sample = set->read(i);
      if (!sample)
        return fail(sample.takeError());
      llvm::SHA256 hash;
      for (const data::Array &array : *sample)
        hash.update(StringRef(array.bytes.data(), array.bytes.size()));
      hashes.push_back(hash.final());
      size_t infinite = points.size();
      auto see = [&](size_t point, ArrayRef<float> values) {
        Range &range = ranges[point];
        for (float value : values) {
          if (!std::isfinite(value))
            infinite = std::min(infinite, point);
          range.low = value < range.low ? value : range.low;
          range.high = value > range.high ? value : range.high;
        }
      };
      if (llvm::Error error = (*observer)->run(*sample, see))
        return fail(std::move(error));
      if (infinite != points.size())
        return fail(data::makeDataError("E3015", ids[infinite],
                                        "is NaN or infinite for sample " + Twine(i) +
                                            "; check the preprocessing"));
    }
    table.sampleHash = combine(std::move(hashes));
    for (auto [id, range] : llvm::zip(ids, ranges))
      // A tensor without elements has no range.
      table.ranges[id] = range.low <= range.high ? range : Range();
    return table;
  }
};

} // namespace
} // namespace qcc::quantize
