//===- qcc-run.cpp - compile, load and run on this machine ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Driver/Driver.h"

int main(int argc, char **argv) { return qcc::driver::runNetwork(argc, argv); }
