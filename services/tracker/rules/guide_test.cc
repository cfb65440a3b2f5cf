// The part of docs/guides/deadlines.md that lists the rules is what the rules say. To write it
// again: FOIA_UPDATE_DOCS=1 ctest --preset release -R date_guide_test
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/tracker/rules/rule_book.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

constexpr char kBegin[] = "<!-- rules: begin -->\n";
constexpr char kEnd[] = "<!-- rules: end -->\n";

std::string Short(const v1::Period& period) {
  const char* unit = period.unit() == v1::UNIT_WORKING_DAYS    ? " wd"
                     : period.unit() == v1::UNIT_CALENDAR_DAYS ? " cd"
                     : period.unit() == v1::UNIT_MONTHS        ? " months"
                     : period.n() == 1                         ? " year"
                                                               : " years";
  return absl::StrCat(period.n(), unit);
}

std::string Mark(v1::Certainty certainty) { return v1::Certainty_Name(certainty).substr(10, 1); }

// "`response_due` 5 wd V + 7 wd S".
std::string Describe(const v1::DeadlineRule& rule) {
  std::string text = absl::StrCat("`", rule.id(), "`");
  if (!rule.variant().empty()) absl::StrAppend(&text, " (", rule.variant(), ")");
  absl::StrAppend(&text, " ", rule.has_period() ? Short(rule.period()) : "no number");
  absl::StrAppend(&text, " ", Mark(rule.certainty()));
  if (rule.has_extension()) {
    absl::StrAppend(&text, " + ", Short(rule.extension().max()));
    if (rule.extension().certainty() != v1::CERTAINTY_UNSPECIFIED) {
      absl::StrAppend(&text, " ", Mark(rule.extension().certainty()));
    }
  }
  return text;
}

bool IsAnswer(const v1::DeadlineRule& rule) {
  return rule.actor() == v1::ACTOR_AGENCY && (rule.kind() == v1::DEADLINE_KIND_DETERMINATION ||
                                              rule.kind() == v1::DEADLINE_KIND_ACKNOWLEDGEMENT ||
                                              rule.kind() == v1::DEADLINE_KIND_PRODUCTION);
}

bool IsNextStep(const v1::DeadlineRule& rule) {
  return rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING ||
         rule.kind() == v1::DEADLINE_KIND_APPEAL_DECISION ||
         rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION;
}

std::string RulesInWords(const RuleBook& book) {
  std::string table =
      "| rules | law | calendar | the body's answer | appeal, review, suit "
      "|\n|---|---|---|---|---|\n";
  std::string gaps = "\n### What is not covered\n\n";
  std::map<std::string, std::set<std::string>> selects;  // kind=commercial: us-il, us-nj
  for (const auto& [id, rules] : book.jurisdictions()) {
    const v1::Jurisdiction& law = rules.jurisdiction();
    std::vector<std::string> answers;
    std::vector<std::string> steps;
    std::set<std::string> seen;  // one deadline has several triggers with the same number
    for (const v1::DeadlineRule& rule : law.deadlines()) {
      if (!rule.date_attribute().empty() && !rule.has_period()) continue;  // a date that is named
      const std::string number = rule.has_period() ? Short(rule.period()) : "";
      if (IsNextStep(rule) && !seen.insert(absl::StrCat(rule.id(), " ", number)).second) continue;
      if (IsAnswer(rule)) answers.push_back(Describe(rule));
      if (IsNextStep(rule)) steps.push_back(Describe(rule));
    }
    absl::StrAppend(&table, "| `", id, "` | ", law.title(), " | `", law.calendar_id(), "` | ",
                    absl::StrJoin(answers, "; "), " | ", absl::StrJoin(steps, "; "), " |\n");
    for (const v1::ReceiptDelay& delay : law.receipt().delays()) {
      selects["via=" + delay.via()].insert(id);
    }
    for (const v1::ReceiptCutoff& cutoff : law.receipt().cutoffs()) {
      selects["via=" + cutoff.via()].insert(id);
    }
    for (const v1::DeadlineRule& rule : law.deadlines()) {
      if (rule.kind() == v1::DEADLINE_KIND_COURT_ORDER) continue;  // kinds of orders
      for (const v1::Condition& condition : rule.when()) {
        if (condition.attribute() != "kind" && condition.attribute() != "via") continue;
        for (const std::string& value : condition.values()) {
          if (!value.empty()) selects[condition.attribute() + "=" + value].insert(id);
        }
      }
    }
    // What is said of the law that it extends, or of the calendar above, is not said again.
    std::set<std::string> said;
    if (const auto base = book.FindRules(law.extends()); base.ok()) {
      said.insert((*base)->jurisdiction().gaps().begin(), (*base)->jurisdiction().gaps().end());
    }
    std::vector<std::string> own;
    for (const std::string& gap : law.gaps()) {
      if (said.count(gap) == 0 && !absl::StartsWith(gap, "State holidays")) own.push_back(gap);
    }
    if (!own.empty()) {
      absl::StrAppend(&gaps, "- `", id, "`: ", absl::StrJoin(own, " "), "\n");
    }
  }
  std::string attributes =
      "\n### Attributes of `received` that choose a rule\n\n| attribute | rules |\n|---|---|\n";
  for (const auto& [attribute, ids] : selects) {
    absl::StrAppend(&attributes, "| `", attribute, "` | ", absl::StrJoin(ids, ", "), " |\n");
  }
  return table + attributes + gaps;
}

TEST(GuideTest, ListsTheRulesAsTheyAre) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  const std::string path = testing::SourceDir() + "/docs/guides/deadlines.md";
  std::string guide = testing::ReadFile(path);
  const size_t begin = guide.find(kBegin);
  const size_t end = guide.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t from = begin + std::string(kBegin).size();
  const std::string expected = RulesInWords(book);
  if (std::getenv("FOIA_UPDATE_DOCS") != nullptr) {
    guide.replace(from, end - from, expected);
    std::ofstream(path) << guide;
    return;
  }
  EXPECT_EQ(guide.substr(from, end - from), expected)
      << "write it again: FOIA_UPDATE_DOCS=1 ctest --preset release -R date_guide_test";
}

}  // namespace
}  // namespace foia::tracker
