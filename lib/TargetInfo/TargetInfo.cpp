//===- TargetInfo.cpp - what code generation must know about a machine ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/TargetInfo/TargetInfo.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/ARMTargetParser.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;

namespace qcc {

namespace {

struct Preset {
  StringLiteral name, triple, cpu;
  Architecture architecture;
};

constexpr Preset presets[] = {
    {"host", "x86_64-unknown-linux-gnu", "", Architecture::X86_64},
    {"x86_64", "x86_64-unknown-linux-gnu", "x86-64", Architecture::X86_64},
    {"aarch64", "aarch64-unknown-linux-gnu", "generic", Architecture::AArch64},
    {"cortex-m0", "thumbv6m-none-unknown-eabi", "cortex-m0", Architecture::Arm},
    {"cortex-m3", "thumbv7m-none-unknown-eabi", "cortex-m3", Architecture::Arm},
    {"cortex-m4", "thumbv7em-none-unknown-eabi", "cortex-m4", Architecture::Arm},
    {"cortex-m7", "thumbv7em-none-unknown-eabi", "cortex-m7", Architecture::Arm},
    {"cortex-m33", "thumbv8m.main-none-unknown-eabi", "cortex-m33", Architecture::Arm},
    {"cortex-m55", "thumbv8.1m.main-none-unknown-eabi", "cortex-m55", Architecture::Arm},
};

Error unknown(StringRef what, StringRef value, StringRef known) {
  return createStringError("unknown %s '%s'; known: %s [E5001]", what.str().c_str(),
                           value.str().c_str(), known.str().c_str());
}

/// Whether a triple that the user wrote, with or without a vendor, names the same machine and
/// system. Objects link with programs of both float ABIs.
bool meansSame(StringRef written, StringRef triple) {
  Triple a(Triple::normalize(written)), b(triple);
  return written.contains('-') && a.getArchName() == b.getArchName() && a.getOS() == b.getOS() &&
         (a.getEnvironment() == b.getEnvironment() ||
          (a.getEnvironment() == Triple::EABIHF && b.getEnvironment() == Triple::EABI));
}

/// What LLVM's code generator makes of a CPU and "+a,-b", what features imply included; null when
/// this LLVM has no code generator for the triple.
std::unique_ptr<MCSubtargetInfo> getSubtarget(const TargetInfo &target, StringRef features) {
  static const bool initialized = [] {
    InitializeAllTargetInfos();
    InitializeAllTargetMCs();
    return true;
  }();
  (void)initialized;
  std::string unused;
  Triple triple(target.triple);
  const Target *generator = TargetRegistry::lookupTarget(triple, unused);
  return std::unique_ptr<MCSubtargetInfo>(
      generator ? generator->createMCSubtargetInfo(triple, target.cpu, features) : nullptr);
}

/// The CPU must be one of those that the target's triple stands for.
Error checkCpu(const TargetInfo &target) {
  SmallVector<StringRef> cpus;
  if (target.architecture == Architecture::X86_64)
    X86::fillValidCPUArchList(cpus, /*Only64Bit=*/true);
  else if (target.architecture == Architecture::AArch64)
    AArch64::fillValidCPUArchList(cpus);
  else
    ARM::fillValidCPUArchList(cpus);
  if (target.architecture == Architecture::Arm) {
    ARM::ArchKind wanted = ARM::parseArch(Triple(target.triple).getArchName());
    erase_if(cpus, [&](StringRef cpu) { return ARM::parseCPUArch(cpu) != wanted; });
  }
  bool isGeneric = target.architecture == Architecture::AArch64 && target.cpu == "generic";
  if (isGeneric || is_contained(cpus, target.cpu))
    return Error::success();
  return unknown("-mcpu", target.cpu, join(cpus, " "));
}

/// Every part of "+a,-b" must name a feature: LLVM takes an unknown one with a warning.
Error checkFeatures(const TargetInfo &target, StringRef features) {
  std::unique_ptr<MCSubtargetInfo> subtarget = getSubtarget(target, "");
  if (!subtarget)
    return createStringError("no code generator for " + target.triple + " [E5003]");
  SmallVector<StringRef> parts;
  if (!features.empty())
    features.split(parts, ',');
  for (StringRef part : parts) {
    bool isSigned = part.starts_with("+") || part.starts_with("-");
    bool known = isSigned && any_of(subtarget->getAllProcessorFeatures(),
                                    [&](const SubtargetFeatureKV &feature) {
                                      return part.drop_front() == feature.Key;
                                    });
    if (!known)
      return createStringError("-mattr: '" + part + "' is no feature of " +
                               Triple(target.triple).getArchName() +
                               " with + or - before it [E5001]");
  }
  return Error::success();
}

/// "-a,-b": what the CPU of this machine's name has and this machine has not.
std::string getHiddenFeatures(const TargetInfo &target) {
  std::unique_ptr<MCSubtargetInfo> named = getSubtarget(target, "");
  std::vector<std::string> hidden;
  for (const auto &feature : sys::getHostCPUFeatures())
    if (named && !feature.getValue() && named->checkFeatures(("+" + feature.getKey()).str()))
      hidden.push_back(("-" + feature.getKey()).str());
  sort(hidden);
  return join(hidden, ",");
}

void chooseInstructions(TargetInfo &target, const MCSubtargetInfo &subtarget) {
  auto has = [&](StringRef features) { return subtarget.checkFeatures(features); };
  switch (target.architecture) {
  case Architecture::X86_64:
    target.unsignedActivations = true;
    if (has("+avx512vnni,+avx512bw,+avx512vl")) {
      target.dotProduct = DotProduct::Avx512Vnni;
      target.vectorBytes = 64;
      target.vectorRegisters = 32;
    } else if (has("+avx2")) {
      target.dotProduct = DotProduct::Avx2;
      target.vectorBytes = 32;
      target.vectorRegisters = 16;
    } else {
      target.dotProduct = DotProduct::Sse2;
      target.vectorBytes = 16;
      target.vectorRegisters = 16;
    }
    break;
  case Architecture::AArch64:
    target.dotProduct = has("+dotprod") ? DotProduct::NeonDot : DotProduct::Neon;
    target.vectorBytes = 16;
    target.vectorRegisters = 32;
    break;
  case Architecture::Arm:
    target.hasFloat = has("+vfp2sp") && !has("+soft-float");
    target.hasLongMultiply = has("+thumb2");
    break;
  }
}

} // namespace

ArrayRef<StringRef> getTargetNames() {
  static const SmallVector<StringRef> names = [] {
    SmallVector<StringRef> all;
    for (const Preset &preset : presets)
      all.push_back(preset.name);
    return all;
  }();
  return names;
}

Expected<TargetInfo> getTargetInfo(StringRef name, StringRef cpu, StringRef attributes) {
  const Preset *preset = find_if(presets, [&](const Preset &candidate) {
    return candidate.name == name ||
           (candidate.name != "host" && meansSame(name, candidate.triple));
  });
  if (preset == std::end(presets))
    return unknown("-target", name, join(getTargetNames(), " "));
  TargetInfo target;
  target.name = preset->name.str();
  target.triple = preset->triple.str();
  target.architecture = preset->architecture;
  target.cpu = cpu.empty() ? preset->cpu.str() : cpu.str();
  bool isThisMachine = cpu == "native" || target.cpu.empty();
  if (isThisMachine)
    target.cpu = sys::getHostCPUName().str();
  // LLVM's name for a CPU that it does not know.
  if (isThisMachine && target.architecture == Architecture::X86_64 && target.cpu == "generic")
    target.cpu = "x86-64";
  if (Error error = checkCpu(target))
    return std::move(error);
  if (Error error = checkFeatures(target, attributes))
    return std::move(error);
  std::string hidden = isThisMachine ? getHiddenFeatures(target) : "";
  target.features = hidden + (hidden.empty() || attributes.empty() ? "" : ",") + attributes.str();
  chooseInstructions(target, *getSubtarget(target, target.features));
  return target;
}

Error checkRunsHere(const TargetInfo &target) {
  if (Triple(target.triple).getArch() != Triple(sys::getProcessTriple()).getArch())
    return createStringError("code for " + target.name + " does not run on this machine [E5026]");
  std::unique_ptr<MCSubtargetInfo> subtarget = getSubtarget(target, target.features);
  // Families of instructions that computations are made of; the rest serves operating systems.
  constexpr StringLiteral families[] = {"avx",   "bmi",   "f16c", "fma",    "gfni",
                                        "lzcnt", "movbe", "sse",  "popcnt", "ssse"};
  std::vector<std::string> missing;
  for (const auto &feature : sys::getHostCPUFeatures())
    if (!feature.getValue() && subtarget->checkFeatures(("+" + feature.getKey()).str()) &&
        any_of(families, [&](StringRef family) { return feature.getKey().starts_with(family); }))
      missing.push_back(feature.getKey().str());
  if (missing.empty())
    return Error::success();
  sort(missing);
  return createStringError("code for " + target.cpu +
                           " does not run on this machine, which lacks " + join(missing, ", ") +
                           " [E5026]");
}

void setTarget(mlir::ModuleOp module, StringRef name, StringRef cpu, StringRef attributes) {
  mlir::Builder builder(module.getContext());
  module->setAttr("qcc.target",
                  builder.getDictionaryAttr({
                      builder.getNamedAttr("name", builder.getStringAttr(name)),
                      builder.getNamedAttr("cpu", builder.getStringAttr(cpu)),
                      builder.getNamedAttr("attributes", builder.getStringAttr(attributes)),
                  }));
}

TargetInfo getTarget(mlir::ModuleOp module) {
  auto text = [&](mlir::DictionaryAttr dictionary, StringRef key) {
    auto value = dictionary ? dictionary.getAs<mlir::StringAttr>(key) : nullptr;
    return value ? value.getValue() : StringRef();
  };
  auto recorded = module->getAttrOfType<mlir::DictionaryAttr>("qcc.target");
  StringRef name = text(recorded, "name");
  auto target = getTargetInfo(name.empty() ? "x86_64" : name, text(recorded, "cpu"),
                              text(recorded, "attributes"));
  // The driver has checked what it recorded; text that names an unknown target means the baseline.
  if (!target) {
    consumeError(target.takeError());
    return cantFail(getTargetInfo("x86_64", "", ""));
  }
  return *target;
}

} // namespace qcc
