//===- EmitKernels.cpp - kernels to functions, the network to calls ---------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "KernelEmitter.h"
#include "WeightsBlob.h"

#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "qcc/Codegen/Passes.h"

using namespace mlir;

namespace qcc::codegen {

#define GEN_PASS_DEF_EMITKERNELS
#include "qcc/Codegen/Passes.h.inc"

namespace {

class NetworkEmitter {
public:
  NetworkEmitter(ModuleOp module, func::FuncOp network)
      : module(module), network(network), target(getTarget(module)),
        name(cast<StringAttr>(module->getAttr("qcc.name")).str()), builder(module.getContext()),
        weights(target.isHosted() ? 64 : 16), states(qnn::getStates(network)) {}

  LogicalResult emit();

private:
  func::FuncOp createRun();
  void createReset();
  Value getBoundaryPointer(unsigned index, bool isOutput, func::FuncOp run);
  LogicalResult emitCall(qnn::KernelOp kernel, func::FuncOp run);
  FailureOr<func::FuncOp> emitKernel(qnn::KernelOp kernel);
  func::FuncOp deduplicate(func::FuncOp function);
  Value getPointer(Value tensor, func::FuncOp run);
  Value advance(Location location, Value pointer, int64_t bytes);
  void recordNode(qnn::KernelOp kernel);
  void recordBoundary();

  ModuleOp module;
  func::FuncOp network;
  TargetInfo target;
  std::string name;
  OpBuilder builder;
  WeightsBlob weights;
  SmallVector<qnn::State> states;
  Value weightsPointer;
  llvm::DenseMap<size_t, SmallVector<func::FuncOp, 1>> functions; // by a hash of the body
  unsigned kernelFunctions = 0;
  SmallVector<Attribute> nodes;
  int64_t totalMacs = 0;
};

func::FuncOp NetworkEmitter::createRun() {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  size_t boundary = network.getNumArguments() + network.getNumResults() - 2 * states.size();
  // Inputs, outputs, the memory of the states, the arena.
  SmallVector<Type> arguments(boundary + !states.empty() + 1, pointer);
  builder.setInsertionPointToEnd(module.getBody());
  auto run = func::FuncOp::create(builder, network.getLoc(), name + "_run",
                                  builder.getFunctionType(arguments, builder.getI32Type()));
  builder.setInsertionPointToStart(run.addEntryBlock());
  return run;
}

Value NetworkEmitter::advance(Location location, Value pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  // A value: the constant indices of the operation hold 29 bits only.
  IntegerType type = builder.getIntegerType(target.getPointerBits());
  Value offset = arith::ConstantOp::create(builder, location, builder.getIntegerAttr(type, bytes));
  return LLVM::GEPOp::create(builder, location, pointer.getType(), builder.getI8Type(), pointer,
                             ValueRange{offset});
}

/// `<name>_reset(state)`: the states of the first run are zero.
void NetworkEmitter::createReset() {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Location location = network.getLoc();
  builder.setInsertionPointToEnd(module.getBody());
  auto reset = func::FuncOp::create(builder, location, name + "_reset",
                                    builder.getFunctionType({pointer}, builder.getI32Type()));
  builder.setInsertionPointToStart(reset.addEntryBlock());
  IntegerType offsets = builder.getIntegerType(target.getPointerBits());
  auto constant = [&](Type type, int64_t value) -> Value {
    return arith::ConstantOp::create(builder, location, builder.getIntegerAttr(type, value));
  };
  // Words: every state's size is rounded up to its alignment. One without elements still has an
  // argument and therefore a size.
  int64_t bytes = llvm::alignTo(std::max<int64_t>(qnn::getStateBytes(states), 1), 16);
  auto loop = scf::ForOp::create(builder, location, constant(offsets, 0), constant(offsets, bytes),
                                 constant(offsets, 4));
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value address =
        LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), reset.getArgument(0),
                            ArrayRef<LLVM::GEPArg>{loop.getInductionVar()});
    // Volatile: a loop of plain stores would become a call of memset.
    LLVM::StoreOp::create(builder, location, constant(builder.getI32Type(), 0), address,
                          /*alignment=*/4, /*isVolatile=*/true);
  }
  func::ReturnOp::create(builder, location, constant(builder.getI32Type(), 0));
  module->setAttr("qcc.state_size", builder.getI64IntegerAttr(bytes));
}

/// Memory of an input or output: the caller's tensor, or a part of the states.
Value NetworkEmitter::getBoundaryPointer(unsigned index, bool isOutput, func::FuncOp run) {
  const qnn::State *state =
      isOutput ? qnn::findStateOfResult(states, index) : qnn::findStateOfArgument(states, index);
  if (state)
    return advance(network.getLoc(), run.getArgument(run.getNumArguments() - 2), state->offset);
  unsigned before = llvm::count_if(states, [&](const qnn::State &other) {
    return (isOutput ? other.result : other.argument) < index;
  });
  unsigned inputs = network.getNumArguments() - states.size();
  return run.getArgument((isOutput ? inputs : 0) + index - before);
}

Value NetworkEmitter::getPointer(Value tensor, func::FuncOp run) {
  Location location = network.getLoc();
  Value root = qnn::getStorageRoot(tensor);
  if (auto argument = dyn_cast<BlockArgument>(root))
    return getBoundaryPointer(argument.getArgNumber(), /*isOutput=*/false, run);
  if (auto constant = root.getDefiningOp<qnn::ConstantOp>()) {
    if (qnn::getBytes(constant).empty())
      return run.getArguments().back(); // nothing is read
    if (!weightsPointer)
      weightsPointer = LLVM::AddressOfOp::create(
          builder, location, LLVM::LLVMPointerType::get(builder.getContext()), name + "_weights");
    return advance(location, weightsPointer, weights.add(constant));
  }
  if (std::optional<unsigned> output = qnn::getOutputIndex(root))
    return getBoundaryPointer(*output, /*isOutput=*/true, run);
  auto kernel = root.getDefiningOp<qnn::KernelOp>();
  int64_t offset = (*kernel.getArena())[cast<OpResult>(root).getResultNumber()];
  return advance(location, run.getArguments().back(), offset);
}

/// No tensor that the kernel reads or writes has f32 elements; constants do not count.
static bool isInteger(qnn::KernelOp kernel) {
  auto isFloat = [](Value value) {
    return isa<FloatType>(cast<RankedTensorType>(value.getType()).getElementType()) &&
           !qnn::getStorageRoot(value).getDefiningOp<qnn::ConstantOp>();
  };
  return llvm::none_of(kernel.getInputs(), isFloat) && llvm::none_of(kernel.getResults(), isFloat);
}

FailureOr<func::FuncOp> NetworkEmitter::emitKernel(qnn::KernelOp kernel) {
  MLIRContext *context = builder.getContext();
  auto pointer = LLVM::LLVMPointerType::get(context);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module.getBody());

  auto scratchAttr =
      kernel.getScheduleAttr() ? kernel.getScheduleAttr().getAs<IntegerAttr>("scratch") : nullptr;
  bool hasScratch = scratchAttr && scratchAttr.getInt() > 0;
  size_t inputs = kernel.getInputs().size(), results = kernel.getNumResults();
  SmallVector<Type> types(inputs + results + hasScratch, pointer);
  auto function = func::FuncOp::create(builder, UnknownLoc::get(context), name + "_kernel",
                                       builder.getFunctionType(types, {}));
  function.setPrivate();
  if (isInteger(kernel))
    function->setAttr("qcc.integer", builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());

  KernelEmitter emitter(builder, UnknownLoc::get(context), target, kernel);
  auto addView = [&](Value tensor, Value address) {
    auto type = cast<RankedTensorType>(tensor.getType());
    emitter.setView(tensor, {address, type.getElementType(), SmallVector<int64_t>(type.getShape()),
                             getDenseStrides(type)});
  };
  for (size_t i = 0; i < inputs; ++i) {
    addView(kernel.getArgument(i), function.getArgument(i));
    function.setArgAttr(i, "llvm.readonly", builder.getUnitAttr());
  }
  for (auto [index, yielded] : llvm::enumerate(kernel.getYield()->getOperands()))
    addView(yielded, function.getArgument(inputs + index));
  if (hasScratch)
    emitter.setScratch(function.getArguments().back());
  // The plan never lets a result share memory with another tensor of its kernel.
  for (size_t i = 0; i < types.size(); ++i)
    function.setArgAttr(i, "llvm.noalias", builder.getUnitAttr());

  StringRef emitterName = qnn::getEmitterName(kernel);
  Emitter emit = getEmitter(emitterName);
  if (!emit)
    return kernel.emitError("schedule names the unknown emitter '") << emitterName << "' [E4012]";
  if (failed(emit(emitter)))
    return failure();
  func::ReturnOp::create(builder, UnknownLoc::get(context));
  return deduplicate(function);
}

/// Printed bodies would tell as well, but printing takes longer than emitting.
func::FuncOp NetworkEmitter::deduplicate(func::FuncOp function) {
  using Equivalence = OperationEquivalence;
  llvm::hash_code hash(0);
  function.getBody().walk([&](Operation *op) {
    hash = llvm::hash_combine(hash, Equivalence::computeHash(op, Equivalence::ignoreHashValue,
                                                             Equivalence::ignoreHashValue,
                                                             Equivalence::IgnoreLocations));
  });
  SmallVector<func::FuncOp, 1> &similar = functions[hash];
  for (func::FuncOp other : similar)
    if (other.getFunctionType() == function.getFunctionType() &&
        other.getArgAttrsAttr() == function.getArgAttrsAttr() &&
        other->getDiscardableAttrDictionary() == function->getDiscardableAttrDictionary() &&
        Equivalence::isRegionEquivalentTo(&other.getBody(), &function.getBody(),
                                          Equivalence::IgnoreLocations)) {
      function.erase();
      return other;
    }
  function.setName(name + "_kernel" + std::to_string(kernelFunctions++));
  similar.push_back(function);
  return function;
}

void NetworkEmitter::recordNode(qnn::KernelOp kernel) {
  auto integer = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
  int64_t macs = 0;
  kernel.walk([&](qnn::ContractionOpInterface op) { macs += op.getMacs(); });
  kernel.walk([&](qnn::RecurrentOp op) { macs += op.getMacs(); });
  totalMacs += macs;
  NamedAttrList node;
  node.append("name", builder.getStringAttr(qnn::getNodeName(kernel)));
  node.append("emitter", builder.getStringAttr(qnn::getEmitterName(kernel)));
  node.append("macs", integer(macs));
  if (auto id = kernel->getAttr("id"))
    node.append("id", id);
  SmallVector<Attribute> results;
  for (Value result : kernel.getResults()) {
    NamedAttrList record;
    auto output = qnn::getOutputIndex(result);
    if (const qnn::State *state = output ? qnn::findStateOfResult(states, *output) : nullptr)
      record.append("state", integer(state->offset));
    else if (output)
      record.append("output", integer(*output - llvm::count_if(states, [&](const auto &other) {
                      return other.result < *output;
                    })));
    else
      record.append("offset",
                    integer((*kernel.getArena())[cast<OpResult>(result).getResultNumber()]));
    record.append("type", TypeAttr::get(result.getType()));
    results.push_back(record.getDictionary(builder.getContext()));
  }
  node.append("results", builder.getArrayAttr(results));
  llvm::SetVector<int64_t> reads;
  for (Value input : kernel.getInputs()) {
    auto source = dyn_cast<OpResult>(qnn::getStorageRoot(input));
    auto producer = source ? dyn_cast<qnn::KernelOp>(source.getOwner()) : nullptr;
    if (producer && !qnn::getOutputIndex(source))
      reads.insert((*producer.getArena())[source.getResultNumber()]);
  }
  node.append("reads", builder.getI64ArrayAttr(reads.getArrayRef()));
  if (int64_t offset = kernel.getArena()->back(); offset >= 0) {
    node.append("scratch_offset", integer(offset));
    node.append("scratch", kernel.getScheduleAttr().get("scratch"));
  }
  nodes.push_back(node.getDictionary(builder.getContext()));
}

LogicalResult NetworkEmitter::emitCall(qnn::KernelOp kernel, func::FuncOp run) {
  FailureOr<func::FuncOp> function = emitKernel(kernel);
  if (failed(function))
    return failure();
  SmallVector<Value> pointers;
  for (Value input : kernel.getInputs())
    pointers.push_back(getPointer(input, run));
  for (Value result : kernel.getResults())
    pointers.push_back(getPointer(result, run));
  if (function->getNumArguments() > pointers.size())
    pointers.push_back(
        advance(kernel.getLoc(), run.getArguments().back(), kernel.getArena()->back()));
  func::CallOp::create(builder, kernel.getLoc(), *function, pointers);
  recordNode(kernel);
  return success();
}

void NetworkEmitter::recordBoundary() {
  auto describe = [&](Type type, Attribute name, Attribute parameters) -> Attribute {
    auto tensor = cast<RankedTensorType>(type);
    NamedAttrList record;
    record.append("name", name ? name : builder.getStringAttr(""));
    record.append("type", builder.getStringAttr(qnn::getTypeName(tensor.getElementType())));
    record.append("dims", builder.getI64ArrayAttr(tensor.getShape()));
    auto quantized = dyn_cast_or_null<TypeAttr>(parameters);
    if (auto type = quantized ? dyn_cast<qnn::QuantizedType>(quantized.getValue()) : nullptr) {
      record.append("scale", builder.getF32FloatAttr(qnn::getScale(type)));
      record.append("zero_point", builder.getI64IntegerAttr(type.getZeroPoint()));
    }
    return record.getDictionary(builder.getContext());
  };
  SmallVector<Attribute> inputs, outputs;
  for (unsigned i = 0; i < network.getNumArguments(); ++i)
    if (!qnn::findStateOfArgument(states, i))
      inputs.push_back(describe(network.getArgument(i).getType(), network.getArgAttr(i, "qnn.name"),
                                network.getArgAttr(i, "qnn.quantized")));
  for (unsigned i = 0; i < network.getNumResults(); ++i)
    if (!qnn::findStateOfResult(states, i))
      outputs.push_back(describe(network.getResultTypes()[i], network.getResultAttr(i, "qnn.name"),
                                 network.getResultAttr(i, "qnn.quantized")));
  module->setAttr("qcc.inputs", builder.getArrayAttr(inputs));
  module->setAttr("qcc.outputs", builder.getArrayAttr(outputs));
  module->setAttr("qcc.nodes", builder.getArrayAttr(nodes));
  module->setAttr("qcc.macs", builder.getI64IntegerAttr(totalMacs));
}

LogicalResult NetworkEmitter::emit() {
  func::FuncOp run = createRun();
  for (Operation &op : network.front())
    if (auto kernel = dyn_cast<qnn::KernelOp>(op))
      if (failed(emitCall(kernel, run)))
        return failure();
  Value ok = arith::ConstantOp::create(builder, network.getLoc(), builder.getI32IntegerAttr(0));
  func::ReturnOp::create(builder, network.getLoc(), ok);
  recordBoundary();
  if (!states.empty())
    createReset();
  builder.setInsertionPointToStart(module.getBody());
  weights.create(builder, name + "_weights");
  network.erase();
  return success();
}

struct EmitKernels : impl::EmitKernelsBase<EmitKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    if (!module->hasAttr("qcc.name"))
      module->setAttr("qcc.name", StringAttr::get(module.getContext(), "model"));
    if (failed(NetworkEmitter(module, network).emit()))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::codegen
