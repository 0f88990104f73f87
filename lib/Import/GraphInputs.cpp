//===- GraphInputs.cpp - types and values of a graph's inputs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphInputs.h"

#include "dialects/QNN/QNNNetwork.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

FailureOr<Type> getBoundaryType(MLIRContext *context, int32_t dataType, const std::string &where,
                                Reporter &reporter) {
  Type type = getElementType(context, dataType);
  if (!type || getDataType(type) != dataType)
    return reporter.error("E2102", where,
                          "has element type " + getDataTypeName(dataType) +
                              ", which qcc does not support for inputs and outputs");
  return type;
}

namespace {

template <typename Value>
const Value *findOption(const std::vector<std::pair<std::string, Value>> &options, StringRef name) {
  for (auto &[key, value] : options)
    if (key == name)
      return &value;
  return nullptr;
}

class InputBinder {
public:
  InputBinder(const onnx::GraphProto &graph, const ImportOptions &options, ImportState &state)
      : graph(graph), options(options), state(state), reporter(state.reporter),
        context(state.builder.getContext()) {}

  std::vector<NetworkInput> run() {
    std::vector<NetworkInput> inputs;
    for (const onnx::ValueInfoProto &input : graph.input()) {
      std::string where = "graph input " + quoted(input.name());
      if (const BoundValue *value = findOption(options.constants, input.name())) {
        auto constant = bindConstant(input, *value, where);
        if (succeeded(constant))
          state.frame.values[input.name()] = Tensor{*constant, nullptr};
        continue;
      }
      auto known = state.frame.values.find(input.name());
      if (known != state.frame.values.end() && known->second.constant)
        continue;
      auto type = bindType(input, where);
      if (succeeded(type))
        inputs.push_back({&input, *type});
    }
    checkOptionsUsed();
    return inputs;
  }

private:
  FailureOr<const onnx::TypeProto::Tensor *> getTensorType(const onnx::ValueInfoProto &input,
                                                           const std::string &where) {
    if (!input.has_type() || !input.type().has_tensor_type())
      return reporter.error("E2101", where,
                            "has no tensor type; sequences, maps and optionals are not supported");
    return &input.type().tensor_type();
  }

  FailureOr<RankedTensorType> bindType(const onnx::ValueInfoProto &input,
                                       const std::string &where) {
    auto tensor = getTensorType(input, where);
    if (failed(tensor))
      return failure();
    auto elementType = getBoundaryType(context, (*tensor)->elem_type(), where, reporter);
    if (failed(elementType))
      return failure();
    SmallVector<int64_t> shape;
    if (const auto *option = findOption(options.shapes, input.name())) {
      shape.assign(option->begin(), option->end());
      if (llvm::is_contained(shape, 0))
        return reporter.error("E2105", where, "has the dimension 0 in -shape");
      if ((*tensor)->has_shape() && (*tensor)->shape().dim_size() != static_cast<int>(shape.size()))
        return reporter.error("E2109", where,
                              "has " + Twine((*tensor)->shape().dim_size()) +
                                  " dimensions, -shape gives " + Twine(shape.size()));
      for (auto [dimension, size] : llvm::zip((*tensor)->shape().dim(), shape))
        if (const int64_t *other = findOption(options.dims, dimension.dim_param());
            other && *other != size)
          return reporter.error("E2109", where,
                                "-shape gives " + Twine(size) + " for " +
                                    quoted(dimension.dim_param()) + ", -dim gives " +
                                    Twine(*other));
    } else {
      if (!(*tensor)->has_shape())
        return reporter.error("E2103", where,
                              "has no shape; give one with -shape=" + escapeName(input.name()) +
                                  "=...");
      for (int i = 0; i < (*tensor)->shape().dim_size(); ++i) {
        auto size = bindDimension((*tensor)->shape().dim(i), i, input.name(), where);
        if (failed(size))
          return failure();
        shape.push_back(*size);
      }
    }
    return checkType(shape, *elementType, where);
  }

  FailureOr<int64_t> bindDimension(const onnx::TensorShapeProto::Dimension &dimension, int index,
                                   StringRef input, const std::string &where) {
    if (dimension.has_dim_value() && dimension.dim_value() >= 0)
      return dimension.dim_value();
    if (dimension.has_dim_value() && dimension.dim_value() != -1)
      return reporter.error("E2105", where,
                            "has the negative dimension " + Twine(dimension.dim_value()));
    // Some exporters write -1 for an unknown size.
    StringRef parameter = dimension.has_dim_param() ? StringRef(dimension.dim_param()) : "";
    if (!parameter.empty())
      if (const int64_t *size = findOption(options.dims, parameter))
        return *size;
    if (index == 0) {
      reporter.remark(where, "the leading dimension is not fixed; 1 is used");
      return 1;
    }
    if (parameter.empty())
      return reporter.error("E2104", where,
                            "dimension " + Twine(index) + " is not fixed; give the shape with " +
                                "-shape=" + escapeName(input) + "=...");
    return reporter.error("E2104", where,
                          "dimension " + Twine(index) + " is the unknown " + quoted(parameter) +
                              "; give its size with -dim=" + escapeName(parameter) + "=...");
  }

  FailureOr<RankedTensorType> checkType(ArrayRef<int64_t> shape, Type elementType,
                                        const std::string &where) {
    if (static_cast<int64_t>(shape.size()) > mostDimensions)
      return reporter.error("E2106", where,
                            "has " + Twine(shape.size()) + " dimensions, at most " +
                                Twine(mostDimensions) + " are supported");
    for (int64_t size : shape)
      if (size < 0)
        return reporter.error("E2105", where, "has the negative dimension " + Twine(size));
    if (!productChecked(shape, mostTensorBytes / 8))
      return reporter.error("E2107", where, "has more elements than a tensor may have");
    return RankedTensorType::get(shape, elementType);
  }

  //===- Values of -constant --------------------------------------------------//

  FailureOr<ConstantPointer> bindConstant(const onnx::ValueInfoProto &input,
                                          const BoundValue &value, const std::string &where) {
    auto tensor = getTensorType(input, where);
    if (failed(tensor))
      return failure();
    Type elementType = getElementType(context, (*tensor)->elem_type());
    if (!elementType || getDataType(elementType) != (*tensor)->elem_type())
      return reporter.error("E2102", where,
                            "has element type " + getDataTypeName((*tensor)->elem_type()) +
                                ", which -constant cannot give");
    auto constant = value.type.empty()
                        ? parseNumbers(input, **tensor, elementType, value.text, where)
                        : readArray(elementType, value, where);
    if (failed(constant))
      return failure();
    if (!fitsShape(input.name(), **tensor, (*constant)->type.getShape()))
      return reporter.error("E2112", where,
                            "-constant gives the shape " +
                                formatShape((*constant)->type.getShape()) +
                                ", which is not the input's");
    return constant;
  }

  /// Numbers between commas, in the input's shape where they are as many as it has elements; else
  /// one for a scalar and a list for one dimension of unknown size.
  FailureOr<ConstantPointer> parseNumbers(const onnx::ValueInfoProto &input,
                                          const onnx::TypeProto::Tensor &tensor, Type elementType,
                                          StringRef text, const std::string &where) {
    auto wrong = [&](StringRef part) {
      return reporter.error("E2112", where,
                            "-constant gives '" + escapeName(part) + "', which is no " +
                                getDataTypeName(tensor.elem_type()));
    };
    SmallVector<StringRef> parts;
    text.split(parts, ',');
    SmallVector<double> numbers;
    SmallVector<int64_t> integers;
    bool isFloat = isa<FloatType>(elementType);
    for (StringRef part : parts) {
      if (part == "true" || part == "false")
        part = part == "true" ? "1" : "0";
      if (isFloat ? part.getAsDouble(numbers.emplace_back())
                  : part.getAsInteger(10, integers.emplace_back()))
        return wrong(part);
    }
    SmallVector<int64_t> shape = {static_cast<int64_t>(parts.size())};
    if (auto known = findShape(input.name(), tensor)) {
      if (productChecked(*known, mostTensorBytes) == shape.front())
        shape = *known;
      else if (!fitsShape(input.name(), tensor, shape))
        return reporter.error("E2112", where,
                              "-constant gives " + Twine(parts.size()) +
                                  " values; the input has the shape " + formatShape(*known));
    }
    auto type = RankedTensorType::get(shape, elementType);
    if (isFloat)
      return makeFromNumbers(type, numbers);
    ConstantPointer constant = makeFromIntegers(type, integers);
    for (auto [index, held] : llvm::enumerate(getIntegers(*constant)))
      if (held != integers[index])
        return wrong(parts[index]);
    return constant;
  }

  /// The input's shape where nothing about it is unknown but a leading dimension, which is then 1.
  std::optional<SmallVector<int64_t>> findShape(StringRef name,
                                                const onnx::TypeProto::Tensor &tensor) {
    if (const auto *option = findOption(options.shapes, name))
      return SmallVector<int64_t>(option->begin(), option->end());
    if (!tensor.has_shape())
      return std::nullopt;
    SmallVector<int64_t> shape;
    for (const auto &dimension : tensor.shape().dim()) {
      const int64_t *option =
          dimension.has_dim_param() ? findOption(options.dims, dimension.dim_param()) : nullptr;
      if (option)
        shape.push_back(*option);
      else if (dimension.has_dim_value() && dimension.dim_value() >= 0)
        shape.push_back(dimension.dim_value());
      else if (shape.empty())
        shape.push_back(1);
      else
        return std::nullopt;
    }
    return shape;
  }

  FailureOr<ConstantPointer> readArray(Type elementType, const BoundValue &value,
                                       const std::string &where) {
    if (qnn::getTypeName(elementType) != value.type)
      return reporter.error("E2112", where,
                            "-constant gives an array of " + value.type + "; the input holds " +
                                getDataTypeName(getDataType(elementType)));
    if (static_cast<int64_t>(value.shape.size()) > mostDimensions)
      return reporter.error("E2106", where,
                            "-constant gives " + Twine(value.shape.size()) +
                                " dimensions, at most " + Twine(mostDimensions) + " are supported");
    ConstantPointer constant = makeConstant(RankedTensorType::get(value.shape, elementType),
                                            std::string(value.bytes.begin(), value.bytes.end()));
    if (failed(checkElements(*constant, where, reporter)))
      return failure();
    return constant;
  }

  bool fitsShape(StringRef name, const onnx::TypeProto::Tensor &tensor, ArrayRef<int64_t> shape) {
    if (const auto *option = findOption(options.shapes, name))
      return ArrayRef<int64_t>(*option) == shape;
    if (!tensor.has_shape())
      return true;
    bool fits = tensor.shape().dim_size() == static_cast<int>(shape.size());
    for (int i = 0; fits && i < tensor.shape().dim_size(); ++i) {
      const auto &dimension = tensor.shape().dim(i);
      const int64_t *option =
          dimension.has_dim_param() ? findOption(options.dims, dimension.dim_param()) : nullptr;
      if (option)
        fits = *option == shape[i];
      else if (dimension.has_dim_value() && dimension.dim_value() >= 0)
        fits = dimension.dim_value() == shape[i];
    }
    return fits;
  }

  //===- Options --------------------------------------------------------------//

  void requireInput(StringRef name, StringRef option) {
    if (llvm::none_of(graph.input(), [&](const auto &input) { return input.name() == name; }))
      (void)reporter.error("E2108", "", "has no input " + quoted(name) + " for " + option);
  }

  void checkOptionsUsed() {
    for (const auto &option : options.shapes)
      requireInput(option.first, "-shape");
    for (const auto &option : options.constants)
      requireInput(option.first, "-constant");
    for (auto &[name, size] : options.dims) {
      bool isUsed = false;
      for (const onnx::ValueInfoProto &input : graph.input())
        for (const auto &dimension : input.type().tensor_type().shape().dim())
          isUsed |= dimension.dim_param() == name;
      if (!isUsed)
        (void)reporter.error("E2108", "", "has no input dimension " + quoted(name) + " for -dim");
    }
  }

  const onnx::GraphProto &graph;
  const ImportOptions &options;
  ImportState &state;
  Reporter &reporter;
  MLIRContext *context;
};

} // namespace

std::vector<NetworkInput> bindInputs(const onnx::GraphProto &graph, const ImportOptions &options,
                                     ImportState &state) {
  return InputBinder(graph, options, state).run();
}

} // namespace qcc::import
