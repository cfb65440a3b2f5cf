// Puts words and redactions of a page into reading order and into the record.
#ifndef FOIA_OCR_PAGE_ASSEMBLE_H_
#define FOIA_OCR_PAGE_ASSEMBLE_H_

#include <string>
#include <vector>

#include "ocr/pdf/geometry.h"

namespace foia::ocr {

// A word on its way into the record.
struct PageWord {
  std::string text;
  Rect box;              // displayed space
  Rect at;               // pixels: where it stands on the upright page, for the reading order
  int turns = 0;         // in which it runs on the upright page: 0 to the right, 1 down, 3 up
  float confidence = 0;  // 0 to 100
  documents::v1::WordSource source = documents::v1::WORD_SOURCE_UNSPECIFIED;
  std::string language;  // BCP 47; empty: unknown
  int line = 0;          // of the source; negative: on none
  int block = 0;
  int font = 0;  // of the layer: of the first letter
};

struct PageCode {
  std::string code, raw;
  std::string statute;   // that stands behind it
  float confidence = 0;  // 0 to 1
};

// A redaction on its way into the record.
struct PageRedaction {
  Rect box;  // displayed space
  Rect at;   // pixels
  documents::v1::RedactionKind kind = documents::v1::REDACTION_KIND_SOLID;
  std::vector<documents::v1::RedactionOrigin> origins;
  std::vector<PageCode> codes;
  documents::v1::CodeStatus code_status = documents::v1::CODE_STATUS_NONE;
  bool codes_are_words = false;  // of the page already
  bool keeps_words = false;      // what stands in it is its label, or it is none of a box
  int recoverable_chars = 0;
  float confidence = 0;
};

// Fills text, words, lines, blocks and redactions of `record`, whose transform is set, in reading
// order. `words` come in the order of their source; `frames` (pixels) are what lines enclose. Words
// that lie in a redaction give way to its codes, which become words at the place of the box:
// "(b)(6);" "(b)(7)(C)". A label without a box stays as it is, and so does what the layer shows on
// a cover in place of what lies below.
void Assemble(std::vector<PageWord> words, std::vector<PageRedaction> redactions,
              const std::vector<Rect>& frames, documents::v1::PageRecord* record);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_ASSEMBLE_H_
