// Is the text layer of a page good enough to be used instead of recognition? And its words.
#ifndef FOIA_OCR_PAGE_LAYER_GATE_H_
#define FOIA_OCR_PAGE_LAYER_GATE_H_

#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

documents::v1::LayerVerdict JudgeLayer(const PageContent& page);

// In which direction most of the layer runs on the page as displayed: clockwise quarter turns from
// the right.
int LayerTurns(const PageContent& page);

// The layer's words in the order of the file; what is printed twice for bold type counts once. A
// word of which half is sealed is left out as a whole, otherwise its sealed characters are.
std::vector<PageWord> LayerWords(const PageContent& page, const std::vector<bool>& sealed);

// Tags the words of a layer with their languages, as far as their function words tell.
void TagLanguages(std::vector<PageWord>* words);

// What a layer that was not used says otherwise than what was recognised at the same place goes to
// `record`'s other_layer_words. All else that it holds may be what boxes hide, and is left out:
// `painted` (pixels) is what recognition did not see. `record` has its words, redactions and
// transform.
void KeepOtherLayer(const std::vector<PageWord>& layer, const std::vector<PaintEvent>& paints,
                    const std::vector<Rect>& painted, documents::v1::PageRecord* record);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LAYER_GATE_H_
