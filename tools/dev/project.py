"""What the checks of tools/dev share: the list of the project's own files and how findings are reported."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes, under=()):
    """Paths relative to the root: everything that git tracks or would track."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
    found = []
    for name in sorted(set(filter(None, listed))):
        if suffixes and not name.endswith(suffixes):
            continue
        if under and not name.startswith(tuple(folder.rstrip("/") + "/" for folder in under)):
            continue
        if (ROOT / name).is_file():
            found.append(pathlib.PurePosixPath(name))
    return found


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def finish(check, findings, looked_at):
    """Prints the findings and gives the exit status. A check that looked at nothing has failed."""
    for finding in findings:
        print(f"{check}: {finding}", file=sys.stderr)
    if not looked_at:
        print(f"{check}: found nothing to look at", file=sys.stderr)
        return 1
    if not findings:
        print(f"{check}: {looked_at} looked at, nothing to report")
    return 1 if findings else 0
