"""What the compiler makes of a case: the emitters of its kernels, and its form between DequantizeLinear and QuantizeLinear.

Both are looked up twice: with every input computed, and with all but the first constant, as weights are.
"""
import json
import re
import subprocess

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import cases
import ways

SCALE, ZERO_POINT = 0.05, 128
OPERATION = re.compile(r"^\s+(?:%\S+ = )?qnn\.(\w+)", re.MULTILINE)
AROUND = {"constant", "bitcast"}
LAYOUT = {"reshape", "transpose"}
FLOAT = {"dequantize", "quantize"}


def is_real(value):
    return cases.describe_type(value.type) == "FLOAT"


def quantize(case, bound, constants):
    """The case's model on u8 codes. Inputs named in `bound` stay as they are; `constants` has the values of those that become constants."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    graph.initializer.extend([numpy_helper.from_array(numpy.array(SCALE, numpy.float32), "codes.scale"),
                              numpy_helper.from_array(numpy.array(ZERO_POINT, numpy.uint8), "codes.zero_point")])
    before, behind = [], []
    for value in [value for value in graph.input if is_real(value) and value.name not in bound]:
        codes = helper.make_tensor_value_info("codes." + value.name, TensorProto.UINT8, None)
        codes.type.tensor_type.shape.CopyFrom(value.type.tensor_type.shape)
        before.append(helper.make_node("DequantizeLinear", [codes.name, "codes.scale", "codes.zero_point"], [value.name]))
        if value.name in constants:
            array = (constants[value.name] / SCALE + ZERO_POINT).clip(0, 255).astype(numpy.uint8)
            graph.initializer.append(numpy_helper.from_array(array, codes.name))
        else:
            graph.input.append(codes)
        graph.input.remove(value)
    for value in [value for value in graph.output if is_real(value)]:
        codes = helper.make_tensor_value_info("codes." + value.name, TensorProto.UINT8, None)
        codes.type.tensor_type.shape.CopyFrom(value.type.tensor_type.shape)
        behind.append(helper.make_node("QuantizeLinear", [value.name, "codes.scale", "codes.zero_point"], [codes.name]))
        graph.output.append(codes)
        graph.output.remove(value)
    nodes = [*before, *graph.node, *behind]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def make_flags(runner, bound, inputs):
    """Values of the inputs that are known when compiling, and shapes of the others."""
    return [flag for flag in runner.make_flags(bound, inputs) if not flag.startswith("-input=")]


def compile_to(qcc, model, result, *flags):
    command = [qcc, model, *flags, "-o", result]
    return subprocess.run(command, capture_output=True, timeout=ways.SECONDS, check=False).returncode == 0


def find_emitters(qcc, runner, inputs):
    manifest, emitters = runner.folder / "manifest.json", set()
    for bound in (runner.bound, runner.bound | {value.name for value in runner.case.inputs[1:]}):
        if compile_to(qcc, runner.case.path, runner.folder / "case.o", *make_flags(runner, bound, inputs), "-no-selftest",
                      f"-manifest={manifest}"):
            emitters |= {node["emitter"] for node in json.loads(manifest.read_text())["nodes"]}
    return emitters


def find_operations(qcc, model, flags, folder):
    """The operations of the network, or None where some of them are on floats."""
    path, result = folder / "codes.onnx", folder / "codes.mlir"
    onnx.save(model, path)
    if not compile_to(qcc, path, result, *flags, "-emit=quantize"):
        return None
    names = set(OPERATION.findall(result.read_text())) - AROUND
    return None if names & FLOAT else names - LAYOUT or names


def find_form(qcc, runner, inputs):
    """Operations on codes that the case becomes; none where some of it stays float."""
    opset = next((entry.version for entry in runner.case.model.opset_import if entry.domain in ("", cases.DEFAULT_DOMAIN)), 0)
    real = [value.name for value in runner.case.inputs if is_real(value) and value.name not in runner.bound]
    if opset < 10 or not real:
        return set()
    arrays = {value.name: array for value, array in zip(runner.case.inputs, inputs)}
    flags = [flag for flag in make_flags(runner, runner.bound, inputs) if not is_shape_of(flag, real)]
    for constants in ({}, {name: arrays[name] for name in real[1:]}):
        model = quantize(runner.case, runner.bound, constants)
        if names := find_operations(qcc, model, flags, runner.folder):
            return names
    return set()


def is_shape_of(flag, names):
    return any(flag.startswith(f"-shape={name}=") for name in names)
