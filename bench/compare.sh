#!/usr/bin/env bash
# Compares `foia ocr`, all stages on, with ocrmypdf and with the plain command line (pdftoppm and
# tesseract), on the same files, with the same languages, in turn within each round. Prints medians
# of the per-round ratios with their range. Needs ocrmypdf, poppler-utils, tesseract-ocr.
set -euo pipefail

usage() {
  cat <<'EOT2'
usage: bench/compare.sh [-l LANGUAGES] [-r ROUNDS] FILE.pdf...

  -l LANGUAGES  as Tesseract names them, joined by '+'; repeat for more than one table [eng, eng+spa]
  -r ROUNDS     [3]
EOT2
}

languages=()
rounds=3
while getopts l:r:h option; do
  case $option in
    l) languages+=("$OPTARG") ;;
    r) rounds=$OPTARG ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 2; }
[ ${#languages[@]} -gt 0 ] || languages=(eng eng+spa)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
foia=${FOIA_BIN_DIR:-$root/build/release/bin}/foia
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() { "$foia" ocr "$@" --jobs 2 --lang "$lang" --json "$work/json" >/dev/null; }
ocrmypdf_all() {
  local file
  for file in "$@"; do
    ocrmypdf -q --jobs 2 --force-ocr -l "$lang" "$file" "$work/out.pdf" 2>/dev/null
  done
}
raster() {
  local file
  for file in "$@"; do pdftoppm -gray -r 300 "$file" "$work/pages/$(basename "$file" .pdf)"; done
}
export OMP_THREAD_LIMIT=1
raw() {  # JOBS FILE...
  local jobs=$1
  shift
  rm -rf "$work/pages"
  mkdir "$work/pages"
  raster "$@"
  find "$work/pages" -name '*.pgm' -print0 | sort -z |
    xargs -0 -P "$jobs" -I{} tesseract {} {} -l "$lang" >/dev/null 2>&1
}
raw_serial() { raw 1 "$@"; }
raw_two() { raw 2 "$@"; }

# measure NAME COMMAND...: adds "NAME wall cpu" to the round's results.
measure() {
  local name=$1 TIMEFORMAT='%R %U %S'
  shift
  { time "$@" 2>/dev/null; } 2>"$work/time"
  awk -v name="$name" 'END { print name, $1, $2 + $3 }' "$work/time" >>"$work/results"
}

pages=0
for file in "$@"; do pages=$((pages + $(pdfinfo "$file" | sed -n 's/^Pages: *//p'))); done
for lang in "${languages[@]}"; do
  : >"$work/results"
  for ((round = 0; round < rounds; ++round)); do
    measure foia ours "$@"
    measure ocrmypdf ocrmypdf_all "$@"
    measure raw raw_serial "$@"
    measure raw2 raw_two "$@"
  done
  echo "$lang: $pages pages, $rounds rounds"
  awk -v pages="$pages" '
    function median(values, n,   i, j, t) {
      for (i = 2; i <= n; ++i)
        for (j = i; j > 1 && values[j] < values[j - 1]; --j) {
          t = values[j]; values[j] = values[j - 1]; values[j - 1] = t
        }
      return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
    }
    function ratio(what, ours, theirs, bar,   i, v, m) {
      for (i = 1; i <= n["foia"]; ++i) v[i] = ours[i] / theirs[i]
      m = median(v, n["foia"])  # sorts
      printf "  %-44s %.2f  (%.2f to %.2f)  bar %.2f\n", what, m, v[1], v[n["foia"]], bar
    }
    { i = ++n[$1]; wall[$1, i] = $2; cpu[$1, i] = $3 }
    END {
      for (name in n) {
        for (i = 1; i <= n[name]; ++i) { w[i] = wall[name, i]; c[i] = cpu[name, i] }
        printf "  %-9s wall %7.2f s  CPU %7.2f s  CPU/page %.2f s\n", name, median(w, n[name]),
          median(c, n[name]), median(c, n[name]) / pages
      }
      for (i = 1; i <= n["foia"]; ++i) {
        fw[i] = wall["foia", i]; fc[i] = cpu["foia", i]; ow[i] = wall["ocrmypdf", i]
        rc[i] = cpu["raw", i]; rw[i] = wall["raw2", i]
      }
      ratio("wall, against ocrmypdf --jobs 2 --force-ocr", fw, ow, 0.40)
      ratio("CPU, against pdftoppm and tesseract", fc, rc, 0.70)
      ratio("wall, against the same, two at a time", fw, rw, 0.75)
    }' "$work/results"
done
