"""Teacher forcing: every quantized operation of a network, given the tensors that Reference computes for its operands, beside
ONNX Runtime's single operator.

usage: teacher.py MODEL WORK_FOLDER [--samples N] [--input FILE.npy] [--flag OPTION_OF_QCC]...

Contractions get weights, scales and zero points from the ONNX file and must give equal bytes. Signed codes of contractions are
shifted by 128 together with their zero points, which are the same reals: ONNX Runtime's product of u8 and s8 saturates pairs on CPUs
without VNNI, its product of u8 and u8 is exact. Quantize, dequantize and operations that move codes must give equal bytes as well;
the other quantized operations, between DequantizeLinear and QuantizeLinear, are at most one step apart, and the steps are counted.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TYPES = {"f32": np.float32, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16, "i32": np.int32, "i64": np.int64, "bool": np.bool_}
NHWC_TO_NCHW, NCHW_TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
CONTRACTIONS = {"Conv", "Gemm", "MatMul", "QLinearConv", "QLinearMatMul", "QGemm"}

REDUCE_MEAN = 1  # qnn::ReduceKind
MOVES = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"}


class OnnxNetwork:
    """The ONNX file: its contractions by name and what their constant inputs hold."""

    def __init__(self, path):
        graph = onnx.load(path).graph
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.producers, self.users = {}, collections.defaultdict(list)
        for node in graph.node:
            self.producers.update({name: node for name in node.output})
            for name in node.input:
                self.users[name].append(node)
        self.contractions = {node.name or node.output[0]: node for node in graph.node if node.op_type in CONTRACTIONS}

    def constant(self, name):
        if name in self.constants:
            return self.constants[name]
        node = self.producers[name]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            return numpy_helper.to_array(attributes["value"])
        if node.op_type == "Identity":
            return self.constant(node.input[0])
        if node.op_type == "Cast":
            return self.constant(node.input[0]).astype(helper.tensor_dtype_to_np_dtype(attributes["to"]))
        raise SystemExit(f"teacher: '{name}' is no constant but {node.op_type}")

    def codes(self, name):
        """(codes, scale, zero point) of a constant behind DequantizeLinear."""
        node = self.producers[name]
        assert node.op_type == "DequantizeLinear", node.op_type
        return [self.constant(i) for i in node.input[:3]]

    def parameters(self, name):
        """(scale, zero point) of an activation behind DequantizeLinear."""
        node = self.producers[name]
        while node.op_type in MOVES:
            node = self.producers[node.input[0]]
        assert node.op_type == "DequantizeLinear", node.op_type
        return [self.constant(i) for i in node.input[1:3]]

    def result_parameters(self, name):
        """(scale, zero point) of the QuantizeLinear that a result leads to."""
        while True:
            node, = self.users[name]
            if node.op_type == "QuantizeLinear":
                return [self.constant(i) for i in node.input[1:3]]
            assert node.op_type in MOVES | {"Relu", "Clip"}, node.op_type
            name = node.output[0]

    def describe(self, node):
        """A contraction as a QLinearConv: x, w, y as (scale, zero point), weight codes OIHW or OK, bias, attributes."""
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        inputs = list(node.input)
        if node.op_type == "QLinearConv":
            x, w, y = [[self.constant(i) for i in inputs[at:at + 2]] for at in (1, 4, 6)]
            return x, self.constant(inputs[3]), w, y, self.constant(inputs[8]) if len(inputs) > 8 else None, attributes
        if node.op_type == "QLinearMatMul":
            x, w, y = [[self.constant(i) for i in inputs[at:at + 2]] for at in (1, 4, 6)]
            return x, self.constant(inputs[3]).T, w, y, None, {}
        weights, scale, zero = self.codes(inputs[1])
        if node.op_type == "Gemm":
            assert attributes.get("alpha", 1) == 1 and attributes.get("beta", 1) == 1 and not attributes.get("transA", 0)
            weights = weights if attributes.get("transB", 0) else weights.T
        elif node.op_type == "MatMul":
            weights = weights.T
        bias = self.codes(inputs[2])[0] if len(inputs) > 2 and inputs[2] else None
        return (self.parameters(inputs[0]), weights, [scale, zero], self.result_parameters(node.output[0]), bias,
                attributes if node.op_type == "Conv" else {})


def run_onnxruntime(nodes, initializers, inputs):
    kinds = {name: helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in inputs.items()}
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(n, kinds[n], inputs[n].shape) for n in inputs],
                              [helper.make_empty_tensor_value_info("y")], [numpy_helper.from_array(np.asarray(v), n) for n, v in initializers.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(["y"], inputs)[0]


def unsigned(array):
    """The same codes as u8; their zero point moves with them."""
    return (array.astype(np.int16) + 128).astype(np.uint8) if array.dtype == np.int8 else array


def force_contraction(network, operation, x, result):
    node = network.contractions[operation["name"]]
    x_parameters, weights, w_parameters, y_parameters, bias, attributes = network.describe(node)
    image = x.array.transpose(NHWC_TO_NCHW) if operation["kind"] == "qnn.conv2d" else x.array.reshape(-1, x.array.shape[-1], 1, 1)
    if operation["kind"] == "qnn.linear" and x.flattened and x.flattened[0] == x.array.shape[0]:
        # The file's features are in the order of a flattened NCHW map, ours in that of an NHWC map.
        image = x.array.reshape(x.flattened).transpose(NHWC_TO_NCHW).reshape(image.shape)
    weights = weights.reshape(weights.shape + (1,) * (4 - weights.ndim))
    initializers = {"w": unsigned(weights), "w_scale": w_parameters[0], "w_zero": unsigned(np.asarray(w_parameters[1]))}
    if initializers["w_zero"].shape != np.shape(w_parameters[0]):
        initializers["w_zero"] = np.broadcast_to(initializers["w_zero"], np.shape(w_parameters[0])).copy()
    for name, (scale, zero) in (("x", x_parameters), ("y", y_parameters)):
        initializers |= {f"{name}_scale": np.float32(scale).reshape(()), f"{name}_zero": unsigned(np.asarray(zero)).reshape(())}
    names = ["x", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero"]
    if bias is not None:
        initializers["bias"] = bias.astype(np.int32)
        names.append("bias")
    theirs = run_onnxruntime([helper.make_node("QLinearConv", names, ["y"], **attributes)], initializers, {"x": np.ascontiguousarray(unsigned(image))})
    if operation["kind"] == "qnn.conv2d":
        theirs = theirs.transpose(NCHW_TO_NHWC)
    return unsigned(result.array), theirs.reshape(result.array.shape), 0


def force_between(operation, operands, result):
    """DequantizeLinear of each operand, the operator, QuantizeLinear."""
    attributes, kind = operation["attributes"], operation["kind"].removeprefix("qnn.")
    images, steps, extra = kind in ("average_pool", "max_pool"), 1, []
    nodes, inputs, initializers = [], {}, {"y_scale": np.float32(result.scale), "y_zero": np.array(result.zero_point, result.array.dtype)}
    for i, operand in enumerate(operands):
        inputs[f"x{i}"] = np.ascontiguousarray(operand.array.transpose(NHWC_TO_NCHW) if images else operand.array)
        initializers |= {f"s{i}": np.float32(operand.scale), f"z{i}": np.array(operand.zero_point, operand.array.dtype)}
        nodes.append(helper.make_node("DequantizeLinear", [f"x{i}", f"s{i}", f"z{i}"], [f"r{i}"]))
    if kind in ("add", "sub", "mul"):
        op, options = kind.capitalize(), {}
    elif kind == "relu":
        op, options, steps = "Relu", {}, 0
    elif kind == "cast":
        op, options, steps = "Identity", {}, 0
    elif kind == "concat":
        op, options, steps = "Concat", {"axis": attributes["axis"]}, 0
    elif kind == "max_pool":
        op, steps = "MaxPool", 0
        options = {"kernel_shape": attributes["kernel"], "strides": attributes["strides"], "pads": attributes["pads"]}
    elif kind == "average_pool":
        op, options = "AveragePool", {"kernel_shape": attributes["kernel"], "strides": attributes["strides"], "pads": attributes["pads"],
                                      "count_include_pad": int(attributes.get("count_include_pad", False))}
    elif kind == "reduce" and attributes["kind"] == REDUCE_MEAN:
        op, options, extra = "ReduceMean", {"keepdims": 1}, ["axes"]
        initializers["axes"] = np.array(attributes["axes"], np.int64)
    else:
        raise SystemExit(f"teacher: no counterpart of {operation['kind']} {attributes}")
    nodes += [helper.make_node(op, [f"r{i}" for i in range(len(operands))] + extra, ["r"], **options),
              helper.make_node("QuantizeLinear", ["r", "y_scale", "y_zero"], ["y"])]
    theirs = run_onnxruntime(nodes, initializers, inputs)
    return result.array, theirs.transpose(NCHW_TO_NHWC) if images else theirs, steps


def force_conversion(operation, operand, result):
    op, codes = ("QuantizeLinear", result) if operation["kind"] == "qnn.quantize" else ("DequantizeLinear", operand)
    initializers = {"scale": np.float32(codes.scale), "zero": np.array(codes.zero_point, codes.array.dtype)}
    theirs = run_onnxruntime([helper.make_node(op, ["x", "scale", "zero"], ["y"])], initializers, {"x": operand.array})
    return result.array, theirs, 0


class Value:
    def __init__(self, record, raw):
        self.array = np.frombuffer(raw, TYPES[record["type"]]).reshape(record["dims"])
        self.scale, self.zero_point = record.get("scale"), record.get("zero_point")
        self.flattened = None  # dims of the map that this is a reshape of


def trace(options):
    """Operations of the network after Quantize and, for each sample, the values that Reference computes."""
    text = options.work / "quantize.mlir"
    subprocess.run(["qcc", options.model, "-emit=quantize", "-o", text, *options.flag], check=True)
    command = ["qcc-reference", text, f"-samples={options.samples}", f"-output={options.work / 'out'}", f"-trace={options.work / 'trace'}"]
    if options.input:
        path = options.work / "input.bin"
        path.write_bytes(np.ascontiguousarray(np.load(options.input)[:options.samples]).tobytes())
        command.append(f"-input={path}")
    subprocess.run(command, check=True)
    description = json.loads((options.work / "trace.json").read_text())
    with open(options.work / "trace.bin", "rb") as file:
        for _ in range(options.samples):
            values = []
            for record in description["values"]:
                values.append(Value(record, file.read(int(np.prod(record["dims"], dtype=np.int64)) * np.dtype(TYPES[record["type"]]).itemsize)))
            yield description["operations"], values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--input", type=pathlib.Path, help="the network's input, first axis = samples; random without it")
    parser.add_argument("--flag", action="append", default=[])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    network, failures, forced = OnnxNetwork(options.model), 0, set()
    table = collections.defaultdict(lambda: [0, 0, 0, 0])  # kind -> operations, elements, different, most steps
    for sample, (operations, values) in enumerate(trace(options)):
        for operation in operations:
            kind = operation["kind"]
            operands, result = [values[i] for i in operation["operands"]], values[operation["results"][0]]
            if kind == "qnn.reshape" and operands[0].array.ndim == 4:
                result.flattened = operands[0].array.shape
            if kind in ("qnn.conv2d", "qnn.linear") and operands[0].scale is not None:
                ours, theirs, steps = force_contraction(network, operation, operands[0], result)
                forced.add(operation["name"])
            elif kind in ("qnn.quantize", "qnn.dequantize"):
                ours, theirs, steps = force_conversion(operation, operands[0], result)
            elif result.scale is not None and kind not in ("qnn.reshape", "qnn.transpose", "qnn.slice", "qnn.bitcast", "qnn.constant"):
                ours, theirs, steps = force_between(operation, operands, result)
            else:
                continue
            difference = np.abs(ours.astype(np.float64) - theirs.astype(np.float64))
            row = table[kind]
            row[0] += sample == 0
            row[1] += difference.size
            row[2] += int(np.count_nonzero(difference))
            row[3] = max(row[3], difference.max(initial=0))
            if ours.dtype != theirs.dtype or difference.max(initial=0) > steps:
                failures += 1
                print(f"FAIL {kind} '{operation['name']}' sample {sample}: {np.count_nonzero(difference)} of {difference.size} differ, at most "
                      f"{difference.max():g}")
    for kind, (count, elements, different, most) in sorted(table.items()):
        print(f"{kind}: {count} operations, {elements} elements, {different} differ, at most {most:g}")
    missing = set(network.contractions) - forced
    for name in sorted(missing):
        print(f"FAIL contraction '{name}' was not compared")
    print(f"{len(forced)} contractions, {failures + len(missing)} failures")
    return 1 if failures or missing else 0


if __name__ == "__main__":
    sys.exit(main())
