#!/usr/bin/env bash
# fetch_tesseract.sh DIRECTORY: puts the source of the installed libtesseract-dev there, as
# DIRECTORY/tesseract-VERSION, from the distribution's own source package. The mirrors are those apt
# is set up with, and apt checks signatures and sums. Needs no root; leaves apt's own files alone.
set -euo pipefail
mkdir -p "$1"
into=$(cd "$1" && pwd)
version=$(dpkg-query -W -f '${source:Version}' libtesseract-dev)
upstream=$(sed -E 's/^[0-9]+://; s/-[^-]*$//' <<<"$version")
[ ! -d "$into/tesseract-$upstream" ] || exit 0

work=$(mktemp -d "$into/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache"
apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  sort -u >"$work/sources.list"
options=(-qq -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
  -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
  -o APT::Sandbox::User=root -o Acquire::Retries=1 -o Acquire::http::Timeout=20)
apt-get "${options[@]}" update || true  # a repository without sources is none of our business

# The package holds test pictures, too; only the program's source is wanted.
apt-get "${options[@]}" source --print-uris "tesseract=$version" |
  sed -nE "s/^'([^']+)' ([^ ]+\.orig\.tar\.[a-z0-9]+) [0-9]+ (SHA256:[0-9a-f]+)$/\1 \2 \3/p" |
  { read -r uri file sum && /usr/lib/apt/apt-helper "${options[@]}" download-file "$uri" "$work/$file" "$sum"; }
tar -xf "$work"/*.orig.tar.* -C "$work"
mv "$work/tesseract-$upstream" "$into/"
