"""Compares fused operators in Reference and in generated code with ONNX Runtime: every variant is a node of one network.

usage: fused.py WORK_FOLDER
"""
import itertools
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

random = np.random.default_rng(7)
feeds, nodes, initializers, outputs, tolerances = {}, [], [], [], {}


def given(array):
    """A graph input."""
    name = f"x{len(feeds)}"
    feeds[name] = np.asarray(array)
    return name


def known(array):
    """An initializer."""
    name = f"c{len(initializers)}"
    initializers.append(numpy_helper.from_array(np.asarray(array), name))
    return name


def floats(*shape, scale=1.0):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def codes(dtype, *shape):
    """int8 has 7 bits: without VNNI, ONNX Runtime adds pairs of products with uint8 in 16 bits."""
    low, high = (0, 255) if dtype == np.uint8 else (-64, 63)
    return random.integers(low, high, shape, endpoint=True).astype(dtype)


def add(op, inputs, results=1, tolerance=1e-5, domain="com.microsoft", **attributes):
    """One node; `results` is a number of outputs, or which of them are wanted."""
    wanted = [True] * results if isinstance(results, int) else results
    names = [f"n{len(nodes)}_{i}" if want else "" for i, want in enumerate(wanted)]
    nodes.append(helper.make_node(op, inputs, names, domain=domain, **attributes))
    outputs.extend(name for name in names if name)
    tolerances.update((name, tolerance) for name in names)


def activations():
    x, bias = given(floats(2, 3, 8, scale=2)), known(floats(8))
    add("Gelu", [x])
    add("BiasGelu", [x, bias])
    add("FastGelu", [x])
    add("FastGelu", [x, bias])
    add("QuickGelu", [x])
    add("QuickGelu", [x], alpha=0.5)


def normalizations():
    x, skip = given(floats(2, 3, 8)), given(floats(2, 3, 8))
    scale, shift, bias = known(floats(8)), known(floats(8)), known(floats(8))
    add("LayerNormalization", [x, scale, shift], domain="", axis=-1, epsilon=1e-3)
    add("LayerNormalization", [x, scale], domain="")
    add("SimplifiedLayerNormalization", [x, scale], domain="", axis=-1, epsilon=1e-3)
    add("SkipLayerNormalization", [x, skip, scale])
    add("SkipLayerNormalization", [x, skip, scale, shift], epsilon=1e-3)
    add("SkipLayerNormalization", [x, skip, scale, shift, bias], results=[True, False, False, True])
    add("SkipLayerNormalization", [x, known(floats(3, 8)), scale, "", bias])
    add("SkipSimplifiedLayerNormalization", [x, skip, scale])
    add("SkipSimplifiedLayerNormalization", [x, skip, scale, bias], results=[True, False, False, True], epsilon=1e-3)


def convolutions():
    x, weights, bias = given(floats(1, 4, 6, 5)), known(floats(8, 4, 3, 3)), known(floats(8))
    for activation, numbers in (("", None), ("Relu", None), ("Sigmoid", None), ("Tanh", None), ("LeakyRelu", [0.25]), ("Clip", [-0.5, 1.5]), ("HardSigmoid", [0.3, 0.4])):
        named = {"activation": activation} if activation else {}
        if numbers:
            named["activation_params"] = numbers
        add("FusedConv", [x, weights, bias], pads=[1, 1, 1, 1], **named)
    add("FusedConv", [x, weights], activation="Relu", strides=[2, 1], dilations=[1, 2])
    add("FusedConv", [x, known(floats(4, 2, 1, 1)), "", given(floats(1, 4, 6, 5))], group=2, activation="Relu")
    add("FusedConv", [x, known(floats(8, 4, 3, 3)), bias, given(floats(1, 8, 6, 5))], auto_pad="SAME_UPPER")
    pixels = given(codes(np.uint8, 1, 6, 5, 4))
    add("NhwcMaxPool", [pixels], kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])
    quantized = [known(np.float32(0.02)), known(np.uint8(120)), known(codes(np.int8, 8, 4, 3, 3)), known(np.float32(0.01)), known(np.int8(0)), known(np.float32(0.1)), known(np.uint8(128)),
                 known(random.integers(-900, 900, 8).astype(np.int32))]
    add("QLinearConv", [pixels] + quantized, channels_last=1, pads=[1, 1, 1, 1], tolerance=0)
    add("QLinearConv", [given(codes(np.uint8, 1, 4, 6, 5))] + quantized[:-1], strides=[2, 2], tolerance=0)


def products():
    a, b = given(floats(5, 7)), known(floats(7, 6))
    for activation, numbers in (("Relu", {}), ("Tanh", {}), ("Sigmoid", {}), ("LeakyRelu", {"activation_alpha": 0.25}), ("Elu", {"activation_alpha": 0.5}),
                                ("HardSigmoid", {"activation_alpha": 0.3, "activation_beta": 0.4}), ("Selu", {"activation_alpha": 1.5, "activation_gamma": 1.1}), ("Softplus", {}), ("Softsign", {}),
                                ("ThresholdedRelu", {"activation_alpha": 0.5})):
        add("FusedGemm", [a, b, known(floats(6))], activation=activation, **numbers)
    add("FusedGemm", [given(floats(7, 5)), known(floats(6, 7)), given(floats(5, 6))], activation="Relu", transA=1, transB=1, alpha=0.5, beta=2.0)
    add("FusedGemm", [a, b], activation="Relu")
    add("FusedMatMul", [a, b], alpha=0.125)
    add("FusedMatMul", [given(floats(2, 7, 5)), given(floats(2, 6, 7))], transA=1, transB=1, alpha=2.0)
    add("FusedMatMul", [given(floats(5, 2, 3, 7)), given(floats(2, 3, 7, 4))], transBatchA=1)
    add("FusedMatMul", [given(floats(2, 3, 4, 7)), given(floats(7, 2, 3, 6))], transBatchB=1)
    add("FusedMatMul", [given(floats(7, 2, 3, 5)), given(floats(6, 2, 3, 7))], transBatchA=1, transA=1, transBatchB=1, transB=1)
    add("TransposeMatMul", [a, known(floats(6, 7))], transB=1)


def integers():
    for left, right in itertools.product((np.uint8, np.int8), repeat=2):
        if left == np.int8 and right == np.uint8:
            continue
        a, b, step = given(codes(left, 2, 5, 7)), known(codes(right, 7, 6)), known(np.float32(0.02))
        add("MatMulIntegerToFloat", [a, b, step, known(np.float32(0.01)), known(left(3)), known(right(5)), known(floats(6))])
        add("MatMulIntegerToFloat", [a, b, step, known(random.uniform(0.01, 0.02, 6).astype(np.float32)), "", known(codes(right, 6))])
    add("MatMulIntegerToFloat", [given(codes(np.uint8, 5, 7)), given(codes(np.uint8, 7, 6)), given(np.float32(0.02)), given(np.float32(0.01)), given(np.uint8(100)), given(np.uint8(140))])
    for dtype in (np.uint8, np.int8):
        x, b = given(floats(3, 5, 7)), known(codes(dtype, 7, 6))
        add("DynamicQuantizeMatMul", [x, b, known(np.float32(0.01)), known(dtype(7)), known(floats(6))])
        add("DynamicQuantizeMatMul", [x, b, known(random.uniform(0.01, 0.02, 6).astype(np.float32))])
    for bits, block, depth in ((4, 16, 48), (4, 32, 40), (8, 16, 40), (4, 16, 16), (2, 16, 64)):
        blocks, columns = -(-depth // block), 5
        x, packed, scales = given(floats(2, 3, depth)), codes(np.uint8, columns, blocks, block * bits // 8), random.uniform(0.01, 0.1, (columns, blocks)).astype(np.float32)
        zeros = codes(np.uint8, columns, -(-blocks * bits // 8))
        add("MatMulNBits", [x, known(packed), known(scales)], K=depth, N=columns, bits=bits, block_size=block)
        add("MatMulNBits", [x, known(packed), known(scales), known(zeros), "", known(floats(columns))], K=depth, N=columns, bits=bits, block_size=block)
    add("MatMulNBits", [given(floats(4, 32)), known(codes(np.uint8, 5, 2, 8)), known(floats(5, 2)), known(floats(5, 2, scale=3))], K=32, N=5, bits=4, block_size=16)
    for bits, block in ((4, 16), (8, 32), (2, 16)):
        table, scales = known(codes(np.uint8, 9, 64 * bits // 8)), known(floats(9, 64 // block))
        indices = given(np.array([[1, -2, 8], [0, 3, 5]], np.int64))
        add("GatherBlockQuantized", [table, indices, scales], bits=bits, block_size=block, quantize_axis=1)
        add("GatherBlockQuantized", [table, indices, scales, known(codes(np.uint8, 9, 64 // block * bits // 8))], bits=bits, block_size=block, quantize_axis=-1)
    steps, batch, inputs, size = 4, 2, 5, 6
    for direction, dtype in itertools.product(("forward", "reverse", "bidirectional"), (np.int8, np.uint8)):
        directions = 2 if direction == "bidirectional" else 1
        parameters = [known(np.full(directions, 0.005, np.float32)), known(np.full(directions, 128 if dtype == np.uint8 else 0, dtype))]
        add("DynamicQuantizeLSTM", [given(floats(steps, batch, inputs)), known(codes(dtype, directions, inputs, 4 * size)), known(codes(dtype, directions, size, 4 * size)), known(floats(directions, 8 * size)),
                                    "", known(floats(directions, batch, size)), known(floats(directions, batch, size)), ""] + parameters * 2, results=3, tolerance=2e-2, direction=direction, hidden_size=size)


def attentions():
    batch, steps, width, heads = 2, 5, 12, 3
    x, weights, bias = given(floats(batch, steps, width)), known(floats(width, 3 * width, scale=0.3)), known(floats(3 * width))
    lengths, padded = given(np.array([3, 5], np.int32)), given(np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32))
    add("Attention", [x, weights, bias], num_heads=heads)
    add("Attention", [x, weights, bias, lengths], num_heads=heads)
    add("Attention", [x, weights, bias, padded], num_heads=heads, scale=0.4)
    add("Attention", [x, weights, bias, given(np.array([3, 5, 1, 2], np.int32))], num_heads=heads, mask_filter_value=-50.0)
    add("Attention", [x, weights, bias, given(np.tril(np.ones((batch, steps, steps), np.int32)))], num_heads=heads)
    add("Attention", [x, weights, bias, padded, "", given(floats(1, heads, steps, steps))], num_heads=heads)
    add("Attention", [x, weights, bias], num_heads=heads, unidirectional=1)
    add("Attention", [x, weights, bias, padded], num_heads=heads, unidirectional=1)
    past = given(floats(2, batch, heads, 4, width // heads))
    add("Attention", [x, weights, bias, "", past], num_heads=heads, unidirectional=1, results=2)
    add("Attention", [x, weights, bias, given(np.array([[0] * 3 + [1] * 6, [1] * 9], np.int32)), past], num_heads=heads, results=2)
    add("Attention", [x, known(floats(width, 2 * width + 6, scale=0.3)), known(floats(2 * width + 6)), lengths], num_heads=heads, qkv_hidden_sizes=[width, width, 6])
    quantized = given(codes(np.uint8, batch, steps, width))
    per_tensor = [known(np.float32(0.02)), known(np.float32(0.01))]
    add("QAttention", [quantized, known(codes(np.int8, width, 3 * width)), bias] + per_tensor + [lengths, known(np.uint8(120)), known(np.int8(3))], num_heads=heads)
    add("QAttention", [quantized, known(codes(np.uint8, width, 3 * width)), bias, per_tensor[0], known(random.uniform(0.005, 0.01, 3 * width).astype(np.float32)), "", known(np.uint8(128)),
                       known(np.full(3 * width, 128, np.uint8))], num_heads=heads, unidirectional=1)
    query, key, value = given(floats(batch, steps, width)), given(floats(batch, 7, width)), given(floats(batch, 7, 6))
    add("MultiHeadAttention", [query, key, value], num_heads=heads)
    add("MultiHeadAttention", [query, key, value, known(floats(2 * width + 6))], num_heads=heads, scale=0.7)
    add("MultiHeadAttention", [query, key, value, "", given(np.array([3, 7], np.int32))], num_heads=heads)
    add("MultiHeadAttention", [query, key, value, "", given(np.array([[1] * 4 + [0] * 3, [1] * 7], np.int32)), given(floats(1, 1, steps, 7))], num_heads=heads)
    add("MultiHeadAttention", [query, given(floats(batch, heads, 7, width // heads)), given(floats(batch, heads, 7, width // heads))], num_heads=heads)
    cached, same = ([given(floats(*shape)) for _ in range(2)] for shape in ((batch, heads, 4, width // heads), (batch, steps, width)))
    add("MultiHeadAttention", [query] + same + ["", "", "", *cached], num_heads=heads, unidirectional=1, results=3)
    cosines, sines = known(floats(20, 2)), known(floats(20, 2))
    split = given(floats(batch, heads, steps, 4))
    add("RotaryEmbedding", [split, given(np.array([3], np.int64)), cosines, sines])
    add("RotaryEmbedding", [split, given(random.integers(0, 20, (batch, steps))), cosines, sines], interleaved=1)
    add("RotaryEmbedding", [x, given(np.array([6], np.int64)), cosines, sines])
    add("RotaryEmbedding", [x, given(np.array([6], np.int64)), known(floats(20, 1)), known(floats(20, 1))], num_heads=heads, rotary_embedding_dim=2)
    words, mask = given(random.integers(0, 9, (batch, steps)).astype(np.int32)), given(np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32))
    tables, scales = [known(floats(9, width)), known(floats(8, width))], [known(floats(width)), known(floats(width))]
    segments = given(random.integers(0, 2, (batch, steps)).astype(np.int32))
    add("EmbedLayerNormalization", [words, segments, *tables, known(floats(2, width)), *scales, mask], results=2, epsilon=1e-3)
    add("EmbedLayerNormalization", [words, "", *tables, "", *scales], results=[True, True, True])
    add("EmbedLayerNormalization", [words, "", *tables, "", *scales, "", given(random.integers(0, 8, (batch, steps)).astype(np.int32))], results=2)
    for dtype, seg in ((np.uint8, True), (np.int8, False)):
        rows = [9, 8, 2 if seg else 0]
        coded = [known(codes(dtype, count, width)) if count else "" for count in rows] + [known(codes(dtype, width)) for _ in range(2)]
        scales = [known(np.float32(0.01 * (i + 1))) if code else "" for i, code in enumerate(coded)]
        zeros = [known(dtype(3 * i)) if code else "" for i, code in enumerate(coded)]
        add("QEmbedLayerNormalization", [words, segments if seg else "", *coded, mask if seg else "", *scales, *zeros], results=2)


for family in (activations, normalizations, convolutions, products, integers, attentions):
    family()


def make_model(nodes, names):
    read = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes, "fused",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape) for name, array in feeds.items() if name in read],
        [onnx.ValueInfoProto(name=name) for name in names], [tensor for tensor in initializers if tensor.name in read])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14), helper.make_opsetid("com.microsoft", 1)], ir_version=8)


work = pathlib.Path(sys.argv[1])
work.mkdir(parents=True, exist_ok=True)
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.log_severity_level = 4
expected, failures = {}, 0
for node in nodes:
    names = [name for name in node.output if name]
    session = onnxruntime.InferenceSession(make_model([node], names).SerializeToString(), options, providers=["CPUExecutionProvider"])
    read = {input.name: feeds[input.name] for input in session.get_inputs()}
    expected.update(zip(names, session.run(names, read)))
onnx.save(make_model(nodes, outputs), work / "fused.onnx")
for name, array in feeds.items():
    np.save(work / f"{name}.npy", array[None])
for evaluator in ("reference", "compiled"):
    subprocess.run(["qcc-run", work / "fused.onnx", f"-run-with={evaluator}", *(f"-input={name}:{work / name}.npy" for name in feeds),
                    *(f"-output={name}:{work / name}.npy" for name in outputs)], check=True, stdout=subprocess.DEVNULL)
    for node in nodes:
        for name in filter(None, node.output):
            got, want = np.load(work / f"{name}.npy")[0], expected[name]
            fits = got.shape == want.shape and got.dtype == want.dtype
            distance = np.abs(got.astype(np.float64) - want).max() if fits else np.inf
            if not distance <= tolerances[name] * max(1, np.abs(want.astype(np.float64)).max()):
                failures += 1
                print(f"{evaluator}: {name} is {distance:.1e} away: {helper.printable_node(node)}")
print(f"{len(nodes)} nodes, {failures} failures")
