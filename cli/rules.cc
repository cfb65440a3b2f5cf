#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "foia/tracker/v1/rules_service.grpc.pb.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using tracker::v1::RulesService;

std::string CertaintyText(tracker::v1::Certainty certainty) {
  return EnumText(Certainty_Name(certainty), "CERTAINTY_");
}

struct ListRules {
  static constexpr char kAbout[] = "Jurisdictions under which a request can be filed";
  static constexpr char kExamples[] =
      "foia rules list\nfoia rules list us-il\nfoia rules list --json\n";
  static constexpr bool kPaged = true;
  std::string jurisdiction;

  void Define(CLI::App& verb) {
    verb.add_option("JURISDICTION", jurisdiction,
                    "Only this one, with what was read and what is not covered");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(tracker::v1::ListJurisdictionsResponse list,
                          session.Call(&RulesService::Stub::ListJurisdictions,
                                       tracker::v1::ListJurisdictionsRequest()));
    if (!jurisdiction.empty()) {
      auto* all = list.mutable_jurisdictions();
      all->erase(std::remove_if(all->begin(), all->end(),
                                [this](const auto& each) { return each.id() != jurisdiction; }),
                 all->end());
      if (all->empty()) {
        return MakeError(Reason::REASON_NOT_FOUND,
                         absl::StrCat("there are no rules for '", jurisdiction, "'"),
                         {{"jurisdiction", jurisdiction}});
      }
    }
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    if (!jurisdiction.empty()) {
      const tracker::v1::JurisdictionSummary& one = list.jurisdictions(0);
      session.out.Print(RenderFields({{"jurisdiction", one.id()},
                                      {"title", one.title()},
                                      {"version", one.version()},
                                      {"calendar", one.calendar_id()},
                                      {"zone", one.time_zone()},
                                      {"certainty", CertaintyText(one.certainty())}}));
      for (const std::string& gap : one.gaps()) {
        session.out.Print(absl::StrCat("not covered: ", Printable(gap), "\n"));
      }
      for (const std::string& source : one.sources()) {
        session.out.Print(absl::StrCat("source: ", Printable(source), "\n"));
      }
      return absl::OkStatus();
    }
    Table table({"JURISDICTION",
                 {"TITLE", Keep::kText},
                 "VERSION",
                 {"CALENDAR", Keep::kBelow},
                 {"ZONE", Keep::kBelow},
                 {"WEAKEST", Keep::kBelow},
                 ">GAPS"});
    for (const tracker::v1::JurisdictionSummary& one : list.jurisdictions()) {
      table.Add({one.id(), one.title(), one.version(), one.calendar_id(), one.time_zone(),
                 CertaintyText(one.certainty()),
                 one.gaps().empty() ? "" : absl::StrCat(one.gaps_size())});
    }
    session.out.Print(table);
    session.out.Note(absl::StrCat("digest of all rules: ", list.rules_digest(), "\n"));
    return absl::OkStatus();
  }
};

struct ReloadRules {
  static constexpr char kAbout[] = "Reads foiad's --rules folder again and says what moves";
  static constexpr char kExamples[] = "foia rules reload --dry-run\nfoia rules reload\n";
  tracker::v1::ReloadRulesRequest request;
  bool dry_run = false;

  void Define(CLI::App& verb) { verb.add_flag("--dry-run", dry_run, "Only say what would move"); }
  absl::Status Run(Session& session) {
    request.set_validate_only(dry_run);
    FOIA_ASSIGN_OR_RETURN(
        const tracker::v1::ReloadRulesResponse response,
        session.Call(&RulesService::Stub::ReloadRules, request, absl::Minutes(10)));
    if (session.out.json) {
      session.out.PrintJson(response);
      return absl::OkStatus();
    }
    if (response.old_digest() == response.new_digest()) {
      session.out.Print(
          absl::StrCat("no rule has changed (", response.new_digest().substr(0, 12), ")\n"));
      return absl::OkStatus();
    }
    session.out.Print(absl::StrCat(
        "rules ", response.old_digest().substr(0, 12), " -> ", response.new_digest().substr(0, 12),
        dry_run ? ", not in force: dates of " : ", in force: dates of ", response.moved_requests(),
        " of ", CountText(response.computed_requests(), "request"),
        dry_run ? " would move\n" : " moved\n"));
    std::vector<std::string> names;
    for (const auto& moved : response.moved()) names.push_back(moved.request());
    const std::vector<std::string> ids = session.out.Ids(names);
    Table table({Heading("REQUEST"),
                 Heading({"SUBJECT", Keep::kText}),
                 {"DEADLINE", Keep::kText},
                 {"BEFORE", Keep::kText},
                 {"AFTER", Keep::kText}});
    for (int i = 0; i < response.moved_size(); ++i) {
      const tracker::v1::RequestChanges& moved = response.moved(i);
      for (const tracker::v1::DeadlineChange& change : moved.changes()) {
        table.Add({ids[static_cast<size_t>(i)], moved.subject(),
                   (change.has_after() ? change.after() : change.before()).title(),
                   change.has_before() ? DueText(change.before()) : "-",
                   change.has_after() ? DueText(change.after()) : "-"});
      }
    }
    if (!table.empty()) {
      session.out.Print(table);
      session.out.Note(kNotAdvice);
    }
    if (response.moved_size() < response.moved_requests()) {
      session.out.Say(absl::StrCat("only the first ", response.moved_size(), " are shown"));
    }
    return absl::OkStatus();
  }
};

}  // namespace

void AddRulesVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "rules", "The rules that give the dates");
  app.AddVerb<ListRules>(noun, "list");
  app.AddVerb<ReloadRules>(noun, "reload");
}

}  // namespace foia::cli
