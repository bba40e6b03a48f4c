#!/usr/bin/env bash
# Measures CPU time a request of nginx, HAProxy and Gatehouse, interleaved in one run, then what access tokens cost beside npm's
# oidc-provider. See bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 bench/run.py "$@"
exec python3 bench/oauth.py
