#!/usr/bin/env bash
# ./dev lint [BASE | all]: formatting, protos, and clang-tidy on the files changed since BASE
# (default: HEAD~1, with what is not committed yet). Packages are installed by ./dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
base=${1:-HEAD~1}

echo "clang-format"
git ls-files '*.cc' '*.h' | xargs clang-format-14 --dry-run --Werror

echo "buf lint, buf breaking"
# Not `npm ci`: it refuses a lock without buf's packages for systems that are not built on here.
[ -x node_modules/.bin/buf ] || npm install --no-save --ignore-scripts --no-fund --no-audit >/dev/null
node_modules/.bin/buf lint proto
node_modules/.bin/buf breaking proto --against proto/baseline.binpb

# A clone without history has no HEAD~1: everything is new then.
git rev-parse -q --verify "$base^{commit}" >/dev/null || base=all
[ "$base" != all ] || base=$(git hash-object -t tree /dev/null)
mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.cc')
echo "clang-tidy on ${#changed[@]} files"
if [ ${#changed[@]} -gt 0 ]; then
  cmake --preset dev >/dev/null
  ninja -C build/dev foia_generated >/dev/null
  printf '%s\n' "${changed[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy-14 --quiet -p build/dev
fi
echo "lint: clean"
