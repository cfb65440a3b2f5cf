// Redaction boxes as the pixels show them, and where the label inside stands.
#ifndef FOIA_OCR_REDACTION_BOXES_H_
#define FOIA_OCR_REDACTION_BOXES_H_

#include <vector>

#include "ocr/raster/raster.h"

namespace foia::ocr {

struct FoundBox {
  documents::v1::RedactionKind kind = documents::v1::REDACTION_KIND_SOLID;
  Rect box;            // pixels, the border included
  bool dots = false;   // a grey one of which a black and white scan has made dots
  bool empty = false;  // of an outlined box: nothing inside, and it is no cell of a form
  bool cell = false;   // of an outlined box: others continue its row and its column
  bool page_wide =
      false;  // of an outlined box: over most of the page, only one if all it says is a code
  float confidence = 0;
};

struct FoundBoxes {
  std::vector<FoundBox> boxes;
  std::vector<Rect> marks;  // pixels: short words alone in the margins, when there are boxes
  // Pixels: what lines enclose as a rectangle, cells of tables and forms among them. The same may
  // come twice.
  std::vector<Rect> frames;
};

// Solid dark, grey, and outlined white boxes; first those that are `dots`, of which black parts may
// come again. A grey box, and an outlined one that is not `empty`, count only when the text inside
// is a code, which the caller finds out.
FoundBoxes FindBoxes(const Raster& page, int dpi);

// `part` of a page with its dots blurred to the grey that they stand for.
Raster WithoutDots(const Raster& part, int dpi);

// The lines of text inside `box` (pixels), each ready to be read: dark on white, scaled, with a
// border.
std::vector<Raster> LabelLines(const Raster& page, const Rect& box, int dpi);

}  // namespace foia::ocr

#endif  // FOIA_OCR_REDACTION_BOXES_H_
