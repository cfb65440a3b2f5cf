// Page tokens come back from outside: anything may stand in one.
#include "services/base/page_token.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = foia::testing::Text(data, size);
  const auto key = foia::ReadPageToken("list", text);
  if (key.ok() && !text.empty()) {
    FUZZ_CHECK(foia::ReadPageToken("list", foia::MakePageToken("list", *key)).value() == *key);
  }
  if (!text.empty()) {
    const std::string token = foia::MakePageToken("list", text);
    FUZZ_CHECK(foia::ReadPageToken("list", token).value() == text);
    FUZZ_CHECK(!foia::ReadPageToken("other", token).ok());
  }
  return 0;
}
