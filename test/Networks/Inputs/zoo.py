"""A zoo of the bundled network beside an ONNX Runtime whose answers are right or wrong, as the name of the case says."""
import os
import pathlib
import types

import numpy as np
import onnxruntime

EXAMPLE = pathlib.Path(os.environ["QCC_DIGITS"])
CHANGES = {"right": lambda y: y, "other-values": lambda y: y * np.float32(1 + 2e-4), "other-largest": lambda y: -y,
           "not-a-number": lambda y: y * np.float32("nan")}
current = None


def names():
    return list(CHANGES)


def case(name):
    global current
    current = CHANGES[name]
    images = np.load(EXAMPLE / "test_images.npy")[:6].reshape(6, 1, 1, 8, 8).astype(np.float32)
    return types.SimpleNamespace(name=name, path=EXAMPLE / "digits-float.onnx", feeds=[{"image": image} for image in images],
                                 labels=np.load(EXAMPLE / "test_labels.npy"), int8=False)


def session(path):
    real = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return types.SimpleNamespace(get_inputs=real.get_inputs, run=lambda names, feed: [current(y) for y in real.run(names, feed)])


def score(case, outputs, indices):
    return float(np.mean([output[0].argmax() == case.labels[i] for output, i in zip(outputs, indices)]))
