#include "services/tracker/deadlines/span.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/evaluator.h"

namespace foia::tracker {
namespace {

constexpr int kMaxSpan = 730;  // days

}  // namespace

absl::StatusOr<Span> ParseSpan(std::string_view text, std::string_view field) {
  static const auto& units = *new std::map<std::string, Span>{
      {"day", {1, 0, false}},       {"daily", {1, 0, false}},      {"week", {7, 0, false}},
      {"weekly", {7, 0, false}},    {"fortnight", {14, 0, false}}, {"biweekly", {14, 0, false}},
      {"month", {0, 1, false}},     {"monthly", {0, 1, false}},    {"quarter", {0, 3, false}},
      {"quarterly", {0, 3, false}}, {"year", {0, 12, false}},      {"month_end", {0, 1, true}},
  };
  std::string word = absl::StrReplaceAll(
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text))), {{"-", "_"}, {" ", "_"}});
  absl::string_view rest = word;
  for (const char* before : {"every_", "each_", "per_"}) absl::ConsumePrefix(&rest, before);
  int n = 1;
  const size_t digits = rest.find_first_not_of("0123456789");
  const bool has_number = digits != 0 && digits != absl::string_view::npos;
  bool is_good = !has_number || absl::SimpleAtoi(rest.substr(0, digits), &n);
  if (has_number) rest.remove_prefix(digits);
  absl::ConsumePrefix(&rest, "_");
  std::string unit(rest);
  if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
  const auto found = units.find(unit);
  is_good = is_good && found != units.end() && n > 0 && n <= kMaxSpan &&
            !(found->second.month_end && has_number);
  if (is_good) {
    const Span span{found->second.days * n, found->second.months * n, found->second.month_end};
    if (span.days <= kMaxSpan && span.months <= 24) return span;
  }
  return MakeError(Reason::REASON_INVALID_FIELD,
                   absl::StrCat(ToAbsl(field), ": '", ToAbsl(text),
                                "' is no period; write week, 2-weeks, month, month-end, 30-days"));
}

std::string SpanText(const Span& span) {
  if (span.month_end) return "month-end";
  const auto text = [](int n, const char* unit) {
    return n == 1 ? std::string(unit) : absl::StrCat(n, "-", unit, "s");
  };
  if (span.months > 0) return text(span.months, "month");
  return span.days % 7 == 0 ? text(span.days / 7, "week") : text(span.days, "day");
}

CivilDate Recurrence(CivilDate first, const Span& span, int n) {
  if (span.month_end) return CivilDate(absl::CivilMonth(first) + n + 1) - 1;
  return span.months > 0 ? AddMonths(first, span.months * n) : first + span.days * n;
}

}  // namespace foia::tracker
