#!/usr/bin/env bash
# Packages    mupdf-tools 1.21.1+ds2-1+deb12u1 and poppler-utils 22.12.0-2+deb12u3 (Debian 12)
# Behaviour   A page has a form field and, later in /Annots, a black square over it. Poppler draws both
#             in the order of /Annots, so the square hides the field. MuPDF draws all fields after all
#             other annotations, so the field lies on the square and its value can be read.
# Output seen 2026-12-01: dark share of the place: mutool 11 % (the field's black print on white),
#             pdftoppm 100 %; with the square first in /Annots both 11 %.
# Why here    People cover the value of a field with a square annotation and take it for redacted. What
#             most viewers show as black, a reader built on MuPDF would find and print. foia-page runs
#             annotations and fields in the order of /Annots itself (ocr/pdf/draw_order.cc).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq mupdf-tools=1.21.1+ds2-1+deb12u1 poppler-utils=22.12.0-2+deb12u3
for package in *.deb; do dpkg -x "$package" root; done

# page FILE ANNOTS: a field (4 0 R) with a value on white and a black square (5 0 R) at one place.
page() {
  local value="1 g 0 0 200 20 re f 0 g BT /F 14 Tf 4 5 Td (Marigold Tennyson) Tj ET"
  local black="0 g 0 0 200 20 re f"
  local objects=(
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>"
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Annots [$2] /Resources << >> >>"
    "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Marigold Tennyson) /F 4 /Rect [50 100 250 120] /AP << /N 6 0 R >> >>"
    "<< /Type /Annot /Subtype /Square /IC [0 0 0] /F 4 /Rect [50 100 250 120] /AP << /N 7 0 R >> >>"
    "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Length ${#value} >> stream
$value
endstream"
    "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length ${#black} >> stream
$black
endstream"
  )
  local body=$'%PDF-1.7\n' offsets="" i
  for i in "${!objects[@]}"; do
    offsets+=$(printf '%010d 00000 n \\n' "${#body}")
    body+="$((i + 1)) 0 obj
${objects[i]}
endobj
"
  done
  { printf '%s' "$body"
    printf "xref\n0 %d\n0000000000 65535 f \n$offsets" $((${#objects[@]} + 1))
    printf 'trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' \
      $((${#objects[@]} + 1)) "${#body}"
  } >"$1"
}
page covered.pdf "4 0 R 5 0 R"
page below.pdf "5 0 R 4 0 R"

# dark FILE.pgm: percent of the place that is black, of a page drawn at 72 dpi.
dark() {
  python3 - "$1" <<'PY'
import sys
data = open(sys.argv[1], "rb").read()
fields, at = [], 0
while len(fields) < 4:
    end = at
    while data[end : end + 1] not in (b" ", b"\n"): end += 1
    if data[at : at + 1] == b"#":
        end = data.index(b"\n", at)
    else:
        fields.append(data[at:end])
    at = end + 1
width = int(fields[1])
place = [data[at + y * width + x] for y in range(82, 98) for x in range(52, 248)]
print(round(100 * sum(v < 128 for v in place) / len(place)))
PY
}
for name in covered below; do
  root/usr/bin/mutool draw -q -r 72 -c gray -o "$name-mutool.pgm" "$name.pdf"
  root/usr/bin/pdftoppm -r 72 -gray -singlefile "$name.pdf" "$name-pdftoppm"
done
status=0
expect() { # WHAT, PERCENT, LEAST, MOST
  echo "$1: $2 %"
  [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || { echo "  the behaviour has changed: $3 to $4 % was seen before"; status=1; }
}
expect "square after the field, mutool" "$(dark covered-mutool.pgm)" 5 40
expect "square after the field, pdftoppm" "$(dark covered-pdftoppm.pgm)" 99 100
expect "square before the field, mutool" "$(dark below-mutool.pgm)" 5 40
expect "square before the field, pdftoppm" "$(dark below-pdftoppm.pgm)" 5 40
exit $status
