// What makes a record: versions and models, and their digest.
#ifndef FOIA_OCR_PAGE_ENGINE_H_
#define FOIA_OCR_PAGE_ENGINE_H_

#include "foia/documents/v1/page_record.pb.h"
#include "ocr/recognize/recognizer.h"

namespace foia::ocr {

// `quick`: of records that were read the cheap way, which are others than those of the full one.
documents::v1::Engine EngineOf(const Recognizer& recognizer, bool quick);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_ENGINE_H_
