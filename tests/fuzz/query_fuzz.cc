// A query parses or is refused; what parses comes back from its canonical text.
#include "services/search/query/query.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto query = foia::search::ParseQuery(foia::testing::Text(data, size));
  if (!query.ok()) return 0;
  const auto again = foia::search::ParseQuery(foia::search::PrintQuery(*query));
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(*again == *query);
  return 0;
}
