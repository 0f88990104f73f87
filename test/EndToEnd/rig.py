#!/usr/bin/env python3
"""Compiles networks with qcc, links the objects into a program of our own, runs it on machines, compares.

    rig.py --qcc QCC MODEL.onnx... [options]

Several models are linked into one program; each must then give what it gives alone. Checked without being asked:
the object's symbols, header against manifest, borders of all buffers, inputs unwritten, outputs that do not depend
on the arena's content, the painted stack against STACK_MAX, the selftest where there is one, equal bytes on all
machines. Exit status 0 when everything holds; one line for each machine.
"""
import argparse
import json
import pathlib
import struct
import sys
import tempfile

import numpy as np

import kernels
import objects
from machines import BOARDS, INPUTS, MACHINES, RigError, require, run
from objects import TYPES


class Network:
    """One compiled model: its object, header and manifest in a folder."""

    def __init__(self, options, model, name, target, folder):
        self.model, self.name, self.target, self.object = model, name, target, folder / f"{name}.o"
        command = [options.qcc, model, *target, f"-name={name}", "-o", self.object, f"-manifest={folder / name}.json", *options.flag,
                   *(f"-state={pair}" for pair in options.state)]
        command += kernels.FLAGS * options.kernels
        done = run(command)
        if done.returncode:
            raise RigError(f"qcc ended with {done.returncode}: {done.stderr.decode(errors='replace')[:1500]}")
        self.files = [self.object, folder / f"{name}.h", folder / f"{name}.json"]
        self.manifest = json.loads(self.files[2].read_text())
        self.inputs, self.outputs = self.manifest["inputs"], self.manifest["outputs"]
        self.dumped = self.manifest["arena"]["size"] if options.kernels else 0
        objects.check_symbols(self.object, name)

    def table_entry(self):
        """C code: the calls through pointers, and the initialiser of this network's entry."""
        name, upper, manifest = self.name, self.name.upper(), self.manifest
        tensors = [f"IN{i}" for i in range(len(self.inputs))] + [f"OUT{i}" for i in range(len(self.outputs))]
        stateful, tested = bool(manifest["state"]["size"]), "selftest_size" in manifest
        qualifier = ["const "] * len(self.inputs) + [""] * len(self.outputs)
        parameters = [f"{q}{upper}_{t}_TYPE *{t.lower()}" for q, t in zip(qualifier, tensors)] + ["void *state"] * stateful + ["void *arena"]
        arguments = [f"tensors[{i}]" for i in range(len(tensors))] + ["state"] * stateful + ["arena"]
        unused = "".join(f" (void){p.split('*')[-1]};" for p in parameters)
        lines = [f'#include "{name}.h"']
        for text, value in [(f"{upper}_ARENA_SIZE", manifest["arena"]["size"]), (f"{upper}_ARENA_ALIGN", manifest["arena"]["align"]),
                            (f"{upper}_STACK_MAX", manifest["stack_max"])]:
            lines.append(f'_Static_assert({text} == {value}u, "{text}");')
        for key, tensor in zip(tensors, self.inputs + self.outputs):
            dims = ", ".join(map(str, tensor["dims"]))
            lines += [f'_Static_assert({upper}_{key}_SIZE == {objects.tensor_bytes(tensor)}u, "{key}");',
                      f'_Static_assert(sizeof({upper}_{key}_TYPE) == sizeof({TYPES[tensor["type"]][1]}), "{key}");',
                      f'_Static_assert({upper}_{key}_RANK == {len(tensor["dims"])}, "{key}");',
                      f"extern const int {name}_{key}_dims[];", f"const int {name}_{key}_dims[] = {upper}_{key}_DIMS; /* {dims} */"]
        lines += [f"typedef {name}_status (*{name}_function)({', '.join(parameters)});",
                  f"static __attribute__((noipa)) int {name}_call({name}_function function, void *const *tensors, void *state, void *arena) {{",
                  f"  (void)state;\n  return (int)function({', '.join(arguments)});\n}}",
                  f"static __attribute__((noipa)) {name}_status {name}_nothing({', '.join(parameters)}) {{{unused} return {upper}_OK; }}"]
        for function, callee in (("run", f"{name}_run"), ("call_nothing", f"{name}_nothing")):
            lines += [f"static int {name}_table_{function}(void *const *tensors, void *state, void *arena) {{",
                      f"  return {name}_call({callee}, tensors, state, arena);\n}}"]
        if stateful:
            lines.append(f"static int {name}_table_reset(void *state) {{ return (int){name}_reset(state); }}")
        if tested:
            lines.append(f"static int {name}_table_selftest(void *work) {{ return (int){name}_selftest(work); }}")
        lines += [f"static const size_t {name}_sizes[] = {{{', '.join(f'{upper}_{t}_SIZE' for t in tensors)}}};",
                  f"static const size_t {name}_aligns[] = {{{', '.join(f'_Alignof({upper}_{t}_TYPE)' for t in tensors)}}};"]
        entry = [f'"{name}"', len(self.inputs), len(self.outputs), f"{name}_sizes", f"{name}_aligns", f"{upper}_ARENA_SIZE", f"{upper}_ARENA_ALIGN",
                 f"{upper}_STATE_SIZE" if stateful else 0, f"{upper}_STATE_ALIGN" if stateful else 1, f"{upper}_SELFTEST_SIZE" if tested else 0,
                 f"{upper}_STACK_MAX", f"{name}_table_run", f"{name}_table_call_nothing", f"{name}_table_reset" if stateful else "NULL",
                 f"{name}_table_selftest" if tested else "NULL", self.dumped]
        return "\n".join(lines), "  {" + ", ".join(map(str, entry)) + "},"


def build(machine, networks, folder):
    """Links the networks' objects, which all lie in the folder, with the program of the rig."""
    code, entries = zip(*(network.table_entry() for network in networks))
    table = folder / "networks.c"
    table.write_text('#include "rig.h"\n' + "\n".join(code) + "\nconst struct network networks[] = {\n" + "\n".join(entries) +
                     f"\n}};\nconst unsigned network_count = {len(networks)};\n")
    program = folder / "program"
    machine.link(folder, [table, INPUTS / "program.c"], [network.object for network in networks], program)
    return program


def execute(machine, program, networks, batches, folder, period=0):
    """Runs the program; returns for each network a list of samples of outputs, and the figures that it printed. Arenas that
    the program dumps stay with their networks."""
    samples = len(batches[0])
    with open(folder / "in.bin", "wb") as file:
        file.write(struct.pack("<II", samples, period))
        for sample in range(samples):
            for network, batch in zip(networks, batches):
                for value, tensor in zip(batch[sample], network.inputs):
                    file.write(np.ascontiguousarray(value, TYPES[tensor["type"]][0]).tobytes())
    (folder / "out.bin").write_bytes(b"")
    done = run(machine.command(program), cwd=folder)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode:
        raise RigError(f"the program ended with {done.returncode}: {said[:1500]}")
    figures = {}
    for line in said.splitlines():
        words = line.split()
        if len(words) == 3:
            figures[words[0], words[1]] = int(words[2])
    raw, at = (folder / "out.bin").read_bytes(), 0
    results = [[] for _ in networks]
    for network in networks:
        network.arenas = []
    for _ in range(samples):
        for network, rows in zip(networks, results):
            row = []
            for tensor in network.outputs:
                size = objects.tensor_bytes(tensor)
                row.append(np.frombuffer(raw[at:at + size], TYPES[tensor["type"]][0]).reshape(tensor["dims"]))
                at += size
            rows.append(row)
            network.arenas.append(raw[at:at + network.dumped])
            at += network.dumped
    if at != len(raw):
        raise RigError(f"{len(raw)} bytes of output, expected {at}")
    return results, figures


def make_batch(options, network):
    if options.input:
        arrays = [np.load(path) for path in options.input]
        if options.input_scale:
            zero, scale = options.input_scale
            arrays = [(array.astype(np.float32) - np.float32(zero)) * np.float32(scale) for array in arrays]
        return [[array[i] for array in arrays] for i in range(options.samples)]
    random = np.random.default_rng(7)

    def draw(tensor):
        kind = np.dtype(TYPES[tensor["type"]][0])
        if kind.kind in "fb":
            return random.standard_normal(tensor["dims"]).astype(kind) if kind.kind == "f" else random.integers(0, 2, tensor["dims"]).astype(kind)
        limits = np.iinfo(kind)
        return random.integers(max(limits.min, -128), min(limits.max, 255), tensor["dims"], endpoint=True).astype(kind)

    return [[draw(tensor) for tensor in network.inputs] for _ in range(options.samples)]


def check_selftest(options, machine, networks, folder):
    """Every changed bit of the weights makes the selftest fail."""
    for network in networks:
        if "selftest_size" not in network.manifest:
            if options.selftest:
                raise RigError(f"{network.name} has no selftest")
            continue
        for seed in range(options.selftest):
            image, position = objects.flip_weight(network.object, network.name, seed)
            _, figures = execute(machine, build(machine, networks, folder), networks, [[] for _ in networks], folder)
            network.object.write_bytes(image)
            if figures[network.name, "selftest"] == 0:
                raise RigError(f"{network.name}: the selftest passes with byte {position} of the weights changed")


def same_bytes(left, right):
    return all(a.tobytes() == b.tobytes() for x, y in zip(left, right) for a, b in zip(x, y))


def close(left, right):
    """Float networks: within 1e-4 of the largest output."""
    for x, y in zip(left, right):
        for a, b in zip(x, y):
            a, b = a.astype(np.float64), b.astype(np.float64)
            if a.size and not np.all(np.abs(a - b) <= 1e-4 * np.abs(b).max()):
                return False
    return True


def run_onnxruntime(options, network, model, batch):
    """The outputs of every sample; the outputs of states are fed back by hand."""
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.add_session_config_entry("session.x64quantprecision", "1")
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"])
    shapes = {i.name: [d if isinstance(d, int) else 1 for d in i.shape] for i in session.get_inputs()}
    states = dict(pair.rsplit("=", 1) for pair in options.state)
    constants = dict(flag.removeprefix("-constant=").rsplit("=", 1) for flag in options.flag if flag.startswith("-constant="))
    names = [output.name for output in session.get_outputs()]
    for index, sample in enumerate(batch):
        if index == 0 or options.reset_every and index % options.reset_every == 0:
            carried = {name: np.zeros(shapes[name], np.float32) for name in states}
        feed = {tensor["name"]: np.asarray(value).reshape(tensor["dims"])
                for tensor, value in zip(network.inputs, sample)}
        given = {name: np.array(int(value)) for name, value in constants.items()}
        results = dict(zip(names, session.run(None, {**feed, **carried, **given})))
        carried = {name: results[output] for name, output in states.items()}
        yield [results[tensor["name"]] for tensor in network.outputs]


def check_values(options, network, model, batch, outputs):
    """Accuracy on labels, and the distance from ONNX Runtime."""
    said = ""
    if options.labels:
        labels = np.load(options.labels)[:len(batch)]
        accuracy = float(np.mean([np.argmax(row[0]) == label for row, label in zip(outputs, labels)]))
        said += f" accuracy={accuracy:.4f}"
        if accuracy < options.min_accuracy:
            raise RigError(f"accuracy {accuracy:.4f}, expected {options.min_accuracy}")
    if options.min_sqnr is None and options.tolerance is None:
        return said
    signal = noise = worst = 0.0
    for row, expected in zip(outputs, run_onnxruntime(options, network, options.oracle or model, batch)):
        for got, want in zip(row, expected):
            want, distance = want.astype(np.float64).ravel(), got.astype(np.float64).ravel() - want.ravel()
            signal += float((want ** 2).sum())
            noise += float((distance ** 2).sum())
            worst = max(worst, float(np.abs(distance).max() / np.abs(want).max())) if np.abs(distance).any() else worst
    if options.min_sqnr is not None:
        decibels = 10 * np.log10(signal / noise) if noise else np.inf
        said += f" sqnr={decibels:.1f}dB"
        if not decibels >= options.min_sqnr:
            raise RigError(f"signal to noise {decibels:.1f} dB against ONNX Runtime, expected {options.min_sqnr}")
    if options.tolerance is not None:
        said += f" distance={worst:.1e}"
        if not worst <= options.tolerance:
            raise RigError(f"{worst:.1e} of the largest output away from ONNX Runtime, expected {options.tolerance}")
    return said


def run_machine(options, name, batches, alone):
    """Everything about one machine; returns the outputs of every network."""
    machine = MACHINES[name]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = ["net"] if len(options.models) == 1 else [f"net{i}" for i in range(len(options.models))]
        networks = [Network(options, model, n, machine.target, folder) for model, n in zip(options.models, names)]
        if not batches:
            batches.extend(make_batch(options, network) for network in networks)
        for network in networks:
            objects.check_arena(network.manifest)
        if alone is not None and len(networks) > 1:
            for network, batch in zip(networks, batches):
                alone.append(execute(machine, build(machine, [network], folder), [network], [batch], folder, options.reset_every)[0][0])
        results, figures = execute(machine, build(machine, networks, folder), networks, batches, folder, options.reset_every)
        for network in networks:
            if figures.get((network.name, "selftest"), 0):
                raise RigError(f"{network.name}: the selftest returns {figures[network.name, 'selftest']}")
        check_selftest(options, machine, networks, folder)
        said = ""
        for network, batch, outputs in zip(networks, batches, results):
            if options.kernels:
                compared = kernels.compare(network, kernels.Expected(options, network, batch, folder), network.arenas, outputs)
                said += f" {len(network.manifest['nodes'])} kernels, {compared} bytes equal to Reference;"
            facts = network.manifest
            stack = max(figures.get((network.name, key), 0) for key in ("stack", "reset_stack", "selftest_stack"))
            said += f" {network.name}: arena={facts['arena']['size']} bound={facts['arena']['bound']} weights={facts['weights_size']}"
            said += f" code={facts['code_size']} stack={stack}/{facts['stack_max']}"
        return networks, results, said


def check_rebuilds(options):
    """The same command gives the same files."""
    first = None
    for attempt in range(options.rebuild):
        with tempfile.TemporaryDirectory() as folder:
            network = Network(options, options.models[0], "net", MACHINES[options.machines[0]].target, pathlib.Path(folder))
            contents = [path.read_bytes() for path in network.files]
            first = first or contents
            for path, one, other in zip(network.files, first, contents):
                if one != other:
                    raise RigError(f"build {attempt + 1} gives another {path.suffix}")
    print(f"{options.rebuild} builds, equal files")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--qcc", required=True)
    parser.add_argument("--machines", default="host,aarch64," + ",".join(BOARDS), type=lambda text: text.split(","))
    parser.add_argument("--flag", action="append", default=[], help="option of qcc")
    parser.add_argument("--input", action="append", default=[], type=pathlib.Path, help=".npy of an input, first axis = samples; random without it")
    parser.add_argument("--input-scale", type=float, nargs=2, metavar=("ZERO", "SCALE"), help="the network gets (input - ZERO) * SCALE")
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--labels", type=pathlib.Path)
    parser.add_argument("--min-accuracy", type=float, default=0)
    parser.add_argument("--min-sqnr", type=float, help="dB against ONNX Runtime")
    parser.add_argument("--tolerance", type=float, help="distance from ONNX Runtime as a part of the largest output of a sample")
    parser.add_argument("--state", action="append", default=[], metavar="INPUT=OUTPUT", help="a state, which starts at zero; samples are its steps")
    parser.add_argument("--reset-every", type=int, default=0, metavar="N", help="states are reset after N samples")
    parser.add_argument("--oracle", type=pathlib.Path, help="model for ONNX Runtime (default: the same)")
    parser.add_argument("--float", action="store_true", help="values may differ between machines within 1e-4 of the largest")
    parser.add_argument("--selftest", type=int, default=0, metavar="N", help="the selftest must exist and notice N changed bits")
    parser.add_argument("--kernels", action="store_true", help="compile with -keep-tensors and compare every kernel's results with Reference")
    parser.add_argument("--rebuild", type=int, default=0, metavar="N", help="compile N times and compare the files")
    return parser.parse_args()


def main():
    options = parse()
    batches, first, alone = [], None, []
    try:
        require(options.machines)
        if options.rebuild:
            check_rebuilds(options)
        for name in options.machines:
            networks, results, said = run_machine(options, name, batches, alone if first is None else None)
            if first is None:
                first = results
                for network, batch, outputs in zip(networks, batches, results):
                    said += check_values(options, network, network.model, batch, outputs)
                if alone and not all(same_bytes(a, b) for a, b in zip(alone, results)):
                    raise RigError("a network gives something else when it is linked beside another")
            for one, other in zip(first, results):
                if not (close(other, one) if options.float else same_bytes(other, one)):
                    raise RigError(f"{name} and {options.machines[0]} give different outputs")
            print(f"{name}:{said}", flush=True)
    except RigError as error:
        print(f"rig: {error}", file=sys.stderr)
        return 1
    print("all machines agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
