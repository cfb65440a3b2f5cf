#!/usr/bin/env bash
# ./dev lint: formatting, protos, and clang-tidy on the files changed since BASE (default: HEAD~1,
# with what is not committed yet). Packages are installed by ./dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
base=${1:-HEAD~1}

echo "clang-format"
git ls-files '*.cc' '*.h' | xargs clang-format-14 --dry-run --Werror

echo "buf lint, buf breaking"
[ -x node_modules/.bin/buf ] || npm ci --ignore-scripts --no-fund --no-audit >/dev/null
node_modules/.bin/buf lint proto
node_modules/.bin/buf breaking proto --against proto/baseline.binpb

echo "clang-tidy on what changed since $base"
mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.cc' 2>/dev/null || true)
if [ ${#changed[@]} -gt 0 ]; then
  [ -f build/tidy/compile_commands.json ] || cmake --preset tidy >/dev/null
  ninja -C build/tidy foia_grpc >/dev/null  # generated headers
  printf '%s\n' "${changed[@]}" | xargs -P 2 -n 1 clang-tidy-14 --quiet -p build/tidy
fi
echo "lint: clean"
