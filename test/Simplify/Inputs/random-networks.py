"""Simplifies random networks of ops that only move, add and compare: their values must stay bit for bit.

usage: random-networks.py WORK_FOLDER NUMBER PASS_PIPELINE
"""
import math
import pathlib
import random
import subprocess
import sys


def tensor(shape):
    return "tensor<" + "".join(f"{d}x" for d in shape) + "f32>"


class Network:
    def __init__(self, seed):
        self.random = random.Random(seed)
        shape = [self.random.choice([1, 2, 3, 4]) for _ in range(self.random.choice([2, 3, 4, 5]))]
        self.arguments, self.values, self.body = [("%x", shape)], [("%x", shape)], []
        for _ in range(self.random.randint(3, 14)):
            step = self.random.choice([self.transpose, self.transpose, self.transpose, self.reshape, self.reshape, self.relu, self.add,
                                       self.add_argument, self.concat, self.slice, self.pad, self.reduce])
            step(*self.random.choice(self.values[-3:]))

    def define(self, shape, op, operands):
        if math.prod(shape) > 600:
            return
        value = f"%v{len(self.body)}"
        self.body.append(f"{value} = {op} : {', '.join(map(tensor, operands))} -> {tensor(shape)}")
        self.values.append((value, shape))

    def transpose(self, value, shape):
        order = self.random.sample(range(len(shape)), len(shape))
        self.define([shape[i] for i in order], f"qnn.transpose {value} perm {order}", [shape])

    def reshape(self, value, shape):
        rest, result = math.prod(shape), []
        for _ in range(self.random.randint(0, 4)):
            result.append(self.random.choice([d for d in range(1, rest + 1) if rest % d == 0]))
            rest //= result[-1]
        self.define(result + [rest], f"qnn.reshape {value}", [shape])

    def relu(self, value, shape):
        self.define(shape, f"qnn.relu {value}", [shape])

    def add(self, value, shape):
        other = self.random.choice([v for v, s in self.values if s == shape])
        self.define(shape, f"qnn.add {value}, {other}", [shape, shape])

    def add_argument(self, value, shape):
        first = self.random.randrange(len(shape))
        broadcast = [self.random.choice([d, 1]) for d in shape[first:]]
        self.arguments.append((f"%a{len(self.arguments)}", broadcast))
        self.define(shape, f"qnn.add {value}, {self.arguments[-1][0]}", [shape, broadcast])

    def concat(self, value, shape):
        axis = self.random.randrange(len(shape))
        result = [2 * d if i == axis else d for i, d in enumerate(shape)]
        self.define(result, f"qnn.concat {value}, {value} axis {axis}", [shape, shape])

    def slice(self, value, shape):
        result = [self.random.randint(1, d) for d in shape]
        offsets = [self.random.randint(0, d - r) for d, r in zip(shape, result)]
        self.define(result, f"qnn.slice {value} at {offsets} by {[1] * len(shape)}", [shape])

    def pad(self, value, shape):
        low, high = ([self.random.randint(0, 1) for _ in shape] for _ in range(2))
        self.define([l + d + h for l, d, h in zip(low, shape, high)], f"qnn.pad {value} low {low} high {high}", [shape])

    def reduce(self, value, shape):
        axes = sorted(self.random.sample(range(len(shape)), self.random.randint(1, len(shape))))
        self.define([1 if i in axes else d for i, d in enumerate(shape)], f"qnn.reduce max {value} over {axes}", [shape])

    def text(self):
        results = [self.values[-1], self.random.choice(self.values)]
        arguments = ", ".join(f"{v}: {tensor(s)}" for v, s in self.arguments)
        types = ", ".join(tensor(s) for _, s in results)
        body = "\n".join(self.body)
        return f"func.func @run({arguments}) -> ({types}) {{\n{body}\nreturn {', '.join(v for v, _ in results)} : {types}\n}}\n"


def main():
    work, number, pipeline = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    work.mkdir(parents=True, exist_ok=True)
    failures = 0
    for seed in range(number):
        before, after = work / f"{seed}.before.mlir", work / f"{seed}.after.mlir"
        before.write_text(Network(seed).text())
        subprocess.run(["qcc-opt", before, f"-pass-pipeline={pipeline}", "-o", after], check=True, timeout=60)
        values = [subprocess.run(["qcc-reference", path, "-seed=5"], check=True, capture_output=True).stdout for path in (before, after)]
        if values[0] != values[1]:
            failures += 1
            print(f"FAIL: {before} and {after} give different values")
    print(f"{number} networks, {failures} failures")
    return failures != 0


sys.exit(main())
