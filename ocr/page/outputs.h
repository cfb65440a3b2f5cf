// What foia-page makes of a file besides records: pictures of pages and the searchable PDF.
#ifndef FOIA_OCR_PAGE_OUTPUTS_H_
#define FOIA_OCR_PAGE_OUTPUTS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "foia/documents/v1/page_job.pb.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

// What cannot be drawn is a state of the picture.
documents::v1::Picture DrawPage(const Document::Opened& file, int page, int dpi);

// Takes `pages` records from `next`, whatever comes of it, then passes the file to `send`. The last
// chunk is returned, not sent. Ends early when `next` or `send` fails.
documents::v1::Chunk SendSearchablePdf(
    const Document::Opened& file, std::string_view bytes, const std::string& password, int pages,
    const std::function<absl::StatusOr<documents::v1::PageRecord>()>& next,
    const std::function<absl::Status(const documents::v1::Chunk&)>& send);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_OUTPUTS_H_
