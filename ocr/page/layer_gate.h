// Is the text layer of a page good enough to be used instead of recognition? And its words.
#ifndef FOIA_OCR_PAGE_LAYER_GATE_H_
#define FOIA_OCR_PAGE_LAYER_GATE_H_

#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

documents::v1::LayerVerdict JudgeLayer(const PageContent& page);

// The layer's words in the order of the file. A word of which half is sealed is left out as a
// whole, otherwise its sealed characters are.
std::vector<PageWord> LayerWords(const PageContent& page, const std::vector<bool>& sealed);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LAYER_GATE_H_
