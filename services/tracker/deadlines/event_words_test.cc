#include "services/tracker/deadlines/event_words.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/rules/rule_book.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(EventWordsTest, OneMeaningIsTaken) {
  const struct {
    const char* word;
    const char* event;
  } cases[] = {
      {"received", "received"},
      {"Extension Notice", "extension_notice"},
      {"extension-notice", "extension_notice"},
      {"ack", "acknowledged"},
      {"acknowledgment", "acknowledged"},
      {"receipt", "received"},
      {"extension", "extension_notice"},
      {"lawsuit", "complaint_filed"},
      {"complaint", "complaint_filed"},
      {"closed", "closed"},
      {"closure", "closed"},
      {"denial", "denied"},
      {"payment", "paid"},
      {"invoice", "invoiced"},
      {"referral", "referred"},
      {"referred", "referred"},
      {"withdrawal", "withdrawn"},
      {"reminder", "reminder_set"},
      // What the word implies is recorded with it.
      {"no_records", "determination outcome=no_records"},
      {"no responsive records", "determination outcome=no_records"},
      {"glomar", "determination outcome=glomar"},
      {"full_denial", "determination outcome=full_denial"},
      {"partial grant", "determination outcome=partial"},
      {"partial_denial", "denied outcome=partial"},
      {"remand", "appeal_decided outcome=remanded"},
      {"remanded", "appeal_decided outcome=remanded"},
      {"affirmed", "appeal_decided outcome=affirmed"},
      {"appeal denied", "appeal_decided outcome=affirmed"},
      {"waiver_denied", "fee_waiver_decided outcome=denied"},
      {"emailed", "sent via=email"},
      {"administratively_closed", "determination outcome=administratively_closed"},
      {"ogis", "mediation_requested with=ogis"},
  };
  for (const auto& row : cases) {
    const absl::StatusOr<NamedEvent> event = FindEvent(row.word, "EVENT");
    ASSERT_TRUE(event.ok()) << row.word << ": " << event.status();
    EXPECT_EQ(EventWithAttributes(event->type, event->implied), row.event) << row.word;
  }
}

TEST(EventWordsTest, SeveralMeaningsAreNamed) {
  const struct {
    const char* word;
    std::vector<const char*> expected;
  } cases[] = {
      {"appeal", {"appeal_sent", "appeal_received", "appeal_decided"}},
      {"release", {"interim_release", "determination outcome=full_grant", "produced"}},
      {"fee", {"fee_estimate", "invoiced", "paid"}},
      {"granted", {"determination outcome=full_grant", "expedite_decided outcome=granted"}},
      {"toll", {"info_toll_start", "fee_toll_start"}},
      {"filed", {"sent", "complaint_filed"}},
      {"recieved", {"did you mean 'received'"}},
      {"exped", {"expedite_requested"}},
      {"vaughn_served", {"vaughn_index_served"}},
      {"", {"there is no event"}},
      {"snow", {"there is no event 'snow'"}},
  };
  for (const auto& row : cases) {
    const absl::StatusOr<NamedEvent> event = FindEvent(row.word, "EVENT");
    EXPECT_THAT(event, HasReason(Reason::REASON_INVALID_FIELD)) << row.word;
    for (const char* expected : row.expected) {
      EXPECT_THAT(std::string(event.status().message()), HasSubstr(expected)) << row.word;
    }
  }
}

// Every word of the tables leads to events that exist and to attributes that they have.
TEST(EventWordsTest, EveryOutcomeIsAWord) {
  const RuleBook book = LoadRules("").value();
  const Rules* rules = book.FindRules("us-federal").value();
  for (const char* word : {"mailed",
                           "emailed",
                           "faxed",
                           "no_docs",
                           "not_held",
                           "full_release",
                           "granted_in_part",
                           "denied_in_part",
                           "admin_closed",
                           "expedite_granted",
                           "expedite_denied",
                           "waiver_granted",
                           "appeal_granted",
                           "appeal_remand",
                           "reversal",
                           "production_order",
                           "scheduling_order",
                           "not_reasonably_described",
                           "fee_nonpayment",
                           "moot_by_release",
                           "partly_reversed",
                           "moot",
                           "duplicate"}) {
    const absl::StatusOr<NamedEvent> event = FindEvent(word, "EVENT");
    ASSERT_TRUE(event.ok()) << event.status();
    EXPECT_TRUE(CheckAttributes(event->type, event->implied, *rules).empty()) << word;
  }
}

TEST(EventWordsTest, AttributesAreCompleted) {
  Attributes attributes = {{"reply_by", "July 16, 2020"}};
  EXPECT_TRUE(ReadValues(v1::EVENT_TYPE_INFO_TOLL_START, "--set", std::nullopt, attributes).ok());
  EXPECT_EQ(attributes.at("reply_by"), "2020-07-16");
  attributes = {{"until", "3/4/2020"}};
  EXPECT_THAT(ReadValues(v1::EVENT_TYPE_EXTENSION_NOTICE, "--set", std::nullopt, attributes),
              HasReason(Reason::REASON_INVALID_DATE));
  const NamedEvent none = FindEvent("no_records", "EVENT").value();
  attributes.clear();
  EXPECT_TRUE(AddImplied(none, "--set", attributes).ok());
  EXPECT_EQ(attributes.at("outcome"), "no_records");
  attributes["outcome"] = "partial";
  EXPECT_THAT(AddImplied(none, "--set", attributes), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST(EventWordsTest, UnknownAttributesAreRefused) {
  const RuleBook book = LoadRules("").value();
  const struct {
    const char* jurisdiction;
    v1::EventType type;
    Attributes attributes;
    const char* expected;  // "" when they are taken
  } cases[] = {
      {"us-federal", v1::EVENT_TYPE_DETERMINATION, {{"outcom", "partial"}}, "mean 'outcome'"},
      {"us-federal", v1::EVENT_TYPE_SENT, {{"outcome", "partial"}}, "which has via"},
      {"us-federal", v1::EVENT_TYPE_EXTENSION_NOTICE, {{"untill", "x"}}, "days, deadline, until"},
      {"us-federal", v1::EVENT_TYPE_WITHDRAWN, {{"why", "x"}}, "which has none"},
      {"us-federal", v1::EVENT_TYPE_PAID, {{"of", "e1"}}, ""},
      {"us-federal", v1::EVENT_TYPE_DETERMINATION, {{"outcome", "ful_denial"}}, "'full_denial'"},
      {"us-federal",
       v1::EVENT_TYPE_EXTENSION_NOTICE,
       {{"deadline", "determination"}},
       "'determination_due'"},
      {"us-il", v1::EVENT_TYPE_RECEIVED, {{"kind", "commercial"}}, ""},
      // Receipt is presumed from it, and the rule reads its kind.
      {"us-il", v1::EVENT_TYPE_DELIVERED, {{"kind", "commercial"}}, ""},
      {"us-il", v1::EVENT_TYPE_DENIED, {{"kind", "commercial"}}, "is no attribute of denied"},
  };
  for (const auto& row : cases) {
    const FieldViolations violations =
        CheckAttributes(row.type, row.attributes, *book.FindRules(row.jurisdiction).value());
    ASSERT_EQ(violations.size(), row.expected[0] == '\0' ? 0U : 1U)
        << row.attributes.begin()->first << " of " << EventTypeName(row.type);
    if (violations.empty()) continue;
    EXPECT_THAT(violations[0].second, HasSubstr(row.expected));
  }
}

// What follows from the law is no fact that somebody could record.
TEST(EventWordsTest, WhatIsComputedIsNoEvent) {
  for (const char* word : {"constructive_denial", "Constructive Denial", "deemed_denied",
                           "deemed denial", "implied_denial", "no_response", "silence",
                           "constructively exhausted", "overdue", "deemed_withdrawn"}) {
    const absl::StatusOr<NamedEvent> event = FindEvent(word, "EVENT");
    EXPECT_THAT(event, HasReason(Reason::REASON_INVALID_FIELD)) << word;
    EXPECT_THAT(std::string(event.status().message()),
                AllOf(HasSubstr("is computed"), HasSubstr("the deadline ")));
  }
  EXPECT_THAT(std::string(FindEvent("deemed_denied", "EVENT").status().message()),
              HasSubstr("deemed_denied_from"));
}

// A determination that gives everything is final, too.
TEST(EventWordsTest, AFinalDeterminationMayBeNoDenial) {
  const absl::StatusOr<NamedEvent> event = FindEvent("final determination", "EVENT");
  EXPECT_THAT(event, HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(event.status().message()),
              AllOf(HasSubstr("determination ("), HasSubstr("final_denial (")));
}

}  // namespace
}  // namespace foia::tracker
