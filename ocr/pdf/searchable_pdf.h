// A file written again as a PDF whose text can be found: its pages as they are, below each the
// invisible words of its record. Uses QPDF; holds no QPDF header. Not safe for concurrent use.
//
// Memory: QPDF keeps the table of objects and reads streams from `bytes` when they are written;
// added here are the compressed words, about 10 KB a page, and of an image file its pictures,
// compressed.
#ifndef FOIA_OCR_PDF_SEARCHABLE_PDF_H_
#define FOIA_OCR_PDF_SEARCHABLE_PDF_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_record.pb.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

class SearchablePdf {
 public:
  // `document` is what MuPDF makes of `bytes`; both must outlive the result. The streams of a PDF
  // stay as they are, byte for byte; a JPEG is embedded unchanged, other pictures without loss.
  // The result is not encrypted; of an encrypted file it is made only when the password is the
  // owner's or the file permits changing it and copying its text: PERMISSION_DENIED. DATA_CORRUPT
  // when the file is too broken to be written again.
  static absl::StatusOr<std::unique_ptr<SearchablePdf>> Open(std::string_view bytes,
                                                             const std::string& password,
                                                             Document& document);
  ~SearchablePdf();

  // Puts the words of `record` under `page` (from 1) that the file does not have as text itself:
  // what was recognised, and codes read inside boxes.
  absl::Status AddText(int page, const documents::v1::PageRecord& record);

  // Passes the file to `write` in pieces of at most 1 MiB, once; CANCELLED when it returns false.
  // The same input gives the same bytes.
  absl::Status Write(const std::function<bool(std::string_view)>& write);

 private:
  struct Impl;
  explicit SearchablePdf(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_SEARCHABLE_PDF_H_
