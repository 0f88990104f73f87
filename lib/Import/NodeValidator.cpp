//===- NodeValidator.cpp - a node against its operator's row
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeValidator.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using onnx::AttributeProto;

namespace qcc::import {

std::string describeNode(const onnx::NodeProto &node, int64_t index) {
  return "node " + std::to_string(index) + " " + quoted(node.name()) + " (" +
         escapeName(node.op_type()) + ")";
}

namespace {

struct AttributeRule {
  StringRef name, type;
  bool isRequired = false;
  int64_t since = 0, before = INT64_MAX;
};

AttributeRule parseRule(StringRef word) {
  AttributeRule rule;
  std::tie(rule.name, word) = word.split(':');
  rule.type = word.take_while(llvm::isAlpha);
  word = word.drop_front(rule.type.size());
  if (word == "!")
    rule.isRequired = true;
  else if (word.consume_front(">="))
    word.getAsInteger(10, rule.since);
  else if (word.consume_front("<"))
    word.getAsInteger(10, rule.before);
  return rule;
}

/// The type that an attribute's value has, or nothing when it has none or several.
StringRef getValueType(const AttributeProto &attribute) {
  StringRef type;
  unsigned count = 0;
  auto note = [&](bool present, StringRef name) {
    if (present) {
      type = name;
      ++count;
    }
  };
  note(attribute.has_f(), "float");
  note(attribute.has_i(), "int");
  note(attribute.has_s(), "string");
  note(attribute.has_t(), "tensor");
  note(attribute.has_g(), "graph");
  note(attribute.has_sparse_tensor(), "sparse");
  note(attribute.has_tp(), "type");
  note(attribute.floats_size(), "floats");
  note(attribute.ints_size(), "ints");
  note(attribute.strings_size(), "strings");
  note(attribute.tensors_size(), "tensors");
  note(attribute.graphs_size(), "graphs");
  note(attribute.sparse_tensors_size(), "sparses");
  note(attribute.type_protos_size(), "types");
  return count == 1 ? type : StringRef();
}

/// The type that an attribute declares.
StringRef getDeclaredType(const AttributeProto &attribute) {
  switch (attribute.type()) {
  case AttributeProto::FLOAT:
    return "float";
  case AttributeProto::INT:
    return "int";
  case AttributeProto::STRING:
    return "string";
  case AttributeProto::TENSOR:
    return "tensor";
  case AttributeProto::GRAPH:
    return "graph";
  case AttributeProto::SPARSE_TENSOR:
    return "sparse";
  case AttributeProto::TYPE_PROTO:
    return "type";
  case AttributeProto::FLOATS:
    return "floats";
  case AttributeProto::INTS:
    return "ints";
  case AttributeProto::STRINGS:
    return "strings";
  case AttributeProto::TENSORS:
    return "tensors";
  case AttributeProto::GRAPHS:
    return "graphs";
  case AttributeProto::SPARSE_TENSORS:
    return "sparses";
  case AttributeProto::TYPE_PROTOS:
    return "types";
  case AttributeProto::UNDEFINED:
    break;
  }
  return {};
}

bool hasNoValue(const AttributeProto &attribute) {
  return !attribute.has_f() && !attribute.has_i() && !attribute.has_s() && !attribute.has_t() &&
         !attribute.has_g() && attribute.floats_size() == 0 && attribute.ints_size() == 0 &&
         attribute.strings_size() == 0 && attribute.tensors_size() == 0 &&
         attribute.graphs_size() == 0;
}

void checkArity(const onnx::NodeProto &node, const Operator &row, const std::string &where,
                Reporter &reporter) {
  unsigned inputs = node.input_size(), outputs = node.output_size();
  if (inputs < row.leastInputs || inputs > row.mostInputs) {
    std::string range = std::to_string(row.leastInputs);
    if (row.mostInputs == anyNumber)
      range += " or more";
    else if (row.mostInputs != row.leastInputs)
      range += " to " + std::to_string(row.mostInputs);
    (void)reporter.error("E2010", where,
                         "has " + Twine(inputs) + " inputs; the operator takes " + range);
    return;
  }
  unsigned required = row.mostInputs == anyNumber ? inputs : row.leastInputs;
  for (unsigned i = 0; i < required; ++i)
    if (node.input(static_cast<int>(i)).empty() && !(i < 32 && row.absentInputs >> i & 1))
      (void)reporter.error("E2011", where, "lacks its required input " + Twine(i));
  unsigned used = 0;
  for (unsigned i = 0; i < outputs; ++i)
    if (!node.output(static_cast<int>(i)).empty())
      used = i + 1;
  if (used > row.mostOutputs)
    (void)reporter.error("E2010", where,
                         "has " + Twine(used) + " outputs; qcc supports " + Twine(row.mostOutputs) +
                             " of this operator");
}

/// Whether an attribute holds one value of a type. An empty list has no value field.
bool holdsType(const AttributeProto &attribute, StringRef type) {
  StringRef declared = getDeclaredType(attribute), present = getValueType(attribute);
  if (present == type)
    return declared.empty() || declared == present;
  return present.empty() && declared == type && declared.ends_with("s") &&
         attribute.ByteSizeLong() < 4096 && hasNoValue(attribute);
}

/// An attribute that refers to one of the function's call, where a value of `rule` belongs.
void checkReference(const AttributeProto &attribute, const AttributeRule &rule,
                    Parameters *parameters, const std::string &where, Reporter &reporter) {
  std::string name = quoted(attribute.name());
  if (!parameters || getDeclaredType(attribute) != rule.type || !hasNoValue(attribute)) {
    (void)reporter.error("E2013", where,
                         "attribute " + name +
                             " refers to an attribute that no call of a function gives it");
    return;
  }
  // Its names would belong to the caller, those of the nodes around it to the function.
  if (rule.type == "graph") {
    (void)reporter.error("E2013", where,
                         "attribute " + name +
                             " refers to a graph of the call of a function, which qcc does not "
                             "support");
    return;
  }
  Parameter &parameter = (*parameters)[attribute.ref_attr_name()];
  if (parameter.type.empty())
    parameter.type = rule.type;
  else if (parameter.type != rule.type)
    (void)reporter.error("E2013", where,
                         "attribute " + name + " refers to " + quoted(attribute.ref_attr_name()) +
                             " as a value of type " + rule.type + ", another node as one of type " +
                             parameter.type);
  parameter.isRequired |= rule.isRequired;
}

void checkAttributes(const onnx::NodeProto &node, const Operator &row, int64_t version,
                     Parameters *parameters, const std::string &where, Reporter &reporter) {
  SmallVector<StringRef> words;
  row.attributes.split(words, ' ', -1, /*KeepEmpty=*/false);
  SmallVector<AttributeRule> rules = llvm::map_to_vector(words, parseRule);
  llvm::StringSet<> seen;
  for (const AttributeProto &attribute : node.attribute()) {
    std::string name = quoted(attribute.name());
    if (!seen.insert(attribute.name()).second) {
      (void)reporter.error("E2015", where, "has the attribute " + name + " twice");
      continue;
    }
    auto *rule = llvm::find_if(
        rules, [&](const AttributeRule &rule) { return rule.name == attribute.name(); });
    if (rule == rules.end() || version < rule->since || version >= rule->before) {
      (void)reporter.error("E2014", where,
                           "has the attribute " + name +
                               ", which qcc does not know for this operator in version " +
                               Twine(version));
      continue;
    }
    if (!attribute.ref_attr_name().empty())
      checkReference(attribute, *rule, parameters, where, reporter);
    else if (!holdsType(attribute, rule->type))
      (void)reporter.error("E2013", where,
                           "attribute " + name + " must hold one value of type " + rule->type);
  }
  for (const AttributeRule &rule : rules)
    if (rule.isRequired && !seen.contains(rule.name))
      (void)reporter.error("E2012", where, "lacks the required attribute " + quoted(rule.name));
}

} // namespace

void checkNodeAgainstRow(const onnx::NodeProto &node, const Operator &row, int64_t version,
                         Parameters *parameters, const std::string &where, Reporter &reporter) {
  checkArity(node, row, where, reporter);
  checkAttributes(node, row, version, parameters, where, reporter);
}

void checkCall(const onnx::NodeProto &call, const onnx::FunctionProto &function,
               const Parameters &needed, Parameters *parameters, const std::string &where,
               Reporter &reporter) {
  if (call.input_size() > function.input_size() || call.output_size() > function.output_size())
    (void)reporter.error("E2010", where,
                         "has more inputs or outputs than the function that it calls");
  // A call's attribute hides the function's default.
  llvm::StringMap<const AttributeProto *> given, defaults;
  for (const AttributeProto &attribute : function.attribute_proto())
    defaults[attribute.name()] = &attribute;
  for (const AttributeProto &attribute : call.attribute())
    if (!given.try_emplace(attribute.name(), &attribute).second)
      (void)reporter.error("E2015", where,
                           "has the attribute " + quoted(attribute.name()) + " twice");
  for (const auto &entry : needed) {
    const Parameter &parameter = entry.getValue();
    const AttributeProto *attribute = given.lookup(entry.getKey());
    const AttributeProto *otherwise = defaults.lookup(entry.getKey());
    bool isRequired = parameter.isRequired && !otherwise;
    if (attribute && !attribute->ref_attr_name().empty())
      checkReference(*attribute, {entry.getKey(), parameter.type, isRequired}, parameters, where,
                     reporter);
    else if (attribute && !holdsType(*attribute, parameter.type))
      (void)reporter.error("E2013", where,
                           "attribute " + quoted(entry.getKey()) + " must hold one value of type " +
                               parameter.type);
    else if (!attribute && isRequired)
      (void)reporter.error("E2012", where,
                           "lacks the attribute " + quoted(entry.getKey()) +
                               ", which its function needs");
    if (otherwise && !holdsType(*otherwise, parameter.type))
      (void)reporter.error("E2013", where,
                           "calls a function whose default of " + quoted(entry.getKey()) +
                               " holds no value of type " + parameter.type);
  }
}

} // namespace qcc::import
