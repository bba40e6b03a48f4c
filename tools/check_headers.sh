#!/usr/bin/env bash
# Every header of src/ compiles alone, so that none lives off what another one happened to include.
set -euo pipefail
cd "$(dirname "$0")/.."
flags=(-std=c++20 -fsyntax-only -Isrc -I. -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_BEAST_SEPARATE_COMPILATION -x c++)
export FLAGS="${flags[*]}"
git ls-files 'src/**/*.h' | xargs -P "$(nproc)" -I{} sh -c 'g++ $FLAGS {} 2>build/header.$$.log || { echo "{} does not compile alone:"; head -5 build/header.$$.log; exit 1; }; rm -f build/header.$$.log'
