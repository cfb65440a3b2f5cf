#!/usr/bin/env bash
# The main job, end to end, on an empty folder: file a request, count its deadline, read what the
# agency released, search it. `./dev demo` builds and calls this. Ends with an error unless the
# determination date is right and every search has a hit.
set -euo pipefail

usage() {
  cat <<'EOT'
usage: ./dev demo [FILE.pdf...] [--keep] [--json FILE]

  FILE.pdf...   files to upload beside the sample release
  --keep        leave the server running, and say how to reach and stop it
  --json FILE   write the results for scripts
EOT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${FOIA_BIN_DIR:-$root/build/release/bin}
keep=false
json=
files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) keep=true ;;
    --json)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      json=$2
      shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *)
      [ -r "$1" ] || { echo "demo: cannot read '$1'" >&2; exit 8; }
      files+=("$1") ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/tmp}/foia-demo.XXXXXX")
server=
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\e[1m' plain=$'\e[0m'
fi
title() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
show() {  # the command as one would type it, then what it prints
  local words='' word
  for word in "$@"; do
    case "$word" in *[!A-Za-z0-9_./:@%+=,-]*) word="'$word'" ;; esac
    words+=" $word"
  done
  printf '%s$ foia%s%s\n' "$bold" "$words" "$plain"
  "$bin/foia" "$@"
}
fail() {
  echo "demo: $*" >&2
  [ -f "$work/foiad.log" ] && { echo "demo: the end of the server's log:" >&2; tail -n 20 "$work/foiad.log" >&2; }
  exit 1
}
# The first value of a field in proto JSON.
field() { sed -n 's/^ *"'"$1"'": "\{0,1\}\([^"]*\)"\{0,1\},\{0,1\}$/\1/p' | head -n 1; }
# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] && kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
}

title "A server on an empty folder"
# Nothing of the caller's own installation may get in.
unset FOIA_DATA FOIA_SERVER FOIA_TOKEN_FILE FOIA_CA
"$bin/foiad" --data "$work/data" --listen 127.0.0.1:0 --port-file "$work/address" \
  </dev/null >"$work/foiad.log" 2>&1 &
server=$!
wait_for 30 test -s "$work/address" || fail "foiad did not start"
FOIA_SERVER=$(head -n 1 "$work/address")
export FOIA_SERVER FOIA_TOKEN_FILE="$work/data/token"
wait_for 30 "$bin/foia" status || fail "foiad does not answer at $FOIA_SERVER"
show status

title "Who is asked"
show agency show DHS/ICE/ERO

title "The request, and what happened to it"
"$bin/foia" request create --agency DHS/ICE/ERO --subject 'ERO Citizen Academy' --json \
  >"$work/request.json"
request=$(field name <"$work/request.json")
request=${request#requests/}
show request show "$request"
show event record "$request" sent --on 2020-07-16
show event record "$request" received --on 2020-07-16 --source 'acknowledgement letter'

title "What is due, and how that date was reached"
show docket --as-of 2020-08-10
show deadlines show "$request" --explain determination_due
"$bin/foia" deadlines show "$request" --explain determination_due --json \
  >"$work/explanation.json"
"$bin/foia" docket --as-of 2020-08-10 >"$work/docket.txt"
grep -q 2020-08-13 "$work/docket.txt" || fail "the docket does not show 2020-08-13"

title "What the agency released"
"$bin/foia-sample" "$work/ero-release.pdf" >/dev/null || fail "the sample release was not made"
show upload "$work/ero-release.pdf" --request "$request" --release-no 1 --wait
if [ ${#files[@]} -gt 0 ]; then
  code=0
  show upload "${files[@]}" --request "$request" --wait || code=$?
  # 4: a file was kept, but some of its pages could not be read.
  [ "$code" -eq 0 ] || [ "$code" -eq 4 ] || fail "the upload failed"
fi
"$bin/foia" document list --request "$request" --json >"$work/documents.json"
indexed() { [ "$("$bin/foia" status --json | field indexLag)" = 0 ]; }
wait_for 60 indexed || fail "the index does not catch up"

title "What it says"
queries=('"citizen academy"' 'exemption:b7E' '"citizen academy" exemption:b7E')
pages=()
for i in "${!queries[@]}"; do
  show search "${queries[$i]}"
  "$bin/foia" search "${queries[$i]}" --json >"$work/search-$i.json"
  pages+=("$(field totalPages <"$work/search-$i.json")")
  [ "${pages[$i]:-0}" -gt 0 ] || fail "nothing was found for ${queries[$i]}"
  echo
done

if [ -n "$json" ]; then
  {
    printf '{"request": '
    cat "$work/request.json"
    printf ', "explanation": '
    cat "$work/explanation.json"
    printf ', "documents": '
    cat "$work/documents.json"
    printf ', "searches": ['
    for i in "${!queries[@]}"; do
      [ "$i" -eq 0 ] || printf ', '
      cat "$work/search-$i.json"
    done
    printf ']}\n'
  } >"$json"
fi

title "Summary"
echo "request     ERO Citizen Academy at DHS > ICE > ERO, determination due 2020-08-13"
echo "documents   $((${#files[@]} + 1)), $("$bin/foia" status --json | field pagesIndexed) pages in the index"
for i in "${!queries[@]}"; do
  echo "found       ${pages[$i]} pages for ${queries[$i]}"
done
echo "time        $SECONDS s"
[ -z "$json" ] || echo "results     $json"
if $keep; then
  trap - EXIT
  cat <<EOT

The server goes on (process $server). To work with it:
  export FOIA_SERVER=$FOIA_SERVER FOIA_TOKEN_FILE=$FOIA_TOKEN_FILE
  $bin/foia docket --view all
To stop it and delete its data:
  kill $server && rm -rf $work
EOT
fi
