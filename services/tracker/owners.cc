#include "services/tracker/owners.h"

#include "absl/strings/match.h"
#include "services/access/access.h"
#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/strings.h"

namespace foia::tracker {

absl::StatusOr<std::string> Owners::Find(const access::v1::Principal& caller,
                                         std::string_view reference, std::string_view label,
                                         std::string_view field) const {
  if (access_ == nullptr) return NameIn("people", reference);
  return access_->FindOwner(caller, reference, label, field);
}

absl::StatusOr<std::string> Owners::FindForFilter(const access::v1::Principal& caller,
                                                  std::string_view reference) const {
  if (access_ == nullptr) return NameIn("people", reference);
  const absl::StatusOr<std::string> found = access_->FindPerson(caller, reference);
  const bool is_named = absl::StartsWith(ToAbsl(reference), "people/");
  if (ReasonOf(found.status()) == Reason::REASON_NOT_FOUND && is_named) {
    return NameIn("people", reference);
  }
  return found;
}

std::string Owners::Problem(std::string_view owner, std::string_view label) const {
  if (access_ == nullptr || owner.empty()) return "";
  return access_->ProblemOfOwner(owner, label);
}

}  // namespace foia::tracker
