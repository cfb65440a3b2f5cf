// From one page of a document to its PageRecord: paint events, text-layer gate, pixels, redaction
// boxes and their codes, sealing, recognition, reading order. Not safe for concurrent use.
#ifndef FOIA_OCR_PAGE_PIPELINE_H_
#define FOIA_OCR_PAGE_PIPELINE_H_

#include <string>

#include "foia/documents/v1/page_job.pb.h"
#include "foia/documents/v1/page_record.pb.h"
#include "ocr/pdf/document.h"
#include "ocr/recognize/recognizer.h"

namespace foia::ocr {

struct PageOptions {
  bool cheap = false;     // 150 dpi, one column; boxes hide, but their labels are not read
  int soft_limit_ms = 0;  // for recognition; 0: none
  std::string seal_key;
};

// `page` counts from 1. What cannot be read is a state of the record.
documents::v1::PageRecord ReadPage(Document& document, int page, Recognizer& recognizer,
                                   const PageOptions& options);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_PIPELINE_H_
