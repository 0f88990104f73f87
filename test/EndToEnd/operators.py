#!/usr/bin/env python3
"""Runs a case of each operator of the ONNX suite on machines: the cases' own inputs, and the outputs that they must give.

    operators.py --qcc QCC --cases ARCHIVE [--tenth] [--machines host,aarch64,cortex-m4]

Many cases are linked into one program. Prints one line for each machine; the exit status is 0 when every case passes on all.
"""
import argparse
import json
import pathlib
import sys
import tempfile

from onnx import ModelProto, numpy_helper, save

import rig
from machines import MACHINES, RigError, require
from objects import TYPES

CONFORMANCE = pathlib.Path(__file__).resolve().parent.parent / "Conformance"
sys.path.append(str(CONFORMANCE))
import cases  # noqa: E402
import rules  # noqa: E402
import scoreboard  # noqa: E402
import ways  # noqa: E402

CASES_IN_A_PROGRAM = 4  # room of the rig
C_TYPES = {name for name, short in cases.SHORT_NAMES.items() if short in TYPES and short != "bf16"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qcc", required=True)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("--machines", default="host,aarch64,cortex-m4", type=lambda text: text.split(","))
    parser.add_argument("--tenth", action="store_true", help="a fixed tenth of the operators")
    parser.set_defaults(flag=["-no-selftest"], state=[], kernels=False)
    return parser.parse_args()


def choose(all_cases, tenth):
    """The first case of each operator that a program in C can call."""
    names, expected, chosen = scoreboard.name_operators(all_cases), json.loads((CONFORMANCE / "expected.json").read_text()), {}
    for case in all_cases:
        fits = case.data and case.types <= C_TYPES
        if case.category == "node" and not case.is_expanded and fits and not rules.find_reason(case) and case.name not in expected:
            chosen.setdefault(names[case.name], case)
    return [case for name, case in chosen.items() if not tenth or cases.is_in_tenth(name)]


def bind(case, path):
    """Writes the case's model with the inputs that the compiler must know as constants; returns the values of the others."""
    model, computed = ModelProto(), []
    model.CopyFrom(case.model)
    bound = rules.find_compile_time_inputs(case)
    for value, array in zip(case.inputs, case.load_inputs(case.data[0])):
        own = next(other for other in model.graph.input if other.name == value.name)
        if value.name in bound or array.size == 0:
            model.graph.initializer.append(numpy_helper.from_array(array, value.name))
            model.graph.input.remove(own)
            continue
        for dimension, size in zip(own.type.tensor_type.shape.dim, array.shape):
            dimension.dim_value = size
        computed.append(array)
    save(model, path)
    return computed


def run(options, machine, chosen):
    with tempfile.TemporaryDirectory() as folder:
        folder, networks, batches = pathlib.Path(folder), [], []
        for case in chosen:
            batches.append([bind(case, folder / f"{case.name}.onnx")])
            networks.append(rig.Network(options, folder / f"{case.name}.onnx", case.name, machine.target, folder))
        results, _ = rig.execute(machine, rig.build(machine, networks, folder), networks, batches, folder)
    for case, (outputs,) in zip(chosen, results):
        for value, got, wanted in zip(case.model.graph.output, outputs, case.load_outputs(case.data[0])):
            if problem := ways.compare(value.name, got.reshape(wanted.shape).astype(wanted.dtype), wanted, ways.RELATIVE):
                raise RigError(f"{case.name}: {problem}")


def main():
    options = parse()
    try:
        require(options.machines)
        with tempfile.TemporaryDirectory() as folder:
            chosen = choose(cases.find_cases(cases.unpack(options.cases, pathlib.Path(folder), lambda name: True)), options.tenth)
            for name in options.machines:
                for first in range(0, len(chosen), CASES_IN_A_PROGRAM):
                    run(options, MACHINES[name], chosen[first:first + CASES_IN_A_PROGRAM])
                print(f"{name}: {len(chosen)} operators", flush=True)
    except RigError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
