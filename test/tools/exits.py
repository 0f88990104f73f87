#!/usr/bin/env python3
"""Runs a command and succeeds when it ends with the given exit status.

    exits.py STATUS COMMAND...
"""
import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
if status != int(sys.argv[1]):
    print(f"exit status {status}, expected {sys.argv[1]}", file=sys.stderr)
    sys.exit(1)
