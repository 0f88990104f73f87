"""Runs one case with qcc-run in each of the ways that the suite tests, and compares the outputs with the expected ones."""
import dataclasses
import pathlib
import re
import subprocess

import ml_dtypes
import numpy

import rules
import stored

COMPILED, REFERENCE, FOLDED = "compiled", "reference", "folded"
WAYS = (REFERENCE, COMPILED, FOLDED)
CODE = re.compile(r"\[(E\d{4})\]")
QUOTED = re.compile(r"'([^']*)'")
NEEDS_VALUE = ("E2307", "E2404")
SECONDS = 300
# Of onnx.backend.test.
RELATIVE, ABSOLUTE = 1e-3, 1e-7
OWN_RELATIVE = {"light_densenet121": 2e-3}


@dataclasses.dataclass
class Outcome:
    """`kind` is passed, wrong, refused, crashed or late."""

    kind: str
    code: str = ""  # of the diagnostic
    text: str = ""

    @property
    def passed(self):
        return self.kind == "passed"

    def describe(self):
        return {"passed": "passed", "wrong": "wrong values", "refused": f"refused [{self.code}]", "crashed": "crash",
                "late": "timeout"}[self.kind]


def get_ways(case):
    if stored.has_stored_types(case) or rules.is_folded_only(case):
        return (FOLDED,)
    # Nobody waits for the Reference on a whole network.
    return (COMPILED,) if case.category == "light" else WAYS


def is_symbolic(value):
    return any(not dim.HasField("dim_value") for dim in value.type.tensor_type.shape.dim)


def load_array(path):
    array = numpy.load(path)
    # NumPy's files have no name for bfloat16.
    return array.view(ml_dtypes.bfloat16) if array.dtype.kind == "V" else array


def save_array(path, array):
    numpy.save(path, numpy.ascontiguousarray(array).reshape(array.shape))


def cut_padding(got, wanted):
    rows = len(wanted)
    return got[:rows] if (got[rows:] == -1).all() else got


def compare(name, got, wanted, relative):
    """What is wrong with an output, or an empty text."""
    if got.shape != wanted.shape:
        return f"output '{name}' has shape {got.shape}, not {wanted.shape}"
    if got.dtype != wanted.dtype:
        return f"output '{name}' holds {got.dtype}, not {wanted.dtype}"
    if got.dtype == ml_dtypes.bfloat16:
        relative = max(relative, 2**-6)
        got, wanted = got.astype(numpy.float32), wanted.astype(numpy.float32)
    try:
        numpy.testing.assert_allclose(got, wanted, rtol=relative, atol=ABSOLUTE)
    except AssertionError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"output '{name}': " + "; ".join(lines[1:5])[:200]
    return ""


class Runner:
    """Runs one case in a folder of its own."""

    def __init__(self, qcc_run, case, folder):
        self.qcc_run, self.folder, self.ways = qcc_run, pathlib.Path(folder), get_ways(case)
        self.case = stored.rewrite(case, self.folder) if stored.has_stored_types(case) else case
        self.bound = rules.find_compile_time_inputs(self.case)

    def run(self):
        """Outcome of each way; the first data set that does not pass decides."""
        outcomes = {}
        for data in self.case.data:
            inputs, wanted = self.case.load_inputs(data), self.case.load_outputs(data)
            for index, array in enumerate(inputs):
                save_array(self.folder / f"input{index}.npy", array)
            # What has no elements is known without being given.
            self.bound = self.bound | {value.name for value, array in zip(self.case.inputs, inputs) if array.size == 0}
            for way in self.ways:
                if not outcomes.get(way, Outcome("passed")).passed:
                    continue
                # What Import refuses, it refuses whoever runs the network.
                first = outcomes.get(REFERENCE)
                is_refused = way == COMPILED and first and first.kind == "refused" and first.code.startswith("E2")
                outcomes[way] = first if is_refused else self.run_way(way, inputs, wanted)
        return outcomes

    def run_way(self, way, inputs, wanted):
        names = {value.name for value in self.case.inputs}
        bound = names if way == FOLDED else self.bound
        while True:
            outcome = self.execute(self.make_command(way, bound, inputs))
            # Where the table does not know it, the message names the value that must be known.
            more = set()
            if outcome.code in NEEDS_VALUE:
                for value in QUOTED.findall(outcome.text):
                    more |= rules.find_ancestors(self.case, value)
            if more <= bound:
                break
            self.bound = bound = bound | more
        return self.check(wanted) if outcome.passed else outcome

    def make_flags(self, bound, inputs):
        flags = []
        for index, value in enumerate(self.case.inputs):
            path = self.folder / f"input{index}.npy"
            if value.name in bound:
                flags.append(f"-constant={value.name}={path}")
            else:
                flags.append(f"-input={value.name}:{path}")
            if is_symbolic(value) and 0 not in inputs[index].shape:
                flags.append(f"-shape={value.name}=" + "x".join(map(str, inputs[index].shape)))
        return flags

    def make_command(self, way, bound, inputs):
        command = [self.qcc_run, str(self.case.path), *self.make_flags(bound, inputs)]
        for index, value in enumerate(self.case.model.graph.output):
            command.append(f"-output={value.name}:{self.folder}/output{index}.npy")
        return command + (["-run-with=reference"] if way == REFERENCE else [])

    def execute(self, command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Outcome("late", text=f"more than {SECONDS} seconds")
        if done.returncode == 0:
            return Outcome("passed")
        errors = [line for line in done.stderr.splitlines() if " error: " in line]
        text = (errors or [done.stderr.strip()[-200:]])[0].removeprefix("qcc-run: error: ").replace(f"{self.case.path}: ", "")
        code = CODE.search(text)
        if done.returncode < 0 or done.returncode >= 70 or not code:
            return Outcome("crashed", text=f"exit status {done.returncode}: {text}")
        return Outcome("refused", code.group(1), text)

    def check(self, wanted):
        for index, value in enumerate(self.case.model.graph.output):
            path = self.folder / f"output{index}.npy"
            got = load_array(path)[0]  # qcc-run counts samples with the first axis
            path.unlink()
            if rules.is_padded(self.case):
                got = cut_padding(got, wanted[index])
            relative = OWN_RELATIVE.get(self.case.name, RELATIVE)
            if problem := compare(value.name, got, wanted[index], relative):
                return Outcome("wrong", text=problem)
        return Outcome("passed")
