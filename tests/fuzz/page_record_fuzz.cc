// foia-page may send anything: what passes the check can be exported.
#include "ocr/page/export.h"
#include "ocr/pdf/invisible_text.h"
#include "services/documents/record_check.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace v1 = foia::documents::v1;
  const int bytes = static_cast<int>(size);
  v1::PageRecord record;
  if (record.ParseFromArray(data, bytes) && foia::documents::WhatIsWrong(record).empty()) {
    FUZZ_CHECK(foia::documents::PipelineVersion(record.engine()).size() == 16);
    (void)foia::ocr::PageRecordsToJson("x.pdf", "00", {record, record});
    (void)foia::ocr::PageRecordsToText({record, record});
    (void)foia::ocr::PageRecordsToHocr("x.pdf", {record, record});
    (void)foia::ocr::PageRecordsToAlto("x.pdf", "00", {record, record});
    foia::ocr::InvisibleCodes codes;
    const std::string content = foia::ocr::InvisibleText(record, "F", &codes);
    FUZZ_CHECK(content.find("inf") == std::string::npos);
    FUZZ_CHECK(content.find("nan") == std::string::npos);
    (void)codes.ToUnicode();
  }
  v1::ProbeResult probe;
  if (probe.ParseFromArray(data, bytes)) (void)foia::documents::WhatIsWrong(probe);
  for (const char c : foia::documents::CleanReason(foia::testing::Text(data, size))) {
    FUZZ_CHECK(c >= ' ' && c <= '~');
  }
  return 0;
}
