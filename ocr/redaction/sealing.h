// Failed redactions: text that is still in the file under something that hides it. What lies there
// is sealed: counted and hashed, never passed on (design rule 8).
#ifndef FOIA_OCR_REDACTION_SEALING_H_
#define FOIA_OCR_REDACTION_SEALING_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/pdf/document.h"

namespace foia::ocr {

// Something that hides text of the layer.
struct Cover {
  Rect box;  // displayed space
  documents::v1::RedactionOrigin origin = documents::v1::REDACTION_ORIGIN_VECTOR;
  documents::v1::RedactionKind kind = documents::v1::REDACTION_KIND_SOLID;
  // Characters below that a person could take for withheld text; 0 when it is only the label
  // itself, dots, or text that stands visibly at the same place.
  int recoverable_chars = 0;
};

// A box that only the pixels show.
struct PixelBox {
  Rect box;  // displayed space
  // It hides whatever of the layer lies in it, below its label too. Otherwise, a cell perhaps, it
  // hides only what lies where it shows a single colour.
  bool opaque = false;
  float grey = 0;     // of the box itself
  std::string label;  // as read from the pixels
};

struct Sealing {
  std::vector<bool> sealed;   // per glyph of the page: not to be passed on
  std::vector<Cover> covers;  // that hide at least one glyph, and unapplied /Redact marks
  std::string text;           // the hidden characters; to be hashed, then forgotten
  int characters = 0;         // of `text`
};

// `one_colour`: the grey, 0 to 1, of a rectangle (displayed space) in which the page shows a single
// colour. `layer_used`: the layer gives the page's text, so nothing of it that cannot be seen may
// stay; otherwise it is a scanner's reading that nobody passes on.
//
// Counted is what a person could take for withheld text: letters and digits, at least three
// together, and what stands among them. Blanks, a scanner's reading of a label or of the box itself
// (`|||||`, `rmtL!ll`), and text that stands visibly at the same place are none.
Sealing SealHiddenText(const PageContent& page, const std::vector<PixelBox>& pixel_boxes,
                       bool layer_used,
                       const std::function<std::optional<float>(const Rect&)>& one_colour);

// Whether two readings are of the same letters and digits, misreads allowed for.
bool SameReading(std::string_view a, std::string_view b);
// Whether a label says only that something was taken out: "REDACTED", "PII".
bool SaysRedacted(std::string_view label);

}  // namespace foia::ocr

#endif  // FOIA_OCR_REDACTION_SEALING_H_
