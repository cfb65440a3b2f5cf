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

// The text alone, a form feed between pages.
std::string PageRecordsToText(const std::vector<documents::v1::PageRecord>& pages);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_EXPORT_H_
