"""Every tensor at a kernel boundary of an object made with -keep-tensors, beside what Reference computes for it."""
import json

import numpy as np

import objects
from machines import RigError, run
from objects import TYPES

FLAGS = ["-keep-tensors", "-no-selftest"]


def centre(array, zero_point):
    """Code less zero point: Layout may store s8 as u8 inside the network."""
    return array if zero_point is None else array.astype(np.int32) - zero_point


class Expected:
    """What Reference computes for the kernels that Fuse formed for one target: {(kernel, result): array of each sample}."""

    def __init__(self, options, network, batch, folder):
        fused = folder / f"{network.name}.fuse.mlir"
        done = run([options.qcc, network.model, *network.target, f"-name={network.name}", "-emit=fuse", "-o", fused, "-no-selftest",
                    *options.flag])
        if done.returncode:
            raise RigError(f"qcc -emit=fuse ended with {done.returncode}: {done.stderr.decode(errors='replace')[:1500]}")
        command = ["qcc-reference", fused, f"-samples={len(batch)}", f"-output={folder / 'reference'}", f"-trace={folder / 'kernels'}"]
        for i, tensor in enumerate(network.inputs):
            path = folder / f"reference.in{i}"
            path.write_bytes(b"".join(np.ascontiguousarray(sample[i], TYPES[tensor["type"]][0]).tobytes() for sample in batch))
            command.append(f"-input={path}")
        done = run(command)
        if done.returncode:
            raise RigError(f"qcc-reference ended with {done.returncode}: {done.stderr.decode(errors='replace')[:1500]}")
        trace = json.loads((folder / "kernels.json").read_text())
        keys = {value: (op["attributes"]["id"], number) for op in trace["operations"] if op["kind"] == "qnn.kernel"
                for number, value in enumerate(op["results"])}
        raw, at, self.values = (folder / "kernels.bin").read_bytes(), 0, {}
        for _ in batch:
            for number, value in enumerate(trace["values"]):
                size = objects.tensor_bytes(value)
                if number in keys:
                    array = np.frombuffer(raw[at:at + size], TYPES[value["type"]][0])
                    self.values.setdefault(keys[number], []).append(centre(array, value.get("zero_point")))
                at += size
        if at != len(raw):
            raise RigError(f"{len(raw)} bytes of kernels, expected {at}")


def compare(network, expected, arenas, outputs):
    """Compares the results of every kernel in the arenas and outputs of all samples; returns how many bytes were compared."""
    compared, known = 0, set()
    for node in network.manifest["nodes"]:
        for number, result in enumerate(node["results"]):
            key = node["id"], number
            if key not in expected.values:
                continue
            known.add(key)
            kind = np.dtype(TYPES[result["type"]][0])
            for sample, wanted in enumerate(expected.values[key]):
                if "output" in result:
                    got = np.frombuffer(outputs[sample][result["output"]].tobytes(), kind)
                else:
                    got = np.frombuffer(arenas[sample], kind, wanted.size, result["offset"])
                compared += got.nbytes
                got = centre(got, result.get("zero_point"))
                if got.tobytes() != wanted.tobytes():
                    where = np.flatnonzero(got.view(np.uint8) != wanted.view(np.uint8)) if got.dtype == wanted.dtype else []
                    element = int(where[0]) // got.itemsize if len(where) else 0
                    raise RigError(f"{network.name}: kernel {key[0]} '{node['name']}' ({node['emitter']}) differs from Reference in sample "
                                   f"{sample}, result {number}, element {element}")
    if known != set(expected.values):
        raise RigError(f"{network.name}: the object has no kernel {sorted(set(expected.values) - known)[0][0]} of Fuse")
    return compared
