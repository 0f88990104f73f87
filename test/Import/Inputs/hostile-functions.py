"""The models of hostile.py for functions and the attributes of their calls: the same arguments, the same rules."""
import hostile
import numpy as np
from hostile import INT64, array, case, model, node, value
from onnx import AttributeProto, TensorProto, helper

hostile.CASES.clear()
hostile.OPTIONS.clear()

GRAPH, INT, FLOAT_LIST = AttributeProto.GRAPH, AttributeProto.INT, AttributeProto.FLOATS


def function(name, nodes, outputs=("b",), attributes=(), defaults=()):
    return helper.make_function("local", name, ["a"], list(outputs), nodes, [
        helper.make_opsetid("", 17), helper.make_opsetid("local", 1)], list(attributes), list(defaults))


def refer(made, **references):
    """The node with attributes that refer to those of the call: name = (type, name in the call)."""
    for name, (kind, outer) in references.items():
        made.attribute.add(name=name, type=kind, ref_attr_name=outer)
    return made


def call(name, **attributes):
    return node(name, ["a"], ["b"], domain="local", **attributes)


def calling(functions, initializers=(), **attributes):
    """A model that calls the first function."""
    result = model([node(functions[0].name, ["x"], ["y"], domain="local", **attributes)], [value("x", [2, 3])],
                   initializers=initializers, opset=17)
    result.opset_import.append(helper.make_opsetid("local", 1))
    result.functions.extend(functions)
    return result


def concat(**defaults):
    return function("f", [refer(node("Concat", ["a", "a"], ["b"]), axis=(INT, "where"))], attributes=["where"][len(defaults):],
                    defaults=[helper.make_attribute(name, number) for name, number in defaults.items()])


def loop():
    """A function whose loop runs the graph of the call."""
    steps = node("Constant", [], ["n"], "steps", value_int=2)
    return function("f", [steps, refer(node("Loop", ["n", "", "a"], ["b"]), body=(GRAPH, "body"))], attributes=["body"])


def body():
    return helper.make_graph([node("Identity", ["c"], ["d"]), node("Relu", ["v"], ["w"])], "body", [
        value("i", [], INT64), value("c", [], TensorProto.BOOL), value("v", None)],
                             [value("d", [], TensorProto.BOOL), value("w", None)])


case("F-required", "E2012", "lacks the attribute 'where'", lambda: calling([concat()]))
case("F-type", "E2013", "'where' must hold one value of type int", lambda: calling([concat()], where=1.5))
case("F-twice", "E2015", "'where' twice", lambda: twice())
case("F-default-type", "E2013", "default of 'where'", lambda: calling([concat(where="one")]))
case("F-two-types", "E2013", "another node as one of type", lambda: calling([function("f", [
    refer(node("Concat", ["a", "a"], ["c"]), axis=(INT, "where")),
    refer(node("Elu", ["c"], ["b"]), alpha=(AttributeProto.FLOAT, "where"))], attributes=["where"])], where=1))
case("F-passed-on", "E2012", "lacks the attribute 'outer'", lambda: calling([
    function("g", [refer(call("f"), where=(INT, "outer"))], attributes=["outer"]), concat()]))
case("F-passed-on-type", "E2013", "refers to an attribute", lambda: calling([
    function("g", [refer(call("f"), where=(FLOAT_LIST, "outer"))], attributes=["outer"]), concat()], outer=1))
case("F-passed-on-not", "E2012", "lacks the attribute 'where'", lambda: calling([function("g", [call("f")]), concat()]))
case("F-passed-outside", "E2013", "refers to an attribute", lambda: outside())
case("F-graph", "E2013", "graph of the call", lambda: calling([loop()], body=body()))
case("F-graph-absent", "E2013", "graph of the call", lambda: calling([loop()]))
case("F-recursion", "E2018", "'f'", lambda: calling([function("f", [call("f")])]))
case("F-mutual-recursion", "E2018", "'f'", lambda: calling([function("f", [call("g")]), function("g", [call("f")])]))
case("F-deep", "E1007", "too deep", lambda: calling(chain(10_000)))
case("F-deep-backwards", "E1007", "too deep", lambda: backwards(10_000))
case("F-deep-graphs", "E1007", "too deep", lambda: calling(chain(30, branches=3)))
case("F-wide", "E7004", "nodes", lambda: calling([function(f"f{i}", [
    node(f"f{i + 1}", ["a"], ["c"], domain="local"), node(f"f{i + 1}", ["c"], ["b"], domain="local")])
    for i in range(30)] + [function("f30", [node("Relu", ["a"], ["b"])])]))


def twice():
    result = calling([concat()], where=1)
    result.graph.node[0].attribute.append(result.graph.node[0].attribute[0])
    return result


def outside():
    result = calling([concat()])
    refer(result.graph.node[0], where=(INT, "outer"))
    return result


def nested(made, levels):
    """The node, whose result is 'b', in graphs of nodes in graphs of nodes."""
    for level in range(levels):
        graphs = [helper.make_graph([made], name, [], [value("b", None)]) for name in ("then", "else")]
        made = node("If", ["c"], ["b"], f"level{level}", then_branch=graphs[0], else_branch=graphs[1])
    return [node("Constant", [], ["c"], "yes", value=array("v", True, np.bool_)), made] if levels else [made]


def chain(length, branches=0):
    """Functions that call each the next one, the last at some depth of graphs."""
    last = nested(node("Relu", ["a"], ["b"]), branches)
    return [function(f"f{i}", [call(f"f{i + 1}")]) for i in range(length)] + [function(f"f{length}", last)]


def backwards(length):
    """The same, where a call of each function comes before one of its callers'."""
    result = calling(chain(length))
    del result.graph.node[:]
    result.graph.node.extend(
        node(f"f{length - i}", ["x" if i == 0 else f"v{i - 1}"], [f"v{i}"], domain="local") for i in range(length))
    result.graph.output[0].name = f"v{length - 1}"
    return result


if __name__ == "__main__":
    hostile.main()
