#!/usr/bin/env bash
# clang-format finds nothing to change.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files '*.cpp' '*.h' | xargs -r -n 20 -P "$(nproc)" clang-format-14 --dry-run --Werror
