// Failed redactions: text that is still in the file under something that hides it. What lies there
// is sealed: counted and hashed, never passed on (design rule 8).
#ifndef FOIA_OCR_REDACTION_SEALING_H_
#define FOIA_OCR_REDACTION_SEALING_H_

#include <functional>
#include <string>
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

struct Sealing {
  std::vector<bool> sealed;   // per glyph of the page
  std::vector<Cover> covers;  // that hide at least one glyph, and unapplied /Redact marks
  std::string text;           // the sealed characters; to be hashed, then forgotten
  int characters = 0;         // of `text`
};

// `pixel_boxes`: redaction boxes found on the pixels, displayed space. `uniform`: whether the page
// shows a single colour within a rectangle (displayed space).
Sealing SealHiddenText(const PageContent& page, const std::vector<Rect>& pixel_boxes,
                       const std::function<bool(const Rect&)>& uniform);

}  // namespace foia::ocr

#endif  // FOIA_OCR_REDACTION_SEALING_H_
