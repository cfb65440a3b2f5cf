#include "services/tracker/rules_admin.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/access/policy.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/tracker/deadlines/evaluator.h"
#include "services/tracker/rules/rule_book.h"

namespace foia::tracker {

absl::StatusOr<v1::ListJurisdictionsResponse> RulesAdmin::ListJurisdictions(
    const Principal&, const v1::ListJurisdictionsRequest&) const {
  const std::shared_ptr<const RuleBook> book = rules_->Get();
  v1::ListJurisdictionsResponse response;
  response.set_rules_digest(book->digest());
  for (const auto& [id, rules] : book->jurisdictions()) {
    const v1::Jurisdiction& jurisdiction = rules.jurisdiction();
    v1::JurisdictionSummary& summary = *response.add_jurisdictions();
    summary.set_id(id);
    summary.set_title(jurisdiction.title());
    summary.set_version(jurisdiction.version());
    summary.set_calendar_id(jurisdiction.calendar_id());
    summary.set_time_zone(jurisdiction.time_zone());
    v1::Certainty weakest = jurisdiction.receipt().certainty();
    for (const v1::DeadlineRule& rule : jurisdiction.deadlines()) {
      weakest = Weaker(weakest, rule.certainty());
    }
    summary.set_certainty(weakest);
    *summary.mutable_gaps() = jurisdiction.gaps();
    *summary.mutable_sources() = jurisdiction.sources();
  }
  return response;
}

absl::StatusOr<v1::ReloadRulesResponse> RulesAdmin::ReloadRules(
    const Principal& caller, const v1::ReloadRulesRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckOperator(caller));
  FOIA_ASSIGN_OR_RETURN(RuleBook book, LoadRules(directory_));
  FOIA_ASSIGN_OR_RETURN(
      v1::ReloadRulesResponse response,
      docket_->ReplaceRules(caller, std::make_shared<const RuleBook>(std::move(book)),
                            request.validate_only()));
  if (!request.validate_only()) {
    Log(Severity::kInfo, "rules",
        {{"digest", response.new_digest()},
         {"before", response.old_digest()},
         {"moved", absl::StrCat(response.moved_requests())}});
  }
  return response;
}

}  // namespace foia::tracker
