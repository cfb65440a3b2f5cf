// Civil dates: statutory dates are days, never timestamps.
#ifndef FOIA_SERVICES_BASE_CIVIL_DATE_H_
#define FOIA_SERVICES_BASE_CIVIL_DATE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "foia/common/v1/date.pb.h"

namespace foia {

using CivilDate = absl::CivilDay;

// "2020-08-13". INVALID_DATE for anything else, impossible days included; `field` names the place.
absl::StatusOr<CivilDate> ParseDate(std::string_view text, std::string_view field);
// The same from a message.
absl::StatusOr<CivilDate> DateFromProto(const common::v1::Date& date, std::string_view field);

common::v1::Date DateToProto(CivilDate date);
// ISO 8601: "2020-08-13".
std::string FormatDate(CivilDate date);
// "Thu".
std::string_view WeekdayName(CivilDate date);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_CIVIL_DATE_H_
