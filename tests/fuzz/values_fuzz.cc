// Small values that come in as text: dates, times, ids, hexadecimal.
#include "services/base/civil_date.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/base/written_date.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = foia::testing::Text(data, size);
  if (const auto date = foia::ParseDate(text, "date"); date.ok()) {
    FUZZ_CHECK(foia::FormatDate(*date) == text);
  }
  // What is read can be read again as it is printed.
  if (const auto date = foia::ParseWrittenDate(text, "date", foia::CivilDate(2026, 12, 1));
      date.ok()) {
    FUZZ_CHECK(*foia::ParseWrittenDate(foia::FullDate(*date), "date", std::nullopt) == *date);
  }
  if (const auto time = foia::ParseWrittenTime(text, "time"); time.ok()) {
    FUZZ_CHECK(*foia::ParseWrittenTime(*time, "time") == *time);
  }
  const std::string bytes = foia::HexDecode(text);
  FUZZ_CHECK(bytes.empty() || 2 * bytes.size() == size);
  FUZZ_CHECK(foia::HexDecode(foia::HexEncode(text)) == text);
  if (foia::IsId('d', text)) FUZZ_CHECK(size == 27 && text.starts_with('d'));
  if (size >= 16) FUZZ_CHECK(foia::IsId('d', foia::IdFromHash('d', text)));
  return 0;
}
