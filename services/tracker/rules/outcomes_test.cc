// The outcome decides what an answer is, under every jurisdiction and whatever event carries it;
// appeals belong to issues; both ends of a time are safe.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/right_to_sue.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

std::vector<v1::Deadline> ComputeAll(const Rules& rules, std::string_view events,
                                     CivilDate as_of = CivilDate(2026, 12, 1)) {
  return Compute(rules, rules.calendar(), ParseEvents(events).value(), as_of);
}

std::vector<v1::Deadline> ComputeAll(std::string_view jurisdiction, std::string_view events,
                                     std::string_view id,
                                     CivilDate as_of = CivilDate(2026, 12, 1)) {
  std::vector<v1::Deadline> found = ComputeAll(**Book().FindRules(jurisdiction), events, as_of);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [id](const v1::Deadline& each) { return each.id() != id; }),
              found.end());
  return found;
}

std::string Show(const common::v1::Date& date) {
  return date.year() == 0 ? "-" : FormatDate(DateFromProto(date, "date").value());
}

// Whether the rules give a time to appeal a denial that was made.
bool HasAppealClock(const Rules& rules) {
  const auto& deadlines = rules.jurisdiction().deadlines();
  return std::any_of(deadlines.begin(), deadlines.end(), [](const v1::DeadlineRule& rule) {
    return rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING &&
           std::count(rule.triggers().begin(), rule.triggers().end(), "adverse_determination") > 0;
  });
}

const v1::Deadline* AppealFrom(const std::vector<v1::Deadline>& deadlines, std::string_view event) {
  for (const v1::Deadline& each : deadlines) {
    if (each.kind() == v1::DEADLINE_KIND_APPEAL_FILING && each.trigger_event_id() == event &&
        each.has_date()) {
      return &each;
    }
  }
  return nullptr;
}

constexpr const char* kAnswers[] = {"determination", "adverse_determination", "responded",
                                    "denied",        "final_denial",          "produced",
                                    "closed"};
constexpr const char* kWithholding[] = {"partial",
                                        "full_denial",
                                        "no_records",
                                        "glomar",
                                        "not_reasonably_described",
                                        "fee_nonpayment",
                                        "duplicate",
                                        "administratively_closed"};

TEST(OutcomesTest, EveryAnswerThatWithholdsStartsTheAppealAndEndsTheWait) {
  int with_clock = 0;
  for (const auto& [id, rules] : Book().jurisdictions()) {
    const bool has_clock = HasAppealClock(rules);
    with_clock += has_clock ? 1 : 0;
    for (const char* answer : kAnswers) {
      for (const char* outcome : kWithholding) {
        const std::string events =
            absl::StrCat("2026-03-02 received via=mail; 2026-03-03 ", answer, " outcome=", outcome);
        SCOPED_TRACE(absl::StrCat(id, ": ", events));
        const std::vector<v1::Deadline> deadlines = ComputeAll(rules, events);
        const v1::Deadline* appeal = AppealFrom(deadlines, "e2");
        ASSERT_EQ(appeal != nullptr, has_clock);
        if (has_clock) {
          EXPECT_EQ(appeal->assumption(), "");
        }
        for (const v1::Deadline& each : deadlines) {
          const auto& laws = rules.jurisdiction().deadlines();
          const bool is_met_by_answers =
              std::any_of(laws.begin(), laws.end(), [&](const v1::DeadlineRule& rule) {
                return rule.id() == each.id() &&
                       std::count(rule.satisfied_by().begin(), rule.satisfied_by().end(),
                                  "determination") > 0;
              });
          if (is_met_by_answers && each.has_trigger_date()) {
            EXPECT_EQ(each.closing_event_id(), "e2") << each.id();
          }
          // It was answered in time: nothing lapsed.
          if (each.effect() == v1::LAPSE_EFFECT_CONSTRUCTIVE_EXHAUSTION ||
              each.effect() == v1::LAPSE_EFFECT_DEEMED_DENIED ||
              each.effect() == v1::LAPSE_EFFECT_FEE_BAR) {
            EXPECT_FALSE(each.has_date()) << each.id();
          }
        }
        const v1::RightToSue rights =
            MeasureRightToSue(rules, ParseEvents(events).value(), CivilDate(2026, 4, 10));
        EXPECT_NE(rights.exhaustion(), v1::EXHAUSTION_CONSTRUCTIVE) << rights.text();
      }
    }
  }
  EXPECT_GE(with_clock, 17);
}

TEST(OutcomesTest, ALateAnswerEndsConstructiveExhaustionBeforeSuit) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* answer : kAnswers) {
      const std::string events =
          absl::StrCat("2026-03-02 received; 2026-07-01 ", answer, " outcome=full_denial");
      for (const v1::Deadline& each : ComputeAll(rules, events)) {
        if (each.effect() != v1::LAPSE_EFFECT_CONSTRUCTIVE_EXHAUSTION || !each.has_date()) continue;
        EXPECT_EQ(each.status(), v1::DEADLINE_STATUS_ENDED) << id << ": " << events;
      }
    }
  }
}

TEST(OutcomesTest, AnAnswerWithoutAnOutcomeMayBeADenial) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* answer : {"determination", "responded", "produced", "closed"}) {
      for (const char* outcome : {"", " outcome=referred"}) {
        const std::string events =
            absl::StrCat("2026-03-02 received via=mail; 2026-03-03 ", answer, outcome);
        SCOPED_TRACE(absl::StrCat(id, ": ", events));
        const std::vector<v1::Deadline> deadlines = ComputeAll(rules, events);
        const v1::Deadline* appeal = AppealFrom(deadlines, "e2");
        ASSERT_EQ(appeal != nullptr, HasAppealClock(rules));
        for (const v1::Deadline& each : deadlines) {
          if (each.kind() != v1::DEADLINE_KIND_REMEDY || each.trigger_event_id() != "e2") continue;
          EXPECT_FALSE(each.has_date()) << "a right must have begun: " << each.id();
        }
        // Massachusetts counts from any response.
        if (appeal == nullptr || id == "us-ma") continue;
        EXPECT_EQ(appeal->assumption(), "if something was withheld");
        EXPECT_THAT(std::vector<std::string>(appeal->warnings().begin(), appeal->warnings().end()),
                    Contains(HasSubstr(outcome[0] == '\0' ? "has no outcome" : "does not say")));
      }
    }
  }
}

TEST(OutcomesTest, WhoHasEverythingHasNothingToAppeal) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* answer : {"determination", "responded", "produced", "closed"}) {
      const std::string granted = absl::StrCat("2026-03-03 ", answer, " outcome=full_grant");
      for (const std::string& events :
           {absl::StrCat("2026-03-02 received via=mail; ", granted),
            absl::StrCat("2026-03-02 received via=mail; 2026-03-02 responded; ", granted)}) {
        EXPECT_EQ(AppealFrom(ComputeAll(rules, events), "e2"), nullptr) << id << ": " << events;
        EXPECT_EQ(AppealFrom(ComputeAll(rules, events), "e3"), nullptr) << id << ": " << events;
      }
    }
  }
}

TEST(OutcomesTest, ADenialThatGrantsEverythingIsAskedAbout) {
  const auto appeals = ComputeAll(
      "us-ny", "2026-03-02 received; 2026-03-03 denied outcome=full_grant", "appeal_file_by");
  EXPECT_EQ(Show(appeals[0].date()), "2026-04-02");
  EXPECT_EQ(appeals[0].assumption(), "if something was withheld");
}

TEST(OutcomesTest, RightsAfterAnAnswer) {
  const struct {
    const char* events;
    v1::Exhaustion exhaustion;
    const char* basis;
  } kCases[] = {
      {"2026-03-02 received; 2026-03-16 denied outcome=full_denial", v1::EXHAUSTION_NOT_EXHAUSTED,
       "An appeal comes first"},
      {"2026-03-02 received; 2026-03-16 responded", v1::EXHAUSTION_NOT_EXHAUSTED,
       "The answer has no outcome; if something was withheld, an appeal comes first"},
      {"2026-03-02 received; 2026-03-16 closed outcome=no_records", v1::EXHAUSTION_NOT_EXHAUSTED,
       "An appeal comes first"},
      {"2025-03-03 received; 2025-03-17 responded", v1::EXHAUSTION_NOT_EXHAUSTED,
       "nothing that could be sued over is recorded"},
      {"2025-03-03 received; 2025-03-17 responded outcome=partial", v1::EXHAUSTION_LOST,
       "passed without an appeal"},
      {"2026-03-02 received; 2026-03-16 denied; 2026-03-30 appeal_sent",
       v1::EXHAUSTION_NOT_EXHAUSTED, "its receipt, which is not recorded"},
      // A decision about fees decides nothing about the request.
      {"2026-03-02 received; 2026-03-03 fee_waiver_requested; "
       "2026-03-10 fee_waiver_decided outcome=denied; 2026-03-16 denied; "
       "2026-03-20 appeal_received issue=fee; 2026-03-27 appeal_decided issue=fee outcome=affirmed",
       v1::EXHAUSTION_NOT_EXHAUSTED, "An appeal comes first"},
  };
  for (const auto& c : kCases) {
    const v1::RightToSue rights = MeasureRightToSue(
        **Book().FindRules("us-federal-dhs"), ParseEvents(c.events).value(), CivilDate(2026, 5, 1));
    EXPECT_EQ(rights.exhaustion(), c.exhaustion) << c.events << "\n" << rights.text();
    EXPECT_THAT(rights.basis(), HasSubstr(c.basis)) << c.events;
  }
}

TEST(IssuesTest, AnAppealAnswersWhatItIsAbout) {
  const std::string kDecisions =
      "2026-03-02 received; 2026-03-02 expedite_requested; 2026-03-02 fee_waiver_requested; "
      "2026-03-06 expedite_decided outcome=denied; 2026-03-10 fee_waiver_decided outcome=denied; "
      "2026-03-16 determination outcome=partial; ";
  // The day of what each appeal date rests on, where it is met.
  const auto met = [&](const std::string& appeals) {
    std::string days;
    for (const v1::Deadline& each :
         ComputeAll("us-federal", kDecisions + appeals, "appeal_file_by")) {
      if (each.status() == v1::DEADLINE_STATUS_MET) {
        absl::StrAppend(&days, Show(each.trigger_date()), " ");
      }
    }
    return days;
  };
  const struct {
    const char* appeals;
    const char* met;
  } kCases[] = {
      {"2026-03-20 appeal_sent issue=fee", "2026-03-10 "},
      {"2026-03-20 appeal_sent issue=expedite", "2026-03-06 "},
      {"2026-03-20 appeal_sent issue=exemption", "2026-03-16 "},
      {"2026-03-20 appeal_sent issue=search", "2026-03-16 "},
      {"2026-03-20 appeal_sent issue=constructive", ""},
      {"2026-03-20 appeal_sent", "2026-03-16 "},
      {"2026-03-20 appeal_sent of=e5", "2026-03-10 "},
      {"2026-03-20 appeal_sent determination=e4", "2026-03-06 "},
      // The receipt belongs to the letter of its issue, whatever comes between.
      {"2026-03-20 appeal_sent issue=fee; 2026-03-21 appeal_sent; 2026-03-25 appeal_received",
       "2026-03-16 2026-03-10 "},
      {"2026-03-20 appeal_sent issue=fee; 2026-03-25 appeal_received issue=exemption",
       "2026-03-16 2026-03-10 "},
  };
  for (const auto& c : kCases) EXPECT_EQ(met(c.appeals), c.met) << c.appeals;
}

TEST(IssuesTest, ADecisionMeetsTheAppealOfItsIssue) {
  const std::string kAppeals =
      "2026-03-02 received; 2026-03-10 fee_waiver_decided outcome=denied; "
      "2026-03-16 determination outcome=partial; 2026-03-20 appeal_sent issue=exemption; "
      "2026-03-23 appeal_received issue=exemption; 2026-03-20 appeal_sent issue=fee; "
      "2026-03-24 appeal_received issue=fee; ";
  const auto statuses = [&](const std::string& decision) {
    std::string text;
    for (const v1::Deadline& each :
         ComputeAll("us-federal", kAppeals + decision, "appeal_decision_due")) {
      absl::StrAppend(&text, each.issue().empty() ? "request " : each.issue() + " ",
                      v1::DeadlineStatus_Name(each.status()).substr(16), " ");
    }
    return text;
  };
  EXPECT_EQ(statuses("2026-04-01 appeal_decided issue=fee outcome=affirmed"),
            "request LATE fee MET ");
  EXPECT_EQ(statuses("2026-04-01 appeal_decided issue=exemption outcome=affirmed"),
            "request MET fee LATE ");
  EXPECT_EQ(statuses("2026-04-01 appeal_withdrawn issue=fee"), "request LATE fee ENDED ");
}

TEST(IssuesTest, ATargetThatWasReplacedIsTheOneThatReplacedIt) {
  std::vector<DeadlineEvent> events =
      ParseEvents(
          "2026-03-02 received; 2026-03-10 determination outcome=partial; "
          "2026-03-12 determination outcome=full_denial; 2026-03-20 appeal_sent of=e2")
          .value();
  events[2].supersedes = "e2";
  const Rules& rules = **Book().FindRules("us-federal");
  for (const v1::Deadline& each :
       Compute(rules, rules.calendar(), events, CivilDate(2026, 12, 1))) {
    if (each.id() == "appeal_file_by") {
      EXPECT_EQ(each.status(), v1::DEADLINE_STATUS_MET);
    }
  }
}

TEST(IssuesTest, ATargetThatDoesNotExistIsNamed) {
  const Rules& rules = **Book().FindRules("us-federal");
  const struct {
    const char* event;
    const char* field;
    const char* problem;
  } kCases[] = {
      {"2026-03-20 appeal_sent of=e9", "of", "there is no event 'e9'"},
      {"2026-03-20 appeal_sent determination=e7", "determination", "there is no event 'e7'"},
      {"2026-03-20 appeal_sent issue=fees", "issue", "'fees' is none of exemption"},
      {"2026-03-20 extension_notice deadline=determination", "deadline", "is not a deadline"},
      {"2026-03-20 appeal_sent of=e1 issue=fee", nullptr, ""},
      {"2026-03-20 extension_notice deadline=determination_due", nullptr, ""},
  };
  for (const auto& c : kCases) {
    const std::vector<DeadlineEvent> events =
        ParseEvents(absl::StrCat("2026-03-02 received; ", c.event)).value();
    const FieldViolations violations = CheckTargets(events[1], events, rules);
    ASSERT_EQ(violations.empty(), c.field == nullptr) << c.event;
    if (c.field == nullptr) continue;
    EXPECT_EQ(violations[0].first, absl::StrCat("event.attributes[", c.field, "]"));
    EXPECT_THAT(violations[0].second, HasSubstr(c.problem));
  }
}

TEST(SafeDatesTest, ARightHasADayOnWhichItStandsUnderEveryReading) {
  const struct {
    const char* what;
    const char* jurisdiction;
    const char* events;
    const char* from;
    const char* safe;
  } kCases[] = {
      {"one reading", "us-federal", "2026-03-02 received", "2026-03-31", "-"},
      {"closures by executive order", "us-federal", "2024-12-16 received", "2025-01-16",
       "2025-01-18"},
      {"delivered to somebody: ten working days more", "us-federal", "2026-03-02 delivered",
       "2026-03-31", "2026-04-14"},
      {"delivered, and acknowledged later", "us-federal",
       "2026-03-02 delivered; 2026-03-06 acknowledged", "2026-03-31", "2026-04-04"},
      {"acknowledged: no later than that", "us-federal", "2026-03-02 sent; 2026-03-06 acknowledged",
       "2026-04-04", "-"},
      {"received on a Saturday", "us-federal", "2026-03-07 received", "2026-04-04", "2026-04-07"},
      {"two receipts", "us-federal", "2026-03-02 received; 2026-03-05 received_proper",
       "2026-03-31", "2026-04-03"},
      {"a notice that came too late", "us-federal",
       "2026-03-02 received; 2026-04-02 extension_notice days=10", "2026-03-31", "2026-04-14"},
      {"mail in a lapse of appropriations", "us-federal", "2025-10-15 received via=mail",
       "2025-11-14", "2025-12-13"},
      {"an e-mail in it", "us-federal", "2025-10-15 received via=email", "2025-11-14", "-"},
  };
  for (const auto& c : kCases) {
    const auto rights = ComputeAll(c.jurisdiction, c.events, "constructive_exhaustion_from");
    EXPECT_EQ(Show(rights[0].date()), c.from) << c.what;
    EXPECT_EQ(Show(rights[0].safe_date()), c.safe) << c.what;
    const v1::RightToSue meter = MeasureRightToSue(
        **Book().FindRules(c.jurisdiction), ParseEvents(c.events).value(), CivilDate(2026, 12, 1));
    EXPECT_EQ(Show(meter.safe_from()), c.safe) << c.what;
    if (c.safe[0] != '-') {
      EXPECT_THAT(meter.text(), HasSubstr(absl::StrCat("safely from "))) << c.what;
      EXPECT_THAT(meter.text(), HasSubstr(c.safe)) << c.what;
    }
  }
}

TEST(SafeDatesTest, ALetterDoesNotMoveOurOwnLastDayBack) {
  // Receipt may have been any day since it was sent: so may the first day to sue.
  const auto limitation =
      ComputeAll("us-federal", "2026-03-02 sent; 2026-03-16 acknowledged", "suit_limitation");
  EXPECT_EQ(Show(limitation[0].date()), "2032-04-14");
  EXPECT_EQ(Show(limitation[0].safe_date()), "2032-03-31");
}

TEST(LapseTest, ReceiptInALapseGetsANoteAndTheCountStays) {
  const struct {
    const char* jurisdiction;
    const char* events;
    bool is_noted;
  } kCases[] = {
      {"us-federal", "2025-09-30 received", false},
      {"us-federal", "2025-10-01 received via=mail", true},
      {"us-federal", "2025-11-12 delivered", true},
      {"us-federal", "2025-11-13 received via=mail", false},
      {"us-federal", "2026-01-31 received", true},
      {"us-federal", "2026-02-16 received", false},
      {"us-federal-dhs", "2025-10-15 received", true},
      {"us-federal-dhs", "2026-02-16 received", true},
      {"us-federal-dhs", "2026-02-16 sent via=mail", true},
      {"us-il", "2025-10-15 received via=mail", false},
  };
  for (const auto& c : kCases) {
    const v1::Deadline clock = ComputeAll(c.jurisdiction, c.events, kClockStart)[0];
    const auto is_note = [](const std::string& warning) {
      return warning.find("lapse of appropriations") != std::string::npos;
    };
    EXPECT_EQ(std::any_of(clock.warnings().begin(), clock.warnings().end(), is_note), c.is_noted)
        << c.jurisdiction << ": " << c.events;
  }
  EXPECT_EQ(
      Show(ComputeAll("us-federal", "2025-10-15 received via=mail", "determination_due")[0].date()),
      "2025-11-13");
  const v1::Deadline appeal =
      ComputeAll("us-federal", "2025-09-15 denied; 2025-10-20 appeal_received via=mail",
                 "appeal_decision_due")[0];
  EXPECT_THAT(std::vector<std::string>(appeal.warnings().begin(), appeal.warnings().end()),
              Contains(HasSubstr("OIP, 2025-11-18")));
}

}  // namespace
}  // namespace foia::tracker
