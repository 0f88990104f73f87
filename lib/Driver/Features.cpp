//===- Features.cpp - names of -mattr checked against the code generator -----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Features.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace qcc::driver {

Error checkFeatures(StringRef tripleName, StringRef attributes) {
  if (attributes.empty())
    return Error::success();
  InitializeAllTargetInfos();
  InitializeAllTargetMCs();
  std::string unused;
  Triple triple(tripleName);
  const Target *target = TargetRegistry::lookupTarget(triple, unused);
  std::unique_ptr<MCSubtargetInfo> subtarget(target ? target->createMCSubtargetInfo(triple, "", "")
                                                    : nullptr);
  if (!subtarget)
    return createStringError("no code generator for " + tripleName + " [E5003]");
  SmallVector<StringRef> parts;
  attributes.split(parts, ',');
  for (StringRef part : parts) {
    bool isSigned = part.starts_with("+") || part.starts_with("-");
    bool known = isSigned && any_of(subtarget->getAllProcessorFeatures(),
                                    [&](const SubtargetFeatureKV &feature) {
                                      return part.drop_front() == feature.Key;
                                    });
    if (!known)
      return createStringError("-mattr: '" + part + "' is no feature of " + triple.getArchName() +
                               " with + or - before it [E5001]");
  }
  return Error::success();
}

} // namespace qcc::driver
