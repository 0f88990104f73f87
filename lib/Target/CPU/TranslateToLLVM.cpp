//===- TranslateToLLVM.cpp - Codegen's module to LLVM IR --------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Machine.h"
#include "qcc/Target/CPU/CPU.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/Analysis/CallGraph.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace qcc::target {

/// One conversion for all dialects: each would walk the whole module.
static LogicalResult lowerToLLVMDialect(ModuleOp module) {
  MLIRContext *context = module.getContext();
  PassManager manager(context);
  manager.enableVerifier(false);
  manager.addPass(createSCFToControlFlowPass());
  if (failed(manager.run(module)))
    return failure();
  LLVMTypeConverter converter(context);
  RewritePatternSet patterns(context);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  populateMathToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<ModuleOp>();
  return applyFullConversion(module, target, std::move(patterns));
}

/// Private functions stay inside the object.
static void setLinkage(ModuleOp module) {
  auto internal = LLVM::LinkageAttr::get(module.getContext(), LLVM::Linkage::Internal);
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPrivate() && !function.isDeclaration())
      function->setAttr("llvm.linkage", internal);
}

/// The stack has a bound only where every callee is known and none leads back to itself. The check
/// of the object sees that too, but not in assembly and LLVM IR.
static llvm::Error checkCalls(llvm::Module &module) {
  llvm::CallGraph graph(module);
  for (auto component = llvm::scc_begin(&graph); !component.isAtEnd(); ++component) {
    llvm::Function *function = component->front()->getFunction();
    if (component.hasCycle() && function)
      return llvm::createStringError("the stack is not bounded: %s calls itself [E6008]",
                                     function->getName().str().c_str());
  }
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call && !call->isInlineAsm() && !call->getCalledFunction())
        return llvm::createStringError("the stack is not bounded: an indirect call in %s [E6008]",
                                       function.getName().str().c_str());
    }
  return llvm::Error::success();
}

/// Section and attributes of design section 5.
static void applyObjectContract(llvm::Module &module, const TargetInfo &target, StringRef name) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    // One function a kernel: its name shows in profiles, and its registers are allocated alone.
    if (function.hasInternalLinkage())
      function.addFnAttr(llvm::Attribute::NoInline);
    function.setSection((".text." + name + "." + function.getName()).str());
    function.addFnAttr(llvm::Attribute::NoUnwind);
    function.addFnAttr("no-builtins");
    // A jump to a computed address cannot be told from a call of one.
    function.addFnAttr("no-jump-tables", "true");
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty())
      function.addFnAttr("target-features", target.features);
  }
  for (llvm::GlobalVariable &global : module.globals())
    if (global.getName() == (name + "_weights").str())
      global.setSection((".rodata." + name + ".weights").str());
    else if (global.isConstant() && !global.isDeclaration())
      global.setSection((".rodata." + name).str());
  // Tag_ABI_VFP_args = compatible: no float crosses the interface by value, so the object links
  // with soft- and hard-float programs (Addenda to the ABI for the Arm Architecture, section on
  // build attributes).
  if (target.architecture == Architecture::Arm)
    module.appendModuleInlineAsm(".eabi_attribute 28, 3");
}

static void removeWeights(ModuleOp module, StringRef symbol) {
  auto weights = module.lookupSymbol<LLVM::GlobalOp>(symbol);
  if (!weights)
    return;
  weights.setValueAttr(LLVM::ZeroAttr::get(module.getContext()));
  weights.setExternallyInitialized(true);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(ModuleOp module, llvm::LLVMContext &context, bool withWeights) {
  TargetInfo target = getTarget(module);
  auto machine = createMachine(target);
  if (!machine)
    return machine.takeError();
  auto name = module->getAttrOfType<StringAttr>("qcc.name");
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  OwningOpRef<ModuleOp> clone = module.clone();
  // What the driver reads from the module means nothing to LLVM.
  SmallVector<StringAttr> ours;
  for (NamedAttribute attribute : (*clone)->getAttrs())
    if (attribute.getName().getValue().starts_with("qcc."))
      ours.push_back(attribute.getName());
  for (StringAttr attribute : ours)
    (*clone)->removeAttr(attribute);
  setLinkage(*clone);
  if (!withWeights)
    removeWeights(*clone, (name.getValue() + "_weights").str());
  if (failed(lowerToLLVMDialect(*clone)))
    return llvm::createStringError("lowering to LLVM failed [E5004]");
  std::unique_ptr<llvm::Module> result = translateModuleToLLVMIR(*clone, context, name.getValue());
  if (!result)
    return llvm::createStringError("translation to LLVM IR failed [E5004]");
  result->setTargetTriple((*machine)->getTargetTriple());
  result->setDataLayout((*machine)->createDataLayout());
  if (llvm::Error error = checkCalls(*result))
    return error;
  applyObjectContract(*result, target, name.getValue());
  return result;
}

} // namespace qcc::target
