"""Makes a request at one service desk for a partner and lists the partner's requests there."""
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


def main(desk, summary):
    made = call("POST", "/rest/servicedeskapi/request", {"serviceDeskId": desk, "requestTypeId": "1", "requestFieldValues": {"summary": summary}})
    found = call("GET", f"/rest/servicedeskapi/request?serviceDeskId={desk}")
    print(json.dumps({"made": made["issueKey"], "requests": len(found["values"])}))


main(sys.argv[1], sys.argv[2])
