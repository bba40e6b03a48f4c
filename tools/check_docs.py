#!/usr/bin/env python3
"""Every path that README.md and docs/ name in `code` exists, every module has a line in the README, relative links lead somewhere."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOP = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"build", ".git"}


def main():
    problems = []
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*/*.md"))]
    for page in dict.fromkeys(pages):
        text = page.read_text()
        name = page.relative_to(ROOT)
        for path in re.findall(r"`([\w.\-]+/[\w.\-/]+)`", text):
            if path.split("/")[0] in TOP and not (ROOT / path).exists():
                problems.append(f"{name}: names {path}, which does not exist")
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if not (page.parent / link).exists():
                problems.append(f"{name}: links to {link}, which does not exist")
    readme = (ROOT / "README.md").read_text()
    for module in sorted((ROOT / "src").iterdir()):
        if module.is_dir() and any(module.iterdir()) and f"{module.name}/" not in readme:
            problems.append(f"README.md has no line on src/{module.name}/")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
