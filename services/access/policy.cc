#include "services/access/policy.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/strings.h"

namespace foia::access {
namespace {

v1::Role RoleOn(const Principal& caller, std::string_view label) {
  const auto found = caller.roles().find(std::string(label));
  return found == caller.roles().end() ? v1::ROLE_UNSPECIFIED : found->second;
}

v1::Role RoleNeeded(Action action) {
  switch (action) {
    case Action::kRead:
      return v1::ROLE_VIEWER;
    case Action::kWrite:
      return v1::ROLE_EDITOR;
    case Action::kShare:
    case Action::kReadSealedOriginal:
      return v1::ROLE_OWNER;
  }
  return v1::ROLE_OWNER;
}

}  // namespace

absl::Status Check(const Principal& caller, Action action, std::string_view label,
                   std::string_view resource) {
  if (caller.system() || RoleOn(caller, label) >= RoleNeeded(action)) return absl::OkStatus();
  return MakeError(Reason::REASON_PERMISSION_DENIED,
                   absl::StrCat("you may not do this to '", ToAbsl(resource), "'"),
                   {{"resource", std::string(resource)}});
}

absl::Status CheckOperator(const Principal& caller) {
  if (caller.system() || caller.operator_()) return absl::OkStatus();
  return MakeError(Reason::REASON_PERMISSION_DENIED, "only an operator may do this");
}

absl::Status CheckSystem(const Principal& caller) {
  if (caller.system()) return absl::OkStatus();
  return MakeError(Reason::REASON_PERMISSION_DENIED, "only foiad's own services may do this");
}

bool MaySee(const Principal& caller, std::string_view label) {
  return Check(caller, Action::kRead, label, "").ok();
}

absl::StatusOr<std::string> FindLabel(const Principal& caller, std::string_view reference) {
  constexpr std::string_view kLabels = "labels";
  const std::string name = NameIn(kLabels, reference);
  std::set<std::string> found;  // a protobuf map has no order
  for (const auto& [label, role] : caller.roles()) {
    if (label == reference || label == name) return label;
    if (absl::StartsWith(label, name) && MayBeginId(kLabels, name)) found.insert(label);
  }
  if (found.size() > 1) return AmbiguousId(kLabels, reference, {found.begin(), found.end()});
  return found.empty() ? name : *found.begin();
}

std::string DefaultLabel(const Principal& caller) {
  constexpr std::string_view kPrivate = "labels/private";
  if (Check(caller, Action::kWrite, kPrivate, "").ok()) return std::string(kPrivate);
  std::string best;  // the first by name, since a protobuf map has no order
  for (const auto& [label, role] : caller.roles()) {
    if (role >= v1::ROLE_EDITOR && (best.empty() || label < best)) best = label;
  }
  return best;
}

}  // namespace foia::access
