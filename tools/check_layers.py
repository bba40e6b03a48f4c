#!/usr/bin/env python3
"""Holds every #include "module/..." against the link lists in CMakeLists.txt, and against edges that must never be."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEVER = {
    ("policy", "store"): "a decision does no I/O",
    ("policy", "http"): "a decision does no I/O",
    ("query", "model"): "the query languages know base only",
    ("store", "admin"): "storage does not know what it is used for",
    ("store", "api"): "storage does not know what it is used for",
    ("store", "gateway"): "storage does not know what it is used for",
    ("cli", "store"): "the command line speaks the REST API only",
    ("gateway", "store"): "no database in the way of a request",
}


def module_links():
    text = (ROOT / "CMakeLists.txt").read_text()
    links = {}
    for name, rest in re.findall(r"gatehouse_module\((\w+)([^)]*)\)", text):
        part = re.search(r"LINKS ([\w ]+?)(?:\s+THIRD|\s+DIR|$)", rest.strip())
        links[name] = set(part.group(1).split()) if part else set()
    return links


def closure(name, links):
    seen, todo = set(), [name]
    while todo:
        for link in links.get(todo.pop(), ()):
            if link not in seen:
                seen.add(link)
                todo.append(link)
    return seen


def main():
    links = module_links()
    problems = []
    for folder in [ROOT / "src" / name for name in links if name != "sandbox"] + [ROOT / "sandbox"]:
        allowed = closure(folder.name, links) | {folder.name}
        for path in sorted(folder.glob("*.[ch]*")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = re.match(r'\s*#include "(\w+)/', line)
                if not found or found.group(1) not in links:
                    continue
                used = found.group(1)
                where = f"{path.relative_to(ROOT)}:{number}"
                if (folder.name, used) in NEVER:
                    problems.append(f"{where}: {folder.name} never uses {used}: {NEVER[folder.name, used]}")
                elif used not in allowed:
                    problems.append(f"{where}: {folder.name} may not use {used} (its LINKS in CMakeLists.txt)")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
