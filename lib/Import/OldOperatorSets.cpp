//===- OldOperatorSets.cpp - operators that old operator sets define the same
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Registry.h"

#include "llvm/ADT/StringSwitch.h"

namespace qcc::import {

int64_t getOldestEqualVersion(llvm::StringRef name) {
  // The handlers know the attributes with which Add and its like broadcast; without these, only
  // equal shapes were allowed, which mean the same today. Others gained attributes whose defaults
  // are the old meaning.
  return llvm::StringSwitch<int64_t>(name)
      .Cases({"Add", "And", "ArgMax", "ArgMin", "AveragePool", "Constant", "Conv", "ConvTranspose",
              "DepthToSpace", "Div"},
             1)
      .Cases({"Equal", "Flatten", "Gather", "GlobalAveragePool", "GlobalMaxPool", "Greater",
              "Hardmax", "Identity", "LRN", "Less"},
             1)
      .Cases({"LogSoftmax", "LpNormalization", "MatMul", "MaxPool", "Mul", "Not", "Or", "Pow",
              "ReduceL1", "ReduceL2"},
             1)
      .Cases({"ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
              "ReduceProd", "ReduceSum", "ReduceSumSquare", "Shape", "Size"},
             1)
      .Cases({"Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Squeeze", "Sub", "TopK",
              "Transpose", "Unsqueeze", "Xor"},
             1)
      .Cases({"GlobalLpPool", "LpPool", "Pad", "Split"}, 2)
      .Case("Concat", 4)
      .Case("Reshape", 5)
      .Cases({"Abs", "Cast", "Ceil", "Clip", "Elu", "Exp", "Floor", "HardSigmoid",
              "InstanceNormalization", "LeakyRelu", "BatchNormalization", "Gemm", "PRelu"},
             6)
      .Cases({"Log", "Max", "Mean", "Min", "Neg", "Reciprocal", "Relu", "Selu", "Sigmoid", "Sqrt",
              "Sum", "Tanh", "Tile"},
             6)
      .Default(oldestOpset);
}

} // namespace qcc::import
