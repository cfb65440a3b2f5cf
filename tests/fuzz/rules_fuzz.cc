// An operator's rules file is refused with its reason, or it computes deadlines.
#include "services/tracker/deadlines/engine.h"
#include "services/tracker/rules/rule_book.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using foia::CivilDate;
  namespace tracker = foia::tracker;
  const auto book =
      tracker::RuleBook::Parse({{"x.textproto", std::string(foia::testing::Text(data, size))}});
  if (!book.ok()) return 0;
  const std::vector<tracker::DeadlineEvent> events = {
      {"e1", tracker::v1::EVENT_TYPE_RECEIVED, CivilDate(2024, 2, 28)},
      {"e2", tracker::v1::EVENT_TYPE_EXTENSION_NOTICE, CivilDate(2024, 3, 20)},
      {"e3", tracker::v1::EVENT_TYPE_DENIED, CivilDate(2024, 4, 2)}};
  for (const auto& [id, rules] : book->jurisdictions()) {
    for (const auto& deadline :
         tracker::Compute(rules, rules.calendar(), events, CivilDate(2024, 5, 1))) {
      (void)tracker::Explain(rules, rules.calendar(), events, CivilDate(2024, 5, 1), deadline.id());
    }
  }
  return 0;
}
