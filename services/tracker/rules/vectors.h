// Deadline vectors: lines of CSV with a history and the date that must come out, the format of
// tests/cases/vectors.csv. Used by the tests and by `foia deadlines check`.
#ifndef FOIA_SERVICES_TRACKER_RULES_VECTORS_H_
#define FOIA_SERVICES_TRACKER_RULES_VECTORS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/tracker/deadlines/engine.h"
#include "services/tracker/rules/rule_book.h"

namespace foia::tracker {

struct Vector {
  int line = 0;  // in the file, from 1
  std::string id;
  std::string jurisdiction;
  std::string calendar;  // empty: the jurisdiction's own
  std::vector<DeadlineEvent> events;
  std::string deadline;
  std::string expected;  // ISO date, NONE, TOLLED or CANNOT_COMPUTE
  std::string certainty;
  std::string reasoning;
  std::vector<CivilDate> skipped;  // weekday holidays that the count passes over
  absl::Status problem;            // what is wrong with the row; RunVector returns it
};

// "2021-05-24 received; June 2, 2021 fee_toll_start k=v". Dates, times and events are read as
// people write them (written_date.h, event_words.h); `today` is what relative dates count from.
// Events are named e1, e2... in the order given. "at=17:30" is the hour, "zone=America/Chicago" its
// zone; without one it is that of the rules. INVALID_FIELD or INVALID_DATE otherwise; `field` names
// the place.
absl::StatusOr<std::vector<DeadlineEvent>> ParseEvents(
    std::string_view text, const std::string& field = "events",
    std::optional<CivilDate> today = std::nullopt);

// A whole file with its header line; columns are found by name, `calendar`, `certainty`,
// `reasoning` and `weekday_holidays_skipped` may be absent. INVALID_FIELD when the header makes no
// sense; a row that makes none is there with its `problem`.
absl::StatusOr<std::vector<Vector>> ParseVectors(std::string_view csv);

struct VectorResult {
  std::string actual;              // as Vector::expected
  std::string certainty;           // as Vector::certainty: V, S, M or C
  std::vector<CivilDate> skipped;  // as Vector::skipped
  std::string explanation;         // printable
};

// A deadline as vectors write it: ISO date, NONE, TOLLED or CANNOT_COMPUTE.
std::string OutcomeText(const v1::Deadline& deadline);

// NOT_FOUND when the book lacks the jurisdiction or the calendar, INVALID_FIELD when the
// jurisdiction lacks the deadline.
absl::StatusOr<VectorResult> RunVector(const RuleBook& book, const Vector& vector);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_RULES_VECTORS_H_
