#!/usr/bin/env bash
# Packages    mupdf-tools 1.21.1+ds2-1+deb12u1 and poppler-utils 22.12.0-2+deb12u3 (Debian 12)
# Behaviour   A filled text field whose appearance stream is empty, in a form with /NeedAppearances
#             true: MuPDF draws the empty stream, Poppler draws the value. MuPDF makes an appearance
#             of its own only where the field has no /AP at all; it does not look at the flag.
# Output seen 2026-12-01: empty stream: mutool "", pdftotext "Marigold"; no /AP: both "Marigold"
# Why here    Agencies' forms are filled by programs that set the flag and leave the drawing to the
#             viewer. What a requester wrote would be missing from the text of the page, although
#             every common viewer shows it. foia-page draws the values itself (ocr/pdf/forms.cc).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq mupdf-tools=1.21.1+ds2-1+deb12u1 poppler-utils=22.12.0-2+deb12u3
for package in *.deb; do dpkg -x "$package" root; done

# form FILE APPEARANCE: a page with one text field of the value Marigold.
form() {
  local objects=(
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /NeedAppearances true /Fields [4 0 R] /DA (/Helv 11 Tf 0 g) /DR << /Font << /Helv 5 0 R >> >> >> >>"
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Annots [4 0 R] /Resources << >> >>"
    "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Marigold) /DA (/Helv 11 Tf 0 g) /F 4 /Rect [50 100 250 120] $2 >>"
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length 0 >> stream
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
form empty.pdf "/AP << /N 6 0 R >>"
form none.pdf ""

words() { tr -d '\f' | xargs; }
status=0
expect() { # WHAT, GOT, EXPECTED
  echo "$1: '$2'"
  [ "$2" = "$3" ] || { echo "  the behaviour has changed: '$3' was seen before"; status=1; }
}
expect "empty stream, mutool" "$(root/usr/bin/mutool draw -q -F txt empty.pdf | words)" ""
expect "empty stream, pdftotext" "$(root/usr/bin/pdftotext empty.pdf - | words)" Marigold
expect "no /AP, mutool" "$(root/usr/bin/mutool draw -q -F txt none.pdf | words)" Marigold
expect "no /AP, pdftotext" "$(root/usr/bin/pdftotext none.pdf - | words)" Marigold
exit $status
