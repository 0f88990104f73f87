#!/usr/bin/env python3
"""Time of one run: qcc's object beside ONNX Runtime on the same machine, one thread, interleaved rounds, medians.

    benchmark/networks.py [--qcc build/bin/qcc] [--models ../shared/models] [--mcpu native] [NETWORK...]

Prints a Markdown table. Each round times a batch of runs of both, one after the other; the ratio is that of the medians.
Needs onnxruntime and numpy (the environment that bootstrap.sh makes) and a C compiler to link the object.
"""
import argparse
import ctypes
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime as ort

NETWORKS = {
    "mlperf-tiny/kws-dscnn-qdq-int8": [],
    "mlperf-tiny/vww-mobilenetv1-qdq-int8": [],
    "mlperf-tiny/ic-resnet8-qdq-int8": [],
    "imagenet/mobilenetv2-qdq-int8": [],
    "imagenet/shufflenetv2-qoperator-int8": [],
    "mlperf-tiny/ic-resnet8-fp32": [],
    "mlperf-tiny/vww-mobilenetv1-fp32": [],
    "mlperf-tiny/kws-dscnn-slim-fp32": [],
    "mnist/mnist-8-fp32": [],
    "speaker/voice-encoder-lstm": [],
    "text/sentence-boundary-bilstm": ["-dim=batch=1", "-dim=length=64"],
    "gesture/point-history-lstm": ["-constant=score_threshold=0"],
    "speech-enhancement/gtcrn-stream": [f"-state={cache}_cache={cache}_cache_out" for cache in ("conv", "tra", "inter")],
    "vad/silero-vad-16k": ["-constant=sr=16000", "-shape=input=1x576", "-dim=batch=1", "-state=state=stateN"],
}
TYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int32)": np.int32, "tensor(int64)": np.int64}
KINDS = {"f32": "f4", "u8": "u1", "i32": "i4", "i64": "i8"}


def compile_network(qcc, model, flags, folder):
    """Returns the network as a function and its manifest."""
    subprocess.run([qcc, model, "-target=host", "-name=net", "-o", folder / "net.o",
                    f"-manifest={folder / 'net.json'}", *flags], check=True)
    subprocess.run(["cc", "-shared", "-o", folder / "net.so", folder / "net.o"], check=True)
    manifest = json.loads((folder / "net.json").read_text())
    return ctypes.CDLL(str(folder / "net.so")).net_run, manifest


def aligned(size, alignment=64):
    block = np.zeros(size + alignment, np.uint8)
    return block[-block.ctypes.data % alignment:][:size]


def read_constants(flags):
    return dict(flag.removeprefix("-constant=").split("=") for flag in flags if flag.startswith("-constant="))


def open_session(model, inputs, constants):
    """`inputs` by name; an input that is neither there nor in `constants` is a state and zero."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    for value in session.get_inputs():
        kind, shape = TYPES[value.type], [size if isinstance(size, int) else 1 for size in value.shape]
        tensor = inputs.get(value.name)
        if tensor is None:
            tensor = np.full(shape, float(constants.get(value.name, 0)), kind)
        binding.bind_cpu_input(value.name, tensor)
    for value in session.get_outputs():
        binding.bind_output(value.name)
    return lambda: session.run_with_iobinding(binding)


def measure(qcc, model, flags, rounds):
    """Medians in microseconds: qcc's, ONNX Runtime's."""
    with tempfile.TemporaryDirectory() as temporary:
        run, manifest = compile_network(qcc, model, flags, pathlib.Path(temporary))
        rng = np.random.default_rng(1)
        inputs = {t["name"]: rng.standard_normal(t["dims"]).astype(np.float32) if t["type"] == "f32" else
                  rng.integers(0, 100, t["dims"]).astype(np.dtype(KINDS[t["type"]])) for t in manifest["inputs"]}
        outputs = [np.zeros(t["dims"], np.dtype(KINDS[t["type"]])) for t in manifest["outputs"]]
        state = [aligned(manifest["state"]["size"])] if manifest["state"]["size"] else []
        arena = aligned(max(1, manifest["arena"]["size"]))
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*inputs.values(), *outputs, *state, arena)]

        def batch(call, count):
            begin = time.perf_counter()
            for _ in range(count):
                call()
            return (time.perf_counter() - begin) / count * 1e6

        calls = (lambda: run(*pointers)), open_session(model, inputs, read_constants(flags))
        count = max(1, int(5000 / max(batch(call, 3) for call in calls)))  # about 5 ms a batch
        times = [[batch(call, count) for call in calls] for _ in range(rounds)]
        return [statistics.median(column) for column in zip(*times)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--qcc", default="build/bin/qcc")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("../shared/models"))
    parser.add_argument("--mcpu", default="native")
    parser.add_argument("--rounds", type=int, default=31)
    arguments = parser.parse_args()
    print(f"| network | qcc us | ONNX Runtime {ort.__version__} us | qcc / ORT |\n|---|---:|---:|---:|")
    for network in arguments.networks:
        flags = [*NETWORKS[network], f"-mcpu={arguments.mcpu}"]
        ours, theirs = measure(arguments.qcc, arguments.models / network / "model.onnx", flags, arguments.rounds)
        print(f"| {network} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main()
