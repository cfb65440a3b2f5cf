// The redactions of a page: boxes that the pixels show and what else hides text, the codes of their
// labels, and the text of the file that lies below.
#ifndef FOIA_OCR_PAGE_BOX_PASS_H_
#define FOIA_OCR_PAGE_BOX_PASS_H_

#include <functional>
#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/page/pipeline.h"
#include "ocr/raster/raster.h"
#include "ocr/redaction/codes.h"

namespace foia::ocr {

struct BoxPass {
  std::vector<PageRedaction> redactions;  // `at` is empty where only the file shows them
  std::vector<PageWord> marks;            // codes in the margins, on no line of the source
  std::vector<Rect> painted;              // pixels that recognition must not see
  std::vector<Rect> cells;                // pixels: of a table or a form
  // Outlined and grey boxes with something in them, no cells: redactions if that is a code.
  std::vector<PageRedaction> frames;
  std::vector<Rect> enclosed;    // pixels: whatever lines enclose as a rectangle
  std::vector<bool> hidden;      // per glyph of the page: not to be passed on
  documents::v1::Sealed sealed;  // of the hidden ones that count; else 0 characters
};

// What may be asked of a page besides its raster.
struct PageViews {
  // The same in more pixels, for the small print of labels, or an empty raster; asked once at most.
  std::function<Raster()> finer;
  // Whether most of a place (displayed space) is in a colour, which redactions are not.
  std::function<bool(const Rect&)> is_coloured;
};

// `raster` is upright and level, as `content.transform` says; at `dpi` its print has the usual
// sizes. `use_layer`: the layer gives the page's text.
BoxPass RunBoxPass(const PageContent& content, const Raster& raster, int dpi,
                   const PageViews& views, bool use_layer, Recognizer& recognizer,
                   const PageOptions& options);

// A place read as a label: for codes, and where it says more, for words.
struct LabelReading {
  ParsedCodes parsed;
  float confidence = 0;  // 0 to 1
};
LabelReading ReadLabelAt(const Rect& box, const PageContent& content, const Raster& raster, int dpi,
                         const PageViews& views, Recognizer& recognizer,
                         const PageOptions& options);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_BOX_PASS_H_
