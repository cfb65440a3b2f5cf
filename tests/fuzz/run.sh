#!/usr/bin/env bash
# tests/fuzz/run.sh BUILD_DIR [SECONDS]: every fuzz target for SECONDS (default 20), from the
# committed corpus. What it learns stays in BUILD_DIR/corpus; what breaks a target is written to
# BUILD_DIR/crashes, and belongs into tests/fuzz/corpus/NAME once it is fixed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
seconds=${2:-20}
mkdir -p "$build/crashes"

failed=()
for seeds in "$here"/corpus/*/; do
  name=$(basename "$seeds")
  mkdir -p "$build/corpus/$name"
  log="$build/crashes/$name.log"
  if "$build/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
      -artifact_prefix="$build/crashes/$name-" "$build/corpus/$name" "$seeds" >"$log" 2>&1; then
    echo "$name: $(grep -o 'number_of_executed_units: .*' "$log"), nothing found"
  else
    echo "$name: BROKEN, see $log"
    tail -n 30 "$log"
    failed+=("$name")
  fi
done
[ ${#failed[@]} -eq 0 ] || { echo "broken: ${failed[*]}" >&2; exit 1; }
