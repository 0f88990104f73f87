"""What rules.json says: which cases are out of scope and why, and which inputs the compiler must know."""
import json
import pathlib
import re

import onnx

from cases import list_graphs

RULES = json.loads((pathlib.Path(__file__).parent / "rules.json").read_text())


def find_reason(case):
    """Why a case is out of scope, or None. A rule holds when everything that it names holds."""
    for rule in RULES["out_of_scope"]:
        conditions = []
        if "types" in rule:
            conditions.append(any(type_name in rule["types"] for type_name in case.types))
        if "operators" in rule:
            conditions.append(any(re.fullmatch("|".join(rule["operators"]), name) for name in case.operators))
        if "cases" in rule:
            conditions.append(re.fullmatch("|".join(rule["cases"]), case.name) is not None)
        if all(conditions):
            return rule["reason"]
    return None


def is_folded_only(case):
    """Whether an operator has a result whose shape depends on the data, so that the data must be known."""
    return any(name in RULES["folded_only_operators"] for name in case.operators)


def is_padded(case):
    """Whether rows of -1 stand behind those of a result whose number depends on the data."""
    return any(name in RULES["padded_operators"] for name in case.operators)


def find_ancestors(case, value):
    """Graph inputs that a value is computed from. Shapes are known whatever their tensors hold."""
    producers = {output: node for graph in list_graphs(case.model.graph) for node in graph.node for output in node.output}
    names = {graph_input.name for graph_input in case.inputs}
    found, pending, seen = set(), [value], set()
    while pending:
        name = pending.pop()
        if name in seen or not name:
            continue
        seen.add(name)
        if name in names:
            found.add(name)
        node = producers.get(name)
        if node is None or node.op_type in ("Shape", "Size"):
            continue
        pending += node.input
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                pending += [output.name for output in attribute.g.output]
    return found


def find_compile_time_inputs(case):
    """Inputs of the network that an operator needs at compile time: shapes, axes, numbers of parts."""
    names = set()
    for graph in list_graphs(case.model.graph):
        for node in graph.node:
            for index in RULES["compile_time_inputs"].get(node.op_type, []):
                if index < len(node.input):
                    names |= find_ancestors(case, node.input[index])
    return names
