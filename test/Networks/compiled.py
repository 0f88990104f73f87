"""One network as qcc compiles it for this machine, called in this process."""
import ctypes
import json
import subprocess
import sys

import numpy as np

from objects import TYPES


class CompileError(Exception):
    pass


def aligned(size, alignment=64):
    block = np.zeros(size + alignment, np.uint8)
    return block[-block.ctypes.data % alignment:][:size]


# A program of its own: a process starts with the peak memory of the one that starts it, and this one is small.
MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{status} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}")
"""


def run_measured(command):
    """Runs a command; returns its seconds of processor time and its peak memory in bytes."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    status, seconds, peak = done.stdout.split()[-3:]
    if int(status):
        raise CompileError(f"{command[0]} ended with {status}: {done.stderr.strip()[:1000]}")
    return float(seconds), int(peak) * 1024


class Network:
    """A network with the facts of its manifest; `seconds` and `peak` are what qcc took."""

    def __init__(self, qcc, model, flags, folder):
        manifest = folder / "net.json"
        self.seconds, self.peak = run_measured([qcc, model, "-name=net", "-o", folder / "net.o", f"-manifest={manifest}", *flags])
        subprocess.run(["cc", "-shared", "-o", folder / "net.so", folder / "net.o"], check=True)
        self.manifest = json.loads(manifest.read_text())
        self.function = ctypes.CDLL(str(folder / "net.so")).net_run
        self.arena = aligned(max(1, self.manifest["arena"]["size"]))

    def run(self, feed):
        """Outputs of one sample; the arena keeps what the run before left in it."""
        inputs = []
        for tensor in self.manifest["inputs"]:
            value = np.asarray(feed[tensor["name"]], TYPES[tensor["type"]][0], order="C")
            if list(value.shape) != tensor["dims"]:
                raise ValueError(f"input {tensor['name']} has dims {tensor['dims']}, the sample {list(value.shape)}")
            inputs.append(value)
        outputs = [np.zeros(t["dims"], TYPES[t["type"]][0]) for t in self.manifest["outputs"]]
        status = self.function(*(ctypes.c_void_p(a.ctypes.data) for a in (*inputs, *outputs, self.arena)))
        if status:
            raise RuntimeError(f"net_run returns {status}")
        return outputs
