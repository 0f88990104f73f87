"""Counts what should not be left in the shared networks: transposes inside convolutional trunks, and computations that
need no input, which is what shape arithmetic becomes when every shape is known.

usage: count-moves.py MODELS_FOLDER WORK_FOLDER
"""
import pathlib
import re
import subprocess
import sys

OPTIONS = {
    "face/yunet-n-dynamic": ["-shape=input=1x3x160x192"],
    "imagenet/mobilenetv2-qdq-int8": ["-shape=image=1x3x224x224"],
    "ocr/ppocr-en-number-rec": ["-shape=x=1x3x32x320"],
    "speech-enhancement/gtcrn-stream": [f"-state={cache}_cache={cache}_cache_out" for cache in ("conv", "tra", "inter")],
    "text/sentence-boundary-bilstm": ["-dim=length=100"],
    "vad/silero-vad-16k": ["-constant=sr=16000", "-dim=batch=1", "-shape=input=1x576", "-state=state=stateN"],
}
# What ends a trunk: behind these the dimensions are no image any more.
ENDS = {"linear", "matmul", "recurrent"}


def read(path):
    """The operations in order: their results, kind and operands; and the network's inputs."""
    operations, inputs = [], set()
    for line in path.read_text().splitlines():
        line = re.sub(r" loc\(.*", "", line)
        if "func.func @run" in line:
            inputs = set(re.findall(r"%arg\d+", line))
        elif found := re.match(r"\s+(%\w+)(?::\d+)? = qnn\.(\w+)(.*)", line):
            operations.append((found[1], found[2], re.findall(r"%\w+", found[3])))
    return operations, inputs


def count(path):
    operations, inputs = read(path)
    kinds = {result: kind for result, kind, _ in operations}
    # Whether a value depends on an input, and whether a convolution of the same trunk came before.
    depends, behind = set(inputs), set()
    for result, kind, operands in operations:
        if depends & set(operands):
            depends.add(result)
        if kind == "conv2d" or (kind not in ENDS and behind & set(operands)):
            behind.add(result)
    ahead = set()  # values that a convolution of the same trunk comes after
    for result, kind, operands in reversed(operations):
        if kind == "conv2d":
            ahead.add(operands[0])
        elif kind not in ENDS and result in ahead:
            ahead.update(operands)
    transposes = [result for result, kind in kinds.items() if kind == "transpose"]
    inside = sum(result in behind and result in ahead for result in transposes)
    idle = sum(kind != "constant" and result not in depends for result, kind in kinds.items())
    return inside, len(transposes), idle


def main():
    models, work = map(pathlib.Path, sys.argv[1:])
    failures = networks = 0
    for path in sorted(models.glob("*/*/model.onnx")):
        name = str(path.parent.relative_to(models))
        dumps = work / name
        subprocess.run(["qcc", path, *OPTIONS.get(name, []), "-stop-after=quantize", f"-dump-stages={dumps}", "-o", "/dev/null"], check=True,
                       stderr=subprocess.DEVNULL)
        inside, transposes, idle = count(dumps / "03.quantize.mlir")
        good = inside == idle == 0
        failures += not good
        networks += 1
        print(f"{'ok' if good else 'FAIL'} {name}: {inside} transposes inside trunks, {transposes - inside} elsewhere, "
              f"{idle} computations without an input")
    print(f"{networks} networks, {failures} failures")
    return failures != 0


sys.exit(main())
