#!/usr/bin/env python3
"""Predicts the convolution of contraction.cpp on CPUs with AVX-512 VNNI that are not at hand.

    benchmark/contraction-model.py [--qcc build/bin/qcc] [--mca llvm-mca-22] [CPU...]

Compiles it for each CPU and lets llvm-mca's model of that CPU say how many cycles each part takes. The peak is the same
model's time for the products alone, on registers. Prints a Markdown table. Nothing is run: memory is the first-level cache.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile

ROWS = COLUMNS = 56
TAPS, STEPS = 3, 48  # rows of taps; groups of four codes in one of them
PRODUCTS = ROWS * COLUMNS * 64 * 576 // 64  # instructions of 64 products
COPIED_BLOCKS = 4 * 16 * 58 * 64 // 32  # four bands of 16 padded rows, a vector of 32 bytes at a time


def write_network(path):
    source = (pathlib.Path(__file__).parent / "contraction.cpp").read_text()
    text = re.search(r'R"\((.*?)\)";', source, re.DOTALL).group(1)
    weights = "".join(f"{((i * 2654435761 & 0xffffffff) >> 13) & 255:02x}" for i in range(64 * 576))
    path.write_text(text.replace("WEIGHTS", weights))


def read_kernel(assembly):
    """The instructions and labels of the kernel that multiplies."""
    for body in re.findall(r"^net_kernel\d+:\n(.*?)^\.Lfunc_end", assembly, re.DOTALL | re.MULTILINE):
        if "vpdpbusd" in body:
            lines = [line.split("#")[0].strip() for line in body.splitlines()]
            return [line for line in lines if line and (line.startswith(".LBB") or not line.startswith("."))]
    raise SystemExit("no kernel with vpdpbusd")


def find_loops(lines):
    """(first, last) line of every loop: a label and the last jump back to it."""
    labels = {line[:-1]: i for i, line in enumerate(lines) if line.endswith(":")}
    loops = {}
    for i, line in enumerate(lines):
        target = line.split()[-1]
        if line.startswith("j") and labels.get(target, i) < i:
            loops[labels[target]] = i
    return sorted(loops.items())


class Model:
    def __init__(self, mca, cpu):
        self.command = [mca, "-mtriple=x86_64", f"-mcpu={cpu}", "-instruction-info=0", "-resource-pressure=0"]

    def cycles(self, lines, iterations):
        code = "\n".join(line for line in lines if not line.endswith(":")) + "\n"
        report = subprocess.run([*self.command, f"-iterations={iterations}", "-"], input=code, capture_output=True,
                                text=True, check=True).stdout
        return int(re.search(r"Total Cycles:\s+(\d+)", report).group(1)) / iterations


def predict(qcc, mca, cpu, folder):
    subprocess.run([qcc, folder / "net.mlir", "-start-from=fuse", "-target=x86_64", f"-mcpu={cpu}", "-name=net",
                    "-emit=asm", "-o", folder / "net.s"], check=True)
    lines, model = read_kernel((folder / "net.s").read_text()), Model(mca, cpu)
    loops = find_loops(lines)
    innermost = [(a, b) for a, b in loops if not any(a < c and d <= b for c, d in loops)]
    peak = model.cycles([f"vpdpbusd %zmm30, %zmm31, %zmm{i}" for i in range(24)], 1000) / 24
    most = max(sum("vpdpbusd" in line for line in lines[a:b]) for a, b in innermost) // 4
    result, instructions, inside, total, spills = {}, 0, 0, 0.0, 0
    for a, b in innermost:
        body = lines[a + 1:b + 1]
        products = sum("vpdpbusd" in line for line in body)
        if not products:
            continue
        rows = products // 4
        tiles = ROWS * (COLUMNS // rows if rows > most / 2 else 1)  # a row of pixels ends with one smaller tile
        spills += sum("(%rsp" in line and "zmm" in line for line in body)
        loop = model.cycles(body, STEPS)
        # What a tile does once: the code around its loop over rows of taps, up to the next loop or jump back.
        taps = max(((c, d) for c, d in loops if c < a and b < d), key=lambda loop: loop[0])
        before = max([d for c, d in loops if d < taps[0]] + [c for c, d in loops if c < taps[0] and d > taps[1]])
        ends = [c for c, d in loops if c > taps[1]] + [d + 1 for c, d in loops if d > taps[1]]
        once = lines[before + 1:taps[0]] + lines[taps[1] + 1:min(ends)]
        outer = [line for i, line in enumerate(lines[taps[0]:taps[1] + 1], taps[0]) if not a <= i <= b]
        count = lambda part: sum(not line.endswith(":") for line in part)
        inside += tiles * TAPS * STEPS * count(body)
        instructions += tiles * (TAPS * STEPS * count(body) + TAPS * count(outer) + count(once))
        total += tiles * (TAPS * STEPS * loop + model.cycles(once, 100))
        result[rows] = peak * products / loop
    copies = [lines[a + 1:b + 1] for a, b in innermost if not any("vpdpbusd" in line for line in lines[a:b])]
    copy = max(copies, key=len)
    instructions += COPIED_BLOCKS * len(copy)
    total += COPIED_BLOCKS * model.cycles(copy, 100)
    share = " and ".join(f"{100 * result[rows]:.0f} %" for rows in sorted(result, reverse=True))
    print(f"| {cpu} | {peak:.2f} | {share} | {spills} | {100 * (1 - inside / instructions):.1f} % "
          f"| {100 * PRODUCTS * peak / total:.0f} % |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cpus", nargs="*", default=["icelake-server", "sapphirerapids", "znver4"])
    parser.add_argument("--qcc", default="build/bin/qcc")
    parser.add_argument("--mca", default="llvm-mca-22")
    arguments = parser.parse_args()
    print("| CPU | cycles of one product instruction | inner loops, part of the peak | spills in them "
          "| instructions outside them | whole convolution, part of the peak |\n|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write_network(folder / "net.mlir")
        for cpu in arguments.cpus:
            predict(arguments.qcc, arguments.mca, cpu, folder)


if __name__ == "__main__":
    main()
