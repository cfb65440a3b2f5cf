// docs/guides/events.md says what the tables of the program say. To write its tables of events
// again: FOIA_UPDATE_DOCS=1 ctest --preset release -R regions_test
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/transitions.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::testing::HasSubstr;

std::string Guide() {
  std::ifstream in(testing::SourceDir() + "/docs/guides/events.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string AttributesOf(const EventInfo& info) {
  return absl::StrJoin(
      info.attributes, ", ", [](std::string* out, const EventAttribute& attribute) {
        absl::StrAppend(out, "`", ToAbsl(attribute.name), "`",
                        attribute.need == AttributeNeed::kRequired ? " (required)" : "");
        if (attribute.kind == AttributeKind::kDate) absl::StrAppend(out, " a day");
        if (attribute.kind == AttributeKind::kAmount) absl::StrAppend(out, " dollars");
        if (attribute.kind == AttributeKind::kSpan) absl::StrAppend(out, " a period");
        if (!attribute.choices.empty()) {
          absl::StrAppend(out, ": ", absl::StrReplaceAll(ToAbsl(attribute.choices), {{" ", ", "}}));
        }
      });
}

// Every event, under the heading of its group.
std::string EventTables() {
  std::string text;
  std::string_view group;
  for (const EventInfo& info : EventCatalog()) {
    if (info.group != group) {
      group = info.group;
      absl::StrAppend(
          &text, text.empty() ? "" : "\n", "### ", ToAbsl(group),
          "\n\n| event | meaning | attributes | moves | clock |\n|---|---|---|---|---|\n");
    }
    absl::StrAppend(&text, "| `", EventTypeName(info.type), "` | ", ToAbsl(info.meaning), " | ",
                    AttributesOf(info), " | ", ToAbsl(info.region), " | ", ToAbsl(info.clock),
                    " |\n");
  }
  return text;
}

std::string RuleTable() {
  std::string text = "| rule | refused because | what to do |\n|---|---|---|\n";
  std::set<std::string> seen;
  for (const TransitionRule& rule : TransitionRules()) {
    const std::string row = absl::StrCat("| `", ToAbsl(rule.name), "` | ", ToAbsl(rule.text), " | ",
                                         ToAbsl(rule.remedy), " |\n");
    if (seen.insert(row).second) text += row;
  }
  return text;
}

TEST(GuideTest, ListsEveryEventWithItsAttributes) {
  if (std::getenv("FOIA_UPDATE_DOCS") != nullptr) {
    std::string guide = Guide();
    const size_t begin = guide.find("### Filing\n");
    const size_t end = guide.find("\n## ", begin);
    ASSERT_NE(end, std::string::npos);
    guide.replace(begin, end - begin, EventTables());
    std::ofstream(testing::SourceDir() + "/docs/guides/events.md") << guide;
    return;
  }
  EXPECT_THAT(Guide(), HasSubstr(EventTables()));
}

TEST(GuideTest, ListsEveryRule) { EXPECT_THAT(Guide(), HasSubstr(RuleTable())); }

TEST(CatalogTest, HasEveryTypeOnceInTheOrderOfTheProto) {
  std::vector<std::string> types, catalog;
  for (int i = 1; i < v1::EventType_descriptor()->value_count(); ++i) {
    types.push_back(
        EventTypeName(static_cast<EventType>(v1::EventType_descriptor()->value(i)->number())));
  }
  for (const EventInfo& info : EventCatalog()) catalog.push_back(EventTypeName(info.type));
  EXPECT_EQ(catalog, types);
}

TEST(CatalogTest, RulesAreAboutEventsAndNamesAreSpelledAlike) {
  for (const TransitionRule& rule : TransitionRules()) {
    EXPECT_FALSE(rule.events.empty()) << std::string(rule.name);
    EXPECT_EQ(rule.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace foia::tracker
