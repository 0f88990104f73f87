//===- JitRunner.cpp - a network in this process ----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Machine.h"
#include "qcc/Target/CPU/CPU.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/AlignOf.h"
#include <cstdlib>

namespace qcc::target {

namespace {

class JitRunner : public execution::Runner {
public:
  using Invoke = int32_t (*)(const void **);

  JitRunner(std::unique_ptr<llvm::orc::LLJIT> jit, Invoke invoke, size_t parameters,
            int64_t arenaBytes, int64_t stateBytes)
      : jit(std::move(jit)), invoke(invoke), parameters(parameters), arenaBytes(arenaBytes),
        stateBytes(stateBytes), arena(allocate(arenaBytes)), state(allocate(stateBytes)) {
    std::fill_n(state, stateBytes, 0);
  }
  ~JitRunner() override {
    std::free(arena);
    std::free(state);
  }

  llvm::Error run(llvm::ArrayRef<const void *> inputs, llvm::ArrayRef<void *> outputs) override {
    llvm::SmallVector<const void *> arguments(inputs);
    arguments.append(outputs.begin(), outputs.end());
    if (stateBytes)
      arguments.push_back(state);
    arguments.push_back(arena);
    if (arguments.size() != parameters)
      return llvm::createStringError("the network takes %zu pointers, not %zu [E5004]", parameters,
                                     arguments.size());
    if (int32_t status = invoke(arguments.data()))
      return llvm::createStringError("the network returned status %d", status);
    return llvm::Error::success();
  }

  llvm::MutableArrayRef<char> getState() override {
    return {state, static_cast<size_t>(stateBytes)};
  }
  llvm::ArrayRef<char> getArena() const override {
    return {arena, static_cast<size_t>(arenaBytes)};
  }

private:
  static constexpr size_t alignment = 64;
  static char *allocate(int64_t bytes) {
    return static_cast<char *>(std::aligned_alloc(alignment, llvm::alignTo(bytes + 1, alignment)));
  }
  std::unique_ptr<llvm::orc::LLJIT> jit;
  Invoke invoke;
  size_t parameters;
  int64_t arenaBytes, stateBytes;
  char *arena, *state;
};

} // namespace

/// Adds `i32 invoke(ptr *arguments)`, which unpacks an array of pointers: the number of arguments
/// varies.
static void addInvoke(llvm::Module &module, llvm::Function &run) {
  llvm::LLVMContext &context = module.getContext();
  auto *pointer = llvm::PointerType::get(context, 0);
  auto *type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {pointer}, false);
  auto *invoke = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "invoke", module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", invoke));
  llvm::SmallVector<llvm::Value *> arguments;
  for (unsigned i = 0; i < run.arg_size(); ++i) {
    auto *slot = builder.CreateConstGEP1_32(pointer, invoke->getArg(0), i);
    arguments.push_back(builder.CreateLoad(pointer, slot));
  }
  builder.CreateRet(builder.CreateCall(&run, arguments));
}

llvm::Expected<std::unique_ptr<execution::Runner>> createRunner(mlir::ModuleOp module) {
  auto context = std::make_unique<llvm::LLVMContext>();
  auto translated = translateToLLVM(module, *context);
  if (!translated)
    return translated.takeError();
  auto machine = createMachine(getTarget(module));
  if (!machine)
    return machine.takeError();
  auto name = module->getAttrOfType<mlir::StringAttr>("qcc.name").getValue();
  llvm::Function *run = (*translated)->getFunction((name + "_run").str());
  if (!run)
    return llvm::createStringError("the module has no function %s_run [E5004]", name.str().c_str());
  addInvoke(**translated, *run);
  size_t parameters = run->arg_size();
  optimize(**translated, **machine, getOptimization(module));

  llvm::orc::JITTargetMachineBuilder builder((*machine)->getTargetTriple());
  builder.setCPU((*machine)->getTargetCPU().str());
  builder.addFeatures({(*machine)->getTargetFeatureString().str()});
  builder.setRelocationModel(llvm::Reloc::PIC_);
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(builder)).create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = (*jit)->addIRModule(
          llvm::orc::ThreadSafeModule(std::move(*translated), std::move(context))))
    return error;
  auto invoke = (*jit)->lookup("invoke");
  if (!invoke)
    return invoke.takeError();
  auto getSize = [&](llvm::StringRef key) {
    auto size = module->getAttrOfType<mlir::IntegerAttr>(key);
    return size ? size.getInt() : 0;
  };
  return std::make_unique<JitRunner>(std::move(*jit), invoke->toPtr<JitRunner::Invoke>(),
                                     parameters, getSize("qcc.arena_size"),
                                     getSize("qcc.state_size"));
}

} // namespace qcc::target
