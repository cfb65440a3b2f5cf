#include "cli/deadline.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/output.h"

namespace foia::cli {

using tracker::v1::Deadline;

bool Applies(const Deadline& deadline) {
  return deadline.status() != tracker::v1::DEADLINE_STATUS_NONE || deadline.has_trigger_date();
}

std::string DueText(const Deadline& deadline) {
  if (deadline.has_date()) {
    return absl::StrCat(DayText(deadline.date()), deadline.cutoff().empty() ? "" : " ",
                        deadline.cutoff());
  }
  if (deadline.status() == tracker::v1::DEADLINE_STATUS_NONE && Applies(deadline)) {
    return "no deadline: the law sets no number of days";
  }
  if (deadline.status() == tracker::v1::DEADLINE_STATUS_CANNOT_COMPUTE) {
    return absl::StrCat("cannot be computed: missing ", absl::StrJoin(deadline.missing(), ", "));
  }
  return StatusText(deadline);
}

std::string TrustText(const Deadline& deadline) {
  std::vector<std::string> remarks;
  switch (deadline.certainty()) {
    case tracker::v1::CERTAINTY_SECONDARY:
    case tracker::v1::CERTAINTY_MEMORY:
      remarks.push_back("verify");
      break;
    case tracker::v1::CERTAINTY_CONVENTION:
      remarks.push_back("by convention");
      break;
    default:
      break;
  }
  if (deadline.confidence() == tracker::v1::CONFIDENCE_PRESUMED) {
    remarks.push_back("presumed receipt");
  }
  if (!deadline.assumption().empty()) remarks.push_back(deadline.assumption());
  return absl::StrJoin(remarks, ", ");
}

std::string ActorText(tracker::v1::Actor actor) {
  if (actor == tracker::v1::ACTOR_REQUESTER) return "us";
  return actor == tracker::v1::ACTOR_UNSPECIFIED ? "" : EnumText(Actor_Name(actor), "ACTOR_");
}

std::string StatusText(const Deadline& deadline) {
  return EnumText(DeadlineStatus_Name(deadline.status()), "DEADLINE_STATUS_");
}

}  // namespace foia::cli
