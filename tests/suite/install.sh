#!/bin/sh
# install.sh FOLDER: puts PDF files that the authors of pdf.js collected to test viewers into FOLDER,
# from the sources that Debian keeps. Fails with the reason when they cannot be had. The files have
# many owners: they are never committed.
set -eu
folder=$1
version=2.14.305+dfsg
archive=pdf.js_$version.orig.tar.xz
sha256=c6248d0b329c9edbea169740571561fd0941d9ff634c1b4c7bdaca5d681f34ce
[ ! -e "$folder/complete" ] || exit 0
command -v apt-get >/dev/null || { echo "there is no apt-get" >&2; exit 1; }
work=$folder.download
mkdir -p "$work/lists/partial" "$folder"
cd "$work"
# One at a time: the quick and the long test both ask for them.
exec 9>lock
flock 9
[ ! -e "$folder/complete" ] || exit 0
echo 'deb-src http://deb.debian.org/debian bookworm main' >sources.list
apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/lists" -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@"
}
[ -e "$archive" ] || { apt update && apt source --download-only "pdf.js=$version-2"; } >log 2>&1 ||
  { echo "Debian's archive cannot be reached: $(tail -1 log)" >&2; exit 1; }
echo "$sha256  $archive" | sha256sum --check --quiet >&2
tar -xf "$archive" -C "$folder" --strip-components=3 --wildcards "pdf.js-*/test/pdfs/*.pdf"
touch "$folder/complete"
rm -rf "$work/lists"
