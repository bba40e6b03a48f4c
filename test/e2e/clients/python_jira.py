"""Debian's python3-jira with its own calls, as a job of project A makes them. Usage: python_jira.py HOST E-MAIL TOKEN

Prints one line of JSON a call, as jira_js.mjs does."""
import json
import sys

import jira

host, email, token = sys.argv[1:]


def call(name, use, check=lambda answer: True):
    try:
        answer = use()
        right = bool(check(answer))
        print(json.dumps({"call": name, "ok": right, "error": None if right else f"an unexpected answer: {answer!r}"[:300]}))
        return answer
    except Exception as error:  # whatever the client makes of an answer is the finding
        print(json.dumps({"call": name, "ok": False, "error": f"{type(error).__name__} {getattr(error, 'status_code', '')} {getattr(error, 'text', error)}"[:400]}))
        return None


client = call("JIRA()", lambda: jira.JIRA(server=host, basic_auth=(email, token), options={"rest_api_version": "2"}, get_server_info=True, max_retries=0))
if client is None:
    sys.exit(0)
call("server_info", client.server_info, lambda info: info["baseUrl"])
call("myself", client.myself, lambda me: me["accountId"])
call("fields", client.fields, lambda fields: len(fields) > 10)
call("priorities", client.priorities, len)
call("issue_types", client.issue_types, len)
call("project", lambda: client.project("A"), lambda project: project.key == "A")
call("project_components", lambda: client.project_components("A"), lambda parts: parts is not None)
call("project_versions", lambda: client.project_versions("A"), lambda versions: versions is not None)
made = call("create_issue", lambda: client.create_issue(project="A", summary="made by python-jira", issuetype={"name": "Task"}), lambda issue: issue.key.startswith("A-"))
key = made.key if made else "A-1"
call("issue", lambda: client.issue(key), lambda issue: issue.fields.summary == "made by python-jira")
call("issue.update", lambda: client.issue(key).update(summary="edited", labels=[{"add": "x"}]))
call("add_comment", lambda: client.add_comment(key, "a comment"), lambda comment: comment.id)
call("comments", lambda: client.comments(key), lambda comments: len(comments) == 1)
moves = call("transitions", lambda: client.transitions(key), len)
call("transition_issue", lambda: client.transition_issue(key, moves[0]["id"]))
call("add_worklog", lambda: client.add_worklog(key, timeSpent="1h"), lambda log: log.id)
call("worklogs", lambda: client.worklogs(key), lambda logs: len(logs) == 1)
other = call("create_issue", lambda: client.create_issue(project="A", summary="another", issuetype={"name": "Task"}), lambda issue: issue.key)
call("create_issue_link", lambda: client.create_issue_link("Blocks", key, other.key))
call("remote_links", lambda: client.remote_links(key), lambda links: links is not None)
call("search_issues", lambda: client.search_issues("order by created", maxResults=10), lambda found: found and all(issue.key.startswith("A-") for issue in found))
call("issue of B", lambda: client.issue("B-1"))
