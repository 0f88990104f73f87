#!/usr/bin/env python3
"""Runs the commands of Markdown files.

    run-docs.py SOURCE_DIRECTORY SCRATCH_DIRECTORY FILE.md...

Each file gets a fresh folder in which `examples` and `source` lead to the source tree. In it,
  ```sh           is run and must succeed
  ```output       must equal what the block before it printed
  ```c file=NAME  is written to that file
Blocks of other kinds are prose. Links to files of the tree must exist. Every file must have something to check.
"""
import pathlib
import re
import shutil
import subprocess
import sys

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def run_blocks(text, folder):
    """Yields what is wrong; the last item is the number of blocks."""
    said, count = "", 0
    for kind, details, body in FENCE.findall(text):
        if kind == "sh":
            count += 1
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", body], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            said = done.stdout.decode(errors="replace")
            if done.returncode:
                yield f"exit status {done.returncode}:\n{body}{done.stderr.decode(errors='replace')}"
        elif kind == "output" and said != body:
            yield f"expected\n{body}got\n{said}"
        elif details.strip().startswith("file="):
            (folder / details.strip()[len("file="):]).write_text(body)
    yield count


def main():
    source, scratch = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    bad = blocks = links = 0
    for name in sys.argv[3:]:
        path = source / name
        text = path.read_text()
        folder = scratch / name.replace("/", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "examples").symlink_to(source / "examples")
        (folder / "source").symlink_to(source)
        *faults, count = run_blocks(text, folder)
        blocks += count
        for link in LINK.findall(text):
            links += 1
            if not (path.parent / link).exists():
                faults.append(f"no file {link}")
        for fault in faults:
            print(f"{name}: {fault}")
        bad += len(faults)
    print(f"{len(sys.argv) - 3} pages, {blocks} blocks run, {links} links, {bad} wrong")
    return 1 if bad or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
