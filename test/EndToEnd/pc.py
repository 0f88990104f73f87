"""Runs a program of the rig on a PC under Bochs: pc.py CPU PROGRAM. Reads in.bin, writes out.bin, prints the messages.

The CPU is one of `bochs --help cpu`; the emulator has instruction sets that this machine's CPU may lack."""
import pathlib
import subprocess
import sys
import tempfile

SECTOR, CYLINDER = 512, 512 * 63 * 16
CONFIGURATION = """
display_library: rfb, options="timeout=0"
cpu: model={cpu}, ips=4000000, reset_on_triple_fault=0
megs: 256
romimage: file="/usr/share/bochs/BIOS-bochs-latest"
vgaromimage: file="/usr/share/bochs/VGABIOS-lgpl-latest"
plugin_ctrl: e1000=0, es1370=0, ne2k=0, sb16=0, speaker=0, usb_uhci=0
ata0-master: type=disk, path="{folder}/disk.img", mode=flat, cylinders={cylinders}, heads=16, spt=63
boot: disk
port_e9_hack: enabled=1
log: "{folder}/bochs.log"
panic: action=fatal
error: action=ignore
"""


def main():
    cpu, program = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        disk = b""
        for section in ("boot", "text"):
            image = folder / section
            subprocess.run(["llvm-objcopy", "-O", "binary", "-j", f".{section}", program, image], check=True)
            disk += image.read_bytes() + bytes(-image.stat().st_size % SECTOR)
        disk += pathlib.Path("in.bin").read_bytes()
        disk += bytes(-len(disk) % CYLINDER)
        (folder / "disk.img").write_bytes(disk)
        (folder / "bochsrc").write_text(CONFIGURATION.format(cpu=cpu, folder=folder, cylinders=len(disk) // CYLINDER))
        # Debian's Bochs starts in its debugger, which wants to be told to continue, and whose input must stay open.
        bochs = subprocess.Popen(["bochs", "-q", "-f", folder / "bochsrc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, text=True, errors="replace")
        bochs.stdin.write("continue\n")
        bochs.stdin.flush()
        status = 99  # a fault, which nothing handles
        with open("out.bin", "wb") as out:
            started = False
            for line in bochs.stdout:
                started |= "<bochs:1> " in line
                if not started:
                    continue
                line = line.rpartition("<bochs:1> ")[2]
                if line.startswith("="):
                    out.write(bytes.fromhex(line[1:]))
                elif line.startswith("!"):
                    status = int(line[1:])
                    break
                else:
                    print(line, end="")
        bochs.kill()
        bochs.wait()
    return status


sys.exit(main())
