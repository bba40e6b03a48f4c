"""Opens an issue for a broken build, or comments on the one that is open. Run by the CI with GATEHOUSE_BASE and GATEHOUSE_TOKEN."""
import json
import os
import sys
import urllib.parse
import urllib.request


def call(method, path, body=None):
    request = urllib.request.Request(os.environ["GATEHOUSE_BASE"] + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + os.environ["GATEHOUSE_TOKEN"])
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def document(text):
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}


def main(project, build):
    summary = f"Build {build.split('#')[0]} is broken"
    query = urllib.parse.urlencode({"jql": f'project = {project} AND summary ~ "{summary}" AND statusCategory != Done', "fields": "summary"})
    found = call("GET", "/rest/api/3/search/jql?" + query)["issues"]
    if found:
        call("POST", f"/rest/api/3/issue/{found[0]['key']}/comment", {"body": document(f"Again: {build}")})
        print(found[0]["key"])
        return
    made = call("POST", "/rest/api/3/issue", {"fields": {"project": {"key": project}, "issuetype": {"name": "Bug"}, "summary": summary, "description": document(build)}})
    print(made["key"])


main(sys.argv[1], sys.argv[2])
