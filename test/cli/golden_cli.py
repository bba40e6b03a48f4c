"""Types the cases of test/golden/cli into the built binary and compares what it prints. The format: test/golden/cli/README.md.

    GATEHOUSE_BINARY=build/gatehouse python3 test/cli/golden_cli.py test/golden/cli [--update]
"""
import json
import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from harness import Installation  # noqa: E402

MASKS = [
    (re.compile(r"gth[tsar]_[0-9A-Za-z]{65}"), "<secret>"),
    (re.compile(r"http://127\.0\.0\.1:[0-9]+"), "<url>"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "<time>"),
    (re.compile(r"\b(?=[0-9A-Za-z]*[0-9A-Z])[0-9A-Za-z]{16}\b"), "<id>"),
]


def masked(line):
    for pattern, word in MASKS:
        line = pattern.sub(word, line)
    # A table is as wide as its widest cell, which may be one that is masked.
    return re.sub(r" {2,}", "  ", line).rstrip()


class Case:
    def __init__(self, path, it):
        self.path, self.it, self.kept, self.last, self.shown = path, it, {"site": it.sandbox.url}, None, []

    def words(self, text):
        for name, value in self.kept.items():
            text = text.replace("{" + name + "}", value)
        return shlex.split(text)

    def type_in(self, text, stdin):
        self.last = self.it.cli(*self.words(text), stdin=stdin)
        found = [f"out| {masked(line)}".rstrip() for line in self.last.stdout.splitlines()] if "--json" not in text else []
        found += [f"err| {masked(line)}".rstrip() for line in self.last.stderr.splitlines()]
        return found + ([f"exit {self.last.returncode}"] if self.last.returncode else [])

    def run(self):
        """The case as it would have to be written for what the binary does now."""
        lines, at = self.path.read_text().splitlines(), 0
        while at < len(lines):
            line = lines[at]
            self.shown.append(line)
            at += 1
            if line.startswith("$ "):
                command, _, stdin = line[2:].partition(" <<< ")
                self.shown += self.type_in(command, stdin + "\n" if stdin else "")
                while at < len(lines) and lines[at].startswith(("out|", "err|", "exit ")):
                    at += 1
            elif line.startswith("keep "):
                _, name, member = line.split()
                self.kept[name] = json.loads(self.last.stdout)[member]
            elif line.split()[:1] == ["members"]:
                self.shown[-1] = "members " + " ".join(json.loads(self.last.stdout))
        return "\n".join(self.shown) + "\n"


def main():
    folder, update, failed = pathlib.Path(sys.argv[1]), "--update" in sys.argv, 0
    cases = sorted(folder.glob("*.case"))
    assert cases, f"no cases in {folder}"
    for path in cases:
        with Installation() as it:
            shown = Case(path, it).run()
        if update:
            path.write_text(shown)
        elif shown != path.read_text():
            failed += 1
            print(f"{path} differs; the binary does this now:\n{shown}")
    return 1 if failed else 0


sys.exit(main())
