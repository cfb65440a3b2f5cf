// Values of the index are read from disk: a damaged one is an error, a sound one comes back.
#include "storage/index/layout.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace storage = foia::storage;
  if (size == 0) return 0;
  const std::string_view bytes = foia::testing::Text(data + 1, size - 1);
  switch (data[0]) {
    case 'm':
      if (const auto value = storage::MetaValue::Decode(bytes); value.ok()) {
        FUZZ_CHECK(storage::MetaValue::Decode(value->Encode()).ok());
      }
      break;
    case 'd':
      if (const auto value = storage::DocumentValue::Decode(bytes); value.ok()) {
        const auto again = storage::DocumentValue::Decode(value->Encode());
        FUZZ_CHECK(again.ok() && again->document.tags == value->document.tags);
      }
      break;
    case 's':
      if (const auto value = storage::StatsValue::Decode(bytes); value.ok()) {
        FUZZ_CHECK(storage::StatsValue::Decode(value->Encode())->tokens == value->tokens);
      }
      break;
    case 'l':
      if (const auto set = storage::DecodeSet(bytes); set.ok()) {
        (void)set->cardinality();
        (void)storage::EncodeSet(*set);
      }
      break;
    case 'p':
      if (const auto page = storage::DecodePage(bytes, true); page.ok()) {
        FUZZ_CHECK(storage::DecodePage(bytes, false)->length == page->length);
        (void)page->WordAt(7);
      }
      break;
    case 'k': {
      std::string chunk(bytes);
      const bool erased = storage::ErasePosting(1, chunk);
      FUZZ_CHECK(erased == (chunk.size() < bytes.size()));
      break;
    }
    default:
      break;
  }
  return 0;
}
