#!/usr/bin/env python3
"""No file grows past what a person can hold: sources 600 lines, headers 300, tests 800, unless listed here with a reason."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTED = {}


def limit(path):
    if path.parts[0] in ("test", "fuzz", "bench"):
        return 800
    return 300 if path.suffix == ".h" else 600


def main():
    names = subprocess.run(["git", "ls-files", "*.cpp", "*.h", "*.py", "*.sh", "*.mjs", "*.ts", "*.tsx"], cwd=ROOT, capture_output=True, text=True, check=True)
    bad = 0
    for name in names.stdout.split():
        path = pathlib.Path(name)
        full = ROOT / path
        if not full.exists() or name in LISTED:
            continue
        lines = len(full.read_text(errors="replace").splitlines())
        if lines > limit(path):
            print(f"{name}: {lines} lines, the limit is {limit(path)}")
            bad = 1
    return bad


sys.exit(main())
