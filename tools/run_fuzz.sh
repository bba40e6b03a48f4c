#!/usr/bin/env bash
# Runs each fuzz target of a build folder for some seconds on its kept corpus. Usage: run_fuzz.sh BUILD SECONDS
set -euo pipefail
build=$1
seconds=$2
cd "$(dirname "$0")/.."
status=0
for program in "$build"/fuzz/fuzz_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  name=$(basename "$program")
  mkdir -p "build/corpus/$name" "fuzz/corpus/$name"
  echo "== $name"
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/corpus/$name." -print_final_stats=1 \
    "build/corpus/$name" "fuzz/corpus/$name" 2>"build/corpus/$name.log" || { status=1; tail -n 30 "build/corpus/$name.log"; }
  grep -E 'stat::number_of_executed_units|stat::new_units_added' "build/corpus/$name.log" || true
done
exit $status
