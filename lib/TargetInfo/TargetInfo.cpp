//===- TargetInfo.cpp - what code generation must know about a machine ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/TargetInfo/TargetInfo.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
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
  bool hasFloat;
};

// The Cortex-M cores with an optional FPU are assumed to have it; -mattr removes it.
constexpr Preset presets[] = {
    {"host", "x86_64-unknown-linux-gnu", "", Architecture::X86_64, true},
    {"x86_64", "x86_64-unknown-linux-gnu", "x86-64", Architecture::X86_64, true},
    {"aarch64", "aarch64-unknown-linux-gnu", "generic", Architecture::AArch64, true},
    {"cortex-m0", "thumbv6m-none-unknown-eabi", "cortex-m0", Architecture::Arm, false},
    {"cortex-m3", "thumbv7m-none-unknown-eabi", "cortex-m3", Architecture::Arm, false},
    {"cortex-m4", "thumbv7em-none-unknown-eabi", "cortex-m4", Architecture::Arm, true},
    {"cortex-m7", "thumbv7em-none-unknown-eabi", "cortex-m7", Architecture::Arm, true},
    {"cortex-m33", "thumbv8m.main-none-unknown-eabi", "cortex-m33", Architecture::Arm, true},
    {"cortex-m55", "thumbv8.1m.main-none-unknown-eabi", "cortex-m55", Architecture::Arm, true},
};

Error unknown(StringRef what, StringRef value, StringRef known) {
  return createStringError("unknown %s '%s'; known: %s [E5001]", what.str().c_str(),
                           value.str().c_str(), known.str().c_str());
}

/// Features that are on: those of the CPU, then `attributes` ("+a,-b") applied in order.
StringSet<> getEnabled(ArrayRef<StringRef> ofCpu, StringRef attributes) {
  StringSet<> enabled;
  for (StringRef feature : ofCpu)
    enabled.insert(feature);
  SmallVector<StringRef> parts;
  attributes.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    if (part.consume_front("-"))
      enabled.erase(part);
    else {
      part.consume_front("+");
      enabled.insert(part);
    }
  }
  return enabled;
}

Error describeX86(TargetInfo &target, StringRef attributes) {
  if (X86::parseArchX86(target.cpu, /*Only64Bit=*/true) == X86::CK_None) {
    SmallVector<StringRef> cpus;
    X86::fillValidCPUArchList(cpus, /*Only64Bit=*/true);
    return unknown("-mcpu", target.cpu, join(cpus, " "));
  }
  SmallVector<StringRef> ofCpu;
  X86::getFeaturesForCPU(target.cpu, ofCpu);
  StringSet<> enabled = getEnabled(ofCpu, attributes);
  auto has = [&](StringRef feature) { return enabled.contains(feature); };
  target.unsignedActivations = true;
  if (has("avx512vnni") && has("avx512bw") && has("avx512vl")) {
    target.dotProduct = DotProduct::Avx512Vnni;
    target.vectorBytes = 64;
    target.vectorRegisters = 32;
  } else if (has("avx2")) {
    target.dotProduct = DotProduct::Avx2;
    target.vectorBytes = 32;
    target.vectorRegisters = 16;
  } else {
    target.dotProduct = DotProduct::Sse2;
    target.vectorBytes = 16;
    target.vectorRegisters = 16;
  }
  return Error::success();
}

Error describeAArch64(TargetInfo &target, StringRef attributes) {
  SmallVector<StringRef> ofCpu;
  if (target.cpu != "generic") {
    std::optional<AArch64::CpuInfo> cpu = AArch64::parseCpu(target.cpu);
    if (!cpu) {
      SmallVector<StringRef> cpus;
      AArch64::fillValidCPUArchList(cpus);
      return unknown("-mcpu", target.cpu, join(cpus, " "));
    }
    std::vector<StringRef> features;
    AArch64::getExtensionFeatures(cpu->getImpliedExtensions(), features);
    for (StringRef feature : features)
      if (feature.consume_front("+"))
        ofCpu.push_back(feature);
  }
  StringSet<> enabled = getEnabled(ofCpu, attributes);
  target.dotProduct = enabled.contains("dotprod") ? DotProduct::NeonDot : DotProduct::Neon;
  target.vectorBytes = 16;
  target.vectorRegisters = 32;
  return Error::success();
}

/// The CPU must be one of those that the target's triple stands for.
Error describeArm(TargetInfo &target, StringRef attributes) {
  ARM::ArchKind wanted = ARM::parseArch(Triple(target.triple).getArchName());
  if (ARM::parseCPUArch(target.cpu) != wanted) {
    SmallVector<StringRef> cpus;
    ARM::fillValidCPUArchList(cpus);
    erase_if(cpus, [&](StringRef cpu) { return ARM::parseCPUArch(cpu) != wanted; });
    return unknown("-mcpu", target.cpu, join(cpus, " "));
  }
  target.halo = HaloPolicy::Peeled;
  target.arenaAlignment = 16;
  SmallVector<StringRef> parts;
  attributes.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts)
    if (part == "-fpregs" || part == "-vfp2sp" || part == "+soft-float")
      target.hasFloat = false;
  return Error::success();
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
    return candidate.name == name || candidate.triple == name;
  });
  if (preset == std::end(presets))
    return unknown("-target", name, join(getTargetNames(), " "));
  TargetInfo target;
  target.name = preset->name.str();
  target.triple = preset->triple.str();
  target.architecture = preset->architecture;
  target.hasFloat = preset->hasFloat;
  target.cpu = cpu.empty() ? preset->cpu.str() : cpu.str();
  if (cpu == "native" || target.cpu.empty())
    target.cpu = sys::getHostCPUName().str();
  target.features = attributes.str();
  Error error = target.architecture == Architecture::X86_64    ? describeX86(target, attributes)
                : target.architecture == Architecture::AArch64 ? describeAArch64(target, attributes)
                                                               : describeArm(target, attributes);
  if (error)
    return std::move(error);
  return target;
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
