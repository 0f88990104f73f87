"""Simplifies real networks; counts the transposes that remain and compares values before and after with Reference.

usage: check-models.py MODELS_FOLDER WORK_FOLDER
"""
import pathlib
import subprocess
import sys

import numpy as np

# Network, transposes into or out of the layout.
NETWORKS = [
    ("mlperf-tiny/kws-dscnn-qdq-int8", 0),
    ("mlperf-tiny/vww-mobilenetv1-qdq-int8", 1),
    ("mlperf-tiny/ic-resnet8-qdq-int8", 0),
    ("imagenet/mobilenetv2-qdq-int8", 1),
    ("imagenet/shufflenetv2-qoperator-int8", 1),
    ("mlperf-tiny/ic-resnet8-fp32", 1),
    ("mlperf-tiny/vww-mobilenetv1-fp32", 1),
    ("mlperf-tiny/kws-dscnn-slim-fp32", 0),
    ("mnist/mnist-8-fp32", 0),
]


def main():
    models, work = map(pathlib.Path, sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    failures = 0
    for name, boundary in NETWORKS:
        outputs = []
        for stage in ("import", "simplify"):
            text = work / f"{stage}.mlir"
            subprocess.run(["qcc", models / name / "model.onnx", f"-emit={stage}", "-o", text], check=True)
            subprocess.run(["qcc-reference", text, "-seed=3", f"-output={work / stage}"], check=True)
            outputs.append(np.fromfile(work / f"{stage}.0.bin", np.float32))
        transposes = text.read_text().count("= qnn.transpose ")
        # Sums over the rearranged channels of a flattened map round differently.
        difference = np.abs(outputs[0] - outputs[1]).max() / np.abs(outputs[0]).max()
        good = transposes == boundary and difference <= 1e-6
        failures += not good
        print(f"{'ok' if good else 'FAIL'} {name}: {transposes} transposes, "
              f"relative difference {difference:.1e}")
    return failures


sys.exit(main())
