//===- GraphValidator.cpp - structure of a model, before any operation exists
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphValidator.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace qcc::import {

static StringRef normalizeDomain(StringRef domain) { return domain == "ai.onnx" ? "" : domain; }

StringRef getDomain(const onnx::NodeProto &node) { return normalizeDomain(node.domain()); }

SmallVector<const onnx::GraphProto *> getGraphs(const onnx::NodeProto &node) {
  SmallVector<const onnx::GraphProto *> graphs;
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.has_g())
      graphs.push_back(&attribute.g());
  return graphs;
}

static std::string getKey(StringRef domain, StringRef name) {
  return (normalizeDomain(domain) + ":" + name).str();
}

const onnx::FunctionProto *ValidModel::findFunction(const onnx::NodeProto &node) const {
  return functions.lookup(getKey(node.domain(), node.op_type()));
}

namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// Names that the nodes of one graph or function may read.
struct Scope {
  const Scope *outer;                 // of a node's graph: the graph of the node
  llvm::StringMap<int64_t> producers; // node number, or `outside`
  int64_t position = 0;               // node of this scope that is checked now

  static constexpr int64_t outside = -1;

  bool seesInOuter(StringRef name) const {
    for (const Scope *scope = outer; scope; scope = scope->outer) {
      auto found = scope->producers.find(name);
      if (found != scope->producers.end())
        return found->second < scope->position;
    }
    return false;
  }
};

/// What calls of a function need to know of its body.
struct Function {
  Parameters parameters;
  unsigned levels = 1; // of graphs and calls, this body among them
  bool isOpen = false; // its body is checked now
};

struct UnsupportedOperator {
  std::string name, firstNode;
  int64_t count;
};

class Validator {
public:
  Validator(const onnx::ModelProto &model, Reporter &reporter) : model(model), reporter(reporter) {}

  FailureOr<ValidModel> validate() {
    checkVersions();
    collectFunctions();
    const onnx::GraphProto &graph = model.graph();
    if (graph.output_size() == 0)
      (void)reporter.error("E2009", "", "has no outputs");
    checkGraph(graph, nullptr, "", result.opsets);
    reportUnsupported();
    if (reporter.hasErrors())
      return failure();
    return std::move(result);
  }

private:
  //===- Versions and functions -----------------------------------------------//

  template <typename Imports> Opsets readOpsets(const Imports &imports, const std::string &where) {
    Opsets opsets;
    for (const onnx::OperatorSetIdProto &opset : imports) {
      StringRef domain = normalizeDomain(opset.domain());
      if (!opsets.try_emplace(domain, opset.version()).second)
        (void)reporter.error("E2002", where,
                             "imports the operator set of domain " + quoted(domain) + " twice");
    }
    auto found = opsets.find("");
    if (found != opsets.end() && (found->second < 1 || found->second > newestOpset))
      (void)reporter.error("E2002", where,
                           "uses ONNX operator set " + Twine(found->second) + "; " +
                               Twine(oldestOpset) + " to " + Twine(newestOpset) +
                               " are supported, older ones in part; convert it with "
                               "onnx.version_converter");
    return opsets;
  }

  void checkVersions() {
    int64_t version = model.ir_version();
    if (version < 3 || version > onnx::IR_VERSION)
      (void)reporter.error("E2001", "",
                           "has IR version " + Twine(version) + "; versions 3 to " +
                               Twine(static_cast<int>(onnx::IR_VERSION)) + " are supported");
    result.opsets = readOpsets(model.opset_import(), "");
    if (!result.opsets.contains(""))
      (void)reporter.error("E2002", "", "does not say which ONNX operator set it uses");
  }

  void collectFunctions() {
    for (const onnx::FunctionProto &function : model.functions())
      if (!result.functions.try_emplace(getKey(function.domain(), function.name()), &function)
               .second)
        (void)reporter.error("E2005", "function " + quoted(function.name()), "is given twice");
  }

  /// Checks the body of a function at its first call; later ones only find how deep it goes.
  /// Null where it is called by itself.
  const Function *checkFunction(const onnx::FunctionProto &proto) {
    Function &function = *functions.try_emplace(&proto, std::make_unique<Function>()).first->second;
    std::string where = "function " + quoted(proto.name());
    if (function.isOpen) {
      (void)reporter.error("E2018", where, "calls itself");
      return nullptr;
    }
    if (result.functionOpsets.contains(&proto)) {
      (void)enter(function.levels);
      return &function;
    }
    Opsets opsets = readOpsets(proto.opset_import(), where);
    result.functionOpsets[&proto] = opsets;
    if (!enter(1))
      return &function;
    Function *caller = std::exchange(open, &function);
    unsigned before = std::exchange(deepest, depth + 1);
    function.isOpen = true;
    ++depth;
    Scope scope{nullptr, {}};
    for (const std::string &input : proto.input())
      define(scope, input, where, Scope::outside);
    checkOrder(proto.node(), scope, where + ": ");
    SmallVector<StringRef> outputs(proto.output().begin(), proto.output().end());
    for (StringRef output : outputs)
      if (!scope.producers.contains(output))
        (void)reporter.error("E2008", where,
                             "has the output " + quoted(output) + ", which no node produces");
    checkLiveNodes(proto.node(), outputs, scope, where + ": ", opsets);
    --depth;
    function.isOpen = false;
    function.levels = deepest - depth;
    deepest = std::max(deepest, before);
    open = caller;
    return &function;
  }

  /// Notes that graphs of nodes and bodies of functions are `levels` deep here. Fails where they
  /// are nested too deep for the stack.
  bool enter(unsigned levels) {
    deepest = std::max(deepest, depth + levels);
    if (depth + levels <= mostLevels)
      return true;
    if (!std::exchange(isTooDeep, true))
      (void)reporter.error("E1007", "",
                           "is nested too deep: functions and subgraphs may be at most " +
                               Twine(mostLevels) + " levels deep");
    return false;
  }

  //===- Graphs ---------------------------------------------------------------//

  void define(Scope &scope, StringRef name, const std::string &where, int64_t producer) {
    if (name.empty())
      (void)reporter.error("E2019", where, "has no name");
    else if (!scope.producers.try_emplace(name, producer).second)
      (void)reporter.error("E2005", where,
                           "defines the value " + quoted(name) +
                               " again; each name may be assigned once");
  }

  void checkGraph(const onnx::GraphProto &graph, const Scope *outer, const std::string &prefix,
                  const Opsets &opsets) {
    if (outer && !enter(1))
      return;
    depth += outer != nullptr;
    Scope scope{outer, {}};
    for (const onnx::ValueInfoProto &input : graph.input())
      define(scope, input.name(), prefix + "graph input " + quoted(input.name()), Scope::outside);
    llvm::StringSet<> initializers;
    for (const onnx::TensorProto &tensor : graph.initializer()) {
      std::string where = prefix + "initializer " + quoted(tensor.name());
      if (!initializers.insert(tensor.name()).second)
        (void)reporter.error("E2005", where, "is given twice");
      // An input of the same name is an input with a default value.
      else if (!scope.producers.contains(tensor.name()))
        define(scope, tensor.name(), where, Scope::outside);
    }
    if (graph.sparse_initializer_size())
      (void)reporter.error("E2204", prefix, "has sparse initializers, which qcc does not support");
    checkOrder(graph.node(), scope, prefix);
    llvm::StringSet<> seen;
    SmallVector<StringRef> outputs;
    for (const onnx::ValueInfoProto &output : graph.output()) {
      std::string where = prefix + "graph output " + quoted(output.name());
      outputs.push_back(output.name());
      // The graph of a node may hand on a value of the graph around it.
      if (!scope.producers.contains(output.name()) && !scope.seesInOuter(output.name()))
        (void)reporter.error("E2008", where, "is not produced by any node");
      else if (!seen.insert(output.name()).second && !outer)
        (void)reporter.error("E2005", where, "is listed twice");
    }
    checkLiveNodes(graph.node(), outputs, scope, prefix, opsets);
    depth -= outer != nullptr;
  }

  /// Each name is assigned once, and before it is read.
  void checkOrder(const Nodes &nodes, Scope &scope, const std::string &prefix) {
    for (int i = 0; i < nodes.size(); ++i)
      for (const std::string &output : nodes[i].output())
        if (!output.empty())
          define(scope, output, prefix + describeNode(nodes[i], i), i);
    for (int i = 0; i < nodes.size() && !reporter.isFull(); ++i)
      for (const std::string &input : nodes[i].input())
        if (!input.empty())
          checkRead(input, i, scope, prefix + describeNode(nodes[i], i));
  }

  void checkRead(StringRef name, int64_t position, const Scope &scope, const std::string &where) {
    auto producer = scope.producers.find(name);
    if (producer == scope.producers.end()) {
      if (!scope.seesInOuter(name))
        (void)reporter.error("E2006", where,
                             "reads " + quoted(name) +
                                 ", which no input, initializer or node defines");
    } else if (producer->second >= position) {
      (void)reporter.error("E2007", where,
                           "reads " + quoted(name) + ", which node " + Twine(producer->second) +
                               " defines later: the nodes form a cycle or are not sorted");
    }
  }

  /// Calls `use` for each name that a node or a graph inside it reads.
  static void forEachRead(const onnx::NodeProto &node, llvm::function_ref<void(StringRef)> use) {
    for (const std::string &input : node.input())
      use(input);
    for (const onnx::GraphProto *graph : getGraphs(node)) {
      for (const onnx::NodeProto &inner : graph->node())
        forEachRead(inner, use);
      for (const onnx::ValueInfoProto &output : graph->output())
        use(output.name());
    }
  }

  /// Each node that the outputs depend on, against its operator.
  void checkLiveNodes(const Nodes &nodes, ArrayRef<StringRef> outputs, Scope &scope,
                      const std::string &prefix, const Opsets &opsets) {
    if (reporter.hasErrors())
      return;
    findLiveNodes(nodes, outputs, scope);
    for (int i = 0; i < nodes.size() && !reporter.isFull(); ++i) {
      scope.position = i;
      // Checking a nested graph may move the table, so it is asked anew for each node.
      if (result.isLive[&nodes][i])
        checkNode(nodes[i], scope, prefix + describeNode(nodes[i], i), opsets);
    }
  }

  void findLiveNodes(const Nodes &nodes, ArrayRef<StringRef> outputs, const Scope &scope) {
    std::vector<bool> &isLive = result.isLive[&nodes];
    isLive.assign(nodes.size(), false);
    auto use = [&](StringRef name) {
      auto producer = scope.producers.find(name);
      if (producer != scope.producers.end() && producer->second != Scope::outside)
        isLive[producer->second] = true;
    };
    llvm::for_each(outputs, use);
    // Producers come before their users, so one sweep from the end sees every use in time.
    for (int i = nodes.size() - 1; i >= 0; --i)
      if (isLive[i])
        forEachRead(nodes[i], use);
  }

  //===- Nodes ----------------------------------------------------------------//

  void checkNode(const onnx::NodeProto &node, const Scope &scope, const std::string &where,
                 const Opsets &opsets) {
    StringRef domain = getDomain(node);
    if (const onnx::FunctionProto *function = result.findFunction(node)) {
      if (const Function *body = checkFunction(*function))
        checkCall(node, *function, body->parameters, getParameters(), where, reporter);
      return;
    }
    const Operator *row = findOperator(domain, node.op_type());
    if (!row) {
      noteUnsupported(domain, node, where);
      return;
    }
    auto opset = opsets.find(domain);
    if (opset == opsets.end()) {
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
    if (domain.empty() && opset->second < oldestOpset &&
        opset->second < getOldestEqualVersion(row->name)) {
      (void)reporter.error("E2002", where,
                           "has another meaning in operator set " + Twine(opset->second) +
                               " than in set " + Twine(oldestOpset) +
                               ", the oldest that is fully supported; convert the model with "
                               "onnx.version_converter");
      return;
    }
    checkNodeAgainstRow(node, *row, opset->second, getParameters(), where, reporter);
    for (const onnx::GraphProto *graph : getGraphs(node))
      checkGraph(*graph, &scope, where + ": ", opsets);
  }

  void noteUnsupported(StringRef domain, const onnx::NodeProto &node, const std::string &where) {
    std::string name =
        (domain.empty() ? "" : escapeName(domain) + ".") + escapeName(node.op_type());
    auto [position, isNew] = unsupportedPositions.try_emplace(name, unsupported.size());
    if (isNew)
      unsupported.push_back({name, where, 0});
    ++unsupported[position->second].count;
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

  /// Of the function whose body is checked now, or null.
  Parameters *getParameters() { return open ? &open->parameters : nullptr; }

  // Longer than the list of all ONNX operators.
  static constexpr size_t mostListed = 300;
  static constexpr unsigned mostLevels = 32;

  const onnx::ModelProto &model;
  Reporter &reporter;
  ValidModel result;
  llvm::DenseMap<const onnx::FunctionProto *, std::unique_ptr<Function>> functions;
  Function *open = nullptr;        // whose body is checked now
  unsigned depth = 0, deepest = 0; // levels of graphs and bodies around the node, and below
  bool isTooDeep = false;
  std::vector<UnsupportedOperator> unsupported;
  llvm::StringMap<size_t> unsupportedPositions;
};

} // namespace

FailureOr<ValidModel> validateModel(const onnx::ModelProto &model, Reporter &reporter) {
  return Validator(model, reporter).validate();
}

} // namespace qcc::import
