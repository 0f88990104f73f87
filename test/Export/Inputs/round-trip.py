"""Exports networks with -emit=onnx and compares them with the originals in ONNX Runtime.

usage: round-trip.py WORK_FOLDER MODEL[,OPTION...]...     a model is a file, or a folder below $QCC_MODELS

A model's options are qcc's. A constant is fed to the original as an integer.
"""
import collections
import os
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime as ort

# Sums in another order, and f32 functions of another library, differ; a network adds the differences up.
TOLERANCE = 1e-4


def session(path):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def draw(rng, tensor):
    shape = [int(size) for size in tensor.shape]
    if tensor.type == "tensor(float)":
        return rng.uniform(-1, 1, shape).astype(np.float32)
    if tensor.type == "tensor(double)":
        return rng.uniform(-1, 1, shape)
    if tensor.type == "tensor(bool)":
        return rng.integers(0, 2, shape).astype(bool)
    kind = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(uint8)": np.uint8, "tensor(int8)": np.int8}[tensor.type]
    return rng.integers(0, 100, shape).astype(kind)


def measure(expected, actual):
    """Largest difference as a part of the largest value; infinite when the shapes or types differ."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return np.inf
    if expected.size == 0:
        return 0.0
    largest = max(1.0, float(np.abs(expected.astype(np.float64)).max())) if expected.dtype.kind == "f" else 1.0
    return float(np.abs(expected.astype(np.float64) - actual.astype(np.float64)).max()) / largest


def check(model, options, work):
    path = pathlib.Path(model)
    if not path.is_file():
        path = pathlib.Path(os.environ["QCC_MODELS"]) / model / "model.onnx"
    exported = work / (model.replace("/", "-").replace(".onnx", "") + ".simplified.onnx")
    subprocess.run(["qcc", path, "-emit=onnx", "-o", exported, *options], check=True)
    onnx.checker.check_model(onnx.load(exported), full_check=True)
    before, after = session(path), session(exported)
    feeds, rng = {}, np.random.default_rng(0)
    for tensor in after.get_inputs():
        feeds[tensor.name] = draw(rng, tensor)
    constants = dict(option[len("-constant="):].split("=") for option in options if option.startswith("-constant="))
    known = {name: np.array(int(value)) for name, value in constants.items()}
    names = [output.name for output in before.get_outputs()]
    if [output.name for output in after.get_outputs()] != names:
        return "other outputs", 0
    results = zip(before.run(names, {**feeds, **known}), after.run(names, feeds))
    nodes = collections.Counter(node.op_type for node in onnx.load(exported).graph.node)
    return max(measure(*pair) for pair in results), nodes


def main():
    work = pathlib.Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    failures = 0
    for argument in sys.argv[2:]:
        model, *options = argument.split(",")
        difference, nodes = check(model, options, work)
        good = difference <= TOLERANCE
        failures += not good
        print(f"{'ok' if good else 'FAIL'} {model}: {sum(nodes.values())} nodes, {nodes['Transpose']} transposes, "
              f"difference {difference:.1e}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
