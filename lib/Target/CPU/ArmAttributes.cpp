//===- ArmAttributes.cpp - build attributes that link with any program ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ArmAttributes.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/ARMBuildAttributes.h"
#include "llvm/Support/ELFAttributes.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include <cstring>
#include <optional>

using namespace llvm;
using namespace llvm::ARMBuildAttrs;

namespace qcc::target {

namespace {

/// Reads a list of attributes: ULEB128 tags, each with a ULEB128 or a string.
class AttributeReader {
public:
  explicit AttributeReader(ArrayRef<uint8_t> bytes) : bytes(bytes) {}

  bool atEnd() const { return position == bytes.size(); }
  std::optional<uint64_t> readNumber() {
    unsigned length = 0;
    const char *error = nullptr;
    uint64_t value =
        decodeULEB128(bytes.data() + position, &length, bytes.data() + bytes.size(), &error);
    if (error)
      return std::nullopt;
    position += length;
    return value;
  }
  /// Skips the value of `tag`; false when it is cut off.
  bool skipValue(uint64_t tag) {
    bool isBoth = tag == compatibility;
    bool isString = tag == CPU_raw_name || tag == CPU_name || (tag > compatibility && tag % 2 == 1);
    if (!isString && !readNumber())
      return false;
    if (!isString && !isBoth)
      return true;
    const void *end = std::memchr(bytes.data() + position, 0, bytes.size() - position);
    if (!end)
      return false;
    position = static_cast<const uint8_t *>(end) - bytes.data() + 1;
    return true;
  }

  ArrayRef<uint8_t> bytes;
  size_t position = 0;
};

} // namespace

/// The attributes without the three tags, then Tag_ABI_VFP_args = compatible.
static std::optional<SmallVector<uint8_t>> makeCompatible(ArrayRef<uint8_t> attributes) {
  SmallVector<uint8_t> result;
  AttributeReader reader(attributes);
  while (!reader.atEnd()) {
    size_t begin = reader.position;
    std::optional<uint64_t> tag = reader.readNumber();
    if (!tag || !reader.skipValue(*tag))
      return std::nullopt;
    if (*tag != ABI_PCS_wchar_t && *tag != ABI_enum_size && *tag != ABI_VFP_args)
      append_range(result, attributes.slice(begin, reader.position - begin));
  }
  result.push_back(ABI_VFP_args);
  result.push_back(3);
  return result;
}

/// The whole section: format 'A', then one "aeabi" part with one list for the whole file.
static std::optional<SmallVector<uint8_t>> rewriteSection(ArrayRef<uint8_t> section) {
  static constexpr char vendor[] = "aeabi";
  constexpr size_t vendorHeader = 4 + sizeof(vendor), listHeader = 5;
  if (section.size() < 1 + vendorHeader + listHeader || section[0] != ELFAttrs::Format_Version ||
      std::memcmp(section.data() + 5, vendor, sizeof(vendor)) != 0 ||
      support::endian::read32le(section.data() + 1) != section.size() - 1)
    return std::nullopt;
  ArrayRef<uint8_t> list = section.drop_front(1 + vendorHeader);
  if (list[0] != ELFAttrs::File || support::endian::read32le(list.data() + 1) != list.size())
    return std::nullopt;
  auto attributes = makeCompatible(list.drop_front(listHeader));
  if (!attributes)
    return std::nullopt;
  SmallVector<uint8_t> result(section.take_front(1 + vendorHeader + listHeader));
  result.append(attributes->begin(), attributes->end());
  support::endian::write32le(result.data() + 1, result.size() - 1);
  support::endian::write32le(result.data() + 1 + vendorHeader + 1, attributes->size() + listHeader);
  return result;
}

Error makeAttributesCompatible(std::string &object) {
  auto *bytes = reinterpret_cast<uint8_t *>(object.data());
  auto header = reinterpret_cast<const ELF::Elf32_Ehdr *>(bytes);
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    auto *section = reinterpret_cast<ELF::Elf32_Shdr *>(bytes + header->e_shoff +
                                                        i * size_t(header->e_shentsize));
    if (section->sh_type != ELF::SHT_ARM_ATTRIBUTES)
      continue;
    auto rewritten = rewriteSection({bytes + section->sh_offset, section->sh_size});
    if (!rewritten)
      break;
    if (rewritten->size() <= section->sh_size) {
      // The bytes behind stay in the file and belong to no section.
      std::memcpy(bytes + section->sh_offset, rewritten->data(), rewritten->size());
      section->sh_size = rewritten->size();
    } else {
      section->sh_offset = object.size();
      section->sh_size = rewritten->size();
      object.append(rewritten->begin(), rewritten->end());
    }
    return Error::success();
  }
  return createStringError("the object's Arm attributes cannot be rewritten [E6007]");
}

} // namespace qcc::target
