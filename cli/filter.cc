#include "cli/filter.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/fields.h"
#include "foia/tracker/v1/matter_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/suggest.h"

namespace foia::cli {

tracker::v1::DocketOrder OrderOf(const std::string& word) {
  static const auto& orders = *new std::map<std::string, tracker::v1::DocketOrder>{
      {"owner", tracker::v1::DOCKET_ORDER_OWNER},
      {"matter", tracker::v1::DOCKET_ORDER_MATTER},
      {"agency", tracker::v1::DOCKET_ORDER_AGENCY},
      {"jurisdiction", tracker::v1::DOCKET_ORDER_JURISDICTION},
      {"state", tracker::v1::DOCKET_ORDER_STATE},
      {"number", tracker::v1::DOCKET_ORDER_NUMBER},
      {"subject", tracker::v1::DOCKET_ORDER_SUBJECT}};
  const auto found = orders.find(word);
  return found == orders.end() ? tracker::v1::DOCKET_ORDER_DATE : found->second;
}

absl::StatusOr<FilterOptions> FilterOptions::Parse(const std::string& text) {
  FilterOptions filter;
  std::string* last = nullptr;
  for (const absl::string_view part : absl::StrSplit(text, ' ', absl::SkipWhitespace())) {
    const std::string word(absl::StripSuffix(part, ","));
    const size_t equals = word.find('=');
    if (equals == std::string::npos && last != nullptr) {
      absl::StrAppend(last, last->empty() ? "" : " ", word);
      continue;
    }
    const std::string key = word.substr(0, equals);
    last = equals == std::string::npos ? nullptr : filter.ValueOf(key);
    if (last == nullptr) {
      std::vector<std::string> keys;
      for (const Condition& condition : filter.conditions_) keys.emplace_back(condition.name);
      return MakeError(
          Reason::REASON_INVALID_FIELD,
          absl::StrCat("'", word, "' is not KEY=VALUE with a key of ", absl::StrJoin(keys, ", "),
                       ", or not- before one", DidYouMean(key, keys)),
          {{"field", key}});
    }
    *last = word.substr(equals + 1);
  }
  return filter;
}

FilterOptions& FilterOptions::Choose(const std::string& key, const std::string& value) {
  if (std::string* const place = ValueOf(key); place != nullptr && place->empty()) *place = value;
  return *this;
}

std::string* FilterOptions::ValueOf(const std::string& key) {
  for (Condition& condition : conditions_) {
    if (key == condition.name) return &condition.value;
    if (key == absl::StrCat("not-", condition.name)) return &condition.excluded.emplace_back();
  }
  return nullptr;
}

void FilterOptions::Define(CLI::App& verb) {
  for (Condition& condition : conditions_) {
    verb.add_option(absl::StrCat("--", condition.name), condition.value, condition.help);
  }
  for (Condition& condition : conditions_) {
    verb.add_option(absl::StrCat("--not-", condition.name), condition.excluded,
                    absl::StrCat("Leaves out what --", condition.name, " chooses; may be repeated"))
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  }
}

absl::Status FilterOptions::Set(Session& session, const std::string& name, const std::string& value,
                                tracker::v1::RequestFilter& filter) {
  if (name == "owner") {
    filter.set_owner(value);
  } else if (name == "matter") {
    tracker::v1::GetMatterRequest get;
    get.set_name(value);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Matter found,
                          session.Call(&tracker::v1::MatterService::Stub::GetMatter, get));
    filter.set_matter(found.name());
  } else if (name == "agency") {
    filter.set_agency(value);
  } else if (name == "jurisdiction") {
    filter.set_jurisdiction(value);
  } else if (name == "state") {
    FOIA_ASSIGN_OR_RETURN(const int state, ParseEnumWord(tracker::v1::RequestState_descriptor(),
                                                         "REQUEST_STATE_", value, "--state"));
    filter.set_state(static_cast<tracker::v1::RequestState>(state));
  } else if (name == "tag") {
    filter.set_tag(value);
  } else {
    filter.set_text(value);
  }
  return absl::OkStatus();
}

absl::StatusOr<tracker::v1::RequestFilter> FilterOptions::Resolve(Session& session) const {
  tracker::v1::RequestFilter filter;
  for (const Condition& condition : conditions_) {
    if (!condition.value.empty()) {
      FOIA_RETURN_IF_ERROR(Set(session, condition.name, condition.value, filter));
    }
    for (const std::string& value : condition.excluded) {
      FOIA_RETURN_IF_ERROR(Set(session, condition.name, value, *filter.add_excluded()));
    }
  }
  return filter;
}

std::string FilterOptions::Words() const {
  std::vector<std::string> words;
  for (const Condition& condition : conditions_) {
    if (!condition.value.empty()) {
      words.push_back(absl::StrCat(condition.name, " ", condition.value));
    }
    for (const std::string& value : condition.excluded) {
      words.push_back(absl::StrCat("not ", condition.name, " ", value));
    }
  }
  return absl::StrJoin(words, ", ");
}

}  // namespace foia::cli
