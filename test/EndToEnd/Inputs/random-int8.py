"""Writes an int8 network of many small branches with unusual shapes: every operator meets borders, strides, dilations, groups and
remainders of tiles that differ between rows and columns.

    random-int8.py SEED OUT.onnx
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(int(sys.argv[1]))
nodes, initializers, outputs = [], [], []
names = iter(f"t{i}" for i in range(100000))


def constant(array):
    name = next(names)
    initializers.append(numpy_helper.from_array(np.asarray(array), name))
    return name


def node(op, inputs, **attributes):
    name = next(names)
    nodes.append(helper.make_node(op, inputs, [name], name=f"{op}_{name}", **attributes))
    return name


class Tensor:
    """A quantized activation in ONNX's form: codes, scale and zero point."""

    def __init__(self, codes, shape, scale, zero):
        self.codes, self.shape, self.scale, self.zero = codes, tuple(int(d) for d in shape), np.float32(scale), zero

    def real(self):
        return node("DequantizeLinear", [self.codes, constant(self.scale), constant(self.zero)])


def zero_point(storage):
    return storage(random.integers(np.iinfo(storage).min, np.iinfo(storage).max, endpoint=True))


def quantize(real, shape, scale, storage):
    zero = zero_point(storage)
    return Tensor(node("QuantizeLinear", [real, constant(np.float32(scale)), constant(zero)]), shape, scale, zero)


def storage_of(x):
    return type(x.zero)


def pick(low, high):
    return int(random.integers(low, high, endpoint=True))


def window(x, most_dilation):
    """Kernel, strides, pads and dilations that fit the map, and the size of the result."""
    while True:
        kernel, strides, dilations = ([pick(1, most) for _ in range(2)] for most in (4, 3, most_dilation))
        pads = [pick(0, k - 1) for k in kernel * 2]
        size = [(x.shape[2 + i] + pads[i] + pads[2 + i] - dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1 for i in range(2)]
        if min(size) > 0:
            return dict(kernel_shape=kernel, strides=strides, pads=pads), dilations, size


def convolution(x, depthwise):
    channels = x.shape[1]
    group = channels if depthwise else int(random.choice([g for g in (1, 2, 3) if channels % g == 0]))
    outputs_ = channels * pick(1, 2) if depthwise else group * pick(1, 9)
    attributes, dilations, size = window(x, 2)
    shape = (outputs_, channels // group, *attributes["kernel_shape"])
    return contraction(x, "Conv", shape, (1, outputs_, *size), group=group, dilations=dilations, **attributes)


def contraction(x, op, weight_shape, result_shape, **attributes):
    outputs_ = weight_shape[0]
    per_channel = bool(pick(0, 1))
    w_scale = random.uniform(0.003, 0.02, outputs_ if per_channel else ()).astype(np.float32)
    weights = random.integers(-128, 127, weight_shape, endpoint=True).astype(np.int8)
    w_zero = np.zeros(np.shape(w_scale), np.int8) if per_channel else np.int8(random.choice([0, 7]))
    axis = {"axis": 0} if per_channel else {}
    w = node("DequantizeLinear", [constant(weights), constant(w_scale), constant(w_zero)], **axis)
    bias_scale = (x.scale * w_scale).astype(np.float32)
    bias_codes = random.integers(-4000, 4000, outputs_).astype(np.int32)
    if not per_channel:
        bias_scale = np.float32(bias_scale)
    b = node("DequantizeLinear", [constant(bias_codes), constant(bias_scale), constant(np.zeros(np.shape(bias_scale), np.int32))], **axis)
    y = node(op, [x.real(), w, b], **attributes)
    reach = float(np.mean(w_scale)) * float(x.scale) * 74 * 74 * np.sqrt(np.prod(weight_shape[1:]))
    if pick(0, 2) == 0:
        y = node("Relu", [y])
    return quantize(y, result_shape, reach / 50, storage_of(x))


def dense(x):
    features = int(np.prod(x.shape))
    flat = Tensor(node("Flatten", [x.codes]), (1, features), x.scale, x.zero)
    return contraction(flat, "Gemm", (pick(1, 20), features), (1, 0), transB=1)


def pool(x, op):
    attributes, _, size = window(x, 1)
    extra = {"count_include_pad": pick(0, 1)} if op == "AveragePool" else {}
    y = node(op, [x.real()], **attributes, **extra)
    shape = (1, x.shape[1], *size)
    if op == "AveragePool":
        return quantize(y, shape, x.scale * np.float32(random.uniform(0.5, 1.5)), storage_of(x))
    return Tensor(node("QuantizeLinear", [y, constant(x.scale), constant(x.zero)]), shape, x.scale, x.zero)


def binary(x, op):
    other = Tensor(x.codes, x.shape, x.scale, x.zero) if pick(0, 2) == 0 else convolution_of_same_shape(x)
    y = node(op, [x.real(), other.real()])
    scale = x.scale * other.scale * 60 if op == "Mul" else x.scale + other.scale
    return quantize(y, x.shape, scale * np.float32(random.uniform(0.4, 1)), storage_of(x))


def convolution_of_same_shape(x):
    return contraction(x, "Conv", (x.shape[1], x.shape[1], 1, 1), x.shape)


def softmax(x):
    flat = Tensor(node("Flatten", [x.codes]), (1, np.prod(x.shape)), x.scale, x.zero)
    storage = storage_of(x)
    zero = storage(np.iinfo(storage).min)
    y = node("Softmax", [node("DequantizeLinear", [flat.codes, constant(np.float32(0.05)), constant(flat.zero)])], axis=1)
    return Tensor(node("QuantizeLinear", [y, constant(np.float32(1 / 256)), constant(zero)]), flat.shape, 1 / 256, zero)


def global_average(x):
    y = node("GlobalAveragePool", [x.real()])
    return quantize(y, (1, x.shape[1], 1, 1), x.scale * np.float32(0.3), storage_of(x))


def main():
    inputs = []
    sources = []
    for storage, onnx_type in ((np.uint8, TensorProto.UINT8), (np.int8, TensorProto.INT8)):
        shape = (1, pick(3, 9), pick(5, 11), pick(5, 11))
        name = f"x{len(inputs)}"
        inputs.append(helper.make_tensor_value_info(name, onnx_type, shape))
        sources.append(Tensor(name, shape, random.uniform(0.01, 0.1), zero_point(storage)))
    for x in sources:
        maps = [convolution(x, False), convolution(x, False), convolution(x, True), pool(x, "MaxPool"), pool(x, "AveragePool")]
        maps += [convolution(y, bool(pick(0, 1))) for y in maps[:4]]
        maps += [binary(maps[0], "Add"), binary(maps[1], "Mul"), binary(x, "Sub"), pool(maps[2], "AveragePool"), pool(maps[0], "MaxPool")]
        tails = [dense(maps[4]), dense(x), softmax(maps[1]), global_average(maps[0])]
        outputs.extend(maps + tails)
    results = [helper.make_tensor_value_info(t.codes, TensorProto.UINT8 if storage_of(t) is np.uint8 else TensorProto.INT8, None) for t in outputs]
    graph = helper.make_graph(nodes, "random", inputs, results, initializers)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), sys.argv[2])


if __name__ == "__main__":
    main()
