#!/usr/bin/env python3
"""Runs the rig on faulty objects: it must accept the right one and name the fault of every other one.

    check-rig.py RIG FOLDER
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = [  # fault, machines, what the rig must say
    ("none", "host,cortex-m3", None),
    ("writes-input", "host", "ended with -11"),
    ("writes-input", "cortex-m3", "an input was written"),
    ("reads-arena", "host", "outputs depend on"),
    ("reads-arena", "cortex-m3", "outputs depend on"),
    ("reads-output", "host", "outputs depend on"),
    ("after-output", "host", "ended with -11"),
    ("after-output", "cortex-m3", "ended with 33"),
    ("before-arena", "host", "ended with 33"),
    ("before-arena", "cortex-m3", "ended with 33"),
    ("after-arena", "host", "ended with"),
    ("after-arena", "cortex-m3", "ended with 33"),
    ("deep-stack", "cortex-m3", "more stack than STACK_MAX"),
    ("deep-selftest", "cortex-m3", "more stack than STACK_MAX"),
    ("deep-reset", "cortex-m3", "more stack than STACK_MAX"),
    ("error", "host", "returned an error"),
    ("undefined-symbol", "host", "undefined symbol outside"),
    ("writable-data", "host", "writable data"),
    ("other-symbol", "host", "global symbol other"),
    ("wrong-bound", "host", "its nodes give 16"),
    ("wrong-kernel", "host", "kernel 0 'copy' (generic) differs from Reference in sample 0, result 0, element 2"),
    ("wrong-kernel", "cortex-m3", "element 2"),
    ("stateful", "host,cortex-m3", None),
    ("no-reset", "host", "states of the same steps differ"),
    ("no-reset", "cortex-m3", "states of the same steps differ"),
    ("changes", "host", "build 2 gives another .json"),
]


def main():
    rig, folder = sys.argv[1:]
    bad = 0
    for fault, machines, wanted in EXPECTED:
        model = pathlib.Path(folder) / "model"
        model.write_text("0")
        done = subprocess.run([sys.executable, rig, str(model), "--qcc", str(HERE / "faulty-qcc.py"), f"--flag=-fault={fault}", "--machines", machines,
                               *(["--rebuild=2"] if fault == "changes" else []), *(["--kernels"] if fault in ("none", "wrong-kernel") else [])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.decode(errors="replace")
        right = done.returncode == 0 if wanted is None else done.returncode == 1 and wanted in said
        if not right:
            bad += 1
            print(f"{fault} on {machines}: expected {wanted or 'success'}, got {done.returncode}:\n{said}")
    print(f"{len(EXPECTED)} programs, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
