"""Compares the people of Jira with a list of those who left, and prints who is still active."""
import json
import os
import sys
import urllib.request


def call(path):
    request = urllib.request.Request(os.environ["GATEHOUSE_BASE"] + path)
    request.add_header("Authorization", "Bearer " + os.environ["GATEHOUSE_TOKEN"])
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main(left):
    names = set(left.split(","))
    still, start = [], 0
    while True:
        page = call(f"/rest/api/3/users/search?startAt={start}&maxResults=50")
        still += [user["displayName"] for user in page if user["active"] and user["displayName"] in names]
        start += len(page)
        if len(page) < 50:
            break
    print(json.dumps(sorted(still)))


main(sys.argv[1])
