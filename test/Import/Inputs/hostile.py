"""Runs a compiler on models that are wrong, one way each, and checks how it refuses them.

    hostile.py DIRECTORY COMMAND [ARGUMENT...]

Every row of the tables below makes one file. The command gets its path as the last argument and must
exit with status 1, print exactly one error, with the row's code and words, write nothing else, and stay within
2 seconds of processor time and 256 MiB. Sanitizers slow a run down and use more: QCC_HOSTILE_FACTOR multiplies both limits.
"""
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT8, UINT8, INT32, INT64 = (
    TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64)

CASES = []  # (name, code, words, file name, bytes)


def case(name, code, words, make, *arguments):
    """Registers a model, or bytes."""
    CASES.append((name, code, words, make, arguments))


# ---- Models ----------------------------------------------------------------------------------------------------


def value(name, shape, element=FLOAT):
    return helper.make_tensor_value_info(name, element, shape)


def array(name, data, dtype=np.float32):
    return numpy_helper.from_array(np.array(data, dtype=dtype), name)


def model(nodes, inputs=None, outputs=None, initializers=(), opset=13, ir=8):
    inputs = [value("x", [1, 2, 4, 4])] if inputs is None else inputs
    outputs = [value("y", None)] if outputs is None else outputs
    graph = helper.make_graph(nodes, "g", inputs, outputs, list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)


def node(op, inputs, outputs, name="bad", **attributes):
    return helper.make_node(op, inputs, outputs, name=name, **attributes)


def relu(**changes):
    """A sound model with some fields changed."""
    result = model([node("Relu", ["x"], ["y"])])
    for field, content in changes.items():
        setattr(result, field, content)
    return result


def edit(change):
    """The sound model after `change` has worked on it."""
    result = relu()
    change(result)
    return result


def one(op, inputs=("x",), initializers=(), shape=(1, 2, 4, 4), element=FLOAT, opset=13, **attributes):
    """One node between an input x and an output y."""
    return model([node(op, list(inputs), ["y"], **attributes)], [value("x", list(shape), element)],
                 initializers=initializers, opset=opset)


def conv(weights=(3, 2, 3, 3), bias=None, shape=(1, 2, 4, 4), **attributes):
    tensors = [array("w", np.ones(weights))] + ([array("b", np.ones(bias))] if bias else [])
    return one("Conv", ["x"] + [tensor.name for tensor in tensors], tensors, shape, **attributes)


def quantize(scale=1.0, zero_point=0, dtype=np.uint8, **attributes):
    return one("QuantizeLinear", ["x", "s", "z"], [array("s", scale), array("z", zero_point, dtype)], **attributes)


def weights(change):
    """Addition of an initializer `w` of shape [2, 3] after `change` has worked on it."""
    tensor = array("w", np.ones((2, 3)))
    change(tensor)
    return model([node("Add", ["x", "w"], ["y"])], [value("x", [2, 3])], initializers=[tensor])


def external(**entries):
    def change(tensor):
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, content in entries.items():
            tensor.external_data.add(key=key, value=content)
    return weights(change)


def varint(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    return bytes(encoded) + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def set_dims(tensor, *dims):
    del tensor.dims[:]
    tensor.dims.extend(dims)


def set_input(element=None, dims=None):
    def change(result):
        tensor = result.graph.input[0].type.tensor_type
        if element is not None:
            tensor.elem_type = element
        if dims is not None:
            tensor.shape.CopyFrom(onnx.TensorShapeProto())
            for size in dims:
                dimension = tensor.shape.dim.add()
                if isinstance(size, str):
                    dimension.dim_param = size
                else:
                    dimension.dim_value = size
    return edit(change)


SOUND = relu().SerializeToString()

# ---- Files -----------------------------------------------------------------------------------------------------

case("F3-empty", "E1003", "is empty", b"")
case("F4-one-byte", "E1006", "", b"\x08")
case("F5-truncated-early", "E1006", "truncated", SOUND[:9])
case("F5-truncated-half", "E1006", "truncated", SOUND[:len(SOUND) // 2])
case("F5-truncated-late", "E1006", "", SOUND[:-1])
case("F6-random", "E1006", "", np.random.default_rng(1).integers(0, 256, 1 << 20, dtype=np.uint8).tobytes())
case("F7-lfs", "E1005", "git lfs pull", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
case("F7-png", "E1005", "PNG", b"\x89PNG\r\n\x1a\n" + bytes(64))
case("F7-jpeg", "E1005", "JPEG", b"\xff\xd8\xff\xe0" + bytes(64))
case("F7-gzip", "E1005", "gzip", b"\x1f\x8b\x08" + bytes(64))
case("F7-zip", "E1005", "zip", b"PK\x03\x04" + bytes(64))
case("F7-tflite", "E1005", "TensorFlow Lite", b"\x1c\0\0\0TFL3" + bytes(64))
case("F7-pickle", "E1005", "pickle", b"\x80\x02}q\0." + bytes(64))
case("F7-text", "E1005", "text", b"ir_version: 8\ngraph { }\n")
case("F13-two-models", "E1008", "two", SOUND + SOUND)
case("F14-trailing-zeros", "E1006", "", SOUND + bytes(16))

# ---- Protobuf --------------------------------------------------------------------------------------------------

case("P1-nesting-40", "E1007", "too deep", lambda: deep_bytes(40))
case("P1-nesting-300", "E1007", "too deep", lambda: deep_bytes(300))
case("P2-node-bomb", "E7001", "nodes", lambda: b"\x08\x08" + field(7, b"\x0a\0" * 5_000_000))
case("P2-attribute-bomb", "E7002", "memory", lambda: b"\x08\x08" + field(7, field(1, b"\x2a\0" * 5_000_000)))
case("P2-initializer-bomb", "E7002", "memory", lambda: b"\x08\x08" + field(7, b"\x2a\0" * 5_000_000))
case("P3-long-operator", "E2004", "AAAA", lambda: one("A" * 1_000_000))
case("P4-escapes-in-name", "E2004", "\\x1b[31m", lambda: one("\x1b[31mRed\n\x00"))
case("P6-two-values", "E2013", "'bad'", lambda: two_values())
case("P6-wrong-type", "E2013", "'bad'", lambda: wrong_type())
case("P8-overlong-length", "E1006", "", b"\x08\x08\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f")


def deep_bytes(levels):
    """A subgraph in a subgraph in a subgraph ..."""
    body = b""
    for _ in range(levels):
        body = field(1, field(5, field(6, body)))
    return b"\x08\x08" + field(7, body)


def two_values():
    result = conv(group=1)
    result.graph.node[0].attribute[0].s = b"1"
    return result


def wrong_type():
    result = conv(group=1)
    result.graph.node[0].attribute[0].type = onnx.AttributeProto.FLOAT
    return result


# ---- Graphs ----------------------------------------------------------------------------------------------------

case("G1-no-graph", "E1009", "no graph", lambda: edit(lambda m: m.ClearField("graph")))
case("G2-ir-zero", "E2001", "IR version", lambda: relu(ir_version=0))
case("G2-ir-negative", "E2001", "IR version", lambda: relu(ir_version=-1))
case("G2-ir-future", "E2001", "IR version 999", lambda: relu(ir_version=999))
case("G3-no-opset", "E2002", "does not say", lambda: edit(lambda m: m.ClearField("opset_import")))
case("G3-opset-twice", "E2002", "twice", lambda: edit(lambda m: m.opset_import.add(domain="ai.onnx", version=13)))
case("G3-opset-huge", "E2002", "1000000000", lambda: edit(lambda m: setattr(m.opset_import[0], "version", 10**9)))
case("G3-opset-zero", "E2002", "set 0", lambda: edit(lambda m: setattr(m.opset_import[0], "version", 0)))
case("G3-opset-old", "E2002", "set 5", lambda: edit(lambda m: setattr(m.opset_import[0], "version", 5)))
case("G4-unknown-domain", "E2004", "com.example", lambda: one("Relu", domain="com.example"))
case("G4-domain-not-imported", "E2003", "com.microsoft", lambda: one(
    "QLinearAdd", ["x"] * 7, domain="com.microsoft"))
case("G5-unknown-operators", "E2004", "Foo: 2 nodes", lambda: model(
    [node("Foo", ["x"], ["a"]), node("Bar", ["a"], ["b"]), node("Foo", ["b"], ["y"])]))
case("G6-newer-operator", "E2017", "'bad'", lambda: one("HardSwish", opset=13))
case("G7-duplicate-name", "E2005", "'bad'", lambda: model(
    [node("Relu", ["x"], ["y"], "good"), node("Relu", ["x"], ["y"])]))
case("G8-undefined-input", "E2006", "'bad'", lambda: one("Relu", ["nothing"]))
case("G9-not-sorted", "E2007", "'bad'", lambda: model(
    [node("Relu", ["a"], ["y"]), node("Relu", ["x"], ["a"], "good")]))
case("G10-cycle", "E2007", "'bad'", lambda: model(
    [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"], "good"), node("Relu", ["b"], ["y"], "last")]))
case("G10-self-cycle", "E2007", "'bad'", lambda: model([node("Add", ["x", "y"], ["y"])]))
case("G11-output-not-produced", "E2008", "'z'", lambda: model([node("Relu", ["x"], ["y"])], outputs=[value("z", None)]))
case("G12-no-outputs", "E2009", "no outputs", lambda: model([node("Relu", ["x"], ["y"])], outputs=[]))
case("G13-output-twice", "E2005", "'y'", lambda: model([node("Relu", ["x"], ["y"])],
                                                       outputs=[value("y", None), value("y", None)]))
case("G14-initializer-twice", "E2005", "'w'", lambda: one("Relu", ["x"], [array("w", [1]), array("w", [1])]))
case("G16-required-input-empty", "E2011", "'bad'", lambda: one("Add", ["x", ""]))
case("G16-variadic-input-empty", "E2011", "lacks its required input 2", lambda: model(
    [node("Einsum", ["x", "x", ""], ["y"], equation="i,i,i->i")], [value("x", [4])]))
case("G16-variadic-codes-empty", "E2011", "lacks its required input 5", lambda: qlinear_concat("x", "s", "z", "", "s", "z"))
case("G16-scan-input-empty", "E2011", "lacks its required input 0", lambda: model(
    [node("Scan", ["", "x"], ["y"], num_scan_inputs=1, body=helper.make_graph(
        [node("Identity", ["b"], ["c"])], "body", [value("a", None), value("b", None)], [value("c", None)]))]))
case("G17-too-few-inputs", "E2010", "'bad'", lambda: one("Add", ["x"]))
case("G17-too-many-inputs", "E2010", "'bad'", lambda: one("Relu", ["x", "x"]))
case("G17-too-many-outputs", "E2010", "'bad'", lambda: model([node("Relu", ["x"], ["y", "z"])]))
case("G18-local-function", "E2008", "function 'Relu'", lambda: edit(
    lambda m: m.functions.append(helper.make_function("", "Relu", ["a"], ["b"], [], []))))
case("G-input-without-name", "E2019", "has no name", lambda: edit(lambda m: m.graph.input.append(value("", [1]))))
case("G22-sequence-input", "E2101", "'x'", lambda: edit(lambda m: m.graph.input[0].type.CopyFrom(
    helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, [1])))))
case("G22-string-input", "E2102", "'x'", lambda: set_input(TensorProto.STRING))
case("G22-sparse-initializer", "E2204", "sparse", lambda: edit(lambda m: m.graph.sparse_initializer.add()))
case("G-training-before-14", "E2309", "training mode", lambda: model(
    [node("BatchNormalization", ["x", "w", "w", "w", "w"], ["y", "mean"])],
    initializers=[array("w", np.ones(1))], inputs=[value("x", [1, 1, 4])], outputs=[value("mean", [1])]))
case("G-normalization-statistics", "E2021", "'mean'", lambda: model(
    [node("BatchNormalization", ["x", "w", "w", "w", "w"], ["y", "mean"])], opset=15,
    initializers=[array("w", np.ones(1))], inputs=[value("x", [1, 1, 4])], outputs=[value("mean", [1])]))
case("W-max-pool-indices", "E2309", "indices of windows", lambda: model(
    [node("MaxPool", ["x"], ["y", "indices"], kernel_shape=[40, 40], pads=[39] * 4)],
    outputs=[value("indices", None, INT64)]))
case("W-conv-leading-taps", "E2309", "leading dimensions", lambda: model(
    [node("Conv", ["x", "w"], ["y"])], inputs=[value("x", [1, 1, 2000, 1, 1])],
    initializers=[array("w", np.zeros((1, 1, 2000, 1, 1)))]))
case("W-transposed-group", "E2302", "do not fit", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"], group=2)], inputs=[value("x", [1, 3, 4, 4])],
    initializers=[array("w", np.zeros((3, 1, 2, 2)))]))
case("W-transposed-pads", "E2304", "leave nothing", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"], pads=[9, 0, 9, 0])], inputs=[value("x", [1, 1, 4, 4])],
    initializers=[array("w", np.zeros((1, 1, 2, 2)))]))
case("W-transposed-overflow", "E2107", "2^31", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"], strides=[2147483647, 1], dilations=[2147483647, 1])],
    inputs=[value("x", [1, 1, 4, 4])], initializers=[array("w", np.zeros((1, 1, 3, 2)))]))
case("W-transposed-parts", "E2309", "strides", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"], group=2, strides=[64, 64])], inputs=[value("x", [1, 2, 4, 4])],
    initializers=[array("w", np.zeros((2, 1, 2, 2)))]))
case("W-lp-pool-empty", "E2105", "is empty", lambda: model(
    [node("LpPool", ["x"], ["y"], kernel_shape=[2, 2])], [value("x", [1, 0, 4, 4])]))
case("W-average-pool-empty", "E2105", "is empty", lambda: one(
    "AveragePool", shape=(1, 0, 8, 8), opset=19, kernel_shape=[2, 2], dilations=[2, 2]))
case("W-lp-exponent", "E2016", "'p'", lambda: model(
    [node("LpPool", ["x"], ["y"], kernel_shape=[2, 2], p=0)]))
case("W-integer-product-float", "E2308", "8-bit", lambda: model([node("MatMulInteger", ["x", "x"], ["y"])]))
case("W-loop-absent-state", "E2011", "lacks its required input 2", lambda: model(
    [node("Loop", ["n", "", ""], ["y"], body=helper.make_graph(
        [node("Identity", ["c"], ["d"]), node("Identity", ["a"], ["b"])], "body",
        [value("i", [], INT64), value("c", [], TensorProto.BOOL), value("a", None)],
        [value("d", [], TensorProto.BOOL), value("b", None)]))], [], initializers=[array("n", 3, np.int64)]))
case("W-scan-no-steps", "E2105", "runs no step", lambda: model(
    [node("Scan", ["", "s", "x"], ["y"], num_scan_inputs=1, body=helper.make_graph(
        [node("Identity", ["a"], ["b"])], "body", [value("a", None), value("e", None)], [value("b", None)]))],
    [value("s", [1 << 30, 1]), value("x", [1 << 30, 0, 1])], opset=8, ir=3))
case("W-scan-count", "E2016", "'num_scan_inputs'", lambda: model(
    [node("Scan", ["x"], ["y"], num_scan_inputs=-(1 << 63), body=helper.make_graph(
        [node("Identity", ["a"], ["b"])], "body", [value("a", None)], [value("b", None)]))]))
case("W-transposed-no-taps", "E2105", "is empty", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"])], [value("x", [1, 2, 4, 4]), value("w", [2, 2, 0, 3])]))
case("W-transposed-no-channels", "E2105", "is empty", lambda: model(
    [node("ConvTranspose", ["x", "w"], ["y"], group=1 << 62)], [value("x", [1, 0, 4, 4]), value("w", [0, 4, 3, 3])]))
case("W-resize-nothing", "E2105", "no elements", lambda: model(
    [node("Resize", ["x", "", "", "s"], ["y"])], [value("x", [0])], initializers=[array("s", [4], np.int64)]))
case("W-resize-outside-value", "E2016", "'extrapolation_value' is no uint8", lambda: model(
    [node("Resize", ["x", "r", "s"], ["y"], coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=1e30)],
    [value("x", [4], UINT8)], initializers=[array("r", [-1, 2]), array("s", [2])]))
case("W-transform-nothing", "E2105", "is empty", lambda: model(
    [node("DFT", ["x", "n"], ["y"])], [value("x", [1, 0, 1])], initializers=[array("n", 4, np.int64)], opset=20))
case("W-frames-nothing", "E2105", "is empty", lambda: model(
    [node("STFT", ["x", "n"], ["y"])], [value("x", [1, 0, 1])], initializers=[array("n", 4, np.int64)], opset=20))
case("W-mel-edge", "E2309", "beyond half the sample rate", lambda: model(
    [node("MelWeightMatrix", list("abcde"), ["y"])], [], initializers=[
        *(array(name, number, np.int64) for name, number in zip("abc", (4, 16, 8192))), array("d", 0), array("e", 3e38)],
    opset=20))
case("W-einsum-malformed", "E2016", "malformed", lambda: model(
    [node("Einsum", ["x"], ["y"], equation="a-bcd")], inputs=[value("x", [2, 2, 2, 2, 2])]))
case("W-einsum-terms", "E2016", "2 terms for 1", lambda: model([node("Einsum", ["x"], ["y"], equation="abcd,a")]))
case("W-einsum-rank", "E2302", "the term", lambda: model([node("Einsum", ["x"], ["y"], equation="abc")]))
case("W-einsum-result", "E2016", "unknown or given twice", lambda: model(
    [node("Einsum", ["x"], ["y"], equation="abcd->aa")]))
case("W-einsum-sizes", "E2302", "stands for dimensions", lambda: model(
    [node("Einsum", ["x", "x"], ["y"], equation="abcd,cdab")]))
case("W-deformable-offsets", "E2302", "must be [1, 8, 3, 3]", lambda: model(
    [node("DeformConv", ["x", "w", "o"], ["y"])], inputs=[value("x", [1, 2, 4, 4]), value("o", [1, 8, 4, 4])],
    initializers=[array("w", np.zeros((1, 2, 2, 2)))], opset=19, ir=9))
case("W-causal-activation", "E2016", "'activation'", lambda: model(
    [node("CausalConvWithState", ["x", "w"], ["y"], activation="cubic")], inputs=[value("x", [1, 1, 8])],
    initializers=[array("w", np.zeros((1, 1, 2)))], opset=27, ir=13))

# ---- Shapes and types ------------------------------------------------------------------------------------------

case("S1-no-type", "E2101", "'x'", lambda: edit(lambda m: m.graph.input[0].ClearField("type")))
case("S2-no-shape", "E2103", "-shape=x=", lambda: edit(lambda m: m.graph.input[0].type.tensor_type.ClearField("shape")))
case("S3-symbolic", "E2104", "-dim=N=", lambda: set_input(dims=[1, "N"]))
case("S4-minus-one", "E2104", "-shape=x=", lambda: set_input(dims=[1, -1]))
case("S4-int64-min", "E2105", "negative", lambda: set_input(dims=[1, -(1 << 63)]))
case("S6-overflow-wraps", "E2107", "'x'", lambda: set_input(dims=[1 << 32, 1 << 32, 4]))
case("S6-overflow-63", "E2107", "'x'", lambda: set_input(dims=[1 << 62, 3]))
case("S7-rank-9", "E2106", "'x'", lambda: set_input(dims=[1] * 9))
case("S7-rank-100000", "E2106", "'x'", lambda: set_input(dims=[1] * 100_000))
case("S9-output-type", "E2110", "'y'", lambda: model([node("Relu", ["x"], ["y"])], outputs=[value("y", None, INT8)]))
case("S10-broadcast", "E2301", "'bad'", lambda: one("Add", ["x", "w"], [array("w", np.ones(3))]))
case("S10-mixed-types", "E2308", "'bad'", lambda: one("Add", ["x", "w"], [array("w", 1, np.int32)]))
case("S11-two-unknowns", "E2305", "'bad'", lambda: one("Reshape", ["x", "s"], [array("s", [-1, -1], np.int64)]))
case("S11-product", "E2305", "'bad'", lambda: one("Reshape", ["x", "s"], [array("s", [5, 7], np.int64)]))
case("S11-remainder", "E2305", "'bad'", lambda: one("Reshape", ["x", "s"], [array("s", [5, -1], np.int64)]))
case("S11-overflow", "E2305", "'bad'", lambda: one("Reshape", ["x", "s"], [array("s", [1 << 62, 1 << 62, -1], np.int64)]))
case("S11-zero-behind-rank", "E2305", "'bad'", lambda: one("Reshape", ["x", "s"], [array("s", [32, 1, 1, 1, 0], np.int64)]))
case("S11-computed", "E2307", "'bad'", lambda: model(
    [node("Reshape", ["x", "s"], ["y"])], [value("x", [4]), value("s", [1], INT64)]))
case("S12-concat-rank", "E2301", "'bad'", lambda: one("Concat", ["x", "w"], [array("w", np.ones(3))], axis=0))
case("S13-matmul", "E2302", "'bad'", lambda: one("MatMul", ["x", "w"], [array("w", np.ones((3, 3)))]))
case("S13-scalar", "E2302", "'bad'", lambda: one("MatMul", ["x", "w"], [array("w", 1)]))
case("S13-gemm", "E2302", "'bad'", lambda: one("Gemm", ["x", "w"], [array("w", np.ones((3, 3)))], (2, 4)))
case("S14-channels", "E2302", "'bad'", lambda: conv((3, 5, 3, 3)))
case("S14-group-inputs", "E2302", "'bad'", lambda: conv((4, 1, 3, 3), shape=(1, 3, 4, 4), group=2))
case("S14-group-outputs", "E2302", "'bad'", lambda: conv((3, 1, 3, 3), group=2))
case("S14-bias", "E2302", "'bad'", lambda: conv(bias=(4,)))
case("S14-weights-rank", "E2302", "'bad'", lambda: conv((3, 2, 3)))
case("S14-weights-empty", "E2105", "'bad'", lambda: conv((0, 2, 3, 3)))
case("S15-negative-pads", "E2304", "'bad'", lambda: conv(pads=[-1, 0, 0, 0]))
case("S15-kernel-too-large", "E2304", "'bad'", lambda: conv((3, 2, 9, 9)))
case("S15-padding-only", "E2304", "'bad'", lambda: one("MaxPool", kernel_shape=[2, 2], pads=[2, 2, 2, 2]))
case("S16-gather", "E2306", "'bad'", lambda: one("Gather", ["x", "i"], [array("i", 99, np.int64)]))
case("S17-step-zero", "E2306", "'bad'", lambda: slicing([0], [1], [0], [0]))
case("S17-lengths", "E2306", "'bad'", lambda: slicing([0, 0], [1], [0], [1]))
case("S18-split", "E2306", "'bad'", lambda: one("Split", ["x", "p"], [array("p", [5], np.int64)], axis=1))
case("S19-transpose", "E2303", "'bad'", lambda: one("Transpose", perm=[0, 0, 1, 2]))
case("S19-transpose-short", "E2303", "'bad'", lambda: one("Transpose", perm=[0, 1]))
case("S20-constant-of-shape", "E7003", "'bad'", lambda: model(
    [node("ConstantOfShape", ["n"], ["c"]), node("Add", ["x", "c"], ["y"])],
    initializers=[array("n", [1 << 30], np.int64)]))
case("S20-constant-of-shape-huge", "E2107", "'bad'", lambda: model(
    [node("ConstantOfShape", ["n"], ["c"]), node("Add", ["x", "c"], ["y"])],
    initializers=[array("n", [1 << 50, 1 << 50], np.int64)]))
case("S20-expand", "E2107", "'bad'", lambda: one("Expand", ["x", "n"], [array("n", [1 << 50, 1, 1, 1, 1], np.int64)]))
case("S20-pad", "E2107", "'bad'", lambda: one("Pad", ["x", "p"], [array("p", [0, 0, 0, 1 << 62] * 2, np.int64)]))
case("S22-bfloat16-input", "E2110", "bfloat16", lambda: set_input(TensorProto.BFLOAT16))
case("S22-int4-input", "E2102", "int4", lambda: set_input(TensorProto.INT4))
case("S22-unknown-type", "E2102", "'x'", lambda: set_input(9999))


case("S-negative-pads", "E2306", "'bad'", lambda: one("Pad", ["x", "p"], [array("p", [-1] * 8, np.int64)]))
case("S-unknown-pad-mode", "E2016", "'bad'", lambda: one("Pad", ["x", "p"], [array("p", [0] * 8, np.int64)], mode="up"))
case("S-range-computed", "E2307", "'bad'", lambda: one("Range", ["x", "x", "x"]))
case("S-endless-range", "E2309", "'bad'", lambda: model(
    [node("Range", ["a", "b", "c"], ["r"]), node("Add", ["x", "r"], ["y"])],
    initializers=[array("a", 0), array("b", 5), array("c", 0)]))
case("S-tile-overflow", "E2107", "'bad'", lambda: one("Tile", ["x", "n"], [array("n", [1 << 62] * 4, np.int64)]))
case("S-blocks", "E2302", "'bad'", lambda: one("DepthToSpace", blocksize=2))


def slicing(starts, ends, axes, steps):
    names = ["starts", "ends", "axes", "steps"]
    return one("Slice", ["x"] + names,
               [array(name, data, np.int64) for name, data in zip(names, (starts, ends, axes, steps))])


# ---- Attributes ------------------------------------------------------------------------------------------------

case("A1-required", "E2012", "'bad'", lambda: one("Cast"))
case("A1-kernel-shape", "E2012", "'bad'", lambda: one("MaxPool"))
case("A2-duplicate", "E2015", "'bad'", lambda: duplicate_attribute())
case("A3-unknown", "E2014", "'bad'", lambda: one("Relu", nonsense=1))
case("A3-of-another-version", "E2014", "'bad'", lambda: one("Squeeze", opset=13, axes=[0]))
case("A4-wrong-type", "E2013", "'bad'", lambda: conv(group="one"))
case("A5-axis-is-rank", "E2303", "'bad'", lambda: one("Softmax", axis=4))
case("A5-axis-too-low", "E2303", "'bad'", lambda: one("Softmax", axis=-5))
case("A5-axis-int64-min", "E2303", "'bad'", lambda: one("Flatten", axis=-(1 << 63)))
case("A5-axis-twice", "E2303", "'bad'", lambda: one("ReduceMean", axes=[1, -3]))
case("A6-stride-zero", "E2304", "'bad'", lambda: conv(strides=[0, 1]))
case("A6-stride-huge", "E2304", "'bad'", lambda: conv(strides=[1 << 62, 1]))
case("A6-dilation-negative", "E2304", "'bad'", lambda: conv(dilations=[-1, 1]))
case("A6-dilation-huge", "E2304", "'bad'", lambda: conv(dilations=[1 << 62, 1]))
case("A6-kernel-count", "E2304", "'bad'", lambda: conv(kernel_shape=[3]))
case("A6-kernel-differs", "E2304", "'bad'", lambda: conv(kernel_shape=[5, 5]))
case("A6-pads-huge", "E2304", "'bad'", lambda: conv(pads=[0, 0, 1 << 62, 0]))
case("A6-result-too-large", "E2107", "'bad'", lambda: conv(pads=[(1 << 31) - 1] * 4))
case("A7-group-zero", "E2302", "'bad'", lambda: conv(group=0))
case("A7-group-negative", "E2302", "'bad'", lambda: conv(group=-1))
case("A8-auto-pad-unknown", "E2016", "'bad'", lambda: conv(auto_pad="MAYBE"))
case("A8-auto-pad-with-pads", "E2016", "'bad'", lambda: conv(auto_pad="SAME_UPPER", pads=[1, 1, 1, 1]))
case("A9-bound-nan", "E2016", "'bad'", lambda: one("Clip", ["x", "n"], [array("n", np.nan)]))
case("A10-cast-undefined", "E2308", "'bad'", lambda: one("Cast", to=0))
case("A10-cast-string", "E2308", "'bad'", lambda: one("Cast", to=TensorProto.STRING))
case("A11-long-list", "E2304", "'bad'", lambda: conv(strides=[1] * 1_000_000))
case("A13-graph-attribute", "E2014", "'bad'", lambda: one(
    "Relu", body=helper.make_graph([], "b", [], [])))
case("A14-ref-attribute", "E2013", "'bad'", lambda: reference_attribute())


def duplicate_attribute():
    result = conv(group=1)
    result.graph.node[0].attribute.append(result.graph.node[0].attribute[0])
    return result


def reference_attribute():
    result = conv(group=1)
    result.graph.node[0].attribute[0].ref_attr_name = "outer"
    return result


# ---- Initializers ----------------------------------------------------------------------------------------------

case("E1-short", "E2201", "'w'", lambda: weights(lambda t: setattr(t, "raw_data", bytes(20))))
case("E1-long", "E2201", "'w'", lambda: weights(lambda t: setattr(t, "raw_data", bytes(4096))))
case("E1-odd", "E2201", "'w'", lambda: weights(lambda t: setattr(t, "raw_data", bytes(23))))
case("E1-nothing", "E2201", "'w'", lambda: weights(lambda t: t.ClearField("raw_data")))
case("E1-scalar-without-data", "E2201", "'w'", lambda: weights(lambda t: (set_dims(t), t.ClearField("raw_data"))))
case("E1-dims-overflow", "E2107", "'w'", lambda: weights(lambda t: set_dims(t, 1 << 32, 1 << 32)))
case("E1-dims-negative", "E2105", "'w'", lambda: weights(lambda t: set_dims(t, -2, -3)))
case("E1-rank", "E2106", "'w'", lambda: weights(lambda t: set_dims(t, *[1] * 1000)))
case("E2-raw-and-typed", "E2202", "'w'", lambda: weights(lambda t: t.float_data.extend([1] * 6)))
case("E3-wrong-field", "E2203", "'w'", lambda: weights(
    lambda t: (t.ClearField("raw_data"), setattr(t, "data_type", INT8), t.float_data.extend([1] * 6))))
case("E4-out-of-range", "E2205", "'w'", lambda: weights(
    lambda t: (t.ClearField("raw_data"), setattr(t, "data_type", INT8), t.int32_data.extend([300] * 6))))
case("E5-odd-int4", "E2201", "'w'", lambda: weights(
    lambda t: (setattr(t, "data_type", TensorProto.INT4), set_dims(t, 5), setattr(t, "raw_data", bytes(2)))))
case("E6-empty-with-data", "E2201", "'w'", lambda: weights(lambda t: set_dims(t, 0)))
case("E7-absolute", "E1102", "'w'", lambda: external(location="/etc/passwd", length="24"))
case("E7-parent", "E1102", "'w'", lambda: external(location="../secret", length="24"))
case("E7-hidden-parent", "E1102", "'w'", lambda: external(location="a/../../secret"))
case("E7-empty", "E1102", "'w'", lambda: external(location=""))
case("E7-dot", "E1102", "'w'", lambda: external(location="."))
case("E7-directory", "E1104", "'w'", lambda: external(location="folder"))
case("E7-link-outside", "E1102", "'w'", lambda: external(location="link"))
case("E7-link-device", "E1104", "'w'", lambda: external(location="zero"))
case("E7-fifo", "E1104", "'w'", lambda: external(location="fifo"))
case("E7-nul", "E1102", "'w'", lambda: external(location="data\0.bin"))
case("E7-backslash", "E1102", "'w'", lambda: external(location="..\\secret"))
case("E7-long", "E1102", "'w'", lambda: external(location="a" * 5000))
case("E7-address", "E1103", "'w'", lambda: external(location="*/_ORT_MEM_ADDR_/*", offset="4096"))
case("E8-offset-negative", "E1105", "'w'", lambda: external(location="data", offset="-1"))
case("E8-offset-text", "E1105", "'w'", lambda: external(location="data", offset="abc"))
case("E8-offset-hexadecimal", "E1105", "'w'", lambda: external(location="data", offset="0x10"))
case("E8-offset-too-large", "E1105", "'w'", lambda: external(location="data", offset=str(1 << 64)))
case("E8-sum-wraps", "E1106", "'w'", lambda: external(location="data", offset=str((1 << 64) - 8)))
case("E8-past-end", "E1106", "'w'", lambda: external(location="data", offset="100"))
case("E8-length-differs", "E2201", "'w'", lambda: external(location="data", length=str(1 << 50)))
case("E9-no-location", "E1101", "'w'", lambda: external(length="24"))
case("E10-missing", "E1103", "'w'", lambda: external(location="missing"))
case("E11-unknown-key", "E1101", "'w'", lambda: external(location="data", nonsense="1"))
case("E-string", "E2204", "'w'", lambda: weights(lambda t: setattr(t, "data_type", TensorProto.STRING)))
case("E-unknown-type", "E2204", "'w'", lambda: weights(lambda t: setattr(t, "data_type", 9999)))

# ---- Quantization ----------------------------------------------------------------------------------------------

for label, scale in (("zero", 0.0), ("minus-zero", -0.0), ("negative", -1.0), ("nan", np.nan), ("infinity", np.inf)):
    case(f"Q1-scale-{label}", "E2401", "'bad'", quantize, scale)
case("Q2-zero-point-type", "E2402", "'bad'", lambda: one(
    "DequantizeLinear", ["x", "s", "z"], [array("s", 1), array("z", 0, np.int8)], element=UINT8))
case("Q2-zero-point-float", "E2402", "'bad'", quantize, 1.0, 0, np.float32)
case("Q2-zero-point-int32", "E2402", "'bad'", quantize, 1.0, 0, np.int32)
case("Q2-counts-differ", "E2402", "'bad'", lambda: weights_with([1, 1, 1], [0]))
case("Q3-scale-count", "E2403", "'bad'", lambda: weights_with([1, 1, 1, 1], [0, 0, 0, 0]))
case("Q3-scale-rank", "E2403", "'bad'", lambda: weights_with([[1, 1, 1], [1, 1, 1]], [[0, 0, 0], [0, 0, 0]]))
case("Q3-axis", "E2303", "'bad'", lambda: weights_with([1, 1, 1], [0, 0, 0], axis=7))
case("Q3-activation-per-axis", "E2403", "'bad'", quantize, [1.0, 2.0, 3.0], [0, 0, 0], np.uint8)
case("Q3-codes-per-axis", "E2406", "'bad'", lambda: qlinear_sigmoid(initializers=[array("s", [1, 1])]))
case("Q4-blocks", "E2403", "'bad'", lambda: one(
    "QuantizeLinear", ["x", "s"], [array("s", np.ones((1, 2, 4, 2)))], opset=21, axis=3, block_size=4))
case("Q4-negative-block", "E2403", "'bad'", lambda: one(
    "QuantizeLinear", ["x", "s"], [array("s", np.ones((1, 2, 4, 2)))], opset=21, axis=3, block_size=-1))
case("Q5-computed-scale", "E2403", "'bad'", lambda: model(
    [node("QuantizeLinear", ["x", "s"], ["y"], axis=0)], [value("x", [4]), value("s", [3])]))
case("Q5-computed-scale-rank", "E2403", "'bad'", lambda: model(
    [node("QuantizeLinear", ["x", "s"], ["y"], axis=0)], [value("x", [4]), value("s", [4, 1])]))
case("Q5-computed-zero-point", "E2402", "'bad'", lambda: model(
    [node("QuantizeLinear", ["x", "s", "z"], ["y"])], [value("x", [4]), value("z", [2], UINT8)],
    initializers=[array("s", 1)]))
case("Q5-computed-scale-of-code", "E2404", "'bad'", lambda: qlinear_sigmoid(value("s", [])))
case("Q8-output-type", "E2402", "'bad'", lambda: quantize(opset=21, output_dtype=INT8))
case("Q14-integer-input", "E2308", "'bad'", lambda: one(
    "QuantizeLinear", ["x", "s"], [array("s", 1)], element=TensorProto.INT64))
case("Q-int4-activation", "E2402", "'bad'", lambda: one(
    "QuantizeLinear", ["x", "s"], [array("s", 1)], opset=21, output_dtype=TensorProto.INT4))
case("Q-bias-type", "E2308", "'bad'", lambda: qlinear_conv(array("b", np.zeros(3), np.float32)))
case("Q-weights-scale-count", "E2403", "'bad'", lambda: qlinear_conv(array("b", np.zeros(3), np.int32), [1, 1]))
case("Q-int64-activation", "E2402", "'bad'", lambda: one(
    "DequantizeLinear", ["x", "s"], [array("s", 1)], element=TensorProto.INT64))
case("Q-dequantize-float", "E2308", "'bad'", lambda: one("DequantizeLinear", ["x", "s"], [array("s", 1)]))


def qlinear_sigmoid(*inputs, initializers=()):
    """QLinearSigmoid of codes of the scale 's'."""
    changed = model([node("QLinearSigmoid", ["x", "s", "", "result"], ["y"], domain="com.microsoft")],
                    [value("x", [4], UINT8), *inputs], initializers=[*initializers, array("result", 1)])
    changed.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return changed


def qlinear_concat(*parts):
    """QLinearConcat of parts: codes 'x', a scale and a zero point each."""
    changed = model([node("QLinearConcat", ["s", "z", *parts], ["y"], domain="com.microsoft", axis=0)],
                    [value("x", [4], UINT8)], initializers=[array("s", 1), array("z", 0, np.uint8)])
    changed.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return changed


def weights_with(scales, zero_points, **attributes):
    """DequantizeLinear of int8 weights [2, 3]."""
    return model([node("DequantizeLinear", ["w", "s", "z"], ["d"], **attributes), node("Add", ["x", "d"], ["y"], "sum")],
                 [value("x", [2, 3])], initializers=[array("w", np.ones((2, 3)), np.int8), array("s", scales),
                                                     array("z", zero_points, np.int8)])


def qlinear_conv(bias, scales=1):
    return one("QLinearConv", ["x", "s", "z", "w", "ws", "wz", "s", "z", "b"],
               [array("s", 1), array("z", 0, np.uint8), array("w", np.ones((3, 2, 3, 3)), np.int8), array("ws", scales),
                array("wz", np.zeros(np.shape(scales)), np.int8), bias], element=UINT8)


# ---- Options ---------------------------------------------------------------------------------------------------

OPTIONS = [
    ("O-unknown-dim", "E2108", "'N'", ["-dim=N=1"]),
    ("O-unknown-input", "E2108", "'z'", ["-shape=z=1x2"]),
    ("O-rank", "E2109", "'x'", ["-shape=x=1x2"]),
    ("O-zero", "E2105", "'x'", ["-shape=x=1x2x0x4"]),
]

# ---- Running ---------------------------------------------------------------------------------------------------

FACTOR = float(os.environ.get("QCC_HOSTILE_FACTOR", "1"))
SECONDS, MEBIBYTES = 2 * FACTOR, 256 * FACTOR


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(10 * FACTOR), int(10 * FACTOR)))


def run(command, path, code, words):
    """What is wrong with how the command refuses the file, or nothing."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([*command, str(path)], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                   preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wrote = output.tell()
        errors.seek(0)
        text = errors.read().decode("utf-8", "replace")
    seconds = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss / 1024
    found = re.findall(r"\[(E\d{4})\]$", text, re.MULTILINE)
    if process.returncode != 1:
        return f"exit status {process.returncode}: {text[:300]}"
    if found != [code]:
        return f"codes {found} instead of {code}: {text[:600]}"
    if words not in text:
        return f"'{words}' is not in: {text[:300]}"
    if wrote:
        return "it wrote output"
    if any(ord(letter) < 32 for letter in text.rstrip("\n")):
        return "control characters in the message"
    if seconds > SECONDS:
        return f"{seconds:.1f} seconds"
    if peak > MEBIBYTES:
        return f"{peak:.0f} MiB"
    return None


def prepare(directory):
    """What external data may name."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "folder").mkdir(exist_ok=True)
    (directory / "data").write_bytes(bytes(100))
    for name, target in (("link", "/etc/passwd"), ("zero", "/dev/zero")):
        if not os.path.lexists(directory / name):
            (directory / name).symlink_to(target)
    if not os.path.lexists(directory / "fifo"):
        os.mkfifo(directory / "fifo")


def main():
    directory, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
    prepare(directory)
    failures = 0

    def check(name, path, code, words, extra=()):
        nonlocal failures
        problem = run([*command, *extra], path, code, words)
        if problem:
            failures += 1
            print(f"{name}: {problem}")

    for name, code, words, make, arguments in CASES:
        content = make(*arguments) if callable(make) else make
        if not isinstance(content, bytes):
            content = content.SerializeToString()
        path = directory / f"{name}.onnx"
        path.write_bytes(content)
        check(name, path, code, words)
        if len(content) > 1 << 20:
            path.unlink()
    sound = directory / "sound.onnx"
    sound.write_bytes(SOUND)
    for name, code, words, extra in OPTIONS:
        check(name, sound, code, words, extra)
    check("F1-missing", directory / "missing.onnx", "E1001", "cannot be opened")
    check("F2-directory", directory / "folder", "E1002", "directory")
    with open(directory / "sparse.onnx", "wb") as huge:
        huge.truncate(1 << 31)
    check("F10-two-gigabytes", directory / "sparse.onnx", "E1004", "external data")
    (directory / "sparse.onnx").unlink()
    check("F8-fifo", directory / "fifo", "E1002", "pipes")
    check("F8-device", directory / "zero", "E1002", "regular")
    print(f"{len(CASES) + len(OPTIONS) + 5 - failures} refused well, {failures} not")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
