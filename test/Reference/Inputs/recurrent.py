"""Compares recurrent layers of Reference and of generated code with ONNX Runtime: every variant is a node of one network.

usage: recurrent.py WORK_FOLDER
"""
import itertools
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

STEPS, BATCH, INPUTS, SIZE = 5, 3, 4, 6
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
DEFAULTS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
ACTIVATIONS = ["Affine", "Elu", "HardSigmoid", "LeakyRelu", "Relu", "ScaledTanh", "Sigmoid", "Softplus", "Softsign", "Tanh", "ThresholdedRelu"]
random = np.random.default_rng(11)
nodes, initializers, outputs = [], [], []


def constant(shape, scale=0.5):
    name = f"c{len(initializers)}"
    initializers.append(numpy_helper.from_array((random.standard_normal(shape) * scale).astype(np.float32), name))
    return name


def add(op, direction="forward", bias=True, lengths=False, states=False, peepholes=False, **attributes):
    directions, gates = 2 if direction == "bidirectional" else 1, GATES[op]
    inputs = ["x", constant((directions, gates * SIZE, INPUTS)), constant((directions, gates * SIZE, SIZE)),
              constant((directions, 2 * gates * SIZE)) if bias else "", "lengths" if lengths else "",
              constant((directions, BATCH, SIZE)) if states else ""]
    if op == "LSTM":
        inputs += [constant((directions, BATCH, SIZE)) if states else "", constant((directions, 3 * SIZE)) if peepholes else ""]
    results = [f"n{len(nodes)}_{part}" for part in ("y", "h", "c")[:3 if op == "LSTM" else 2]]
    nodes.append(helper.make_node(op, inputs, results, hidden_size=SIZE, direction=direction, **attributes))
    outputs.extend(results)


for op, direction, lengths, states in itertools.product(GATES, ("forward", "reverse", "bidirectional"), (False, True), (False, True)):
    add(op, direction, lengths=lengths, states=states)
for name in ACTIVATIONS:
    numbers = {"activation_alpha": [0.5], "activation_beta": [0.25]} if name in ("Affine", "HardSigmoid", "ScaledTanh") else {}
    if name in ("Elu", "LeakyRelu", "ThresholdedRelu"):
        numbers = {"activation_alpha": [0.25]}
    add("RNN", activations=[name], **numbers)
    add("GRU", activations=["Sigmoid", name], **numbers)
    add("LSTM", activations=["Sigmoid", name, "Tanh"], **numbers)
for direction, clip in itertools.product(("forward", "bidirectional"), (0.0, 0.3)):
    clipped = {"clip": clip} if clip else {}
    add("LSTM", direction, peepholes=True, states=True, lengths=True, **clipped)
    add("LSTM", direction, input_forget=1, **clipped)
    add("GRU", direction, linear_before_reset=1, states=True, lengths=True, **clipped)
    add("GRU", direction, linear_before_reset=1, bias=False, **clipped)
    add("GRU", direction, **clipped)
    add("RNN", direction, bias=False, **clipped)

graph = helper.make_graph(
    nodes, "recurrent",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [STEPS, BATCH, INPUTS]), helper.make_tensor_value_info("lengths", TensorProto.INT32, [BATCH])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], initializers)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
work = pathlib.Path(sys.argv[1])
work.mkdir(parents=True, exist_ok=True)
onnx.save(model, work / "recurrent.onnx")
x = random.standard_normal((STEPS, BATCH, INPUTS)).astype(np.float32)
lengths = np.array([2, 5, 1], np.int32)
np.save(work / "x.npy", x[None])
np.save(work / "lengths.npy", lengths[None])
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
expected = dict(zip(outputs, session.run(outputs, {"x": x, "lengths": lengths})))

failures = 0
for evaluator in ("reference", "compiled"):
    subprocess.run(["qcc-run", work / "recurrent.onnx", f"-run-with={evaluator}", f"-input=x:{work / 'x.npy'}", f"-input=lengths:{work / 'lengths.npy'}",
                    *(f"-output={name}:{work / name}.npy" for name in outputs)], check=True, stdout=subprocess.DEVNULL)
    for node in nodes:
        for name in node.output:
            got, want = np.load(work / f"{name}.npy")[0], expected[name]
            distance = np.abs(got - want).max() if got.shape == want.shape else np.inf
            if not distance <= 2e-6 * max(1, np.abs(want).max()):
                failures += 1
                print(f"{evaluator}: {name} is {distance:.1e} away: {helper.printable_node(node)}")
print(f"{len(nodes)} nodes, {failures} failures")
