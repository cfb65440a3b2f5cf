// What was read of an exemption code becomes a normal form, and its printed form means the same.
#include "ocr/redaction/codes.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using foia::ocr::CodeContext;
  for (const CodeContext context : {CodeContext::kZone, CodeContext::kText}) {
    for (const auto& parsed :
         foia::ocr::ParseCodes(foia::testing::Text(data, size), context).codes) {
      FUZZ_CHECK(!parsed.code.empty());
      const std::string printed = foia::ocr::PrintedCode(parsed.code);
      if (parsed.code.find('?') != std::string::npos)
        continue;  // cut off: there is no whole form to read again
      const auto again = foia::ocr::ParseCodes(printed, CodeContext::kZone).codes;
      FUZZ_CHECK(again.size() == 1 && again[0].code == parsed.code);
    }
  }
  return 0;
}
