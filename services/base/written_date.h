// Dates and times as people and letters write them, the one parser for everything that is typed.
// Stored, sent and printed are ISO 8601 only (services/base/civil_date.h).
#ifndef FOIA_SERVICES_BASE_WRITTEN_DATE_H_
#define FOIA_SERVICES_BASE_WRITTEN_DATE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/civil_date.h"

namespace foia {

// "2020-07-16", "7/16/2020", "07/16/20", "July 16, 2020", "Thursday, 16 Jul 2020", and, given
// `today`, "today", "yesterday", "tomorrow", "-3d", "+2w", "3 days ago", "in 2 weeks".
//
// INVALID_DATE for what has no reading, and for what has several: 3/4/2020 is March 4 in American
// letters and April 3 elsewhere. The error names each reading. A day of the week resolves a date,
// or is found to contradict it. A year of two digits lies in 1966 (the act) to 2065. `field` names
// the place.
absl::StatusOr<CivilDate> ParseWrittenDate(std::string_view text, std::string_view field,
                                           std::optional<CivilDate> today);

// True for a word that may be part of a written date: "July", "16,", "2020", "of", "ago". Tells
// where a date ends in a line of words.
bool IsDateWord(std::string_view word);

// "17:00", "5pm", "5:30 p.m.", "noon" as "17:00" and so on. INVALID_FIELD for what is no time and
// for what has two readings: "5:30", "midnight" and "12 am" (the beginning of the day, or its end).
absl::StatusOr<std::string> ParseWrittenTime(std::string_view text, std::string_view field);

// "Thu 2020-07-16": how a date is echoed.
std::string FullDate(CivilDate date);

// The first year in which a date of a request can lie: that of the Freedom of Information Act.
inline constexpr int kFirstYear = 1966;

// What somebody may have meant who wrote `date`, which cannot be right, where only the days from
// `first` to `last` can: month and day exchanged, the year beside it, the year with two digits
// exchanged, with one of them wrong or of another century (the latest that fits), the digits of day
// or month exchanged. At most two, the likeliest first; empty when none fits.
std::vector<CivilDate> LikelyDates(CivilDate date, CivilDate first, CivilDate last);
// "; the likely date is Thu 2020-07-16", "; likely dates are ... or ..."; empty when none fits.
std::string LikelyText(CivilDate date, CivilDate first, CivilDate last);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_WRITTEN_DATE_H_
