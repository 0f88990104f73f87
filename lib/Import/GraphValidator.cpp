//===- GraphValidator.cpp - structure of a model, before any operation exists
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphValidator.h"

#include "lib/Import/Registry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using onnx::AttributeProto;

namespace qcc::import {

static StringRef normalizeDomain(StringRef domain) { return domain == "ai.onnx" ? "" : domain; }

StringRef getDomain(const onnx::NodeProto &node) { return normalizeDomain(node.domain()); }

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

struct UnsupportedOperator {
  std::string name, firstNode;
  int64_t count;
};

class Validator {
public:
  Validator(const onnx::ModelProto &model, Reporter &reporter)
      : model(model), graph(model.graph()), reporter(reporter) {}

  FailureOr<ValidGraph> validate() {
    checkVersions();
    checkBoundary();
    checkNodeOrder();
    if (reporter.hasErrors())
      return failure();
    findLiveNodes();
    for (int i = 0; i < graph.node_size() && !reporter.isFull(); ++i)
      if (result.isLive[i])
        checkNode(graph.node(i), describeNode(graph.node(i), i));
    reportUnsupported();
    if (reporter.hasErrors())
      return failure();
    return std::move(result);
  }

private:
  void checkVersions() {
    int64_t version = model.ir_version();
    if (version < 3 || version > onnx::IR_VERSION)
      (void)reporter.error("E2001", "",
                           "has IR version " + Twine(version) + "; versions 3 to " +
                               Twine(static_cast<int>(onnx::IR_VERSION)) + " are supported");
    for (const onnx::OperatorSetIdProto &opset : model.opset_import()) {
      StringRef domain = normalizeDomain(opset.domain());
      if (!result.opsets.try_emplace(domain, opset.version()).second)
        (void)reporter.error("E2002", "",
                             "imports the operator set of domain " + quoted(domain) + " twice");
    }
    auto found = result.opsets.find("");
    if (found == result.opsets.end()) {
      (void)reporter.error("E2002", "", "does not say which ONNX operator set it uses");
    } else if (found->second < oldestOpset || found->second > newestOpset) {
      (void)reporter.error("E2002", "",
                           "uses ONNX operator set " + Twine(found->second) + "; " +
                               Twine(oldestOpset) + " to " + Twine(newestOpset) +
                               " are supported; convert it with onnx.version_converter");
    }
  }

  void define(StringRef name, StringRef where, int64_t producer) {
    if (name.empty()) {
      (void)reporter.error("E2019", where, "has no name");
      return;
    }
    if (!producers.try_emplace(name, producer).second)
      (void)reporter.error("E2005", where,
                           "defines the value " + quoted(name) +
                               " again; each name may be assigned once");
  }

  void checkBoundary() {
    for (const onnx::ValueInfoProto &input : graph.input())
      define(input.name(), "graph input " + quoted(input.name()), outside);
    llvm::StringSet<> initializers;
    for (const onnx::TensorProto &tensor : graph.initializer()) {
      std::string where = "initializer " + quoted(tensor.name());
      if (!initializers.insert(tensor.name()).second)
        (void)reporter.error("E2005", where, "is given twice");
      // An input of the same name is an input with a default value.
      else if (!producers.contains(tensor.name()))
        define(tensor.name(), where, outside);
    }
    if (graph.sparse_initializer_size())
      (void)reporter.error("E2204", "", "has sparse initializers, which qcc does not support");
    if (graph.output_size() == 0)
      (void)reporter.error("E2009", "", "has no outputs");
    if (graph.input_size() == 0)
      (void)reporter.error("E2009", "", "has no inputs");
  }

  void checkNodeOrder() {
    for (int i = 0; i < graph.node_size(); ++i)
      for (const std::string &output : graph.node(i).output())
        if (!output.empty())
          define(output, describeNode(graph.node(i), i), i);
    for (int i = 0; i < graph.node_size() && !reporter.isFull(); ++i)
      for (const std::string &input : graph.node(i).input()) {
        if (input.empty())
          continue;
        auto producer = producers.find(input);
        if (producer == producers.end())
          (void)reporter.error("E2006", describeNode(graph.node(i), i),
                               "reads " + quoted(input) +
                                   ", which no input, initializer or node defines");
        else if (producer->second >= i)
          (void)reporter.error("E2007", describeNode(graph.node(i), i),
                               "reads " + quoted(input) + ", which node " +
                                   Twine(producer->second) +
                                   " defines later: the nodes form a cycle or are not sorted");
      }
    llvm::StringSet<> outputs;
    for (const onnx::ValueInfoProto &output : graph.output()) {
      std::string where = "graph output " + quoted(output.name());
      if (!producers.contains(output.name()))
        (void)reporter.error("E2008", where, "is not produced by any node");
      else if (!outputs.insert(output.name()).second)
        (void)reporter.error("E2005", where, "is listed twice");
    }
  }

  void findLiveNodes() {
    result.isLive.assign(graph.node_size(), false);
    auto use = [&](const std::string &name) {
      auto producer = producers.find(name);
      if (producer != producers.end() && producer->second != outside)
        result.isLive[producer->second] = true;
    };
    for (const onnx::ValueInfoProto &output : graph.output())
      use(output.name());
    // Producers come before their users, so one sweep from the end sees every use in time.
    for (int i = graph.node_size() - 1; i >= 0; --i)
      if (result.isLive[i])
        for (const std::string &input : graph.node(i).input())
          use(input);
  }

  void checkNode(const onnx::NodeProto &node, const std::string &where) {
    StringRef domain = getDomain(node);
    const Operator *row = findOperator(domain, node.op_type());
    bool isFunction = llvm::any_of(model.functions(), [&](const onnx::FunctionProto &function) {
      return normalizeDomain(function.domain()) == domain && function.name() == node.op_type();
    });
    if (!row || isFunction) {
      std::string name = (domain.empty() ? "" : escapeName(domain) + ".") +
                         escapeName(node.op_type()) + (isFunction ? " (local function)" : "");
      auto [position, isNew] = unsupportedPositions.try_emplace(name, unsupported.size());
      if (isNew)
        unsupported.push_back({name, where, 0});
      ++unsupported[position->second].count;
      return;
    }
    auto opset = result.opsets.find(domain);
    if (opset == result.opsets.end()) {
      (void)reporter.error("E2003", where,
                           "belongs to the domain " + quoted(domain) +
                               ", which the model does not import");
      return;
    }
    if (opset->second < row->since) {
      (void)reporter.error("E2017", where,
                           "needs operator set " + Twine(row->since) +
                               ", but the model uses version " + Twine(opset->second));
      return;
    }
    checkArity(node, *row, where);
    checkAttributes(node, *row, opset->second, where);
  }

  void checkArity(const onnx::NodeProto &node, const Operator &row, const std::string &where) {
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
    for (unsigned i = 0; i < row.leastInputs; ++i)
      if (node.input(static_cast<int>(i)).empty())
        (void)reporter.error("E2011", where, "lacks its required input " + Twine(i));
    unsigned used = 0;
    for (unsigned i = 0; i < outputs; ++i)
      if (!node.output(static_cast<int>(i)).empty())
        used = i + 1;
    if (used > row.mostOutputs)
      (void)reporter.error("E2010", where,
                           "has " + Twine(used) + " outputs; qcc supports " +
                               Twine(row.mostOutputs) + " of this operator");
  }

  void checkAttributes(const onnx::NodeProto &node, const Operator &row, int64_t version,
                       const std::string &where) {
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
      if (!attribute.ref_attr_name().empty()) {
        (void)reporter.error("E2013", where,
                             "attribute " + name +
                                 " refers to a function's attribute outside of a function");
        continue;
      }
      StringRef declared = getDeclaredType(attribute), present = getValueType(attribute);
      // An empty list has no value field.
      bool isEmptyList = present.empty() && declared.ends_with("s") && declared == rule->type &&
                         attribute.ByteSizeLong() < 4096 && hasNoValue(attribute);
      if (!isEmptyList && (present != rule->type || (!declared.empty() && declared != present)))
        (void)reporter.error("E2013", where,
                             "attribute " + name + " must hold one value of type " + rule->type);
    }
    for (const AttributeRule &rule : rules)
      if (rule.isRequired && !seen.contains(rule.name))
        (void)reporter.error("E2012", where, "lacks the required attribute " + quoted(rule.name));
  }

  static bool hasNoValue(const AttributeProto &attribute) {
    return !attribute.has_f() && !attribute.has_i() && !attribute.has_s() && !attribute.has_t() &&
           !attribute.has_g() && attribute.floats_size() == 0 && attribute.ints_size() == 0 &&
           attribute.strings_size() == 0 && attribute.tensors_size() == 0 &&
           attribute.graphs_size() == 0;
  }

  void reportUnsupported() {
    if (unsupported.empty())
      return;
    std::string list;
    for (auto &[name, firstNode, count] : llvm::ArrayRef(unsupported).take_front(mostListed))
      list += (list.empty() ? "" : "; ") + name + ": " + std::to_string(count) +
              (count == 1 ? " node, " : " nodes, first ") + firstNode;
    if (unsupported.size() > mostListed)
      list += "; and " + std::to_string(unsupported.size() - mostListed) + " others";
    (void)reporter.error("E2004", "",
                         "uses operators that qcc does not support: " + list +
                             "; -print-supported-operators lists those it does");
  }

  static constexpr int64_t outside = -1;
  // Longer than the list of all ONNX operators.
  static constexpr size_t mostListed = 300;

  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  Reporter &reporter;
  ValidGraph result;
  llvm::StringMap<int64_t> producers; // node number, or `outside`
  std::vector<UnsupportedOperator> unsupported;
  llvm::StringMap<size_t> unsupportedPositions;
};

} // namespace

FailureOr<ValidGraph> validateModel(const onnx::ModelProto &model, Reporter &reporter) {
  return Validator(model, reporter).validate();
}

} // namespace qcc::import
