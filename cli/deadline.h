// Deadlines in words.
#ifndef FOIA_CLI_DEADLINE_H_
#define FOIA_CLI_DEADLINE_H_

#include <string>

#include "foia/tracker/v1/deadline.pb.h"

namespace foia::cli {

// False when nothing has started it. What has no date because the law sets no number applies.
bool Applies(const tracker::v1::Deadline& deadline);
// "Thu 2020-08-13", "Thu 2020-08-13 17:00" when the day ends early; without a date why there is
// none: "tolled", "none", "cannot be computed: missing received".
std::string DueText(const tracker::v1::Deadline& deadline);
// How far to trust a date: "", "verify", "by convention", and "presumed receipt".
std::string TrustText(const tracker::v1::Deadline& deadline);
// Who has to act: "us", "agency"...; empty when nobody is named.
std::string ActorText(tracker::v1::Actor actor);
// "late", "running"...
std::string StatusText(const tracker::v1::Deadline& deadline);

// Stands wherever dates are printed.
inline constexpr char kNotAdvice[] =
    "Dates follow from the recorded events and the rules; they are not legal advice.\n";

}  // namespace foia::cli

#endif  // FOIA_CLI_DEADLINE_H_
