// Reads whole files without a server: what `foia ocr` does.
#ifndef FOIA_OCR_PAGE_OCR_FILES_H_
#define FOIA_OCR_PAGE_OCR_FILES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_record.pb.h"
#include "ocr/page/page_process.h"

namespace foia::ocr {

struct OcrFilesOptions {
  int jobs = 0;  // page processes; 0: one per core
  std::string password;
  PageProcessOptions process;
};

struct OcrProgress {
  int files_done = 0, files = 0;
  int pages_done = 0, pages = 0;  // of the files looked at so far
};

struct OcrFile {
  std::string path;
  std::string sha256;  // lower-case hexadecimal
  // DONE when there are pages; otherwise why not.
  documents::v1::PageState state = documents::v1::PAGE_STATE_UNSPECIFIED;
  std::string state_reason;
  std::string media_type;
  std::vector<documents::v1::PageRecord> pages;  // in order; empty when there are none
};

// Pages of all files are read in parallel, taking turns between files, so that a long one does not
// hold up a short one. `progress` (may be null) is called from several threads, one at a time.
// An error: a file cannot be read from disk (REASON_UNREADABLE_FILE) or foia-page not started.
absl::StatusOr<std::vector<OcrFile>> OcrFiles(
    const std::vector<std::string>& paths, const OcrFilesOptions& options,
    const std::function<void(const OcrProgress&)>& progress = nullptr);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_OCR_FILES_H_
