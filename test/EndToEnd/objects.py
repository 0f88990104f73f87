"""What the end-to-end tests check of an object file and of a manifest without running anything."""
import re
import struct

import numpy as np

from machines import RigError, run

TYPES = {"f32": ("f4", "float"), "f64": ("f8", "double"), "i8": ("i1", "int8_t"), "u8": ("u1", "uint8_t"), "i16": ("i2", "int16_t"),
         "u16": ("u2", "uint16_t"), "i32": ("i4", "int32_t"), "u32": ("u4", "uint32_t"), "i64": ("i8", "int64_t"),
         "u64": ("u8", "uint64_t"), "bool": ("?", "uint8_t"), "f16": ("f2", "uint16_t"), "bf16": ("u2", "uint16_t")}
# Helpers of the Arm ABI that float parts may call on a core without the hardware.
HELPER = re.compile(r"__aeabi_([fd]\w+|u?i2[fd]|u?l\w+|u?idiv\w*)")
ARM = 40  # e_machine


def element_size(kind):
    return np.dtype(TYPES[kind][0]).itemsize


def tensor_bytes(tensor):
    return int(np.prod(tensor["dims"], dtype=np.int64)) * element_size(tensor["type"])


def check_symbols(path, name):
    """Globals carry the network's name, nothing is writable, nothing but helpers is undefined."""
    done = run(["llvm-nm", path])
    if done.returncode:
        raise RigError(done.stderr.decode(errors="replace"))
    machine, = struct.unpack_from("<H", path.read_bytes(), 18)
    for line in done.stdout.decode().splitlines():
        kind, symbol = line.split()[-2:]
        if kind in "TRVWi" and not symbol.startswith(name + "_"):
            raise RigError(f"{path.name}: global symbol {symbol}")
        if kind in "BDCSGbdsg":
            raise RigError(f"{path.name}: writable data {symbol}")
        if kind in "Uwv" and not (machine == ARM and HELPER.fullmatch(symbol)):
            raise RigError(f"{path.name}: undefined symbol {symbol}")


def find_section(image, wanted):
    """File offset and size of an ELF section."""
    wide = image[4] == 2
    table, = struct.unpack_from("<Q" if wide else "<I", image, 0x28 if wide else 0x20)
    entry, count, names = struct.unpack_from("<HHH", image, 0x3A if wide else 0x2E)

    def header(index):
        if wide:
            name, _, _, _, offset, size = struct.unpack_from("<IIQQQQ", image, table + index * entry)
        else:
            name, _, _, _, offset, size = struct.unpack_from("<6I", image, table + index * entry)
        return name, offset, size

    strings = header(names)[1]
    for index in range(count):
        name, offset, size = header(index)
        if image[strings + name:image.index(0, strings + name)].decode() == wanted:
            return offset, size
    raise RigError(f"no section {wanted}")


def flip_weight(path, name, seed):
    """Changes one bit of the weights; returns what to write back."""
    image = path.read_bytes()
    offset, size = find_section(image, f".rodata.{name}.weights")
    if size == 0:
        raise RigError("no weights")
    position, bit = (int(v) for v in np.random.default_rng(seed).integers([0, 0], [size, 8]))
    changed = bytearray(image)
    changed[offset + position] ^= 1 << bit
    path.write_bytes(changed)
    return image, position


def check_arena(manifest):
    """Recomputes from the list of kernels what lives when: no two live tensors share a byte, and the bound is right."""
    live = []  # [offset, bytes, first step, last step]
    current = {}
    for step, node in enumerate(manifest["nodes"]):
        for offset in node["reads"]:
            if offset not in current:
                raise RigError(f"node {node['name']} reads offset {offset}, which nothing wrote")
            current[offset][3] = step
        for result in node["results"]:
            if "offset" in result:
                current[result["offset"]] = [result["offset"], tensor_bytes(result), step, step]
                live.append(current[result["offset"]])
        scratch = node.get("scratch")
        if scratch:
            live.append([scratch["offset"], scratch["size"], step, step])
    bound = max((sum(size for _, size, first, last in live if first <= step <= last) for step in range(len(manifest["nodes"]))), default=0)
    arena = manifest["arena"]
    if bound != arena["bound"]:
        raise RigError(f"manifest says a lower bound of {arena['bound']}, its nodes give {bound}")
    end = max((offset + size for offset, size, _, _ in live), default=0)
    if not end <= arena["size"] < end + arena["align"]:
        raise RigError(f"arena of {arena['size']} bytes, its tensors end at {end}")
    for i, (offset, size, first, last) in enumerate(live):
        for other, other_size, other_first, other_last in live[:i]:
            if first <= other_last and other_first <= last and offset < other + other_size and other < offset + size:
                raise RigError(f"live tensors at {offset} and {other} overlap")
    return bound
