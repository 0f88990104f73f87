//===- Machine.cpp - LLVM's target machine for a TargetInfo -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Machine.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

namespace qcc::target {

void initializeBackends() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTarget();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMAsmPrinter();
    LLVMInitializeARMAsmParser();
  });
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine(const TargetInfo &target) {
  initializeBackends();
  llvm::Triple triple(target.triple);
  std::string error;
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return llvm::createStringError("LLVM has no backend for %s: %s [E5003]", target.triple.c_str(),
                                   error.c_str());
  llvm::TargetOptions options;
  options.EmitStackSizeSection = true;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  if (target.architecture == Architecture::Arm)
    options.FloatABIType =
        llvm::FloatABI::Soft; // no float is passed by value: links with either ABI
  // Position independent code links into every kind of hosted program; firmware is linked at fixed
  // addresses.
  auto relocation = target.isHosted() ? llvm::Reloc::PIC_ : llvm::Reloc::Static;
  std::unique_ptr<llvm::TargetMachine> machine(
      backend->createTargetMachine(triple, target.cpu, target.features, options, relocation,
                                   std::nullopt, llvm::CodeGenOptLevel::Default));
  if (!machine)
    return llvm::createStringError("LLVM cannot generate code for %s [E5003]",
                                   target.triple.c_str());
  // Nothing unwinds through the object, but the tables of the Arm ABI would say so for every
  // function.
  if (target.architecture == Architecture::Arm)
    const_cast<llvm::MCAsmInfo *>(machine->getMCAsmInfo())
        ->setExceptionsType(llvm::ExceptionHandling::None);
  return machine;
}

char getOptimization(mlir::ModuleOp module) {
  auto level = module->getAttrOfType<mlir::StringAttr>("qcc.optimization");
  return level && level.size() == 1 ? level.getValue()[0] : '2';
}

/// LLVM's own pipeline at -O2 takes two to three times as long for an object of the same size and
/// speed: nothing is left to inline, to promote to registers or to vectorise, and one round of
/// combining before the loops and one after them find what ten find.
static constexpr llvm::StringLiteral kernelPasses =
    "ipsccp,deadargelim,function("
    "early-cse<memssa>,simplifycfg,"
    "loop-mssa(loop-instsimplify,loop-simplifycfg,loop-rotate,licm,simple-loop-unswitch),"
    "simplifycfg,instcombine<no-verify-fixpoint>,loop(indvars,loop-deletion),gvn,"
    "correlated-propagation,bdce,loop-mssa(licm),instcombine<no-verify-fixpoint>,div-rem-pairs,"
    "simplifycfg<forward-switch-cond;switch-range-to-icmp;no-keep-loops;hoist-common-insts;"
    "sink-common-insts>)";

void optimize(llvm::Module &module, llvm::TargetMachine &machine, char level) {
  machine.setOptLevel(level == '0'   ? llvm::CodeGenOptLevel::None
                      : level == '1' ? llvm::CodeGenOptLevel::Less
                      : level == '3' ? llvm::CodeGenOptLevel::Aggressive
                                     : llvm::CodeGenOptLevel::Default);
  // Back ends ask the functions whether size matters.
  if (level == 's')
    for (llvm::Function &function : module)
      function.addFnAttr(llvm::Attribute::OptimizeForSize);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  // The emitters have chosen vectors and tiles; what is left to vectorise or unroll are remainders.
  tuning.SLPVectorization = false;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(&machine, tuning);
  // No library function exists: a copy loop stays a loop.
  functions.registerPass([&] {
    llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
    library.disableAllFunctions();
    return llvm::TargetLibraryAnalysis(library);
  });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::OptimizationLevel wanted = level == '0'   ? llvm::OptimizationLevel::O0
                                   : level == '1' ? llvm::OptimizationLevel::O1
                                   : level == '3' ? llvm::OptimizationLevel::O3
                                   : level == 's' ? llvm::OptimizationLevel::Os
                                                  : llvm::OptimizationLevel::O2;
  llvm::ModulePassManager passes;
  if (level == '0')
    passes = builder.buildO0DefaultPipeline(wanted);
  else if (level == '2')
    llvm::cantFail(builder.parsePassPipeline(passes, kernelPasses));
  else
    passes = builder.buildPerModuleDefaultPipeline(wanted);
  passes.run(module, modules);
}

} // namespace qcc::target
