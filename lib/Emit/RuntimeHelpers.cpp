//===- RuntimeHelpers.cpp - what the compiler's run-time library is asked for //
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RuntimeHelpers.h"

#include "llvm/Support/ARMAttributeParser.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

static bool isArm(const ELFObjectFileBase &object) {
  return object.getArch() == Triple::arm || object.getArch() == Triple::thumb;
}

ArmHardware readHardware(const ELFObjectFileBase &object) {
  ArmHardware hardware;
  if (!isArm(object))
    return hardware;
  for (ELFSectionRef section : object.sections()) {
    if (section.getType() != ELF::SHT_ARM_ATTRIBUTES)
      continue;
    Expected<StringRef> contents = section.getContents();
    ARMAttributeParser parser;
    Error error = contents ? parser.parse(arrayRefFromStringRef(*contents), endianness::little)
                           : contents.takeError();
    if (error) {
      consumeError(std::move(error));
      continue;
    }
    auto get = [&](unsigned tag) { return parser.getAttributeValue(tag).value_or(0); };
    hardware.hasSingle = get(ARMBuildAttrs::FP_arch) != ARMBuildAttrs::Not_Allowed;
    hardware.hasDouble = hardware.hasSingle &&
                         get(ARMBuildAttrs::ABI_HardFP_use) != ARMBuildAttrs::HardFPSinglePrecision;
    unsigned architecture = get(ARMBuildAttrs::CPU_arch);
    hardware.hasDivision =
        architecture != ARMBuildAttrs::v6_M && architecture != ARMBuildAttrs::v6S_M;
    hardware.linksWithEitherAbi = get(ARMBuildAttrs::ABI_VFP_args) == 3;
  }
  return hardware;
}

bool isRuntimeHelper(StringRef symbol, const ELFObjectFileBase &object,
                     const ArmHardware &hardware) {
  if (!isArm(object) || !symbol.consume_front("__aeabi_"))
    return false;
  // No core has instructions for all of 64-bit integers.
  static const Regex wide("^(u?l[a-z0-9]+|[fd]2u?lz)$");
  static const Regex single("^(f(add|sub|mul|div|cmp[a-z]+|2u?iz|2h)|u?i2f|h2f)$");
  static const Regex both("^(d(add|sub|mul|div|cmp[a-z]+|2u?iz|2f|2h)|u?i2d|f2d)$");
  static const Regex division("^u?idiv(mod)?$");
  return wide.match(symbol) || (!hardware.hasSingle && single.match(symbol)) ||
         (!hardware.hasDouble && both.match(symbol)) ||
         (!hardware.hasDivision && division.match(symbol));
}

} // namespace qcc::emit
