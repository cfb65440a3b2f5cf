// How far a page record can be trusted, and the pages that a person should look at. No PDF or OCR
// library behind it.
#ifndef FOIA_OCR_PAGE_QUALITY_H_
#define FOIA_OCR_PAGE_QUALITY_H_

#include <string_view>

#include "foia/documents/v1/page_record.pb.h"

namespace foia::ocr {

// Why a person should look at the page: it was not read, only the quick way, in part, without
// certainty, or ink is left that is in no word. Empty when there is no doubt. Never quotes the
// page.
std::string_view WhyDoubtful(const documents::v1::PageRecord& page);
inline bool IsDoubtful(const documents::v1::PageRecord& page) { return !WhyDoubtful(page).empty(); }

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_QUALITY_H_
