#!/bin/sh
# Installs Atlassian's parser and npm's own Node into FOLDER (below build/) and runs the differential test with JQL_DUMP's corpus.
# Where npm can't be had it says NOT RUN and exits with 77.
#   run.sh JQL_DUMP FOLDER
set -eu
dump=$1 folder=$2
here=$(dirname "$0")
command -v npm >/dev/null || { echo "NOT RUN: there is no npm (tools/install_packages.sh test installs it)"; exit 77; }
mkdir -p "$folder"
if [ ! -x "$folder/node_modules/.bin/node" ] || ! cmp -s "$here/package-lock.json" "$folder/installed-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$folder"
  if ! (cd "$folder" && npm ci --no-audit --no-fund) >"$folder/npm.log" 2>&1; then
    cat "$folder/npm.log"
    if grep -Eq 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|E50[0-9]|network' "$folder/npm.log"; then
      echo "NOT RUN: the npm registry can't be reached"
      exit 77
    fi
    exit 1
  fi
  cp "$here/package-lock.json" "$folder/installed-lock.json"
fi
# The same corpus each time; another seed by hand finds others.
RC_PARAMS=${RC_PARAMS:-"seed=1 max_success=1500"} "$dump" >"$folder/corpus.jsonl"
cp "$here/run.mjs" "$folder"
exec "$folder/node_modules/.bin/node" "$folder/run.mjs" "$folder/corpus.jsonl"
