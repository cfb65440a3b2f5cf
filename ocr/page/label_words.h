// Codes that are words of the page: beside a box, in a gap without one, or on the sheet that stands
// for a page which was withheld.
#ifndef FOIA_OCR_PAGE_LABEL_WORDS_H_
#define FOIA_OCR_PAGE_LABEL_WORDS_H_

#include <functional>
#include <optional>
#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/page/box_pass.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

// What else is known of the page.
struct LabelSurroundings {
  const PageContent& content;
  const std::vector<Rect>& cells;      // pixels: of tables and forms
  std::vector<PageRedaction>& frames;  // redactions if a code says so
  float width = 0;                     // pixels, of the upright page
  int dpi = 0;                         // of its print
  // Reads a place (pixels) as a label; empty where the words come from a layer.
  std::function<LabelReading(const Rect&)> read;
  std::function<bool(const Rect&)> is_ink_coloured;  // of a place (displayed space)
};

// Gives redactions without a code those of the words that stand close beside them, before, behind,
// above or below, and adds as redactions what only its label shows. Codes in sentences, in the
// cells of a table and in lists of exemptions stay mere words. A label that stands on no line of
// the text is put on that of its box. `words` and `redactions` have their `at`.
void FindLabelWords(const LabelSurroundings& page, std::vector<PageWord>* words,
                    std::vector<PageRedaction>* redactions);

// The sheet that says that a page, or pages, were withheld: one redaction of the words that say so,
// with its codes.
std::optional<PageRedaction> WithheldSheet(const std::vector<PageWord>& words,
                                           const std::vector<PageRedaction>& redactions);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LABEL_WORDS_H_
