#!/usr/bin/env python3
"""Every co_await stands alone: GCC 12 miscompiles one inside ?:, braces or arguments (docs/decisions/0002-co-await.md).

Allowed: `co_await f(named);`, `auto x = co_await f(named);`, `x = co_await ...`, `co_return co_await f(named);`, `(void)co_await ...`.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALONE = re.compile(r"^\s*((const )?(auto|[\w:<>,\s&*\[\]]+?) (&?&?\w+|\[[\w, ]+\]) = |[\w.\->]+ = |co_return |\(void\)\s*)?co_await [^{}?]*;?\s*(//.*)?$")


def main():
    names = subprocess.run(["git", "ls-files", "src/*.cpp", "src/*.h", "sandbox/*.cpp", "test/*.cpp"], cwd=ROOT, capture_output=True, text=True, check=True)
    bad = 0
    for name in names.stdout.split():
        path = ROOT / name
        if not path.exists():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("//")[0]
            if re.search(r"\bco_await\b", code) and not ALONE.match(line):
                print(f"{name}:{number}: co_await does not stand alone: {line.strip()}")
                bad = 1
    return bad


sys.exit(main())
