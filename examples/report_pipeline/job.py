"""Counts the issues that changed in the last week, by status. Reads page by page, by the new search and its page tokens."""
import collections
import json
import os
import sys
import urllib.parse
import urllib.request


def call(path):
    request = urllib.request.Request(os.environ["GATEHOUSE_BASE"] + path)
    request.add_header("Authorization", "Bearer " + os.environ["GATEHOUSE_TOKEN"])
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main(project):
    counts, token = collections.Counter(), ""
    while True:
        query = {"jql": f"project = {project} AND updated >= -52w ORDER BY key", "fields": "status", "maxResults": "3"}
        if token:
            query["nextPageToken"] = token
        page = call("/rest/api/3/search/jql?" + urllib.parse.urlencode(query))
        counts.update(issue["fields"]["status"]["name"] for issue in page["issues"])
        token = page.get("nextPageToken")
        if not token:
            break
    print(json.dumps({"project": project, "issues": sum(counts.values()), "by_status": counts}, sort_keys=True))


main(sys.argv[1])
