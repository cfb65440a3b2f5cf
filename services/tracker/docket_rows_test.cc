#include "services/tracker/docket_rows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tracker/regions.h"
#include "services/tracker/rules/vectors.h"
#include "services/tracker/timeline.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Rules& RulesOf(std::string_view jurisdiction) {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return **book.FindRules(jurisdiction);
}

std::vector<v1::Event> Events(std::string_view text) {
  std::vector<v1::Event> events;
  const std::vector<DeadlineEvent> facts = ParseEvents(text).value();
  for (const DeadlineEvent& parsed : facts) {
    v1::Event& event = events.emplace_back();
    event.set_name(parsed.id);
    event.set_type(parsed.type);
    *event.mutable_effective_on() = DateToProto(parsed.effective_on);
    for (const auto& [key, value] : parsed.attributes) (*event.mutable_attributes())[key] = value;
  }
  return events;
}

v1::RequestState HeadlineOf(const v1::StoredDocket& docket, CivilDate day) {
  v1::RequestState state = v1::REQUEST_STATE_UNSPECIFIED;
  for (const v1::StoredHeadline& headline : docket.headlines()) {
    const auto& from = headline.from();
    if (headline.has_from() && CivilDate(from.year(), from.month(), from.day()) > day) break;
    state = headline.state();
  }
  return state;
}

// The reasons of the rows, by deadline.
std::map<std::string, std::string> Whys(std::string_view jurisdiction, std::string_view events) {
  std::map<std::string, std::string> whys;
  const v1::StoredDocket docket = MakeStoredDocket(RulesOf(jurisdiction), Events(events));
  for (const v1::StoredDocketRow& row : docket.rows()) {
    whys[row.deadline().id()] = row.why();
  }
  return whys;
}

// The rows that a docket shows on `today`: "2026-01-31 short by 12...".
std::vector<std::string> Shown(const std::vector<v1::Event>& events, CivilDate today) {
  const v1::StoredDocket docket = MakeStoredDocket(RulesOf("us-federal"), events);
  std::vector<std::string> shown;
  for (const v1::StoredDocketRow& row : docket.rows()) {
    if (!StandingOn(Compact(row), HeadlineOf(docket, today), DayOf(today)).shown) continue;
    shown.push_back(absl::StrCat(
        row.deadline().has_date() ? FormatDate(DateFromProto(row.deadline().date(), "date").value())
                                  : "-",
        " ", row.why()));
  }
  return shown;
}

TEST(DocketRowsTest, AnOrderShowsWhatIsShortAndItsNextDate) {
  std::vector<v1::Event> events = Events(
      "2025-03-03 received; 2025-06-02 complaint_filed; 2025-06-03 served; 2025-06-20 "
      "answered; 2026-01-05 court_order kind=production pages=500 per=month "
      "date=2026-01-31 docket=1:20-cv-07321 ecf=45; 2026-01-30 interim_release pages=488");
  events[4].set_note("rolling productions");
  const std::string order =
      "named in court order of 2026-01-05 (docket 1:20-cv-07321, ECF 45): rolling productions, the "
      "court's order";
  const auto of_order = [&](CivilDate today) {
    std::vector<std::string> rows = Shown(events, today);
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [](const std::string& row) {
                                return row.find("court order") == std::string::npos;
                              }),
               rows.end());
    return rows;
  };
  // One date at a time, and what is short stays.
  EXPECT_THAT(of_order(CivilDate(2026, 1, 31)),
              ElementsAre("2026-01-31 short by 12 of 500 pages (488 released); " + order));
  EXPECT_THAT(of_order(CivilDate(2026, 2, 1)),
              ElementsAre("2026-01-31 short by 12 of 500 pages (488 released); " + order,
                          "2026-02-28 short by 500 of 500 pages (nothing produced); " + order));
  EXPECT_EQ(of_order(CivilDate(2026, 3, 1)).size(), 3u);
  events.push_back(Events("2026-03-02 case_closed")[0]);
  events.back().set_name("e7");
  EXPECT_THAT(of_order(CivilDate(2026, 3, 3)), IsEmpty());
}

TEST(DocketRowsTest, ALetterAboutFeesShowsWhatIsOpen) {
  const std::string letter = "2026-03-02 received; 2026-03-10 invoiced amount=900.00";
  EXPECT_THAT(Whys("us-federal", letter + "; 2026-03-20 paid amount=450.00")["fee_reply_by"],
              HasSubstr("450.00 of 900.00 paid, 450.00 open; 30 working days from invoiced on "
                        "2026-03-10"));
  EXPECT_EQ(Whys("us-federal", letter + "; 2026-03-20 paid amount=900.00").count("fee_reply_by"),
            0u);
}

TEST(DocketRowsTest, WhatWasMissedAndServesNothingAnyMoreIsGone) {
  const std::string asked = "2026-03-02 received; 2026-03-02 expedite_requested";
  EXPECT_EQ(Whys("us-federal", asked).count("expedite_decision_due"), 1u);
  EXPECT_EQ(Whys("us-federal", asked + "; 2026-05-04 determination outcome=partial")
                .count("expedite_decision_due"),
            0u);
}

TEST(DocketRowsTest, TheHeadlineTurnsOnTheDayOfTheRulesZone) {
  const char* events =
      "2020-07-16 received; 2020-08-20 closed; 2020-09-01 reopened at=22:30 "
      "zone=America/Los_Angeles";
  std::vector<v1::Event> stored = Events(events);
  stored.back().set_local_time("22:30");
  stored.back().set_time_zone("America/Los_Angeles");
  const v1::StoredDocket docket = MakeStoredDocket(RulesOf("us-federal"), stored);
  EXPECT_EQ(HeadlineOf(docket, CivilDate(2020, 9, 1)), v1::REQUEST_STATE_CLOSED);
  EXPECT_NE(HeadlineOf(docket, CivilDate(2020, 9, 2)), v1::REQUEST_STATE_CLOSED);
}

TEST(DocketRowsTest, ARemandOpensAClosedFileAgain) {
  const v1::StoredDocket docket = MakeStoredDocket(
      RulesOf("us-federal"),
      Events("2020-07-16 received; 2020-08-10 adverse_determination; 2020-08-10 closed; "
             "2020-08-20 appeal_sent; 2020-08-24 appeal_received; "
             "2020-09-10 appeal_decided outcome=remanded"));
  EXPECT_EQ(HeadlineOf(docket, CivilDate(2020, 9, 11)), v1::REQUEST_STATE_PROCESSING);
}

TEST(DocketRowsTest, WhatIsStoredGivesTheAnswerOfEveryDay) {
  const struct {
    const char* jurisdiction;
    const char* events;
  } cases[] = {
      {"us-federal-dhs", ""},
      {"us-federal-dhs", "2020-07-16 sent"},
      {"us-federal-dhs", "2020-07-16 received"},
      {"us-federal-dhs", "2020-07-16 received; 2020-07-20 info_toll_start"},
      {"us-federal-dhs",
       "2020-07-16 received; 2020-07-20 fee_toll_start; 2020-07-30 fee_toll_stop; "
       "2020-08-10 extension_notice days=10; 2020-12-01 adverse_determination"},
      {"us-federal",
       "2020-07-16 received; 2020-07-17 expedite_requested; 2020-12-01 adverse_determination; "
       "2021-01-04 appeal_sent; 2021-01-06 appeal_received"},
      {"us-federal", "2020-07-16 received; 2020-10-01 complaint_filed; 2020-11-02 determination"},
      {"us-federal", "2020-07-16 received; 2020-07-28 withdrawn"},
      {"us-il", "2020-07-16 received kind=commercial"},
      {"us-ny", "2020-07-16 received; 2020-07-20 acknowledged"},
      {"us-tx", "2020-07-16 received"},
  };
  for (const auto& [jurisdiction, text] : cases) {
    SCOPED_TRACE(::testing::Message() << jurisdiction << ": " << text);
    const Rules& rules = RulesOf(jurisdiction);
    const v1::StoredDocket docket = MakeStoredDocket(rules, Events(text));
    const std::vector<DeadlineEvent> events = ForEngine(Events(text));
    for (CivilDate day(2020, 7, 1); day < CivilDate(2021, 4, 1); ++day) {
      const std::vector<v1::Deadline> now = Compute(rules, rules.calendar(), events, day);
      for (const v1::StoredDocketRow& row : docket.rows()) {
        const auto same = std::find_if(now.begin(), now.end(), [&](const v1::Deadline& deadline) {
          return deadline.id() == row.deadline().id() &&
                 deadline.trigger_event_id() == row.deadline().trigger_event_id();
        });
        ASSERT_NE(same, now.end());
        EXPECT_EQ(StatusOn(row.deadline(), DayOf(day)), same->status())
            << row.deadline().id() << " on " << day;
        EXPECT_EQ(row.deadline().date().SerializeAsString(), same->date().SerializeAsString());
      }
      const Timeline timeline(rules, events, now);
      EXPECT_EQ(HeadlineOf(docket, day), StateOf(RegionsOf(timeline, day), now)) << day;
    }
  }
}

TEST(DocketRowsTest, WhySaysTheRuleAndTheFact) {
  EXPECT_EQ(Whys("us-federal", "2020-07-16 received")["determination_due"],
            "20 working days from receipt on 2020-07-16, 5 U.S.C. 552(a)(6)(A)(i)");
  EXPECT_THAT(Whys("us-federal", "2020-07-16 delivered")["determination_due"],
              HasSubstr("20 working days from presumed receipt on 2020-07-16"));
  EXPECT_THAT(Whys("us-federal", "2020-07-16 received; 2020-12-01 adverse_determination"),
              ::testing::Contains(::testing::Pair(
                  "appeal_file_by",
                  HasSubstr("90 calendar days from adverse determination on 2020-12-01, "))));
  EXPECT_THAT(
      Whys("us-federal", "2020-07-16 received; 2020-07-20 info_toll_start")["determination_due"],
      ::testing::AllOf(HasSubstr("clock stopped until info toll stop; "),
                       HasSubstr("20 working days from receipt on 2020-07-16 (stopped by the "
                                 "agency's request for information of 2020-07-20)")));
  EXPECT_THAT(Whys("us-federal",
                   "2020-07-16 received; 2020-08-10 extension_notice "
                   "days=10")["determination_due"],
              HasSubstr("from receipt on 2020-07-16 (extended by notice of 2020-08-10), 5 U.S.C."));
  // The last day to sue rests on another deadline.
  EXPECT_THAT(Whys("us-federal", "2020-07-16 received")["suit_limitation"],
              HasSubstr("6 years from 2020-08-14 (suit possible from)"));
}

TEST(DocketRowsTest, ARightIsToldBesideTheDateItRestsOn) {
  const v1::StoredDocket docket =
      MakeStoredDocket(RulesOf("us-federal"), Events("2020-07-16 received"));
  for (const v1::StoredDocketRow& row : docket.rows()) {
    EXPECT_EQ(row.then(),
              row.deadline().id() == "determination_due" ? "suit possible from 2020-08-14" : "")
        << row.deadline().id();
  }
}

TEST(DocketRowsTest, APersonDismissesWhatHasPassed) {
  constexpr char kPast[] = "2020-07-16 received; 2020-07-16 acknowledged; ";
  const struct {
    const char* what;
    std::string events;
    std::string dismissed;  // of determination_due, last day 2020-08-13
  } cases[] = {
      {"not at all", "", ""},
      {"after its day", "2020-08-20 lapse_seen deadline=determination_due",
       "lapsed, seen on 2020-08-20 by ann: sue instead"},
      {"on the day itself it is not past", "2020-08-13 lapse_seen deadline=determination_due", ""},
      {"another one", "2020-08-20 lapse_seen deadline=appeal_file_by", ""},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.what);
    std::vector<v1::Event> events = Events(kPast + row.events);
    for (v1::Event& event : events) {
      event.set_actor("people/ann");
      event.set_note("sue instead");
    }
    const auto determination = [&] {
      const v1::StoredDocket docket = MakeStoredDocket(RulesOf("us-federal"), events);
      for (const v1::StoredDocketRow& each : docket.rows()) {
        if (each.deadline().id() == "determination_due") return each;
      }
      return v1::StoredDocketRow();
    };
    EXPECT_EQ(determination().dismissed(), row.dismissed);
    EXPECT_EQ(DateToProto(CivilDate(2020, 8, 13)).DebugString(),
              determination().deadline().date().DebugString())
        << "no date moves";
    if (row.dismissed.empty()) continue;
    const DocketRow compact = Compact(determination());
    const Day seen = DayOf(CivilDate(2020, 8, 21));
    EXPECT_FALSE(StandingOn(compact, v1::REQUEST_STATE_OVERDUE, seen).shown);
    EXPECT_TRUE(StandingOn(compact, v1::REQUEST_STATE_OVERDUE, seen).dismissed);
    // A later notice that moves the date makes it open again.
    std::vector<v1::Event> extended =
        Events(kPast + row.events + "; 2020-08-05 extension_notice days=10");
    extended.swap(events);
    EXPECT_EQ(determination().dismissed(), "");
    events.swap(extended);
    // What is taken back counts for nothing.
    v1::Event& back = events.emplace_back();
    back.set_name("back");
    back.set_type(v1::EVENT_TYPE_CORRECTION);
    *back.mutable_effective_on() = DateToProto(CivilDate(2020, 8, 20));
    back.set_supersedes(events[events.size() - 2].name());
    EXPECT_EQ(determination().dismissed(), "");
  }
}

TEST(DocketRowsTest, TheWindowIsSixtyDaysBothWays) {
  constexpr Day kToday = 20000;
  const struct {
    const char* what;
    DocketRow row;
    Window window;
  } cases[] = {
      {"no date", {kNoDay, kNoDay}, Window::kWithin},
      {"60 days ago", {kToday - 60, kToday - 60}, Window::kWithin},
      {"61 days ago", {kToday - 61, kToday - 61}, Window::kMissedBefore},
      {"in 60 days", {kToday + 60, kToday + 60}, Window::kWithin},
      {"in 61 days", {kToday + 61, kToday + 61}, Window::kLater},
      {"safe day within", {kToday + 63, kToday + 60, true}, Window::kWithin},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(WindowOf(row.row, kToday, kNearDays), row.window) << row.what;
  }
}

TEST(DocketRowsTest, WhatIsClosedOrWaitsForAnotherHasNoRow) {
  EXPECT_THAT(Whys("us-federal", ""), ::testing::IsEmpty());
  EXPECT_EQ(Whys("us-federal", "2020-07-16 received; 2020-08-01 determination")
                .count("determination_due"),
            0u);
  // While the clock stands still nothing that follows from its end is a row.
  const auto tolled = Whys("us-federal", "2020-07-16 received; 2020-07-20 fee_toll_start");
  EXPECT_EQ(tolled.count("determination_due"), 1u);
  EXPECT_EQ(tolled.count("suit_limitation"), 0u);
  EXPECT_EQ(tolled.count("constructive_exhaustion_from"), 0u);
}

// What cannot be computed for want of a fact is a row that names the fact; nothing that is
// unfinished counts as done.
TEST(DocketRowsTest, NothingUnfinishedIsInvisible) {
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* deadline;
    const char* why;
  } cases[] = {
      {"us-federal", "2020-07-16 sent", "clock_start",
       "cannot be computed: missing receipt; sent on 2020-07-16; record received"},
      {"us-federal", "2020-07-16 sent; 2020-07-20 delivery_failed", "clock_start",
       "delivery failed: send it again"},
      {"us-federal", "2020-07-16 sent; 2020-07-20 misdirected", "clock_start",
       "the agency says that it is not the right one"},
      {"us-federal", "2020-07-16 sent; 2020-07-20 acknowledged", "determination_due",
       "20 working days from presumed receipt no later than acknowledged on 2020-07-20"},
      {"us-il", "2020-07-16 sent; 2020-07-20 acknowledged", "response_due", "presumed receipt"},
      {"us-federal", "2020-07-16 received; 2020-08-03 denied; 2020-08-10 appeal_sent",
       "appeal_decision_due",
       "cannot be computed: missing appeal received; 20 working days from our appeal on "
       "2020-08-10"},
      {"us-federal", "2020-07-16 received; 2020-08-03 responded", "appeal_file_by",
       "from responded on 2020-08-03, if something was withheld: the answer has no outcome"},
      {"us-fl", "2020-07-16 received", "response_due",
       "the law sets no number of days; since receipt on 2020-07-16"},
  };
  for (const auto& [jurisdiction, events, deadline, why] : cases) {
    EXPECT_THAT(Whys(jurisdiction, events),
                ::testing::Contains(::testing::Pair(deadline, HasSubstr(why))))
        << jurisdiction << ": " << events;
  }
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* why;
  } without[] = {
      {"us-federal", "", "nothing was sent"},
      {"us-federal", "2020-07-16 received; 2020-08-03 determination outcome=full_grant",
       "what was due is done or ended"},
      {"us-fl", "2020-07-16 received; 2020-08-03 responded", "the outcome is not recorded"},
      {"us-fl", "2020-07-16 received; 2020-08-03 denied; 2020-08-10 appeal_sent",
       "an appeal waits for its decision"},
      {"us-fl", "2020-07-16 received; 2020-08-03 denied; 2020-08-10 complaint_filed",
       "in court: no date that the court set is recorded"},
  };
  for (const auto& [jurisdiction, events, why] : without) {
    const v1::StoredDocket docket = MakeStoredDocket(RulesOf(jurisdiction), Events(events));
    const CivilDate today(2020, 9, 1);
    const v1::RequestState headline = HeadlineOf(docket, today);
    for (const v1::StoredDocketRow& row : docket.rows()) {
      EXPECT_FALSE(StandingOn(Compact(row), headline, DayOf(today)).shown) << row.why();
    }
    EXPECT_THAT(WhyWithoutRow(docket, headline), HasSubstr(why)) << jurisdiction << ": " << events;
  }
}

TEST(DocketRowsTest, ARightIsShownUntilItStandsUnderEveryReading) {
  const v1::StoredDocket docket =
      MakeStoredDocket(RulesOf("us-federal"), Events("2024-12-16 received"));
  const auto due = std::find_if(docket.rows().begin(), docket.rows().end(), [](const auto& row) {
    return row.deadline().id() == "determination_due";
  });
  ASSERT_NE(due, docket.rows().end());
  EXPECT_EQ(due->then(), "suit possible from 2025-01-16 (safely 2025-01-18)");
  DocketRow right;
  right.remedy = right.ours = true;
  right.date = 100;
  right.act_by = 102;
  EXPECT_TRUE(StandingOn(right, v1::REQUEST_STATE_OVERDUE, 101).shown);
  EXPECT_FALSE(StandingOn(right, v1::REQUEST_STATE_OVERDUE, 102).shown);
}

TEST(DocketRowsTest, WhatWasOnlyExpectedOfTheAgencyIsDroppedOncePast) {
  DocketRow row;
  row.date = row.act_by = 100;
  row.soft = true;
  EXPECT_TRUE(StandingOn(row, v1::REQUEST_STATE_PROCESSING, 100).shown);
  EXPECT_FALSE(StandingOn(row, v1::REQUEST_STATE_PROCESSING, 101).shown);
  row.ours = true;  // our own reminder stays until it is dealt with
  EXPECT_TRUE(StandingOn(row, v1::REQUEST_STATE_PROCESSING, 101).shown);
}

TEST(DocketRowsTest, StandingOnADay) {
  constexpr Day kToday = 20000;
  const auto open = v1::REQUEST_STATE_PROCESSING;
  const struct {
    const char* what;
    DocketRow row;
    v1::RequestState headline;
    bool shown, overdue, due_this_week, waiting_on_us;
    int rank;
  } cases[] = {
      {"today", {kToday, kToday}, open, true, false, true, false, 0},
      {"in a week", {kToday + 7, kToday + 7}, open, true, false, true, false, 0},
      {"in 8 days", {kToday + 8, kToday + 8}, open, true, false, false, false, 0},
      {"in 31 days", {kToday + 31, kToday + 31}, open, true, false, false, false, 2},
      {"safe in a week", {kToday + 9, kToday + 7, true}, open, true, false, true, true, 0},
      {"safe day past", {kToday + 1, kToday - 1, true}, open, true, false, true, true, 0},
      {"they are late", {kToday - 1, kToday - 1}, open, true, true, false, false, 1},
      {"we are late", {kToday - 1, kToday - 2, true}, open, true, true, false, true, 0},
      {"tolled", {kNoDay, kNoDay}, open, true, false, false, true, 3},
      {"right begins", {kToday + 1, kToday + 1, true, true}, open, true, false, true, false, 0},
      {"not warned of yet",
       {kToday + 99, kToday + 99, true, false, kToday + 1},
       open,
       true,
       false,
       false,
       false,
       2},
  };
  for (const auto& row : cases) {
    const Standing standing = StandingOn(row.row, row.headline, kToday);
    EXPECT_EQ(standing.shown, row.shown) << row.what;
    EXPECT_EQ(standing.overdue, row.overdue) << row.what;
    EXPECT_EQ(standing.due_this_week, row.due_this_week) << row.what;
    EXPECT_EQ(standing.waiting_on_us, row.waiting_on_us) << row.what;
    EXPECT_EQ(standing.rank, row.rank) << row.what;
  }
  // A right that has begun is no row any more, and what is past at a closed request is history.
  const auto closed = v1::REQUEST_STATE_CLOSED;
  EXPECT_FALSE(StandingOn({kToday, kToday, true, true}, open, kToday).shown);
  EXPECT_FALSE(StandingOn({kToday - 1, kToday - 1, false}, closed, kToday).shown);
  // A right of ours that was just lost is told all the same.
  EXPECT_TRUE(StandingOn({kToday - 1, kToday - 1, true}, closed, kToday).shown);
  EXPECT_TRUE(StandingOn({kToday - 60, kToday - 60, true}, closed, kToday).shown);
  EXPECT_FALSE(StandingOn({kToday - 61, kToday - 61, true}, closed, kToday).shown);
  EXPECT_FALSE(StandingOn({kNoDay, kNoDay}, closed, kToday).shown);
  EXPECT_TRUE(StandingOn({kToday, kToday, true}, closed, kToday).shown);
}

// A denial without a known last day stays on the docket until somebody decides on it.
TEST(DocketRowsTest, AnOpenDenialIsARow) {
  const CivilDate day(2026, 6, 1);
  for (const char* jurisdiction :
       {"us-oh", "us-ky", "us-ga", "us-al", "us-co", "us-va", "us-az", "us-nv", "us-ca", "us-wy"}) {
    SCOPED_TRACE(jurisdiction);
    const std::string events = "2026-03-02 received; 2026-03-09 denied outcome=partial";
    const auto row_of = [&](const std::string& more) -> std::optional<v1::StoredDocketRow> {
      const v1::StoredDocket docket =
          MakeStoredDocket(RulesOf(jurisdiction), Events(events + more));
      for (const v1::StoredDocketRow& row : docket.rows()) {
        if (row.deadline().id() == "open_denial") return row;
      }
      return std::nullopt;
    };
    const std::optional<v1::StoredDocketRow> row = row_of("");
    ASSERT_TRUE(row.has_value());
    EXPECT_THAT(row->why(), HasSubstr("something was withheld by denied of 2026-03-09"));
    EXPECT_THAT(row->why(), HasSubstr("no last day"));
    const Standing standing = StandingOn(Compact(*row), v1::REQUEST_STATE_DETERMINED, DayOf(day));
    EXPECT_TRUE(standing.shown);
    EXPECT_TRUE(standing.waiting_on_us);
    EXPECT_FALSE(row_of("; 2026-04-01 complaint_filed").has_value());
    EXPECT_FALSE(row_of("; 2026-04-01 appeal_sent").has_value());
    EXPECT_FALSE(StandingOn(Compact(*row), v1::REQUEST_STATE_CLOSED, DayOf(day)).shown);
    const std::optional<v1::StoredDocketRow> seen =
        row_of("; 2026-05-04 lapse_seen deadline=open_denial");
    ASSERT_TRUE(seen.has_value());
    const Standing dismissed = StandingOn(Compact(*seen), v1::REQUEST_STATE_DETERMINED, DayOf(day));
    EXPECT_FALSE(dismissed.shown);
    EXPECT_TRUE(dismissed.dismissed);
  }
  EXPECT_EQ(Whys("us-ny", "2026-03-02 received; 2026-03-09 denied").count("open_denial"), 0U);
  EXPECT_EQ(Whys("us-oh", "2026-03-02 received; 2026-03-09 determination outcome=full_grant")
                .count("open_denial"),
            0U);
}

}  // namespace
}  // namespace foia::tracker
