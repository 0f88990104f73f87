#!/usr/bin/env python3
"""Trains the digits network and writes every file of this example that is not source code.

The files are committed; run this only to change the network. Data: the 8x8 digits that scikit-learn ships.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

HERE = pathlib.Path(__file__).resolve().parent
SEED, TEST_IMAGES, CALIBRATION_IMAGES = 5, 360, 48


def columns(x):
    """Windows of 3x3 with a border of zeros: [N,C,H,W] -> [N,H,W,C*9]."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(len(x), x.shape[2], x.shape[3], -1)


def pool(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def pool_gradient(x, y, gradient):
    wide = lambda v: v.repeat(2, axis=2).repeat(2, axis=3)
    return wide(gradient) * (x == wide(y))


class Network:
    """conv 1->12, relu, pool, conv 12->24, relu, pool, fully connected 96->10"""

    def __init__(self, rng):
        he = lambda *shape: rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        self.parameters = [he(12, 1, 3, 3), np.zeros(12), he(24, 12, 3, 3), np.zeros(24), he(10, 96), np.zeros(10)]
        self.parameters = [np.float32(p) for p in self.parameters]

    def forward(self, x):
        w1, b1, w2, b2, w3, b3 = self.parameters
        c1 = columns(x)
        a1 = np.maximum((c1 @ w1.reshape(12, -1).T + b1).transpose(0, 3, 1, 2), 0)
        p1 = pool(a1)
        c2 = columns(p1)
        a2 = np.maximum((c2 @ w2.reshape(24, -1).T + b2).transpose(0, 3, 1, 2), 0)
        p2 = pool(a2)
        flat = p2.reshape(len(x), -1)
        return flat @ w3.T + b3, (c1, a1, p1, c2, a2, p2, flat)

    def gradients(self, x, labels):
        logits, (c1, a1, p1, c2, a2, p2, flat) = self.forward(x)
        w2, w3 = self.parameters[2], self.parameters[4]
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        d = e / e.sum(axis=1, keepdims=True)
        d[np.arange(len(x)), labels] -= 1
        d /= len(x)
        g3, h3 = d.T @ flat, d.sum(0)
        d = pool_gradient(a2, p2, (d @ w3).reshape(p2.shape)) * (a2 > 0)
        d = d.transpose(0, 2, 3, 1)
        g2, h2 = np.tensordot(d, c2, ((0, 1, 2), (0, 1, 2))).reshape(w2.shape), d.sum((0, 1, 2))
        dc = (d @ w2.reshape(24, -1)).reshape(*d.shape[:3], 12, 3, 3)
        dp = np.zeros((len(x), 12, 6, 6), np.float32)
        for i in range(3):
            for j in range(3):
                dp[:, :, i:i + 4, j:j + 4] += dc[..., i, j].transpose(0, 3, 1, 2)
        d = pool_gradient(a1, p1, dp[:, :, 1:5, 1:5]) * (a1 > 0)
        d = d.transpose(0, 2, 3, 1)
        g1, h1 = np.tensordot(d, c1, ((0, 1, 2), (0, 1, 2))).reshape(12, 1, 3, 3), d.sum((0, 1, 2))
        return [g1, h1, g2, h2, g3, h3]


def shift(x, rng):
    """The images moved by at most one pixel, so that 1437 of them teach more."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (8, 8), axis=(2, 3))[:, 0]
    away = rng.random((2, len(x))) < 0.2
    i, j = 1 + away * rng.choice([-1, 1], (2, len(x)))
    return windows[np.arange(len(x)), i, j][:, None]


def train(network, x, labels, rng, epochs=120, batch=32, rate=2e-3):
    first = [np.zeros_like(p) for p in network.parameters]
    second = [np.zeros_like(p) for p in network.parameters]
    step = 0
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for at in range(0, len(x), batch):
            chosen = order[at:at + batch]
            step += 1
            for p, m, v, g in zip(network.parameters, first, second, network.gradients(shift(x[chosen], rng), labels[chosen])):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p -= rate * (1 - epoch / epochs) * (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.999 ** step)) + 1e-8)


def make_model(nodes, initializers):
    graph = helper.make_graph(
        nodes, "digits", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in initializers.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="digits")
    onnx.checker.check_model(model, full_check=True)
    return model


def float_model(parameters):
    values = dict(zip(["w1", "b1", "w2", "b2", "w3", "b3"], [np.float32(p) for p in parameters]))
    node = helper.make_node
    return make_model([
        node("Conv", ["image", "w1", "b1"], ["c1"], "conv1", kernel_shape=[3, 3], pads=[1] * 4),
        node("Relu", ["c1"], ["a1"], "relu1"),
        node("MaxPool", ["a1"], ["p1"], "pool1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["p1", "w2", "b2"], ["c2"], "conv2", kernel_shape=[3, 3], pads=[1] * 4),
        node("Relu", ["c2"], ["a2"], "relu2"),
        node("MaxPool", ["a2"], ["p2"], "pool2", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["p2"], ["flat"], "flatten"),
        node("Gemm", ["flat", "w3", "b3"], ["scores"], "dense", transB=1)], values)


def quantized_model(network, samples):
    """The same network with QuantizeLinear/DequantizeLinear around every operation: int8, weights per channel."""
    logits, (_, a1, _, _, a2, _, _) = network.forward(samples)
    nodes, values, scales = [], {}, {}

    def range_of(name, array):
        low, high = min(0.0, float(array.min())), max(0.0, float(array.max()))
        scales[name] = scale = np.float32((high - low) / 255)
        values[name + "_scale"] = scale
        values[name + "_zero"] = np.int8(np.clip(np.rint(-128 - low / scale), -128, 127))

    def quantize(source, name):
        nodes.append(helper.make_node("QuantizeLinear", [source, name + "_scale", name + "_zero"], [source + "_q"], source + "_quantize"))
        nodes.append(helper.make_node("DequantizeLinear", [source + "_q", name + "_scale", name + "_zero"], [source + "_d"],
                                      source + "_dequantize"))
        return source + "_d"

    def constants(i, source_range):
        weights, bias = np.float32(network.parameters[2 * i]), network.parameters[2 * i + 1]
        scale = np.float32(np.abs(weights).reshape(len(weights), -1).max(1) / 127)
        shape = (-1,) + (1,) * (weights.ndim - 1)
        bias_scale = scales[source_range] * scale
        names = []
        for name, code, s, zero in (("w", np.int8(np.rint(weights / scale.reshape(shape))), scale, np.zeros(len(scale), np.int8)),
                                    ("b", np.int32(np.rint(bias / bias_scale)), bias_scale, np.zeros(len(scale), np.int32))):
            name += str(i + 1)
            values.update({name: code, name + "_scale": s, name + "_zero": zero})
            nodes.append(helper.make_node("DequantizeLinear", [name, name + "_scale", name + "_zero"], [name + "_d"], name + "_dequantize", axis=0))
            names.append(name + "_d")
        return names

    for name, array in (("image", samples), ("a1", a1), ("a2", a2), ("scores", logits)):
        range_of(name, array)
    x = quantize("image", "image")
    for i, name in ((0, "a1"), (1, "a2")):
        nodes.append(helper.make_node("Conv", [x, *constants(i, "image" if i == 0 else "a1")], [f"c{i + 1}"], f"conv{i + 1}",
                                      kernel_shape=[3, 3], pads=[1] * 4))
        nodes.append(helper.make_node("Relu", [f"c{i + 1}"], [name], f"relu{i + 1}"))
        x = quantize(name, name)
        nodes.append(helper.make_node("MaxPool", [x], [f"p{i + 1}"], f"pool{i + 1}", kernel_shape=[2, 2], strides=[2, 2]))
        x = quantize(f"p{i + 1}", name)
    nodes.append(helper.make_node("Flatten", [x], ["flat"], "flatten"))
    flat = quantize("flat", "a2")
    nodes.append(helper.make_node("Gemm", [flat, *constants(2, "a2")], ["logits"], "dense", transB=1))
    nodes.append(helper.make_node("QuantizeLinear", ["logits", "scores_scale", "scores_zero"], ["scores_q"], "scores_quantize"))
    nodes.append(helper.make_node("DequantizeLinear", ["scores_q", "scores_scale", "scores_zero"], ["scores"], "scores_dequantize"))
    return make_model(nodes, values)


def accuracy(model, images, labels):
    import onnxruntime
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    scores = [session.run(None, {"image": image[None]})[0].argmax() for image in images]
    return float(np.mean(np.array(scores) == labels))


def main():
    rng = np.random.default_rng(SEED)
    digits = load_digits()
    order = rng.permutation(len(digits.images))
    pixels, labels = digits.images[order].astype(np.uint8), digits.target[order].astype(np.uint8)
    images = (pixels[:, None] / 16).astype(np.float32)
    network = Network(rng)
    train(network, images[TEST_IMAGES:], labels[TEST_IMAGES:], rng)

    calibration = images[TEST_IMAGES:TEST_IMAGES + CALIBRATION_IMAGES]
    for name, model in (("digits-float", float_model(network.parameters)), ("digits-int8", quantized_model(network, calibration))):
        onnx.save(model, HERE / f"{name}.onnx")
        print(f"{name}: {accuracy(model, images[:TEST_IMAGES], labels[:TEST_IMAGES]):.4f} of {TEST_IMAGES} held-out images")
    np.save(HERE / "test_images.npy", pixels[:TEST_IMAGES])
    np.save(HERE / "test_labels.npy", labels[:TEST_IMAGES])
    (HERE / "calibration").mkdir(exist_ok=True)
    for i, image in enumerate(calibration):
        np.save(HERE / "calibration" / f"{i:03}.npy", image[None])


if __name__ == "__main__":
    main()
