#!/usr/bin/env bash
# Line coverage by module, from gcov. Usage: print_coverage.sh BUILD
set -euo pipefail
cd "$1"
find . -path '*gh_*' -name '*.gcda' -print0 | xargs -0 -n 20 gcov -n 2>/dev/null |
  awk '/^File .*\/src\//{split($2,p,"/src/"); sub(/\x27/,"",p[2]); split(p[2],m,"/"); module=m[1]} /^Lines executed/&&module{split($2,a,":"); sub(/%/,"",a[2]); lines=$4; hit[module]+=a[2]*lines/100; all[module]+=lines; module=""} END{for(m in all) printf "%-12s %5.1f %% of %d lines\n", m, 100*hit[m]/all[m], all[m]}' | sort
