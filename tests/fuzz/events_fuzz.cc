// Histories and vectors are text that people type; every history that parses has deadlines.
#include "services/tracker/rules/vectors.h"
#include "tests/fuzz/check.h"

namespace {

namespace tracker = foia::tracker;

const tracker::RuleBook& Book() {
  static const auto* const book =
      new tracker::RuleBook(tracker::RuleBook::Parse(tracker::EmbeddedRules()).value());
  return *book;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = foia::testing::Text(data, size);
  (void)tracker::ParseVectors(text);
  const auto events = tracker::ParseEvents(text);
  if (!events.ok()) return 0;
  for (const char* jurisdiction : {"us-federal", "us-il"}) {
    const tracker::Rules& rules = *Book().FindRules(jurisdiction).value();
    const foia::CivilDate as_of(2024, 5, 1);
    for (const auto& deadline : tracker::Compute(rules, rules.calendar(), *events, as_of)) {
      FUZZ_CHECK(tracker::Explain(rules, rules.calendar(), *events, as_of, deadline.id()).ok());
    }
  }
  return 0;
}
