"""Makes an issue of what a form was filled in with, and keeps its labels in step with the form's state."""
import json
import os
import sys
import urllib.request


def call(method, path, body=None):
    request = urllib.request.Request(os.environ["GATEHOUSE_BASE"] + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + os.environ["GATEHOUSE_TOKEN"])
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def main(project, form):
    entry = json.loads(form)
    made = call("POST", "/rest/api/3/issue", {"fields": {"project": {"key": project}, "issuetype": {"name": "Task"}, "summary": entry["title"]}})
    call("PUT", f"/rest/api/3/issue/{made['key']}", {"fields": {"labels": ["form", entry["state"]]}})
    print(json.dumps({"key": made["key"], "labels": call("GET", f"/rest/api/3/issue/{made['key']}?fields=labels")["fields"]["labels"]}))


main(sys.argv[1], sys.argv[2])
