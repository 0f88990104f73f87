#!/usr/bin/env python3
"""Runs the commands of the tree's pages: every Markdown file of the root and of PAGES.

    run-docs.py SOURCE_DIRECTORY SCRATCH_DIRECTORY

Each page gets a fresh folder in which `examples`, `test` and `source` lead to the source tree, `build` to where qcc was
built and `.venv` to the environment of this Python. In it,
  ```sh           is run and must succeed
  ```output       must equal what the block before it printed
  ```c file=NAME  is written to that file
  ```console      is not run: it takes minutes, or files that are not in the tree
Other blocks are of a kind in PROSE. Links to files of the tree must exist.
"""
import pathlib
import re
import shutil
import subprocess
import sys

PAGES = ("docs", "dialects", "benchmark", "examples", "tools", "test")
PROSE = ("console", "text", "c", "mlir")
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
        elif kind not in ("output", *PROSE):
            yield f"unknown kind of block: {kind}"
    yield count


def main():
    source, scratch = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    pages = sorted([*source.glob("*.md"), *(page for folder in PAGES for page in (source / folder).rglob("*.md"))])
    build = pathlib.Path(shutil.which("qcc")).resolve().parents[1]
    bad = blocks = links = 0
    for path in pages:
        name, text = str(path.relative_to(source)), path.read_text()
        folder = scratch / name.replace("/", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        places = {"examples": source / "examples", "test": source / "test", "source": source, "build": build, ".venv": sys.prefix}
        for link, place in places.items():
            (folder / link).symlink_to(place)
        *faults, count = run_blocks(text, folder)
        blocks += count
        for link in LINK.findall(text):
            links += 1
            if not (path.parent / link).exists():
                faults.append(f"no file {link}")
        for fault in faults:
            print(f"{name}: {fault}")
        bad += len(faults)
    print(f"{len(pages)} pages, {blocks} blocks run, {links} links, {bad} wrong")
    return 1 if bad or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
