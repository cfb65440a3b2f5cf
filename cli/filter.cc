#include "cli/filter.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/fields.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "foia/tracker/v1/matter_service.grpc.pb.h"

namespace foia::cli {

void FilterOptions::Define(CLI::App& verb) {
  verb.add_option("--owner", owner, "Who looks after it: me, or a person's id");
  verb.add_option("--matter", matter, "Id or client code");
  verb.add_option("--agency", agency, "This agency and what is below it: id, abbreviation or path");
  verb.add_option("--jurisdiction", jurisdiction, "For example us-federal-dhs");
  verb.add_option("--state", state, "Draft, sent, processing, tolled, overdue, determined, ...");
  verb.add_option("--tag", tag, "One of its tags");
  verb.add_option("--text", text, "Stands in subject, tracking numbers or notes");
}

absl::StatusOr<tracker::v1::RequestFilter> FilterOptions::Resolve(Session& session) const {
  tracker::v1::RequestFilter filter;
  if (owner == "me") {
    FOIA_ASSIGN_OR_RETURN(const access::v1::Principal caller,
                          session.Call(&access::v1::AccessService::Stub::GetPrincipal,
                                       access::v1::GetPrincipalRequest()));
    filter.set_owner(caller.name());
  } else if (!owner.empty()) {
    filter.set_owner(absl::StartsWith(owner, "people/") ? owner : absl::StrCat("people/", owner));
  }
  if (!matter.empty()) {
    tracker::v1::GetMatterRequest get;
    get.set_name(matter);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Matter found,
                          session.Call(&tracker::v1::MatterService::Stub::GetMatter, get));
    filter.set_matter(found.name());
  }
  filter.set_agency(agency);
  filter.set_jurisdiction(jurisdiction);
  if (!state.empty()) {
    FOIA_ASSIGN_OR_RETURN(const int value, ParseEnumWord(tracker::v1::RequestState_descriptor(),
                                                         "REQUEST_STATE_", state, "--state"));
    filter.set_state(static_cast<tracker::v1::RequestState>(value));
  }
  filter.set_tag(tag);
  filter.set_text(text);
  return filter;
}

std::string FilterOptions::Words() const {
  std::vector<std::string> words;
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, std::string>>{{"owner ", owner},
                                                                  {"matter ", matter},
                                                                  {"agency ", agency},
                                                                  {"jurisdiction ", jurisdiction},
                                                                  {"state ", state},
                                                                  {"tag ", tag},
                                                                  {"text ", text}}) {
    if (!value.empty()) words.push_back(absl::StrCat(name, value));
  }
  return absl::StrJoin(words, ", ");
}

}  // namespace foia::cli
