//===- ConstantData.cpp - tensors that are known while importing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantData.h"

#include "dialects/QNN/QNNTypes.h"
#include "qcc/Support/CheckedMath.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using onnx::TensorProto;

namespace qcc::import {

namespace {

/// One row for each element type that qcc reads.
struct DataTypeRow {
  int32_t dataType;
  StringLiteral name;
  enum class Class { Integer, Float } elementClass;
  unsigned bits; // in the file
  bool isSigned;
  enum class Field { Int32, Int64, Uint64, Float, Double } field; // where typed data may be
};

using Class = DataTypeRow::Class;
using Field = DataTypeRow::Field;
constexpr DataTypeRow dataTypes[] = {
    {TensorProto::FLOAT, "float", Class::Float, 32, true, Field::Float},
    {TensorProto::DOUBLE, "double", Class::Float, 64, true, Field::Double},
    {TensorProto::FLOAT16, "float16", Class::Float, 16, true, Field::Int32},
    {TensorProto::BFLOAT16, "bfloat16", Class::Float, 16, true, Field::Int32},
    {TensorProto::BOOL, "bool", Class::Integer, 8, false, Field::Int32},
    {TensorProto::FLOAT8E4M3FN, "float8e4m3fn", Class::Float, 8, true, Field::Int32},
    {TensorProto::FLOAT8E4M3FNUZ, "float8e4m3fnuz", Class::Float, 8, true, Field::Int32},
    {TensorProto::FLOAT8E5M2, "float8e5m2", Class::Float, 8, true, Field::Int32},
    {TensorProto::FLOAT8E5M2FNUZ, "float8e5m2fnuz", Class::Float, 8, true, Field::Int32},
    {TensorProto::FLOAT8E8M0, "float8e8m0", Class::Float, 8, true, Field::Int32},
    {TensorProto::FLOAT4E2M1, "float4e2m1", Class::Float, 4, true, Field::Int32},
    {TensorProto::INT2, "int2", Class::Integer, 2, true, Field::Int32},
    {TensorProto::UINT2, "uint2", Class::Integer, 2, false, Field::Int32},
    {TensorProto::INT4, "int4", Class::Integer, 4, true, Field::Int32},
    {TensorProto::UINT4, "uint4", Class::Integer, 4, false, Field::Int32},
    {TensorProto::INT8, "int8", Class::Integer, 8, true, Field::Int32},
    {TensorProto::UINT8, "uint8", Class::Integer, 8, false, Field::Int32},
    {TensorProto::INT16, "int16", Class::Integer, 16, true, Field::Int32},
    {TensorProto::UINT16, "uint16", Class::Integer, 16, false, Field::Int32},
    {TensorProto::INT32, "int32", Class::Integer, 32, true, Field::Int32},
    {TensorProto::UINT32, "uint32", Class::Integer, 32, false, Field::Uint64},
    {TensorProto::INT64, "int64", Class::Integer, 64, true, Field::Int64},
    {TensorProto::UINT64, "uint64", Class::Integer, 64, false, Field::Uint64},
};

const DataTypeRow *findDataType(int32_t dataType) {
  for (const DataTypeRow &row : dataTypes)
    if (row.dataType == dataType)
      return &row;
  return nullptr;
}

} // namespace

StringRef getDataTypeName(int32_t dataType) {
  if (const DataTypeRow *row = findDataType(dataType))
    return row->name;
  static constexpr std::pair<int32_t, StringLiteral> others[] = {
      {TensorProto::UNDEFINED, "undefined"},   {TensorProto::STRING, "string"},
      {TensorProto::COMPLEX64, "complex64"},   {TensorProto::COMPLEX128, "complex128"},
      {TensorProto::FLOAT6E2M3, "float6e2m3"}, {TensorProto::FLOAT6E3M2, "float6e3m2"},
  };
  for (auto &[type, name] : others)
    if (type == dataType)
      return name;
  return "of an unknown number";
}

const llvm::fltSemantics *findSmallFloat(int32_t dataType) {
  switch (dataType) {
  case TensorProto::FLOAT8E4M3FN:
    return &llvm::APFloat::Float8E4M3FN();
  case TensorProto::FLOAT8E4M3FNUZ:
    return &llvm::APFloat::Float8E4M3FNUZ();
  case TensorProto::FLOAT8E5M2:
    return &llvm::APFloat::Float8E5M2();
  case TensorProto::FLOAT8E5M2FNUZ:
    return &llvm::APFloat::Float8E5M2FNUZ();
  case TensorProto::FLOAT8E8M0:
    return &llvm::APFloat::Float8E8M0FNU();
  case TensorProto::FLOAT4E2M1:
    return &llvm::APFloat::Float4E2M1FN();
  default:
    return nullptr;
  }
}

bool isStoredOnly(int32_t dataType) {
  const DataTypeRow *row = findDataType(dataType);
  return row && (row->bits < 8 || findSmallFloat(dataType));
}

Type getElementType(MLIRContext *context, int32_t dataType) {
  switch (dataType) {
  case TensorProto::FLOAT:
    return Float32Type::get(context);
  case TensorProto::DOUBLE:
    return Float64Type::get(context);
  case TensorProto::FLOAT16:
    return Float16Type::get(context);
  case TensorProto::BFLOAT16:
    return BFloat16Type::get(context);
  case TensorProto::BOOL:
    return IntegerType::get(context, 1);
  default:
    break;
  }
  const DataTypeRow *row = findDataType(dataType);
  if (!row)
    return {};
  if (row->elementClass == Class::Float)
    return Float32Type::get(context);
  return IntegerType::get(context, std::max(row->bits, 8u),
                          row->isSigned ? IntegerType::Signless : IntegerType::Unsigned);
}

int32_t getDataType(Type elementType) {
  for (const DataTypeRow &row : dataTypes)
    if (!isStoredOnly(row.dataType) &&
        getElementType(elementType.getContext(), row.dataType) == elementType)
      return row.dataType;
  return TensorProto::UNDEFINED;
}

//===- Decoding -------------------------------------------------------------===//

/// Codes of 2 or 4 bits, the first in the lowest bits of a byte, as one byte each.
static std::string widenCodes(StringRef packed, int64_t count, unsigned bits, bool isSigned) {
  std::string wide(count, 0);
  unsigned inByte = 8 / bits, values = 1u << bits;
  for (int64_t i = 0; i < count; ++i) {
    unsigned byte = static_cast<unsigned char>(packed[i / inByte]);
    unsigned code = byte >> (i % inByte * bits) & (values - 1);
    wide[i] = static_cast<char>(
        isSigned && code >= values / 2 ? static_cast<int>(code) - static_cast<int>(values) : code);
  }
  return wide;
}

/// Floats of one code in a byte as f32.
static std::string widenFloats(StringRef codes, const llvm::fltSemantics &format) {
  std::string wide(codes.size() * sizeof(float), 0);
  unsigned bits = llvm::APFloat::getSizeInBits(format);
  for (auto [index, code] : llvm::enumerate(codes)) {
    llvm::APFloat number(format, llvm::APInt(bits, static_cast<unsigned char>(code)));
    bool losesInfo;
    number.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    float value = number.convertToFloat();
    std::memcpy(wide.data() + index * sizeof(float), &value, sizeof(float));
  }
  return wide;
}

/// Copies a typed field; fails when an element does not fit the type.
template <typename Range>
static bool copyIntegers(const Range &values, const DataTypeRow &row, std::string &bytes) {
  unsigned width = std::max(row.bits / 8, 1u);
  bytes.resize(static_cast<size_t>(values.size()) * width);
  size_t position = 0;
  bool isFloat = row.elementClass == Class::Float, isBool = row.dataType == TensorProto::BOOL;
  for (auto value : values) {
    if constexpr (std::is_same_v<decltype(value), int32_t>) {
      // Small floats and several codes in a byte are bit patterns, not numbers.
      bool isPacked = row.bits < 8, isPattern = isFloat || isPacked || !row.isSigned;
      unsigned bits = isPacked ? 8 : row.bits;
      int64_t low = isPattern ? 0 : -(int64_t(1) << (bits - 1));
      int64_t high = isBool      ? 1
                     : isPattern ? (int64_t(1) << bits) - 1
                                 : (int64_t(1) << (bits - 1)) - 1;
      if (isPacked && value < 0)
        value &= 255;
      if (value < low || value > high)
        return false;
    } else if constexpr (std::is_same_v<decltype(value), uint64_t>) {
      if (row.bits == 32 && value > UINT32_MAX)
        return false;
    }
    std::memcpy(bytes.data() + position, &value, width);
    position += width;
  }
  return true;
}

FailureOr<ConstantPointer> decodeTensor(TensorProto &tensor, const Twine &where,
                                        MLIRContext *context, ExternalData &external,
                                        Reporter &reporter) {
  const DataTypeRow *row = findDataType(tensor.data_type());
  if (!row)
    return reporter.error("E2204", where,
                          "has element type " + getDataTypeName(tensor.data_type()) + " (" +
                              Twine(tensor.data_type()) + "), which qcc does not support");
  if (tensor.dims_size() > mostDimensions)
    return reporter.error("E2106", where,
                          "has " + Twine(tensor.dims_size()) + " dimensions, at most " +
                              Twine(mostDimensions) + " are supported");
  if (tensor.has_segment())
    return reporter.error("E2202", where, "is stored in segments, which qcc does not support");
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  for (int64_t size : shape)
    if (size < 0)
      return reporter.error("E2105", where, "has the negative dimension " + Twine(size));
  std::optional<int64_t> count = productChecked(shape, mostTensorBytes / 8);
  if (!count)
    return reporter.error("E2107", where, "has more elements than a tensor may have");
  int64_t inByte = row->bits < 8 ? 8 / row->bits : 1;
  uint64_t fileBytes = row->bits < 8 ? llvm::divideCeil(*count, inByte) : *count * (row->bits / 8);

  auto constant = std::make_shared<Constant>();
  constant->dataType = row->dataType;
  constant->type = RankedTensorType::get(shape, getElementType(context, row->dataType));

  int64_t typedCounts[] = {tensor.int32_data_size(), tensor.int64_data_size(),
                           tensor.uint64_data_size(), tensor.float_data_size(),
                           tensor.double_data_size()};
  int64_t typed = 0;
  for (int64_t typedCount : typedCounts)
    typed += typedCount > 0;
  bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
  if (tensor.string_data_size() || typed > 1 ||
      (typed && (!tensor.raw_data().empty() || isExternal)) ||
      (isExternal && !tensor.raw_data().empty()) || (!isExternal && tensor.external_data_size()))
    return reporter.error("E2202", where, "stores its data in more than one field");

  auto wrongSize = [&](uint64_t present, StringRef unit, uint64_t needed) {
    return reporter.error("E2201", where,
                          "has " + Twine(present) + " " + unit + " of data, its shape and type " +
                              row->name + " need " + Twine(needed));
  };
  if (isExternal) {
    auto data = external.read(tensor, where, fileBytes);
    if (failed(data))
      return failure();
    constant->bytes = {data->bytes.data(), data->bytes.size()};
    constant->owner = data->owner;
  } else if (typed) {
    Field field = row->field;
    int64_t present = typedCounts[static_cast<unsigned>(field)];
    if (present == 0)
      return reporter.error("E2203", where,
                            "stores " + row->name + " data in the field of another type");
    int64_t needed = llvm::divideCeil(*count, inByte);
    if (present != needed)
      return wrongSize(present, "elements", needed);
    std::string bytes;
    bool fits = true;
    if (field == Field::Int32)
      fits = copyIntegers(tensor.int32_data(), *row, bytes);
    else if (field == Field::Int64)
      fits = copyIntegers(tensor.int64_data(), *row, bytes);
    else if (field == Field::Uint64)
      fits = copyIntegers(tensor.uint64_data(), *row, bytes);
    else if (field == Field::Float)
      bytes.assign(reinterpret_cast<const char *>(tensor.float_data().data()), fileBytes);
    else
      bytes.assign(reinterpret_cast<const char *>(tensor.double_data().data()), fileBytes);
    if (!fits)
      return reporter.error("E2205", where, "holds a value that " + row->name + " cannot");
    auto owner = std::make_shared<std::string>(std::move(bytes));
    constant->bytes = {owner->data(), owner->size()};
    constant->owner = owner;
  } else {
    if (tensor.raw_data().size() != fileBytes)
      return wrongSize(tensor.raw_data().size(), "bytes", fileBytes);
    auto owner = std::make_shared<std::string>(std::move(*tensor.mutable_raw_data()));
    constant->bytes = {owner->data(), owner->size()};
    constant->owner = owner;
  }

  auto replaceBytes = [&](std::string bytes) {
    auto owner = std::make_shared<std::string>(std::move(bytes));
    constant->bytes = {owner->data(), owner->size()};
    constant->owner = owner;
  };
  const llvm::fltSemantics *smallFloat = findSmallFloat(row->dataType);
  if (row->bits < 8)
    replaceBytes(widenCodes({constant->bytes.data(), constant->bytes.size()}, *count, row->bits,
                            row->isSigned && !smallFloat));
  if (smallFloat)
    replaceBytes(widenFloats({constant->bytes.data(), constant->bytes.size()}, *smallFloat));
  if (failed(checkElements(*constant, where, reporter)))
    return failure();
  return constant;
}

LogicalResult checkElements(const Constant &constant, const Twine &where, Reporter &reporter) {
  if (constant.dataType == TensorProto::BOOL &&
      llvm::any_of(constant.bytes, [](char byte) { return byte != 0 && byte != 1; }))
    return reporter.error("E2205", where, "holds a bool that is neither 0 nor 1");
  return success();
}

//===- Values ---------------------------------------------------------------===//

ConstantPointer makeConstant(RankedTensorType type, std::string bytes) {
  assert(static_cast<int64_t>(bytes.size()) == qnn::getTensorBytes(type) &&
         "elements of another number");
  auto constant = std::make_shared<Constant>();
  constant->type = type;
  constant->dataType = getDataType(type.getElementType());
  auto owner = std::make_shared<std::string>(std::move(bytes));
  constant->bytes = {owner->data(), owner->size()};
  constant->owner = owner;
  return constant;
}

template <typename T> static T readElement(ArrayRef<char> bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

static int64_t readInteger(const Constant &constant, int64_t index) {
  auto type = cast<IntegerType>(constant.type.getElementType());
  bool isSigned = qnn::isSignedStorage(type);
  switch (qnn::getElementBytes(type)) {
  case 1:
    return isSigned ? readElement<int8_t>(constant.bytes, index)
                    : readElement<uint8_t>(constant.bytes, index);
  case 2:
    return isSigned ? readElement<int16_t>(constant.bytes, index)
                    : readElement<uint16_t>(constant.bytes, index);
  case 4:
    return isSigned ? readElement<int32_t>(constant.bytes, index)
                    : static_cast<int64_t>(readElement<uint32_t>(constant.bytes, index));
  default:
    if (isSigned)
      return readElement<int64_t>(constant.bytes, index);
    return static_cast<int64_t>(
        std::min<uint64_t>(readElement<uint64_t>(constant.bytes, index), INT64_MAX));
  }
}

static double readFloat(const Constant &constant, int64_t index) {
  Type type = constant.type.getElementType();
  if (type.isF32())
    return readElement<float>(constant.bytes, index);
  if (type.isF64())
    return readElement<double>(constant.bytes, index);
  llvm::APFloat value(cast<FloatType>(type).getFloatSemantics(),
                      llvm::APInt(16, readElement<uint16_t>(constant.bytes, index)));
  bool losesInfo;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

SmallVector<int64_t> getIntegers(const Constant &constant) {
  SmallVector<int64_t> values(constant.getNumElements());
  for (auto [index, value] : llvm::enumerate(values))
    value = readInteger(constant, index);
  return values;
}

SmallVector<double> getNumbers(const Constant &constant) {
  SmallVector<double> values(constant.getNumElements());
  bool isInteger = isa<IntegerType>(constant.type.getElementType());
  for (auto [index, value] : llvm::enumerate(values))
    value =
        isInteger ? static_cast<double>(readInteger(constant, index)) : readFloat(constant, index);
  return values;
}

ConstantPointer makeFromIntegers(RankedTensorType type, ArrayRef<int64_t> values) {
  if (isa<FloatType>(type.getElementType())) {
    SmallVector<double> numbers(values.begin(), values.end());
    return makeFromNumbers(type, numbers);
  }
  int64_t width = qnn::getElementBytes(type.getElementType());
  bool isBool = type.getElementType().isInteger(1);
  std::string bytes(values.size() * width, 0);
  for (auto [index, value] : llvm::enumerate(values)) {
    int64_t element = isBool ? value != 0 : value;
    std::memcpy(bytes.data() + index * width, &element, width);
  }
  return makeConstant(type, std::move(bytes));
}

ConstantPointer makeFromNumbers(RankedTensorType type, ArrayRef<double> values) {
  auto floatType = cast<FloatType>(type.getElementType());
  int64_t width = qnn::getElementBytes(floatType);
  std::string bytes(values.size() * width, 0);
  for (auto [index, value] : llvm::enumerate(values)) {
    llvm::APFloat element(value);
    bool losesInfo;
    element.convert(floatType.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    uint64_t bits = element.bitcastToAPInt().getZExtValue();
    std::memcpy(bytes.data() + index * width, &bits, width);
  }
  return makeConstant(type, std::move(bytes));
}

} // namespace qcc::import
