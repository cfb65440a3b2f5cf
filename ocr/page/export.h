// Page records as people and programs read them.
#ifndef FOIA_OCR_PAGE_EXPORT_H_
#define FOIA_OCR_PAGE_EXPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "foia/documents/v1/page_record.pb.h"

namespace foia::ocr {

// One JSON document: {"file", "sha256", "pages": [{"page", "width", "height", "rotation", "state",
// "text", "words", "redactions"}]}. Boxes are points of the page as displayed. `sha256` is
// lower-case hexadecimal; pages count from 1 in the order given.
std::string PageRecordsToJson(std::string_view file, std::string_view sha256,
                              const std::vector<documents::v1::PageRecord>& pages);

// hOCR 1.2 as XHTML: ocr_page, ocr_carea, ocr_par, ocr_line, ocrx_word with x_wconf, and an
// ocrx_redaction (x_kind, x_codes) per redaction. Boxes are pixels of the page as displayed, drawn
// at 300 dpi. What XML cannot hold (control characters) is left out.
std::string PageRecordsToHocr(std::string_view file,
                              const std::vector<documents::v1::PageRecord>& pages);

// ALTO 4.2, one <Page> per page, in 1/1200 inch of the page as displayed. A redaction is an
// <Illustration TYPE="redaction"> whose TAGREFS name its look and its codes (<OtherTag>).
std::string PageRecordsToAlto(std::string_view file, std::string_view sha256,
                              const std::vector<documents::v1::PageRecord>& pages);

// The text alone, a form feed between pages.
std::string PageRecordsToText(const std::vector<documents::v1::PageRecord>& pages);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_EXPORT_H_
