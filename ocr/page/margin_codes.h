// Codes that stand in the margin beside the redactions they belong to.
#ifndef FOIA_OCR_PAGE_MARGIN_CODES_H_
#define FOIA_OCR_PAGE_MARGIN_CODES_H_

#include <vector>

#include "ocr/page/assemble.h"

namespace foia::ocr {

// Where the margins begin, as shares of the width.
inline constexpr float kRightMargin = 0.85F, kLeftMargin = 0.12F;
// What brackets add to the height of digits and capitals, as a share of it.
inline constexpr float kBracketDescent = 0.28F;

// Appends `code` unless it is there.
void AddOnce(PageCode code, std::vector<PageCode>* codes);

// Gives each redaction without a code those of the margin words on its line, else of the nearest
// stack of them. Of several redactions on a line each gets its own code where the margin has one
// for each, in order. `width` and `dpi` are of the upright raster; all places are PageWord::at and
// PageRedaction::at.
void AssignMarginCodes(const std::vector<PageWord>& words, float width, int dpi,
                       std::vector<PageRedaction>* redactions);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_MARGIN_CODES_H_
