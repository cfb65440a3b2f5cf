#include "services/tracker/deadlines/slips.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/tracker/rules/rule_book.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CivilDate kToday(2026, 12, 1);

DeadlineEvent Event(const std::string& id, v1::EventType type, CivilDate on) {
  return {id, type, on};
}

class SlipsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(RuleBook book, LoadRules(""));
    book_ = std::make_unique<RuleBook>(std::move(book));
    ASSERT_OK_AND_ASSIGN(rules_, book_->FindRules("us-federal-dhs"));
  }
  std::string Likely(v1::EventType type, CivilDate on) {
    return LikelyDay(Event("", type, on), events_, *rules_, kToday);
  }
  std::vector<std::string> Doubts(const DeadlineEvent& event) {
    return DoubtfulDates(event, events_, *rules_, kToday);
  }

  std::unique_ptr<RuleBook> book_;
  const Rules* rules_ = nullptr;
  std::vector<DeadlineEvent> events_;
};

TEST_F(SlipsTest, ADayAheadIsRefusedWithTheLikelyOne) {
  events_ = {Event("e1", v1::EVENT_TYPE_SENT, CivilDate(2026, 2, 3))};
  const struct {
    CivilDate on;
    const char* likely;
  } cases[] = {
      {CivilDate(2062, 7, 16), "; the likely date is Thu 2026-07-16; --future"},
      {CivilDate(2027, 7, 16), "; the likely date is Thu 2026-07-16; --future"},
      {CivilDate(2036, 7, 16), "; the likely date is Thu 2026-07-16; --future"},
      {CivilDate(2206, 7, 16), "; the likely date is Thu 2026-07-16; --future"},
      {CivilDate(2026, 12, 4), "; the likely date is Sun 2026-04-12; --future"},
      {CivilDate(2026, 12, 31), "; the likely date is "},
      {CivilDate(2027, 1, 20), "in America/New_York; --future"},  // before it was sent
  };
  for (const auto& row : cases) {
    const absl::Status refused =
        CheckNotAhead(Event("", v1::EVENT_TYPE_DETERMINATION, row.on), events_, *rules_, kToday);
    EXPECT_THAT(refused, HasReason(Reason::REASON_UNLIKELY_DATE)) << FormatDate(row.on);
    if (row.on == CivilDate(2026, 12, 31)) continue;
    EXPECT_THAT(std::string(refused.message()),
                AllOf(HasSubstr("lies after today, 2026-12-01"), HasSubstr(row.likely)));
  }
  for (const CivilDate on : {kToday, CivilDate(2026, 2, 3), CivilDate(1965, 1, 1)}) {
    EXPECT_OK(CheckNotAhead(Event("", v1::EVENT_TYPE_NOTE, on), events_, *rules_, kToday));
  }
}

TEST_F(SlipsTest, TheDayIsThatOfTheRulesZone) {
  // 22:30 Pacific is the next day in the East.
  DeadlineEvent late = Event("", v1::EVENT_TYPE_SENT, kToday);
  late.local_time = "22:30";
  late.time_zone = "America/Los_Angeles";
  EXPECT_THAT(CheckNotAhead(late, {}, *rules_, kToday), HasReason(Reason::REASON_UNLIKELY_DATE));
  // Early on the next day in Tokyo is today in the East.
  DeadlineEvent early = Event("", v1::EVENT_TYPE_SENT, kToday + 1);
  early.local_time = "09:00";
  early.time_zone = "Asia/Tokyo";
  EXPECT_OK(CheckNotAhead(early, {}, *rules_, kToday));
}

TEST_F(SlipsTest, WhatLiesBeforeTheRequestHasALikelyDayToo) {
  events_ = {Event("e1", v1::EVENT_TYPE_SENT, CivilDate(2026, 1, 12)),
             Event("e2", v1::EVENT_TYPE_RECEIVED, CivilDate(2026, 1, 14))};
  // In January people still write the old year.
  EXPECT_EQ(Likely(v1::EVENT_TYPE_DETERMINATION, CivilDate(2025, 1, 20)),
            "; the likely date is Tue 2026-01-20");
  EXPECT_EQ(Likely(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(1926, 7, 16)),
            "; the likely date is Thu 2026-07-16");
  // Month and day exchanged.
  EXPECT_EQ(Likely(v1::EVENT_TYPE_ACKNOWLEDGED, CivilDate(2026, 1, 2)),
            "; the likely date is Sun 2026-02-01");
  EXPECT_EQ(Likely(v1::EVENT_TYPE_DETERMINATION, CivilDate(2026, 2, 20)), "") << "nothing is wrong";
  // What may well come first.
  for (const v1::EventType type :
       {v1::EVENT_TYPE_APPROVED, v1::EVENT_TYPE_QUEUED, v1::EVENT_TYPE_NOTE,
        v1::EVENT_TYPE_REMINDER_SET, v1::EVENT_TYPE_EMBARGO_SET}) {
    EXPECT_EQ(Likely(type, CivilDate(2025, 11, 1)), "");
  }
  // Without a day of sending the receipt is the beginning.
  events_.erase(events_.begin());
  EXPECT_EQ(Likely(v1::EVENT_TYPE_DETERMINATION, CivilDate(2025, 1, 20)),
            "; the likely date is Tue 2026-01-20");
  // A sending later than the receipt.
  EXPECT_EQ(Likely(v1::EVENT_TYPE_SENT, CivilDate(2026, 11, 1)),
            "; likely dates are Sun 2026-01-11 or Sat 2025-11-01");
}

TEST_F(SlipsTest, DatesAmongTheAttributesAreDoubtedWhereTheyMakeNoSense) {
  const auto order = [](const char* date) {
    DeadlineEvent event = Event("", v1::EVENT_TYPE_COURT_ORDER, CivilDate(2026, 3, 2));
    event.attributes["date"] = date;
    return event;
  };
  EXPECT_THAT(Doubts(order("2026-04-01")), IsEmpty());
  EXPECT_THAT(Doubts(order("2029-04-01")), IsEmpty()) << "orders reach far";
  EXPECT_THAT(Doubts(order("2062-04-01")),
              ElementsAre("date=2062-04-01 lies more than 10 years after court_order of "
                          "2026-03-02; the likely date is Wed 2026-04-01"));
  EXPECT_THAT(Doubts(order("2025-04-01")),
              ElementsAre("date=2025-04-01 lies before court_order of 2026-03-02; the likely date "
                          "is Wed 2026-04-01"));
  DeadlineEvent extension = Event("", v1::EVENT_TYPE_EXTENSION_NOTICE, CivilDate(2026, 12, 28));
  extension.attributes["until"] = "2026-01-12";
  EXPECT_THAT(Doubts(extension), ElementsAre(HasSubstr("the likely date is Tue 2027-01-12")));
}

TEST_F(SlipsTest, AReceiptLongAfterSendingIsDoubted) {
  events_ = {Event("e1", v1::EVENT_TYPE_SENT, CivilDate(2025, 1, 5))};
  EXPECT_THAT(Doubts(Event("", v1::EVENT_TYPE_RECEIVED, CivilDate(2026, 1, 8))),
              ElementsAre("sent on 2025-01-05, received only on 2026-01-08; the likely date is Wed "
                          "2025-01-08"));
  EXPECT_THAT(Doubts(Event("", v1::EVENT_TYPE_RECEIVED, CivilDate(2025, 3, 8))), IsEmpty());
  events_ = {Event("e1", v1::EVENT_TYPE_RECEIVED, CivilDate(2026, 1, 8))};
  EXPECT_THAT(Doubts(Event("", v1::EVENT_TYPE_SENT, CivilDate(2025, 1, 5))),
              ElementsAre("sent on 2025-01-05, received only on 2026-01-08; the likely date is Mon "
                          "2026-01-05"));
}

TEST_F(SlipsTest, AHistoryThatIsOnlyComputedWithIsWarnedOf) {
  events_ = {Event("e1", v1::EVENT_TYPE_SENT, CivilDate(2026, 1, 12)),
             Event("e2", v1::EVENT_TYPE_RECEIVED, CivilDate(2062, 1, 14)),
             Event("e3", v1::EVENT_TYPE_EXPEDITE_REQUESTED, CivilDate(2025, 1, 14)),
             Event("e4", v1::EVENT_TYPE_NOTE, CivilDate(1926, 1, 14))};
  const auto slips = [&](size_t i) { return Slips(events_[i], events_, *rules_, kToday); };
  EXPECT_THAT(slips(1), ::testing::Contains("received of 2062-01-14 lies after today, 2026-12-01; "
                                            "the likely date is Wed 2026-01-14"));
  EXPECT_THAT(slips(2), ElementsAre("expedite_requested of 2025-01-14 lies before the request, of "
                                    "2026-01-12; the likely date is Wed 2026-01-14"));
  EXPECT_THAT(slips(3), ElementsAre("note of 1926-01-14 lies before 1966; the likely date is Wed "
                                    "2026-01-14"));
}

}  // namespace
}  // namespace foia::tracker
