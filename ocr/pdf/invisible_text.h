// The words of a page as PDF content that nobody sees. Private to ocr/pdf.
#ifndef FOIA_OCR_PDF_INVISIBLE_TEXT_H_
#define FOIA_OCR_PDF_INVISIBLE_TEXT_H_

#include <string>
#include <string_view>

#include "foia/documents/v1/page_record.pb.h"
#include "ocr/pdf/invisible_font.h"

namespace foia::ocr {

// The content stream, with the font resource `font`, of what was recognised and of codes read
// inside boxes; empty when there is neither. Each word fills the width of its box along the text,
// however the page was turned.
std::string InvisibleText(const documents::v1::PageRecord& record, std::string_view font,
                          InvisibleCodes* codes);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_INVISIBLE_TEXT_H_
