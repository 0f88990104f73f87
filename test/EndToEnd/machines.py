"""The machines of the end-to-end tests: how a program is linked for each and how it is run."""
import pathlib
import shutil
import subprocess
import sys

INPUTS = pathlib.Path(__file__).resolve().parent / "Inputs"
WARNINGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"]


class RigError(Exception):
    pass


class TooSlow(RigError):
    """The machine did not end in time, which says nothing about the program."""


def run(command, **options):
    try:
        return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, **options)
    except FileNotFoundError:
        raise RigError(f"missing tool: {command[0]}") from None
    except subprocess.TimeoutExpired:
        raise TooSlow(f"{command[0]} took more than 300 s") from None


class Hosted:
    """A system with processes; guard pages watch every buffer."""

    def __init__(self, target, compiler, runner):
        self.target, self.compiler, self.runner = target.split(), compiler, runner
        self.tools = [compiler[0], *runner[:1]]

    def link(self, folder, sources, objects, program):
        done = run([*self.compiler, *WARNINGS, "-I", folder, "-I", INPUTS, *sources, INPUTS / "hosted.c", *objects, "-o", program])
        if done.returncode or b"warning" in done.stderr:
            raise RigError("link: " + done.stderr.decode(errors="replace")[:1500])

    def command(self, program):
        return [*self.runner, program]


class Board:
    """A Cortex-M board under QEMU; the program reads and writes files by semihosting."""

    tools = ["arm-none-eabi-gcc", "qemu-system-arm"]

    def __init__(self, target, machine, flags, flash, ram, stack="64K"):
        self.target, self.machine, self.flags, self.stack = [f"-target={target}"], machine, flags, stack
        self.flash, self.ram = flash, ram

    def link(self, folder, sources, objects, program):
        script = (INPUTS / "board.ld").read_text()
        for key, value in (("FLASH", self.flash[0]), ("FLASH_SIZE", self.flash[1]), ("RAM", self.ram[0]), ("RAM_SIZE", self.ram[1]),
                           ("STACK_SIZE", self.stack)):
            script = script.replace(f"@{key}@", value)
        (folder / "board.ld").write_text(script)
        done = run(["arm-none-eabi-gcc", *self.flags, *WARNINGS, "-ffreestanding", "-nostdlib", "-nostartfiles", "-Wl,-z,noexecstack", "-T",
                    folder / "board.ld", "-I", folder, "-I", INPUTS, *sources, INPUTS / "bare.c", INPUTS / "board.c", *objects, "-lgcc", "-o", program])
        if done.returncode or b"warning" in done.stderr:
            raise RigError("link: " + done.stderr.decode(errors="replace")[:1500])

    def command(self, program):
        return ["qemu-system-arm", "-M", self.machine, "-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
                "enable=on,target=native", "-kernel", program]


class EmulatedPC:
    """A PC without a system under Bochs, which has instruction sets that the CPU of this machine may lack."""

    tools = ["cc", "llvm-objcopy", "bochs"]

    def __init__(self, target, cpu):
        self.target, self.cpu = target.split(), cpu

    def link(self, folder, sources, objects, program):
        done = run(["cc", *WARNINGS, "-ffreestanding", "-fno-pic", "-no-pie", "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
                    "-mno-red-zone", "-nostdlib", "-static", "-Wl,--build-id=none,--no-warn-rwx-segments", "-T", INPUTS / "pc.ld", "-I", folder,
                    "-I", INPUTS, *sources, INPUTS / "bare.c", INPUTS / "pc.c", INPUTS / "pc-boot.S", *objects, "-o", program])
        if done.returncode or b"warning" in done.stderr:
            raise RigError("link: " + done.stderr.decode(errors="replace")[:1500])

    def command(self, program):
        return [sys.executable, pathlib.Path(__file__).with_name("pc.py"), self.cpu, program]


MPS2 = dict(flash=("0x00000000", "4M"), ram=("0x21000000", "8M"))
MACHINES = {
    "host": Hosted("-target=host", ["cc"], []),
    # The instruction sets that contractions are made of; the last two need a CPU that has them.
    "sse2": Hosted("-target=x86_64", ["cc"], []),
    "avx2": Hosted("-target=x86_64 -mcpu=haswell", ["cc"], []),
    "avx512vnni": Hosted("-target=x86_64 -mcpu=cascadelake", ["cc"], []),
    # The same code on CPUs that have these instruction sets and no more.
    "pc-sse2": EmulatedPC("-target=x86_64", "athlon64_clawhammer"),
    "pc-avx2": EmulatedPC("-target=x86_64 -mcpu=haswell", "corei7_haswell_4770"),
    "pc-avx512vnni": EmulatedPC("-target=x86_64 -mcpu=cascadelake", "corei7_icelake_u"),
    "aarch64": Hosted("-target=aarch64", ["aarch64-linux-gnu-gcc", "-static"], ["qemu-aarch64"]),
    "dotprod": Hosted("-target=aarch64 -mattr=+dotprod", ["aarch64-linux-gnu-gcc", "-static"], ["qemu-aarch64", "-cpu", "max"]),
    "microbit": Board("cortex-m0", "microbit", ["-mcpu=cortex-m0"], ("0x00000000", "256K"), ("0x20000000", "16K"), stack="2K"),
    "cortex-m0": Board("cortex-m0", "mps2-an385", ["-mcpu=cortex-m0"], **MPS2),
    "cortex-m3": Board("cortex-m3", "mps2-an385", ["-mcpu=cortex-m3"], **MPS2),
    "cortex-m4": Board("cortex-m4", "mps2-an386", ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"], **MPS2),
    "cortex-m7": Board("cortex-m7", "mps2-an500", ["-mcpu=cortex-m7", "-mfloat-abi=softfp", "-mfpu=fpv5-d16"],
                       flash=("0x00000000", "4M"), ram=("0x60000000", "8M")),
    "cortex-m33": Board("cortex-m33", "mps2-an505", ["-mcpu=cortex-m33", "-mfloat-abi=hard"], flash=("0x10000000", "4M"),
                        ram=("0x38000000", "4M")),
    "cortex-m55": Board("cortex-m55", "mps3-an547", ["-mcpu=cortex-m55", "-mfloat-abi=hard"], flash=("0x00000000", "512K"),
                        ram=("0x21000000", "2M")),
}
BOARDS = [name for name, machine in MACHINES.items() if isinstance(machine, Board) and name != "microbit"]


def require(names):
    """A missing tool is a failure, never a skip."""
    for name in names:
        machine = MACHINES[name]
        for tool in machine.tools:
            if not shutil.which(tool):
                raise RigError(f"missing tool: {tool}")
