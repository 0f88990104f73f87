//===- PackMatrices.cpp - computed right sides of products ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Layout/Passes.h"

#include "ContractionForm.h"
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/Reference/Arithmetic.h"

using namespace mlir;
using qcc::kernel::Arithmetic;

namespace qcc::layout {

#define GEN_PASS_DEF_PACKMATRICES
#include "qcc/Layout/Passes.h.inc"

namespace {

/// qnn.matmul, or qnn.linear whose weights are computed, as a product of `lhs` by `rhs`.
struct Product {
  Value lhs, rhs, bias;             // inside the kernel
  SmallVector<float> scales = {1};  // of the right side: one, or one for each column
  SmallVector<int64_t> permutation; // of the right side's dimensions, to [..., K, N]
  int64_t zeroPoint = 0;            // of the right side
};

class MatrixPacking {
public:
  MatrixPacking(const TargetInfo &target, qnn::KernelOp kernel, Operation *op, Product product)
      : target(target), kernel(kernel), op(op), product(std::move(product)),
        quantized(qnn::getQuantized(this->product.lhs.getType())) {}

  void run() {
    form = chooseForm(target, static_cast<bool>(quantized));
    auto shape = cast<RankedTensorType>(product.rhs.getType()).getShape();
    depth = shape[*(product.permutation.end() - 2)];
    columns = shape[product.permutation.back()];
    padded = llvm::alignTo(columns, form.lanes);
    Value weights = addPackingKernel();
    OpBuilder builder(op);
    auto packed = kernel::ContractionOp::create(
        builder, op->getLoc(), op->getResult(0).getType(), product.lhs, addInput(weights),
        addInput(createBias()), createMultiplier(), ArrayRef<int64_t>{1, 1},
        ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1}, 1,
        form.arithmetic, form.panel, form.lanes, /*image=*/false);
    op->getResult(0).replaceAllUsesWith(packed);
    op->erase();
  }

private:
  Value getOutside(Value inside) {
    return kernel.getInputs()[cast<BlockArgument>(inside).getArgNumber()];
  }
  Value addInput(Value outside) {
    kernel.getInputsMutable().append(outside);
    return kernel.getBlock().addArgument(outside.getType(), op->getLoc());
  }

  /// The transpose that is all there is to the kernel which makes `value`: packing reads through
  /// it.
  static qnn::TransposeOp findTranspose(Value value) {
    auto producer = value.getDefiningOp<qnn::KernelOp>();
    if (!producer || producer.getInputs().size() != 1)
      return {};
    auto transpose = dyn_cast<qnn::TransposeOp>(producer.getBlock().front());
    bool isAlone = transpose && transpose->getNextNode() == producer.getYield();
    return isAlone ? transpose : qnn::TransposeOp();
  }

  Value addPackingKernel() {
    OpBuilder builder(kernel);
    Value matrix = getOutside(product.rhs);
    auto transpose = findTranspose(matrix);
    if (transpose) {
      for (int64_t &dimension : product.permutation)
        dimension = transpose.getPermutation()[dimension];
      matrix = matrix.getDefiningOp<qnn::KernelOp>().getInputs()[0];
    }
    auto type = cast<RankedTensorType>(matrix.getType());
    Type element = builder.getF32Type();
    if (quantized)
      element = builder.getIntegerType(16);
    SmallVector<int64_t> shape;
    for (int64_t dimension : ArrayRef(product.permutation).drop_back(2))
      shape.push_back(type.getDimSize(dimension));
    shape.push_back(llvm::alignTo(depth, kernel::getStep(form.arithmetic)) * padded);
    auto result = RankedTensorType::get(shape, element);
    auto packing = qnn::KernelOp::create(builder, op->getLoc(), TypeRange(result),
                                         ValueRange(matrix), nullptr, nullptr);
    OpBuilder::InsertionGuard guard(builder);
    Block *block =
        builder.createBlock(&packing.getBody(), {}, TypeRange(matrix.getType()), {op->getLoc()});
    Value packed = kernel::PackOp::create(builder, op->getLoc(), result, block->getArgument(0),
                                          form.arithmetic, form.panel, form.lanes,
                                          product.zeroPoint, product.permutation);
    qnn::YieldOp::create(builder, op->getLoc(), packed);
    return packing.getResult(0);
  }

  Value createBias() {
    OpBuilder builder(kernel);
    if (quantized) {
      SmallVector<int32_t> sums(padded, 0);
      if (product.bias)
        llvm::copy(qnn::getConstantValues<int32_t>(getOutside(product.bias)), sums.begin());
      return qnn::createConstantOf<int32_t>(
          builder, op->getLoc(), RankedTensorType::get({padded}, builder.getI32Type()), sums);
    }
    SmallVector<float> sums(padded, 0.0f);
    if (product.bias)
      llvm::copy(qnn::getConstantValues<float>(getOutside(product.bias)), sums.begin());
    return qnn::createConstantOf<float>(
        builder, op->getLoc(), RankedTensorType::get({padded}, builder.getF32Type()), sums);
  }

  Value createMultiplier() {
    Type result = getElementTypeOrSelf(op->getResult(0).getType());
    if (!quantized || result.isInteger(32))
      return {};
    // An f32 result is not divided by a scale.
    float xScale = qnn::getScale(quantized),
          yScale = result.isF32() ? 1.0f : qnn::getScale(qnn::getQuantized(result));
    SmallVector<float> multipliers(padded, 0.0f);
    for (int64_t i = 0; i < columns; ++i)
      multipliers[i] = reference::getContractionMultiplier(
          xScale, product.scales[product.scales.size() == 1 ? 0 : i], yScale);
    OpBuilder builder(kernel);
    if (target.hasFloat || result.isF32())
      return addInput(qnn::createConstantOf<float>(
          builder, op->getLoc(), RankedTensorType::get({padded}, builder.getF32Type()),
          multipliers));
    SmallVector<int32_t> records;
    for (float multiplier : multipliers)
      llvm::append_range(records, getEmulatedForm(multiplier));
    auto type = RankedTensorType::get({static_cast<int64_t>(records.size())}, builder.getI32Type());
    return addInput(qnn::createConstantOf<int32_t>(builder, op->getLoc(), type, records));
  }

  const TargetInfo &target;
  qnn::KernelOp kernel;
  Operation *op;
  Product product;
  qnn::QuantizedType quantized;
  ContractionForm form;
  int64_t depth = 0, columns = 0, padded = 0;
};

bool isByte(qnn::QuantizedType type) { return type && type.getStorageTypeIntegralWidth() == 8; }

/// The constant outside that an operand of the kernel's root stands for, or null.
qnn::ConstantOp findConstant(qnn::KernelOp kernel, Value inside) {
  auto argument = dyn_cast<BlockArgument>(inside);
  return argument ? kernel.getInputs()[argument.getArgNumber()].getDefiningOp<qnn::ConstantOp>()
                  : nullptr;
}

/// 8-bit codes with a quantized, f32 or i32 result, or f32 throughout.
bool hasForm(Type lhs, Type rhs, Type result) {
  lhs = getElementTypeOrSelf(lhs), rhs = getElementTypeOrSelf(rhs);
  result = getElementTypeOrSelf(result);
  if (auto quantized = qnn::getQuantized(lhs)) {
    bool isCode = isByte(qnn::getQuantized(rhs)) || rhs.isInteger(8);
    return isByte(quantized) && isCode &&
           (isByte(qnn::getQuantized(result)) || result.isF32() || result.isInteger(32));
  }
  return lhs.isF32() && rhs.isF32() && result.isF32();
}

std::optional<Product> readProduct(qnn::KernelOp kernel, Operation *root) {
  Product product;
  if (auto matmul = dyn_cast<qnn::MatMulOp>(root)) {
    product.lhs = matmul.getLhs(), product.rhs = matmul.getRhs();
    for (int64_t i = 0; i < matmul.getRhs().getType().getRank(); ++i)
      product.permutation.push_back(i);
    if (auto type = qnn::getQuantized(product.rhs.getType())) {
      product.scales = {qnn::getScale(type)};
      product.zeroPoint = type.getZeroPoint();
    }
  } else if (auto linear = dyn_cast<qnn::LinearOp>(root)) {
    product.lhs = linear.getInput(), product.rhs = linear.getWeights();
    product.bias = linear.getBias();
    product.permutation = {1, 0};
    for (Value parameter : {linear.getBias(), linear.getWeightScale(), linear.getWeightZeroPoint()})
      if (parameter && !findConstant(kernel, parameter))
        return std::nullopt;
    if (Value scale = linear.getWeightScale())
      product.scales = qnn::getConstantValues<float>(findConstant(kernel, scale));
    if (Value zeroPoint = linear.getWeightZeroPoint()) {
      auto bytes = qnn::getConstantBytes(findConstant(kernel, zeroPoint));
      bool isUnsigned = getElementTypeOrSelf(zeroPoint.getType()).isUnsignedInteger();
      if (bytes.size() != 1)
        return std::nullopt;
      product.zeroPoint = isUnsigned ? static_cast<uint8_t>(bytes[0]) : bytes[0];
    }
  } else {
    return std::nullopt;
  }
  if (!isa<BlockArgument>(product.lhs) || !isa<BlockArgument>(product.rhs) ||
      !hasForm(product.lhs.getType(), product.rhs.getType(), root->getResult(0).getType()))
    return std::nullopt;
  return product;
}

struct PackMatrices : impl::PackMatricesBase<PackMatrices> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    TargetInfo target = getTarget(module);
    SmallVector<qnn::KernelOp> kernels(network.getOps<qnn::KernelOp>());
    for (qnn::KernelOp kernel : kernels) {
      Operation *root = &kernel.getBlock().front();
      if (std::optional<Product> product = readProduct(kernel, root)) {
        MatrixPacking(target, kernel, root, *product).run();
      }
    }
    dropUnused(network);
    // Transposes that packing reads through.
    for (qnn::KernelOp kernel : llvm::reverse(kernels))
      if (kernel->use_empty())
        kernel->erase();
  }
};

} // namespace
} // namespace qcc::layout
