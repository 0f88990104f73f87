"""Compares Reference with ONNX Runtime on networks of one node.

usage: compare.py WORK_FOLDER

QLinearConv, QLinearMatMul, QuantizeLinear, DequantizeLinear and ops that move codes must give equal bytes. Other quantized ops are
compared with DequantizeLinear, op, QuantizeLinear without optimisations: at most one step apart, and the differences are counted.
"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

random = np.random.default_rng(5)
work = pathlib.Path(sys.argv[1])
work.mkdir(parents=True, exist_ok=True)

ONNX_TYPES = {"u8": TensorProto.UINT8, "i8": TensorProto.INT8, "u16": TensorProto.UINT16, "i16": TensorProto.INT16}
NUMPY_TYPES = {"u8": np.uint8, "i8": np.int8, "u16": np.uint16, "i16": np.int16, "f32": np.float32, "i32": np.int32}
STORAGE = {"u8": "ui8", "i8": "i8", "u16": "ui16", "i16": "i16"}


class Quantized:
    """A per-tensor quantized type."""

    def __init__(self, storage, scale, zero_point):
        self.storage, self.scale, self.zero_point = storage, np.float32(scale), zero_point
        info = np.iinfo(NUMPY_TYPES[storage])
        self.low, self.high = int(info.min), int(info.max)

    def random(self, shape):
        return random.integers(self.low, self.high + 1, shape).astype(NUMPY_TYPES[self.storage])

    def mlir(self, shape):
        element = f"!quant.uniform<{self.storage}:f32, {float(self.scale):.17e}:{self.zero_point}>"
        return "tensor<" + "".join(f"{d}x" for d in shape) + element + ">"

    def parameters(self, prefix):
        return [
            helper.make_tensor(f"{prefix}_scale", TensorProto.FLOAT, [], [float(self.scale)]),
            helper.make_tensor(f"{prefix}_zero", ONNX_TYPES[self.storage], [], [self.zero_point]),
        ]


def plain(element, shape):
    return "tensor<" + "".join(f"{d}x" for d in shape) + element + ">"


def run_reference(body, arguments, result_type, dtype):
    """`body` defines %y from %a0, %a1, ...; `arguments` are (array, MLIR type)."""
    signature = ", ".join(f"%a{i}: {type}" for i, (_, type) in enumerate(arguments))
    text = f"func.func @run({signature}) -> {result_type} {{\n{body}\nreturn %y : {result_type}\n}}\n"
    path = work / "network.mlir"
    path.write_text(text)
    command = ["qcc-reference", path, f"-output={work / 'result'}"]
    for i, (array, _) in enumerate(arguments):
        np.save(work / f"a{i}.npy", np.ascontiguousarray(array))
        command.append(f"-input={work / f'a{i}.npy'}")
    subprocess.run(command, check=True)
    return np.fromfile(work / "result.0.bin", dtype)


def run_onnxruntime(nodes, initializers, inputs, output_type, optimise=False):
    names = list(inputs)
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(inputs[n].dtype), inputs[n].shape) for n in names],
        [helper.make_tensor_value_info("y", output_type, None)], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    options = onnxruntime.SessionOptions()
    if not optimise:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # An optimisation: s8 weights of u8 inputs become u8, because the AVX2 path of the mix saturates pairs of products.
    options.add_session_config_entry("session.x64quantprecision", "1")
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["y"], inputs)[0]


failures = 0


def report(rule, what, ours, theirs, steps=0):
    global failures
    difference = np.abs(ours.astype(np.float64).ravel() - theirs.astype(np.float64).ravel())
    if steps == 0:
        good = ours.tobytes() == np.ascontiguousarray(theirs).tobytes()
    else:
        good = difference.max() <= steps
    failures += not good
    print(f"{'ok' if good else 'FAIL'} {rule} {what}: {np.count_nonzero(difference)} of {difference.size} differ, at most "
          f"{difference.max():g}")


def compare_convolution(x, w_storage, y, group=1, stride=1, pad=1, dilation=1, channels=8, outputs=16, per_channel=True):
    image = x.random((1, channels, 9, 8))
    weights = Quantized(w_storage, 1, 0).random((outputs, channels // group, 3, 3))
    count = outputs if per_channel else 1
    w_scale = random.uniform(0.001, 0.01, count).astype(np.float32)
    # With one scale for each channel ONNX Runtime wants equal zero points.
    w_zero = np.full(count, 0 if w_storage == "i8" else 128, NUMPY_TYPES[w_storage])
    bias = random.integers(-3000, 3000, outputs).astype(np.int32)
    nodes = [helper.make_node("QLinearConv",
                              ["x", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero", "bias"], ["y"],
                              group=group, strides=[stride] * 2, pads=[pad] * 4, dilations=[dilation] * 2)]
    initializers = x.parameters("x") + y.parameters("y") + [
        onnx.numpy_helper.from_array(weights, "w"), onnx.numpy_helper.from_array(bias, "bias"),
        onnx.numpy_helper.from_array(w_scale if per_channel else w_scale.reshape(()), "w_scale"),
        onnx.numpy_helper.from_array(w_zero if per_channel else w_zero.reshape(()), "w_zero")]
    theirs = run_onnxruntime(nodes, initializers, {"x": image}, ONNX_TYPES[y.storage],
                            optimise=x.storage != w_storage)
    theirs = theirs.transpose(0, 2, 3, 1)
    nhwc, ohwi = image.transpose(0, 2, 3, 1), weights.transpose(0, 2, 3, 1)
    arguments = [(nhwc, x.mlir(nhwc.shape)), (ohwi, plain(STORAGE[w_storage], ohwi.shape)), (bias, plain("i32", bias.shape)),
                 (w_scale, plain("f32", w_scale.shape)), (w_zero, plain(STORAGE[w_storage], w_zero.shape))]
    types = [type for _, type in arguments]
    body = (f"%y = qnn.conv2d %a0, %a1 bias %a2 scale %a3 zero_point %a4 {{strides = array<i64: {stride}, {stride}>, "
            f"pads = array<i64: {pad}, {pad}, {pad}, {pad}>, dilations = array<i64: {dilation}, {dilation}>, group = {group} : i64}} "
            f": {types[0]}, {types[1]}, bias {types[2]}, scale {types[3]}, zero_point {types[4]} -> {y.mlir(theirs.shape)}")
    ours = run_reference(body, arguments, y.mlir(theirs.shape), NUMPY_TYPES[y.storage])
    report("contraction-c3", f"QLinearConv {x.storage} {w_storage} {y.storage} group {group}", ours, theirs)


def compare_matmul(a, b, y):
    left, right = a.random((2, 5, 37)), b.random((37, 11))
    nodes = [helper.make_node("QLinearMatMul", ["a", "a_scale", "a_zero", "b", "b_scale", "b_zero", "y_scale", "y_zero"], ["y"])]
    initializers = a.parameters("a") + b.parameters("b") + y.parameters("y") + [onnx.numpy_helper.from_array(right, "b")]
    theirs = run_onnxruntime(nodes, initializers, {"a": left}, ONNX_TYPES[y.storage])
    result = y.mlir(theirs.shape)
    arguments = [(left, a.mlir(left.shape)), (right, b.mlir(right.shape))]
    body = f"%y = qnn.matmul %a0, %a1 : {arguments[0][1]}, {arguments[1][1]} -> {result}"
    ours = run_reference(body, arguments, result, NUMPY_TYPES[y.storage])
    report("contraction-c3", f"QLinearMatMul {a.storage} {b.storage} {y.storage}", ours, theirs)


def compare_quantize(y):
    middle = (np.arange(y.low, y.high + 1) - y.zero_point).astype(np.float32) * y.scale
    reals = np.concatenate([middle, middle + y.scale / 2, np.nextafter(middle + y.scale / 2, np.float32(-1e9)),
                            random.normal(0, 80 * float(y.scale), 100000), [np.inf, -np.inf, 3e38, -3e38, 0, -0.0]])
    reals = reals.astype(np.float32)
    nodes = [helper.make_node("QuantizeLinear", ["x", "y_scale", "y_zero"], ["y"])]
    theirs = run_onnxruntime(nodes, y.parameters("y"), {"x": reals}, ONNX_TYPES[y.storage])
    source, result = plain("f32", reals.shape), y.mlir(reals.shape)
    ours = run_reference(f"%y = qnn.quantize %a0 : {source} -> {result}", [(reals, source)], result, NUMPY_TYPES[y.storage])
    report("quantize-c1", f"QuantizeLinear {y.storage}", ours, theirs)

    codes = np.arange(y.low, y.high + 1).astype(NUMPY_TYPES[y.storage])
    nodes = [helper.make_node("DequantizeLinear", ["x", "x_scale", "x_zero"], ["y"])]
    theirs = run_onnxruntime(nodes, y.parameters("x"), {"x": codes}, TensorProto.FLOAT)
    source, result = y.mlir(codes.shape), plain("f32", codes.shape)
    ours = run_reference(f"%y = qnn.dequantize %a0 : {source} -> {result}", [(codes, source)], result, np.float32)
    report("dequantize-c1", f"DequantizeLinear {y.storage}", ours, theirs)


def compare_between(rule, op, types, y, shape, body, result_shape, attributes=None, steps=1, to_onnx=None, from_onnx=None):
    """DequantizeLinear of each operand, `op`, QuantizeLinear against the quantized op `body` (format: operand and result types).
    `to_onnx` and `from_onnx` are permutations between our order and ONNX's."""
    arrays = [t.random(shape) for t in types]
    nodes, initializers, inputs = [], y.parameters("y"), {}
    for i, (t, array) in enumerate(zip(types, arrays)):
        inputs[f"x{i}"] = np.ascontiguousarray(array.transpose(to_onnx) if to_onnx else array)
        initializers += t.parameters(f"x{i}")
        nodes.append(helper.make_node("DequantizeLinear", [f"x{i}", f"x{i}_scale", f"x{i}_zero"], [f"r{i}"]))
    operands = [f"r{i}" for i in range(len(types))]
    attributes = dict(attributes or {})
    if "axes" in attributes:
        initializers.append(helper.make_tensor("axes", TensorProto.INT64, [len(attributes["axes"])], attributes.pop("axes")))
        operands.append("axes")
    nodes.append(helper.make_node(op, operands, ["r"], **attributes))
    nodes.append(helper.make_node("QuantizeLinear", ["r", "y_scale", "y_zero"], ["y"]))
    theirs = run_onnxruntime(nodes, initializers, inputs, ONNX_TYPES[y.storage])
    if from_onnx:
        theirs = np.ascontiguousarray(theirs.transpose(from_onnx))
    result = y.mlir(result_shape)
    arguments = [(array, t.mlir(shape)) for t, array in zip(types, arrays)]
    names = ", ".join(f"%a{i}" for i in range(len(types)))
    source = ", ".join(type for _, type in arguments)
    ours = run_reference(body.format(names=names, source=source, result=result), arguments, result, NUMPY_TYPES[y.storage])
    report(rule, f"{op} {types[0].storage}", ours, theirs, steps)


for x, w, y in [("u8", "u8", "u8"), ("u8", "i8", "u8"), ("i8", "i8", "i8")]:
    source = Quantized(x, 0.021, 113 if x == "u8" else -9)
    target = Quantized(y, 0.6, 101 if y == "u8" else 7)
    per_channel = w == "i8"
    compare_convolution(source, w, target, per_channel=per_channel)
    compare_convolution(source, w, target, stride=2, pad=0, dilation=2, per_channel=per_channel)
    compare_convolution(source, w, target, group=4, per_channel=per_channel)
    compare_convolution(source, w, target, group=8, outputs=8, per_channel=per_channel)
    # Powers of two make ties.
    compare_convolution(Quantized(x, 0.5, source.zero_point), w, Quantized(y, 128.0, target.zero_point), per_channel=False)
    # Its u8 x s8 matrix product saturates in every mode.
    if x == w:
        compare_matmul(source, Quantized(w, 0.017, 131 if w == "u8" else 5), target)

for storage, zero_point in [("u8", 128), ("u8", 3), ("i8", -11), ("u16", 32768), ("i16", 0)]:
    for scale in (0.25, 0.1, 0.0123):
        compare_quantize(Quantized(storage, scale, zero_point))

IMAGE = (1, 9, 8, 6)
NCHW, NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
for storage, a_zero, b_zero, y_zero in [("u8", 117, 3, 128), ("i8", -5, 44, 2)]:
    a, b = Quantized(storage, 0.031, a_zero), Quantized(storage, 0.0173, b_zero)
    for op, rule, scale in [("Add", "add-c1", 0.05), ("Sub", "add-c1", 0.05), ("Mul", "mul-c1", 0.06), ("Div", "div-c1", 0.03),
                            ("Min", "min-c1", 0.03), ("Max", "min-c1", 0.03)]:
        y = Quantized(storage, scale, y_zero)
        compare_between(rule, op, [a, b], y, (50, 1000), f"%y = qnn.{op.lower()} {{names}} : {{source}} -> {{result}}", (50, 1000))
    for op, scale in [("Sigmoid", 1 / 256), ("Tanh", 1 / 128), ("Exp", 0.3), ("Erf", 1 / 128), ("Sqrt", 0.01), ("Neg", 0.031),
                      ("Abs", 0.02)]:
        y = Quantized(storage, scale, y_zero)
        compare_between("unary-c1", op, [a], y, (4096,), f"%y = qnn.{op.lower()} {{names}} : {{source}} -> {{result}}", (4096,))
    y = Quantized(storage, 1 / 256, 0 if storage == "u8" else -128)
    compare_between("softmax-c1", "Softmax", [a], y, (200, 10), "%y = qnn.softmax {names} axis 1 : {source} -> {result}", (200, 10),
                    {"axis": 1})
    y = Quantized(storage, 0.027, y_zero)
    for include in (0, 1):
        compare_between(
            "average-c1", "AveragePool", [a], y, IMAGE,
            "%y = qnn.average_pool {names} {{kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, "
            f"count_include_pad = {str(bool(include)).lower()}}}}} : {{source}} -> {{result}}", (1, 5, 4, 6),
            {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4, "count_include_pad": include}, to_onnx=NCHW, from_onnx=NHWC)
    for op, kind, rule in [("ReduceMean", "mean", "reduce-c1"), ("ReduceSum", "sum", "reduce-c1"), ("ReduceMax", "max", "reduce-c2"),
                           ("ReduceMin", "min", "reduce-c2")]:
        target = Quantized(storage, 0.4 if kind == "sum" else 0.027, y_zero)
        compare_between(rule, op, [a], target, (60, 7, 9), f"%y = qnn.reduce {kind} {{names}} over [1] : {{source}} -> {{result}}",
                        (60, 1, 9), {"axes": [1], "keepdims": 1})
    # Ops that only move codes give equal bytes.
    compare_between(
        "max-c1", "MaxPool", [a], a, IMAGE,
        "%y = qnn.max_pool {names} {{kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, "
        "dilations = array<i64: 1, 1>}} : {source} -> {result}", (1, 5, 4, 6),
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4}, steps=0, to_onnx=NCHW, from_onnx=NHWC)
    compare_between("relu-c1", "Relu", [a], a, (4096,), "%y = qnn.relu {names} : {source} -> {result}", (4096,), steps=0)
    compare_between("move-c1", "Transpose", [a], a, (5, 6, 7), "%y = qnn.transpose {names} perm [2, 0, 1] : {source} -> {result}",
                    (7, 5, 6), {"perm": [2, 0, 1]}, steps=0)
    y = Quantized(storage, 0.029, y_zero)
    mid = y.mlir((40, 30))
    compare_between("move-c1", "Concat", [a, b], y, (40, 30),
                    f"%0 = qnn.cast %a0 : {a.mlir((40, 30))} -> {mid}\n%1 = qnn.cast %a1 : {b.mlir((40, 30))} -> {mid}\n"
                    f"%y = qnn.concat %0, %1 axis 1 : {mid}, {mid} -> {{result}}", (40, 60), {"axis": 1}, steps=0)

print(f"{failures} failures")
sys.exit(failures != 0)
