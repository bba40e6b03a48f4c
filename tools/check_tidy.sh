#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over the sources that differ from the last commit but one, or over all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
if [ "${1:-changed}" = all ]; then
  files=$(git ls-files 'src/**/*.cpp')
else
  files=$( { git diff --name-only HEAD~1 2>/dev/null || true; git ls-files --others --exclude-standard; } | grep -E '^src/.*\.cpp$' | sort -u || true)
fi
[ -z "$files" ] || echo "$files" | xargs -n 1 -P "$(nproc)" clang-tidy-14 -p build/dev --quiet --warnings-as-errors='*'
