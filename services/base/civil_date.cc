#include "services/base/civil_date.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia {
namespace {

absl::Status InvalidDate(std::string_view field, std::string_view text) {
  return MakeError(Reason::REASON_INVALID_DATE,
                   absl::StrCat(ToAbsl(field), ": '", ToAbsl(text), "' is not a date"),
                   {{"field", std::string(field)}, {"value", std::string(text)}});
}

}  // namespace

absl::StatusOr<CivilDate> ParseDate(std::string_view text, std::string_view field) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      text.find_first_not_of("0123456789-") == std::string_view::npos &&
                      absl::SimpleAtoi(ToAbsl(text.substr(0, 4)), &year) &&
                      absl::SimpleAtoi(ToAbsl(text.substr(5, 2)), &month) &&
                      absl::SimpleAtoi(ToAbsl(text.substr(8, 2)), &day);
  // absl normalises 2021-02-30 to 2021-03-02: a date that changes is impossible.
  const CivilDate date(year, month, day);
  if (!shaped || year < 1 || date.year() != year || date.month() != month || date.day() != day) {
    return InvalidDate(field, text);
  }
  return date;
}

absl::StatusOr<CivilDate> DateFromProto(const common::v1::Date& date, std::string_view field) {
  return ParseDate(absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day()), field);
}

common::v1::Date DateToProto(CivilDate date) {
  common::v1::Date proto;
  proto.set_year(static_cast<int32_t>(date.year()));
  proto.set_month(date.month());
  proto.set_day(date.day());
  return proto;
}

std::string FormatDate(CivilDate date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string_view WeekdayName(CivilDate date) {
  constexpr std::string_view kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return kNames[static_cast<int>(absl::GetWeekday(date))];
}

}  // namespace foia
