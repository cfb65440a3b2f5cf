// Reads whole files without a server: what `foia ocr` does.
#ifndef FOIA_OCR_PAGE_OCR_FILES_H_
#define FOIA_OCR_PAGE_OCR_FILES_H_

#include <functional>
#include <string>
#include <string_view>
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
  // As given; of a member of a container, the container's path and its own cleaned path behind it.
  std::string path;
  bool is_member = false;
  // Of a member, the same from the container's own name on: it leads nowhere else.
  std::string member_path;
  std::string sha256;  // lower-case hexadecimal
  // DONE when there are pages; otherwise why not.
  documents::v1::PageState state = documents::v1::PAGE_STATE_UNSPECIFIED;
  std::string state_reason;
  std::string media_type;
  std::vector<documents::v1::PageRecord> pages;  // in order; empty when there are none
  bool is_container = false;
  std::vector<documents::v1::MemberError> member_errors;  // the first 100 that were not unpacked
};

// Members of a container are files of their own, behind those that were given. Pages of all files
// are read in parallel, taking turns between files, so that a long one does not
// hold up a short one. `progress` (may be null) is called from several threads, one at a time.
// An error: a file cannot be read from disk (REASON_UNREADABLE_FILE) or foia-page not started.
absl::StatusOr<std::vector<OcrFile>> OcrFiles(
    const std::vector<std::string>& paths, const OcrFilesOptions& options,
    const std::function<void(const OcrProgress&)>& progress = nullptr);

// Passes a searchable PDF of a file that OcrFiles has read to `write`, in pieces. CANNOT_RENDER,
// the errors of `write`, and as above.
absl::Status WriteSearchablePdf(const OcrFile& file, const OcrFilesOptions& options,
                                const std::function<absl::Status(std::string_view)>& write);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_OCR_FILES_H_
