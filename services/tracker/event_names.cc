#include "services/tracker/event_names.h"

#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kEvents = "events";

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

// The name of the event that `reference` means; empty for none.
absl::StatusOr<std::string> FindEventName(const std::vector<v1::Event>& events,
                                          std::string_view reference) {
  const std::string id = IdIn(kEvents, IdOf(reference));
  const size_t slash = reference.find("/events/");
  std::vector<std::string> found;
  for (const v1::Event& event : events) {
    const std::string own_id = IdOf(event.name());
    if (slash != std::string_view::npos &&
        NameIn("requests", reference.substr(0, slash)) !=
            event.name().substr(0, event.name().find("/events/"))) {
      continue;  // of another request
    }
    if (own_id == id) return event.name();
    if (absl::StartsWith(own_id, id) && MayBeginId(kEvents, NameIn(kEvents, id))) {
      found.push_back(event.name());
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return std::string();
  for (std::string& name : found) name = absl::StrCat("events/", IdOf(name));
  return AmbiguousId(kEvents, reference, found);
}

}  // namespace

absl::Status ResolveEventNames(const std::vector<v1::Event>& events, v1::Event& event) {
  if (!event.supersedes().empty()) {
    FOIA_ASSIGN_OR_RETURN(const std::string name, FindEventName(events, event.supersedes()));
    if (!name.empty()) event.set_supersedes(name);
  }
  for (const char* attribute : {"of", "determination"}) {
    const auto given = event.mutable_attributes()->find(attribute);
    if (given == event.mutable_attributes()->end() || given->second.empty()) continue;
    FOIA_ASSIGN_OR_RETURN(const std::string name, FindEventName(events, given->second));
    if (!name.empty()) given->second = IdOf(name);
  }
  FieldViolations violations;
  for (int i = 0; i < event.evidence_size(); ++i) {
    const std::string name = NameIn("documents", event.evidence(i));
    if (IsId('d', IdIn("documents", name))) {
      event.set_evidence(i, name);
    } else {
      violations.emplace_back(
          absl::StrCat("event.evidence[", i, "]"),
          absl::StrCat("'", event.evidence(i), "' is not the whole name of a document"));
    }
  }
  return InvalidFields(violations);
}

}  // namespace foia::tracker
