"""Prints how many nodes networks have after onnxsim, after ONNX Runtime's optimizer, and after qcc's Simplify.

usage: node-counts.py WORK_FOLDER MODEL[,OPTION...]...     qcc must be in PATH; options are those of qcc

Dimensions without a size are 1. onnxsim is left out where it is not installed.
"""
import pathlib
import re
import subprocess
import sys

import onnx
import onnxruntime as ort

try:
    import onnxsim
except ImportError:
    onnxsim = None

def fix(model, options):
    """The model with the sizes that qcc takes."""
    shapes = dict(re.fullmatch(r"-shape=(.*)=([\dx]+)", o).groups() for o in options if o.startswith("-shape="))
    dims = dict(re.fullmatch(r"-dim=(.*)=(\d+)", o).groups() for o in options if o.startswith("-dim="))
    for value in model.graph.input:
        sizes = shapes[value.name].split("x") if value.name in shapes else None
        for i, dim in enumerate(value.type.tensor_type.shape.dim):
            if sizes:
                dim.dim_value = int(sizes[i])
            elif not dim.dim_value:
                dim.dim_value = int(dims.get(dim.dim_param, 1))
    return model


def optimize(path, level, work):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(work / "optimized.onnx")
    ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return onnx.load(work / "optimized.onnx")


def attempt(function):
    try:
        return str(len(function().graph.node))
    except Exception as error:  # a peer that fails is a result too
        return type(error).__name__


def main():
    work = pathlib.Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    levels = ort.GraphOptimizationLevel
    print("| network | original | onnxsim | ONNX Runtime basic | extended | qcc: ONNX nodes | qcc: operations that compute or move |")
    print("|---|---|---|---|---|---|---|")
    for argument in sys.argv[2:]:
        path, *options = argument.split(",")
        fixed, exported, text = work / "fixed.onnx", work / "qcc.onnx", work / "qcc"
        onnx.save(fix(onnx.load(path), options), fixed)
        subprocess.run(["qcc", path, *options, "-emit=onnx", f"-dump-stages={text}", "-o", exported], check=True, capture_output=True)
        operations = re.findall(r"= qnn\.(\w+)", (text / "02.simplify.mlir").read_text())
        kernels = sum(kind not in ("constant", "reshape", "bitcast", "dequantize_weights") for kind in operations)
        row = [len(onnx.load(path).graph.node),
               attempt(lambda: onnxsim.simplify(onnx.load(fixed))[0]) if onnxsim else "-",
               attempt(lambda: optimize(fixed, levels.ORT_ENABLE_BASIC, work)),
               attempt(lambda: optimize(fixed, levels.ORT_ENABLE_EXTENDED, work)),
               len(onnx.load(exported).graph.node), kernels]
        print(f"| {pathlib.Path(path).parent.name} | " + " | ".join(map(str, row)) + " |", flush=True)


main()
