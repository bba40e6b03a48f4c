#!/usr/bin/env python3
"""Writes docs/reference/operations.md from catalogue/*.ops: what a bounded token may do with each operation, and why not.

With --check it writes nothing and fails if the page is not what it would write, or if too little is usable; with --share it prints
how much is."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/operations.md"
WORDS = {
    "allowed": "allowed",
    "located": "inside",
    "confined": "confined",
    "filtered": "filtered",
    "refused": "refused",
}
# What a project's own data can answer: issues, their parts, boards and sprints, and what a project consists of. Not what is common to
# the site, nor the state of the account itself, nor what becomes of a project as a whole.
LEAST_SHARE = 0.95
OWN = ["/issue", "/issueLink", "/search", "/jql/match", "/bulk", "/comment", "/worklog", "/changelog/", "/attachment", "/component",
       "/version", "/project/"]
NOT_OWN = ["/issuetype", "/issuesecurity", "/issueLinkType", "/issues/archive", "/project/type", "/issue/limit/report",
           "/bulk/issues/watch", "/bulk/issues/unwatch"]
NOT_OWN_IDS = ["addVote", "removeVote", "deleteProject", "deleteProjectAsynchronously", "archiveProject", "restore",
               "assignPermissionScheme", "desk.answerApproval"]
DESK = "/rest/servicedeskapi/"
NOT_OF_A_DESK = ("/organization", "/knowledgebase/article", "/notification")
PLATFORM = "/rest/api/{2|3|latest}"
# Likewise of a space: pages, blog posts, what belongs to them, and what a space consists of.
WIKI = "/wiki/"
WIKI_OWN = ["/wiki/api/v2/" + name for name in (
    "attachments", "blogposts", "comments", "content/", "custom-content", "databases", "embeds", "folders", "footer-comments",
    "inline-comments", "labels/", "pages", "spaces/", "tasks", "whiteboards")]
WIKI_OWN += ["/wiki/rest/api/" + name for name in ("analytics/content/", "content/", "longtask/", "search", "space/{", "template")]
WIKI_NOT_OWN_IDS = ["v1.deleteSpace", "v1.searchUser"]
HEAD = """# Operations

What Gatehouse knows of each product's API, and what a token that is bounded to projects or spaces may do with it. What is not on this page
is refused, for every token. Written by `tools/print_operations.py` from the tables in `catalogue/`; edit those. `/rest/api/3/…`
stands for `2`, `3` and `latest` alike.

| word | for a bounded token |
|---|---|
| allowed | it belongs to no project; nothing of a project is in the answer |
| inside | every object that the request names must lie in the token's projects |
| confined | the request is narrowed to the token's projects before it is sent, and every item of the answer is verified |
| filtered | it cannot be narrowed: Gatehouse gathers the answer and leaves out what lies outside |
| refused | for the reason given |
| directory | only where the grant says `directory` |
"""


def read(path):
    """Title, introduction and groups of one table: [(heading, text, [operation])]."""
    groups, comment, operation = [("", "", [])], [], None
    title = None
    for line in path.read_text().splitlines() + [""]:
        words = line.split()
        if line.startswith("#"):
            comment.append(line.lstrip("#").strip())
        elif line.startswith("operation "):
            operation = {"id": words[1], "directory": False}
            groups[-1][2].append(operation)
            comment = []
        elif not words:
            if comment and title is None:
                title, comment = comment, []
            elif comment:
                groups.append((comment[0], " ".join(comment[1:]).strip(), []))
                comment = []
        elif "method" not in operation:
            operation["method"], operation["path"] = words
        elif words[0] in ("access", "scopes"):
            operation[words[0]] = " ".join(words[1:])
        elif words[0] == "bounded":
            operation["bounded"], operation["why"] = words[1], " ".join(words[2:])
        elif words[0] == "directory":
            operation["directory"] = True
    return title, groups


def row(operation):
    path = operation["path"].replace("{2|3|latest}", "3").replace("|", "\\|")
    may = WORDS[operation["bounded"]]
    if operation["directory"]:
        may += ", directory"
    if operation["why"]:
        may += ": " + operation["why"]
    return f"| {operation['method']} | `{path}` | {operation['id']} | {operation['access']} | {may} |"


def is_own(operation):
    path = operation["path"]
    if path.startswith(WIKI):
        return path.startswith(tuple(WIKI_OWN)) and operation["id"] not in WIKI_NOT_OWN_IDS
    if path.startswith(("/rest/agile/", "/rest/software/")):
        return True
    if path.startswith(DESK):
        path = path[len(DESK):]
        return path.startswith(("request", "servicedesk")) and not path.endswith(NOT_OF_A_DESK) and operation["id"] not in NOT_OWN_IDS
    if not path.startswith(PLATFORM) or operation["id"] in NOT_OWN_IDS:
        return False
    path = path[len(PLATFORM):]
    return path.startswith(tuple(OWN)) and not path.startswith(tuple(NOT_OWN))


def own_share(tables, wiki):
    """(usable, all) of the operations that a project's or space's own data can answer."""
    own = [operation for _, groups in tables.values() for _, _, operations in groups for operation in operations
           if is_own(operation) and operation["path"].startswith(WIKI) == wiki]
    return sum(operation["bounded"] != "refused" for operation in own), len(own)


def read_all():
    return {table: read(table) for table in (ROOT / "catalogue").glob("*.ops")}


def share_text(tables):
    usable, own = own_share(tables, False)
    text = f"{usable} of the {own} operations of Jira that a project's own data can answer work for a bounded token ({usable / own:.1%})"
    usable, own = own_share(tables, True)
    return f"{text}, and {usable} of the {own} operations of Confluence that a space's own data can answer ({usable / own:.1%})."


def refused_share(groups):
    refused = [operation["bounded"] == "refused" for _, _, operations in groups for operation in operations]
    return round(sum(refused) / len(refused), 2)


def page(tables):
    lines, total, usable = [], 0, 0
    # By product; the tables that can be used most come first.
    for table in sorted(tables, key=lambda table: (table.name.split("_")[0], refused_share(tables[table][1]), table.name)):
        title, groups = tables[table]
        name, _, text = " ".join(" ".join(title).split()).partition(". ")
        lines += [f"## {name.rstrip('.')}", ""]
        if text:
            lines += [text, ""]
        for heading, text, operations in groups:
            if not operations:
                continue
            if heading:
                lines += [f"### {heading[0].upper()}{heading[1:]}", ""]
            if text:
                lines += [text, ""]
            lines += ["| method | path | operation | access | a bounded token |", "|---|---|---|---|---|"]
            lines += [row(operation) for operation in operations]
            lines.append("")
            total += len(operations)
            usable += sum(operation["bounded"] != "refused" for operation in operations)
    count = (f"{total} operations; a bounded token may use {usable} of them. {share_text(tables)} The rest is administration of the site,\n"
             "spans projects, or belongs to apps.")
    return HEAD + "\n" + count + "\n\n" + "\n".join(lines).rstrip() + "\n"


def main():
    tables = read_all()
    if "--share" in sys.argv[1:]:
        print(share_text(tables))
        return 0
    text = page(tables)
    for usable, own in (own_share(tables, False), own_share(tables, True)):
        if usable < own * LEAST_SHARE:
            print(f"catalogue/*.ops: {share_text(tables)} That is less than {LEAST_SHARE:.0%}.")
            return 1
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print("docs/reference/operations.md is not what catalogue/*.ops says: run tools/print_operations.py and commit the page.")
    return 1


sys.exit(main())
