#include "services/tracker/rules/rule_book.h"

#include "services/base/strings.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;

std::string DueDate(const RuleBook& book, const char* jurisdiction, const char* events,
                    const char* deadline) {
  Vector vector;
  vector.jurisdiction = jurisdiction;
  vector.events = ParseEvents(events).value();
  vector.deadline = deadline;
  return RunVector(book, vector).value().actual;
}

TEST(LoadRulesTest, EmbeddedRulesAreSound) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  EXPECT_OK(book.FindRules("us-federal"));
  EXPECT_OK(book.FindRules("us-federal-dhs"));
  EXPECT_THAT(book.FindRules("us"), HasReason(Reason::REASON_NOT_FOUND));  // abstract
  EXPECT_THAT(book.FindRules("atlantis"), HasReason(Reason::REASON_NOT_FOUND));
  EXPECT_THAT(book.FindCalendar("mayan"), HasReason(Reason::REASON_NOT_FOUND));
  EXPECT_EQ(book.digest().size(), 64U);
  ASSERT_OK_AND_ASSIGN(const RuleBook again, LoadRules(""));
  EXPECT_EQ(again.digest(), book.digest());
  for (const auto& [id, rules] : book.jurisdictions()) {
    EXPECT_EQ(rules.jurisdiction().id(), id);
    EXPECT_EQ(rules.digest(), book.digest());
  }
}

TEST(LoadRulesTest, DirectoryIsLaidOverTheEmbeddedRules) {
  const testing::TempDir dir;
  testing::WriteFile(dir / "closures.textproto", R"(
      calendars {
        id: "county"
        extends: "il_state"
        title: "County offices"
        add_dates { date { year: 2024 month: 2 day: 13 } name: "Burst pipe" }
        drop_dates { date { year: 2024 month: 2 day: 12 } name: "Open on Lincoln's Birthday" }
      }
      jurisdictions {
        id: "us-il-county"
        extends: "us-il"
        title: "County"
        calendar_id: "county"
        version: "2024-01-01"
        deadlines {
          id: "pac_body_reply_due"
          title: "Answer due"
          kind: DEADLINE_KIND_APPEAL_DECISION
          actor: ACTOR_AGENCY
          severity: SEVERITY_SOFT
          triggers: "pac_request_received"
          period { n: 3 unit: UNIT_CALENDAR_DAYS }
          certainty: CERTAINTY_CONVENTION
          citation: "county board"
        }
      })");
  testing::WriteFile(dir / "notes.txt", "not read");
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(dir.path().string()));
  ASSERT_OK_AND_ASSIGN(const RuleBook embedded, LoadRules(""));
  EXPECT_NE(book.digest(), embedded.digest());
  EXPECT_EQ(DueDate(book, "us-il", "2024-02-08 received", "response_due"), "2024-02-16");
  EXPECT_EQ(DueDate(book, "us-il-county", "2024-02-08 received", "response_due"), "2024-02-16");
  EXPECT_EQ(DueDate(book, "us-il-county", "2024-02-09 received", "clock_start"), "2024-02-09");
  EXPECT_EQ(DueDate(book, "us-il-county", "2024-02-10 pac_request_received", "pac_body_reply_due"),
            "2024-02-14");  // the county is closed on the last day
  // Inherited, with every variant.
  EXPECT_EQ(DueDate(book, "us-il-county", "2024-02-08 received kind=commercial", "response_due"),
            "2024-03-12");

  // A file of an embedded name replaces that file.
  testing::WriteFile(dir / "us-fl.textproto", "");
  ASSERT_OK_AND_ASSIGN(const RuleBook without, LoadRules(dir.path().string()));
  EXPECT_THAT(without.FindRules("us-fl"), HasReason(Reason::REASON_NOT_FOUND));
}

TEST(LoadRulesTest, UnreadableDirectory) {
  EXPECT_THAT(LoadRules("/does/not/exist"), HasReason(Reason::REASON_UNREADABLE_FILE));
}

// A jurisdiction that is sound; cases below break one line of it.
constexpr std::string_view kSound = R"(calendars { id: "none" title: "weekends" }
jurisdictions {
  id: "x"
  title: "X"
  version: "1"
  time_zone: "UTC"
  calendar_id: "none"
  safe_calendar_id: "none"
  receipt { events: "received" certainty: CERTAINTY_VERIFIED citation: "c" }
  tolls { id: "t" start_event: "info_toll_start" stop_event: "info_toll_stop" citation: "c" }
  deadlines {
    id: "due"
    title: "Due"
    kind: DEADLINE_KIND_DETERMINATION
    actor: ACTOR_AGENCY
    severity: SEVERITY_STATUTORY
    triggers: "clock_start"
    period { n: 5 unit: UNIT_WORKING_DAYS }
    tolled_by: "t"
    certainty: CERTAINTY_VERIFIED
    citation: "c"
  }
}
)";

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text(kSound);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(RuleBookTest, NamesFileLineAndReason) {
  ASSERT_OK(RuleBook::Parse({{"x.textproto", std::string(kSound)}}));
  const struct {
    std::string_view from;
    std::string_view to;
    std::string_view error;
  } kCases[] = {
      {"n: 5", "n: five", "x.textproto:18: Expected integer, got: five"},
      {"title: \"Due\"", "titel: \"Due\"",
       "x.textproto:13: Message type \"foia.tracker.v1.DeadlineRule\" has no field named "
       "\"titel\"."},
      // Protobuf's parser has read one token on when it finds a bad enum value.
      {"ACTOR_AGENCY", "ACTOR_KING",
       "x.textproto:16: Unknown enumeration value of \"ACTOR_KING\" for field \"actor\"."},
      {"kind: DEADLINE_KIND_DETERMINATION", "", "x.textproto:11: kind is missing"},
      {"triggers: \"clock_start\"", "triggers: \"moonrise\"",
       "x.textproto:11: triggers: 'moonrise' is neither an event nor a deadline"},
      {"triggers: \"clock_start\"", "triggers: \"due\"",
       "x.textproto:11: the triggers lead back to this deadline"},
      {"triggers: \"clock_start\"", "triggers: \"received\" on_lapse: true",
       "x.textproto:11: on_lapse: needs a deadline that can lapse"},
      {"tolled_by: \"t\"", "tolled_by: \"u\"", "x.textproto:11: tolled_by: there is no toll 'u'"},
      {"n: 5 unit: UNIT_WORKING_DAYS", "n: 5 unit: UNIT_YEARS",
       "x.textproto:11: tolled_by: only a period of days can be tolled"},
      {"n: 5", "n: -5", "x.textproto:11: period: n must be 0 to 10000"},
      {"start_event: \"info_toll_start\"", "start_event: \"info\"",
       "x.textproto:10: start_event: there is no event 'info'"},
      {"events: \"received\"", "", "x.textproto:9: events is empty: no clock would ever start"},
      {"calendar_id: \"none\"", "calendar_id: \"lunar\"",
       "x.textproto:2: there is no calendar 'lunar'"},
      {"id: \"x\"", "id: \"x\" extends: \"y\"", "x.textproto:2: extends 'y', which is not there"},
      {"id: \"x\"", "id: \"x\" extends: \"x\"", "x.textproto:2: extends leads back to itself"},
      {"title: \"weekends\"", "extends: \"none\"", "x.textproto:1: extends leads back to itself"},
      {"title: \"weekends\"", "rules { name: \"d\" }",
       "x.textproto:1: calendar 'none': holiday 'd': needs fixed, nth or easter"},
      {"jurisdictions {", "calendars { id: \"none\" }\njurisdictions {",
       "x.textproto:2: calendar 'none' stands already in x.textproto:1"},
      {"version: \"1\"", "", "x.textproto:2: version is missing"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<RuleBook> book =
        RuleBook::Parse({{"x.textproto", Replaced(c.from, c.to)}});
    ASSERT_THAT(book, HasReason(Reason::REASON_INVALID_RULES)) << c.to;
    EXPECT_EQ(ToStd(book.status().message()), c.error) << c.to;
    EXPECT_EQ(MetadataOf(book.status()).at("file"), "x.textproto");
  }
}

TEST(RuleBookTest, RulesChangeWithTime) {
  std::string text = Replaced("period { n: 5", R"(variant: "since 2021"
    effective { from { year: 2021 month: 6 day: 29 } }
    period { n: 5)");
  const size_t end = text.rfind('}');
  text.insert(end, R"(deadlines {
    id: "due"
    variant: "before"
    title: "Due"
    kind: DEADLINE_KIND_DETERMINATION
    actor: ACTOR_AGENCY
    severity: SEVERITY_STATUTORY
    triggers: "clock_start"
    effective { to { year: 2021 month: 6 day: 28 } }
    period { n: 3 unit: UNIT_WORKING_DAYS }
    certainty: CERTAINTY_VERIFIED
    citation: "c"
  }
)");
  ASSERT_OK_AND_ASSIGN(const RuleBook book, RuleBook::Parse({{"x.textproto", text}}));
  EXPECT_EQ(DueDate(book, "x", "2021-06-28 received", "due"), "2021-07-01");
  EXPECT_EQ(DueDate(book, "x", "2021-06-29 received", "due"), "2021-07-06");
}

}  // namespace
}  // namespace foia::tracker
