#!/usr/bin/env bash
# The checks that need no build. `quick` takes seconds and is part of `make test`; `full` is `make lint`.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
run() { "$@" || { failed=1; echo "FAILED: $*" >&2; }; }
run python3 tools/check_layers.py
run python3 tools/check_sizes.py
run python3 tools/check_co_await.py
run python3 tools/check_docs.py
run python3 tools/print_operations.py --check
if [ "${1:-full}" = full ]; then
  run tools/check_format.sh
  run tools/check_headers.sh
  run tools/check_tidy.sh changed
fi
exit $failed
