#include "cli/regions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/output.h"

namespace foia::cli {
namespace {

// "decided: remanded (glomar)".
std::string AppealText(const tracker::v1::AppealRegion& appeal) {
  std::string text = EnumText(AppealState_Name(appeal.state()), "APPEAL_STATE_");
  if (appeal.outcome() != tracker::v1::APPEAL_OUTCOME_UNSPECIFIED) {
    absl::StrAppend(&text, ": ", EnumText(AppealOutcome_Name(appeal.outcome()), "APPEAL_OUTCOME_"));
  }
  if (!appeal.issue().empty()) absl::StrAppend(&text, " (", appeal.issue(), ")");
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> RegionFields(const tracker::v1::Request& request) {
  const tracker::v1::Regions& regions = request.regions();
  std::string processing =
      EnumText(ProcessingState_Name(regions.processing()), "PROCESSING_STATE_");
  if (regions.outcome() != tracker::v1::OUTCOME_UNSPECIFIED) {
    absl::StrAppend(&processing, ": ", EnumText(Outcome_Name(regions.outcome()), "OUTCOME_"));
  }
  std::string access = EnumText(AccessState_Name(regions.access()), "ACCESS_STATE_");
  if (regions.access() == tracker::v1::ACCESS_STATE_EMBARGO) {
    absl::StrAppend(&access, " until ", DateText(regions.embargo_until()));
  }
  std::vector<std::string> appeals;
  for (const auto& appeal : regions.appeals()) appeals.push_back(AppealText(appeal));
  std::vector<std::string> cases;
  for (const auto& court : regions.cases()) {
    cases.push_back(absl::StrCat(EnumText(CourtState_Name(court.state()), "COURT_STATE_"),
                                 court.docket().empty() ? "" : " ", court.docket()));
  }
  // Where nothing happened there is nothing to say.
  const auto unless_none = [](std::string text) { return text == "none" ? "" : text; };
  std::vector<std::pair<std::string, std::string>> fields = {
      {"voided", regions.voided()},
      {"filing", EnumText(FilingState_Name(regions.filing()), "FILING_STATE_")},
      {"processing", processing},
      {"expedite",
       unless_none(EnumText(ExpediteState_Name(regions.expedite()), "EXPEDITE_STATE_"))},
      {"fee", absl::StrCat(unless_none(EnumText(FeeState_Name(regions.fee()), "FEE_STATE_")),
                           regions.fee_balance().empty() ? "" : ": ", regions.fee_balance())},
      {"appeals", absl::StrJoin(appeals, ", ")},
      {"mediation",
       unless_none(EnumText(MediationState_Name(regions.mediation()), "MEDIATION_STATE_"))},
      {"court", absl::StrJoin(cases, ", ")},
      {"access", access}};
  for (const auto& court : regions.cases()) {
    for (const std::string& order : court.orders()) fields.emplace_back("order", order);
  }
  for (const std::string& conflict : request.conflicts()) fields.emplace_back("conflict", conflict);
  return fields;
}

}  // namespace foia::cli
