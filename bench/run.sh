#!/usr/bin/env bash
# Measures CPU time a request of nginx, HAProxy and Gatehouse, interleaved in one run. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 bench/run.py "$@"
