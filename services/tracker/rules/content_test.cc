// Orders have content, and so have letters about fees: pages per period, amounts. What is done is
// set against them, and only what is done whole leaves the docket.
#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_words.h"
#include "services/tracker/deadlines/span.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

std::vector<v1::Deadline> ComputeAll(std::string_view jurisdiction, std::string_view events,
                                     std::string_view id, CivilDate as_of) {
  const Rules& rules = **Book().FindRules(jurisdiction);
  std::vector<v1::Deadline> found =
      Compute(rules, rules.calendar(), ParseEvents(events).value(), as_of);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [id](const v1::Deadline& each) { return each.id() != id; }),
              found.end());
  return found;
}

// "2026-01-31 LATE open: short by 12 of 500 pages (488 processed)".
std::string Show(const v1::Deadline& deadline) {
  return absl::StrCat(
      deadline.has_date() ? FormatDate(DateFromProto(deadline.date(), "").value()) : "-", " ",
      v1::DeadlineStatus_Name(deadline.status()).substr(16),
      deadline.closing_event_id().empty() ? " open" : "", deadline.progress().empty() ? "" : ": ",
      deadline.progress());
}

std::vector<std::string> Dates(std::string_view events, CivilDate as_of,
                               std::string_view id = "court_order_due",
                               std::string_view jurisdiction = "us-federal") {
  std::vector<std::string> shown;
  for (const v1::Deadline& each : ComputeAll(jurisdiction, events, id, as_of)) {
    shown.push_back(Show(each));
  }
  return shown;
}

std::string Warnings(std::string_view events, CivilDate as_of,
                     std::string_view id = "court_order_due") {
  std::string all;
  for (const v1::Deadline& each : ComputeAll("us-federal", events, id, as_of)) {
    absl::StrAppend(&all, absl::StrJoin(each.warnings(), "\n"), "\n");
  }
  return all;
}

constexpr char kMonthly[] =
    "2026-01-05 court_order kind=production pages=500 per=month date=2026-01-31 "
    "docket=1:20-cv-07321 ecf=45; ";

TEST(OrdersTest, AProductionIsSetAgainstThePagesOfItsPeriod) {
  const std::string order = kMonthly;
  EXPECT_THAT(Dates(order, CivilDate(2026, 1, 10)),
              ElementsAre("2026-01-31 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Dates(order + "2026-01-30 interim_release pages=488", CivilDate(2026, 2, 10)),
              ElementsAre("2026-01-31 LATE open: short by 12 of 500 pages (488 released)",
                          "2026-02-28 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Dates(order + "2026-01-30 produced pages=488", CivilDate(2026, 1, 30)),
              ElementsAre("2026-01-31 RUNNING open: short by 12 of 500 pages (488 released)"));
  // Courts order processing: what was withheld counts.
  EXPECT_THAT(
      Dates(order + "2026-01-30 interim_release processed=500 pages=310", CivilDate(2026, 2, 10)),
      ElementsAre("2026-01-31 MET: 500 of 500 pages processed (310 of them released)",
                  "2026-02-28 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Dates("2026-01-05 court_order kind=production pages=500 per=month date=2026-01-31 "
                    "counts=released; 2026-01-30 interim_release processed=500 pages=310",
                    CivilDate(2026, 1, 31)),
              ElementsAre("2026-01-31 RUNNING open: short by 190 of 500 pages (310 released)"));
  // Two in one period are one sum.
  EXPECT_THAT(Dates(order + "2026-01-15 interim_release pages=250; "
                            "2026-01-31 interim_release pages=250",
                    CivilDate(2026, 1, 31)),
              ElementsAre("2026-01-31 MET: 500 of 500 pages released"));
  // A production of which nobody says how large it was meets nothing.
  const std::string unknown = order + "2026-01-30 interim_release";
  EXPECT_THAT(Dates(unknown, CivilDate(2026, 1, 31)),
              ElementsAre("2026-01-31 RUNNING open: short by 500 of 500 pages (0 processed)"));
  EXPECT_THAT(Warnings(unknown, CivilDate(2026, 1, 31)), HasSubstr("does not say how many pages"));
}

TEST(OrdersTest, WhatIsTooMuchIsNotCarriedOverUnlessTheOrderSaysSo) {
  const std::string made =
      "2026-01-30 interim_release pages=700; 2026-02-27 interim_release "
      "pages=300";
  EXPECT_THAT(Dates(kMonthly + made, CivilDate(2026, 2, 28)),
              ElementsAre("2026-01-31 MET: 700 of 500 pages released, 200 more than ordered, not "
                          "carried over",
                          "2026-02-28 RUNNING open: short by 200 of 500 pages (300 released)"));
  EXPECT_THAT(Dates("2026-01-05 order kind=production pages=500 per=month date=2026-01-31 "
                    "excess=carried; " +
                        made,
                    CivilDate(2026, 2, 28)),
              ElementsAre("2026-01-31 MET: 700 of 500 pages released, 200 more than ordered, "
                          "carried over",
                          "2026-02-28 MET: 500 of 500 pages released (200 carried over)"));
}

TEST(OrdersTest, ALateProductionLeavesTheNextDateOpen) {
  const std::string late = absl::StrCat(kMonthly, "2026-02-03 interim_release pages=500");
  EXPECT_THAT(Dates(late, CivilDate(2026, 2, 10)),
              ElementsAre("2026-01-31 LATE: 500 of 500 pages released",
                          "2026-02-28 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Warnings(late, CivilDate(2026, 2, 10)), HasSubstr("say for=2026-02-28"));
  // Nearer to the next date it is for that.
  EXPECT_THAT(
      Dates(absl::StrCat(kMonthly, "2026-02-27 interim_release pages=500"), CivilDate(2026, 3, 1)),
      ElementsAre("2026-01-31 LATE open: short by 500 of 500 pages (nothing produced)",
                  "2026-02-28 MET: 500 of 500 pages released",
                  "2026-03-31 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  // What is missing may be made good by name.
  EXPECT_THAT(Dates(absl::StrCat(kMonthly,
                                 "2026-01-30 interim_release pages=488; 2026-02-05 "
                                 "interim_release pages=12 for=2026-01-31"),
                    CivilDate(2026, 2, 10)),
              ElementsAre("2026-01-31 LATE: 500 of 500 pages released",
                          "2026-02-28 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Warnings(absl::StrCat(kMonthly, "2026-01-30 interim_release pages=5 for=2026-01-29"),
                       CivilDate(2026, 2, 10)),
              HasSubstr("which is no date of the order"));
}

TEST(OrdersTest, DatesRecurAtMonthEndsInWeeksAndInDays) {
  const auto days = [](std::string_view per, std::string_view date, CivilDate as_of) {
    std::vector<std::string> dates;
    for (const std::string& each : Dates(absl::StrCat("2026-01-05 court_order kind=production per=",
                                                      ToAbsl(per), " date=", ToAbsl(date)),
                                         as_of)) {
      dates.push_back(each.substr(0, 10));
    }
    return dates;
  };
  EXPECT_THAT(days("month", "2026-01-31", CivilDate(2026, 4, 1)),
              ElementsAre("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"));
  EXPECT_THAT(days("month", "2028-01-30", CivilDate(2028, 3, 1)),
              ElementsAre("2028-01-30", "2028-02-29", "2028-03-30"));
  EXPECT_THAT(days("month-end", "2026-02-28", CivilDate(2026, 3, 30)),
              ElementsAre("2026-02-28", "2026-03-31"));
  EXPECT_THAT(days("2-weeks", "2026-01-09", CivilDate(2026, 1, 30)),
              ElementsAre("2026-01-09", "2026-01-23", "2026-02-06"));
  EXPECT_THAT(days("30-days", "2026-01-09", CivilDate(2026, 2, 9)),
              ElementsAre("2026-01-09", "2026-02-08", "2026-03-10"));
  EXPECT_THAT(days("quarter", "2026-01-31", CivilDate(2026, 4, 1)),
              ElementsAre("2026-01-31", "2026-04-30"));
}

TEST(OrdersTest, ADateThatIsNamedDoesNotMoveAndACountedOneDoes) {
  // Saturday 2026-01-31 stays; Sunday 2026-02-15, a month from the order, moves past Presidents
  // Day.
  EXPECT_THAT(Dates(kMonthly, CivilDate(2026, 1, 6)), ElementsAre(HasSubstr("2026-01-31")));
  const std::string counted = "2026-01-15 court_order kind=production pages=500 per=month";
  EXPECT_THAT(Dates(counted, CivilDate(2026, 2, 20)),
              ElementsAre(HasSubstr("2026-02-17 LATE"), HasSubstr("2026-03-15 RUNNING")));
  EXPECT_THAT(Warnings(counted, CivilDate(2026, 1, 16)), HasSubstr("names no first date"));
  const std::vector<v1::Explanation> explained =
      Explain(**Book().FindRules("us-federal"), (*Book().FindRules("us-federal"))->calendar(),
              ParseEvents(kMonthly).value(), CivilDate(2026, 1, 6), "court_order_due")
          .value();
  EXPECT_THAT(explained[0].text(), HasSubstr("does not move"));
  EXPECT_THAT(explained[0].text(),
              HasSubstr("Order      docket 1:20-cv-07321, ECF 45, order of 2026-01-05."));
  EXPECT_THAT(explained[0].text(), HasSubstr("short by 500 of 500 pages"));
}

TEST(OrdersTest, AnAmendedOrderHoldsFromItsDay) {
  const std::string amended =
      absl::StrCat(kMonthly,
                   "2026-01-30 interim_release pages=500; 2026-02-03 interim_release pages=100; "
                   "2026-02-10 court_order kind=production pages=700 per=month date=2026-02-28 "
                   "docket=20-cv-7321-JSR; 2026-02-26 interim_release pages=500");
  EXPECT_THAT(Dates(amended, CivilDate(2026, 2, 27)),
              ElementsAre("2026-01-31 MET: 500 of 500 pages released",
                          "2026-02-28 RUNNING open: short by 100 of 700 pages (600 released)"));
  // In another case it is another order.
  const std::string other =
      absl::StrCat(kMonthly,
                   "2026-01-10 court_order kind=production pages=100 per=month date=2026-01-31 "
                   "docket=21-cv-99; 2026-01-30 interim_release pages=500 docket=20-cv-7321");
  EXPECT_THAT(Dates(other, CivilDate(2026, 1, 31)),
              ElementsAre("2026-01-31 MET: 500 of 500 pages released",
                          "2026-01-31 RUNNING open: short by 100 of 100 pages (nothing produced)"));
  // Which of the two it is for must be said.
  EXPECT_THAT(Warnings(absl::StrCat(kMonthly,
                                    "2026-01-10 court_order kind=production pages=100 per=month "
                                    "date=2026-01-31 docket=21-cv-99; 2026-01-30 interim_release "
                                    "pages=500"),
                       CivilDate(2026, 1, 31)),
              HasSubstr("may be for several orders"));
}

TEST(OrdersTest, AnOrderWithoutPagesOrWithoutAPeriod) {
  // It recurs, and any production meets it.
  EXPECT_THAT(Dates("2026-01-05 court_order kind=production per=month date=2026-01-31; 2026-01-20 "
                    "interim_release",
                    CivilDate(2026, 2, 1)),
              ElementsAre("2026-01-31 MET", "2026-02-28 RUNNING open"));
  // Once, with pages.
  EXPECT_THAT(Dates("2026-01-05 court_order kind=production pages=800 date=2026-03-01; 2026-01-20 "
                    "interim_release pages=300; 2026-03-05 interim_release pages=500",
                    CivilDate(2026, 4, 1)),
              ElementsAre("2026-03-01 LATE: 800 of 800 pages released"));
  // All records by one day: a part is not all of them.
  EXPECT_THAT(Dates("2026-01-05 court_order kind=production date=2026-03-01; 2026-01-20 "
                    "interim_release pages=300",
                    CivilDate(2026, 2, 1)),
              ElementsAre("2026-03-01 RUNNING open"));
  EXPECT_THAT(Dates("2026-01-05 court_order kind=production date=2026-03-01; 2026-02-20 "
                    "interim_release final=yes",
                    CivilDate(2026, 2, 21)),
              ElementsAre("2026-03-01 MET: the last production"));
  // What is missing is said.
  const std::vector<v1::Deadline> missing =
      ComputeAll("us-federal", "2026-01-05 court_order kind=production pages=500",
                 "court_order_due", CivilDate(2026, 2, 1));
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].status(), v1::DEADLINE_STATUS_CANNOT_COMPUTE);
  EXPECT_THAT(missing[0].missing(), ElementsAre("date of court_order of 2026-01-05"));
}

TEST(OrdersTest, TheLastProductionTheCaseOrAnOrderEndsIt) {
  const std::string short_once = absl::StrCat(kMonthly, "2026-01-30 interim_release pages=488; ");
  EXPECT_THAT(
      Dates(short_once + "2026-02-20 interim_release pages=212 final=yes", CivilDate(2026, 6, 1)),
      ElementsAre("2026-01-31 LATE: short by 12 of 500 pages (488 released)",
                  "2026-02-28 MET: 212 of 500 pages released, the last production"));
  for (const char* end : {"case_closed", "court_order kind=ended", "case_closed docket=20-cv-7321",
                          "court_order kind=ended of=e1"}) {
    EXPECT_THAT(Dates(absl::StrCat(short_once, "2026-02-20 ", end), CivilDate(2026, 6, 1)),
                ElementsAre("2026-01-31 LATE: short by 12 of 500 pages (488 released)",
                            "2026-02-28 ENDED: short by 500 of 500 pages (nothing produced)"))
        << end;
  }
  EXPECT_EQ(
      Dates(short_once + "2026-02-20 case_closed docket=21-cv-99", CivilDate(2026, 6, 1)).size(),
      6u);
  EXPECT_EQ(Dates("2026-01-05 court_order kind=production pages=5 per=month date=2026-01-31 "
                  "until=2026-03-31",
                  CivilDate(2026, 9, 1))
                .size(),
            3u);
  // Nobody wrote for years: the dates do not run on for ever.
  EXPECT_LE(Dates(kMonthly, CivilDate(2100, 1, 1)).size(), 63u);
}

TEST(OrdersTest, StatusReportsRecur) {
  EXPECT_THAT(Dates("2026-01-05 court_order kind=status_report per=60-days date=2026-02-02; "
                    "2026-02-02 status_report_filed ecf=50",
                    CivilDate(2026, 2, 3)),
              ElementsAre("2026-02-02 MET", "2026-04-03 RUNNING open"));
  EXPECT_EQ(ComputeAll("us-federal", "2026-01-05 court_order kind=status_report date=2026-02-02",
                       "court_order_due", CivilDate(2026, 1, 6))[0]
                .actor(),
            v1::ACTOR_REQUESTER);
}

TEST(OrdersTest, WhatTheAgencyPromisesRecursToo) {
  EXPECT_THAT(Dates("2026-01-05 production_scheduled date=2026-01-31 pages=500 per=month; "
                    "2026-01-30 interim_release pages=488",
                    CivilDate(2026, 2, 10), "next_production_due"),
              ElementsAre("2026-01-31 LATE open: short by 12 of 500 pages (488 released)",
                          "2026-02-28 RUNNING open: short by 500 of 500 pages (nothing produced)"));
  EXPECT_THAT(Dates("2026-01-05 production_scheduled date=2026-01-31 pages=500 per=month; "
                    "2026-02-10 production_scheduled date=2026-03-01",
                    CivilDate(2026, 2, 11), "next_production_due"),
              ElementsAre(HasSubstr("2026-01-31 LATE open"), "2026-03-01 RUNNING open"));
}

TEST(OrdersTest, CourtsOrderUnderEveryLaw) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    EXPECT_THAT(
        Dates(absl::StrCat("2025-03-02 received; ", kMonthly, "2026-01-30 produced pages=488"),
              CivilDate(2026, 2, 1), "court_order_due", id),
        Contains("2026-01-31 LATE open: short by 12 of 500 pages (488 released)"))
        << id;
  }
}

std::string Fee(std::string_view events, std::string_view jurisdiction = "us-federal",
                std::string_view id = "fee_reply_by") {
  return absl::StrJoin(Dates(events, CivilDate(2026, 3, 25), id, jurisdiction), "; ");
}

TEST(FeesTest, APaymentAnswersOnceNothingIsOpen) {
  const std::string invoice = "2026-03-10 invoiced amount=900.00 reply_by=2026-04-10; ";
  EXPECT_EQ(Fee(invoice), "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 900.00 open");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=450.00"),
            "2026-04-10 RUNNING open: 450.00 of 900.00 paid, 450.00 open");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=450.00; 2026-03-21 paid amount=450.00"),
            "2026-04-10 MET: 900.00 of 900.00 paid");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=899.99"),
            "2026-04-10 RUNNING open: 899.99 of 900.00 paid, 0.01 open");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=1000.00"),
            "2026-04-10 MET: 1000.00 of 900.00 paid, 100.00 too much");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=450.00; 2026-03-21 fee_disputed amount=450.00"),
            "2026-04-10 MET: 450.00 of 900.00 paid, 450.00 disputed");
  EXPECT_EQ(Fee(invoice + "2026-03-21 fee_disputed"),
            "2026-04-10 MET: 0.00 of 900.00 paid, 900.00 disputed");
  EXPECT_EQ(Fee(invoice + "2026-03-20 fee_waiver_decided outcome=granted"),
            "2026-04-10 ENDED: 0.00 of 900.00 paid, 900.00 waived");
  EXPECT_EQ(Fee(invoice + "2026-03-20 fee_waiver_decided outcome=partly amount=300.00"),
            "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 300.00 waived, 600.00 open");
  EXPECT_EQ(Fee(invoice + "2026-03-20 fee_waiver_decided outcome=denied"),
            "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 900.00 open");
  // Words are no money.
  EXPECT_EQ(Fee(invoice + "2026-03-20 fee_committed limit=900.00"),
            "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 900.00 open");
  // The amounts are not known.
  EXPECT_EQ(Fee("2026-03-10 invoiced reply_by=2026-04-10; 2026-03-20 paid"), "2026-04-10 MET");
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid"),
            "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 900.00 open; a payment without an "
            "amount is not counted");
  EXPECT_THAT(Warnings(invoice + "2026-03-20 paid", CivilDate(2026, 3, 25), "fee_reply_by"),
              HasSubstr("nothing says that 900.00 are paid"));
  // A refund of what was too much reopens nothing.
  EXPECT_EQ(Fee(invoice + "2026-03-20 paid amount=1000.00; 2026-03-22 refunded amount=100.00"),
            "2026-04-10 MET: 1000.00 of 900.00 paid, 100.00 too much");
}

TEST(FeesTest, PaymentsArePutAgainstTheOldestLetterOrTheOneThatIsNamed) {
  const std::string two =
      "2026-03-10 invoiced amount=600.00 reply_by=2026-04-10; 2026-03-12 invoiced amount=300.00 "
      "reply_by=2026-04-12; ";
  EXPECT_EQ(Fee(two + "2026-03-20 paid amount=700.00"),
            "2026-04-10 MET: 600.00 of 600.00 paid; 2026-04-12 RUNNING open: 100.00 of 300.00 "
            "paid, 200.00 open");
  EXPECT_EQ(Fee(two + "2026-03-20 paid amount=300.00 of=e2"),
            "2026-04-10 RUNNING open: 0.00 of 600.00 paid, 600.00 open; 2026-04-12 MET: 300.00 of "
            "300.00 paid");
  EXPECT_EQ(Fee(two + "2026-03-20 paid amount=900.00"),
            "2026-04-10 MET: 600.00 of 600.00 paid; 2026-04-12 MET: 300.00 of 300.00 paid");
  // What came before a letter answers it only by name.
  EXPECT_EQ(Fee("2026-03-01 paid amount=900.00; 2026-03-10 invoiced amount=900.00 "
                "reply_by=2026-04-10"),
            "2026-04-10 RUNNING open: 0.00 of 900.00 paid, 900.00 open");
  EXPECT_EQ(Fee("2026-03-01 paid amount=900.00 of=e2; 2026-03-10 invoiced amount=900.00 "
                "reply_by=2026-04-10"),
            "2026-04-10 MET: 900.00 of 900.00 paid");
}

TEST(FeesTest, DepositsEstimatesAndStatementsOfCosts) {
  EXPECT_EQ(Fee("2026-03-10 prepay_demanded amount=300.00 reply_by=2026-04-10; 2026-03-20 paid "
                "amount=100.00",
                "us-federal-dhs"),
            "2026-04-10 RUNNING open: 100.00 of 300.00 paid, 200.00 open");
  // An estimate asks for an answer, and a smaller sum answers it with a warning.
  EXPECT_EQ(Fee("2026-03-10 fee_estimate amount=900.00 reply_by=2026-04-10; 2026-03-20 "
                "fee_committed limit=100.00"),
            "2026-04-10 MET");
  EXPECT_THAT(Warnings("2026-03-10 fee_estimate amount=900.00 reply_by=2026-04-10; 2026-03-20 "
                       "fee_committed limit=100.00",
                       CivilDate(2026, 3, 25), "fee_reply_by"),
              HasSubstr("covers 100.00 of the 900.00"));
  EXPECT_EQ(Fee("2026-03-10 fee_estimate amount=900.00 reply_by=2026-04-10; 2026-03-20 paid "
                "amount=450.00"),
            "2026-04-10 RUNNING open: 450.00 of 900.00 paid, 450.00 open");
  // Texas: unpaid in ten business days the request counts as withdrawn.
  const std::string statement =
      "2026-03-02 received; 2026-03-03 cost_statement_sent "
      "amount=120.00; 2026-03-10 paid amount=60.00";
  EXPECT_EQ(Fee(statement, "us-tx", "cost_statement_reply_by"),
            "2026-03-17 LATE open: 60.00 of 120.00 paid, 60.00 open");
  EXPECT_EQ(Fee(statement, "us-tx", "deemed_withdrawn_from"), "2026-03-18 IN_EFFECT open");
  EXPECT_EQ(Fee(statement + "; 2026-03-12 paid amount=60.00", "us-tx", "cost_statement_reply_by"),
            "2026-03-17 MET: 120.00 of 120.00 paid");
}

TEST(FeesTest, LettersThatNameADayHaveOneUnderEveryLaw) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* letter : {"invoiced", "prepay_demanded"}) {
      const std::string events = absl::StrCat("2026-03-02 received; 2026-03-10 ", letter,
                                              " amount=900.00 reply_by=2026-04-10; ");
      EXPECT_EQ(Fee(events + "2026-03-20 paid amount=450.00", id),
                "2026-04-10 RUNNING open: 450.00 of 900.00 paid, 450.00 open")
          << id;
      EXPECT_EQ(Fee(events + "2026-03-20 paid amount=900.00", id),
                "2026-04-10 MET: 900.00 of 900.00 paid")
          << id;
    }
  }
}

// What is open on the docket of `events`, with the events that started it: "expedite_decision_due
// e2".
std::vector<std::string> Open(const Rules& rules, const std::string& events,
                              v1::DeadlineKind kind) {
  std::vector<std::string> open;
  for (const v1::Deadline& each :
       Compute(rules, rules.calendar(), ParseEvents(events).value(), CivilDate(2149, 12, 31))) {
    const bool waits =
        each.status() != v1::DEADLINE_STATUS_NONE || each.kind() == v1::DEADLINE_KIND_DETERMINATION;
    if (each.kind() != kind || each.id() == kClockStart || !each.closing_event_id().empty() ||
        !each.has_trigger_date() || !waits) {
      continue;
    }
    open.push_back(absl::StrCat(each.id(), " ", each.trigger_event_id()));
  }
  return open;
}

struct Life {
  v1::DeadlineKind kind;
  std::string opened_by;
  std::vector<std::string> ends;   // any of these takes it off the docket
  std::vector<std::string> stays;  // and none of these does
};

// What ends each kind of deadline, in time or late; and what does not, since something may still be
// demanded, or was lost. The table in docs/guides/deadlines.md says the same.
const std::vector<Life>& Lives() {
  const std::vector<std::string> answers = {
      "determination outcome=full_grant", "determination outcome=partial",
      "responded outcome=full_denial",    "denied",
      "closed outcome=no_records",        "produced outcome=full_grant"};
  static const auto with = [](std::vector<std::string> list, const std::vector<std::string>& more) {
    list.insert(list.end(), more.begin(), more.end());
    return list;
  };
  static const auto& lives = *new std::vector<Life>{
      {v1::DEADLINE_KIND_ACKNOWLEDGEMENT, "", with(answers, {"acknowledged", "withdrawn"}), {}},
      {v1::DEADLINE_KIND_DETERMINATION,
       "",
       {"determination outcome=full_grant", "produced outcome=full_grant", "withdrawn"},
       {"interim_release pages=5", "mediation_requested", "complaint_filed", "note"}},
      {v1::DEADLINE_KIND_EXPEDITE_DECISION,
       "expedite_requested",
       with(answers,
            {"expedite_decided outcome=granted", "expedite_decided outcome=denied", "withdrawn"}),
       {"interim_release", "acknowledged", "extension_notice days=10", "complaint_filed"}},
      {v1::DEADLINE_KIND_CLARIFICATION,
       "info_toll_start",
       with(answers, {"info_toll_stop", "withdrawn"}),
       {"fee_toll_stop", "extension_notice days=10"}},
      {v1::DEADLINE_KIND_FEE_ANSWER,
       "fee_estimate amount=900.00 reply_by=2026-05-01",
       with(answers,
            {"fee_committed limit=900.00", "paid amount=900.00", "fee_disputed",
             "fee_waiver_decided outcome=granted", "withdrawn", "prepay_demanded amount=900.00"}),
       {"paid amount=450.00", "fee_waiver_decided outcome=denied", "fee_waiver_requested"}},
      {v1::DEADLINE_KIND_FEE_ANSWER,
       "prepay_demanded amount=900.00 reply_by=2026-05-01",
       with(answers, {"paid amount=900.00", "fee_disputed", "fee_waiver_decided outcome=granted",
                      "withdrawn"}),
       {"paid amount=899.99", "fee_committed limit=900.00", "fee_waiver_decided outcome=denied"}},
      {v1::DEADLINE_KIND_FEE_ANSWER,
       "invoiced amount=900.00 reply_by=2026-05-01",
       {"paid amount=900.00", "fee_disputed", "fee_waiver_decided outcome=granted"},
       with(answers, {"paid amount=450.00", "withdrawn", "fee_committed limit=900.00",
                      "fee_waiver_decided outcome=denied"})},
      {v1::DEADLINE_KIND_ESTIMATE,
       "estimate_given date=2026-05-01",
       with(answers, {"estimate_given date=2026-06-01", "withdrawn"}),
       {"interim_release"}},
      {v1::DEADLINE_KIND_PRODUCTION,
       "production_scheduled date=2026-05-01 pages=500",
       {"interim_release pages=500", "produced pages=500", "interim_release final=yes", "withdrawn",
        "closed outcome=full_grant"},
       {"interim_release pages=488", "determination outcome=partial"}},
      {v1::DEADLINE_KIND_APPEAL_FILING,
       "denied",
       {"appeal_received; 2031-03-21 pac_review_requested"},  // Illinois asks for the second
       {"closed", "appeal_sent issue=expedite", "note"}},
      {v1::DEADLINE_KIND_APPEAL_DECISION,
       "denied; 2026-03-11 appeal_received",
       {"appeal_decided outcome=affirmed", "withdrawn", "appeal_withdrawn"},
       {"closed", "complaint_filed", "interim_release", "determination outcome=partial"}},
      {v1::DEADLINE_KIND_COURT_ORDER,
       "court_order kind=production pages=500 date=2026-05-01",
       {"interim_release pages=500", "produced pages=500", "interim_release final=yes",
        "case_closed", "court_order kind=ended"},
       {"interim_release pages=488", "closed", "withdrawn", "determination outcome=full_grant",
        "judgment"}},
      {v1::DEADLINE_KIND_PLEADING,
       "judgment",
       {"court_appeal_filed party=requester; 2026-03-21 fees_moved"},
       {"case_closed", "withdrawn", "court_appeal_filed party=agency", "closed"}},
      {v1::DEADLINE_KIND_REMINDER,
       "reminder_set date=2026-05-01",
       {"reminder_done"},
       with(answers, {"withdrawn", "case_closed"})},
  };
  return lives;
}

TEST(ContentTest, WhatServesNothingAnyMoreLeavesTheDocketAndNothingElse) {
  std::map<std::string, int> laws;  // by what opened it
  for (const auto& jurisdiction : Book().jurisdictions()) {
    const auto& id = jurisdiction.first;
    const Rules& rules = jurisdiction.second;
    for (const Life& life : Lives()) {
      const std::string before = absl::StrCat(
          "2026-03-02 received", life.opened_by.empty() ? "" : "; 2026-03-10 ", life.opened_by);
      const std::string root = life.opened_by.empty()                         ? "e1"
                               : absl::StrContains(before, "appeal_received") ? "e3"
                                                                              : "e2";
      std::vector<std::string> open = Open(rules, before, life.kind);
      open.erase(std::remove_if(open.begin(), open.end(),
                                [&](const std::string& row) {
                                  return !absl::EndsWith(row, absl::StrCat(" ", root));
                                }),
                 open.end());
      if (open.empty()) continue;  // this law has no such time
      ++laws[absl::StrCat(v1::DeadlineKind_Name(life.kind), " ", life.opened_by)];
      for (const char* day : {"2026-03-20", "2031-03-20"}) {
        const auto after = [&](const std::string& event) {
          std::vector<std::string> left =
              Open(rules, absl::StrCat(before, "; ", day, " ", event), life.kind);
          left.erase(std::remove_if(left.begin(), left.end(),
                                    [&](const std::string& row) {
                                      return std::count(open.begin(), open.end(), row) == 0;
                                    }),
                     left.end());
          return left;
        };
        for (const std::string& end : life.ends) {
          EXPECT_THAT(after(end), IsEmpty()) << id << ": " << before << "; " << day << " " << end;
        }
        for (const std::string& other : life.stays) {
          EXPECT_EQ(after(other), open) << id << ": " << before << "; " << day << " " << other;
        }
      }
    }
  }
  // Not one of them was left out.
  EXPECT_EQ(laws.size(), Lives().size());
}

TEST(ContentTest, AnAppealOverSpeedEndsWithTheAnswer) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  const std::string denied =
      "2026-03-02 received; 2026-03-02 expedite_requested; 2026-03-05 expedite_decided "
      "outcome=denied";
  EXPECT_THAT(Open(rules, denied, v1::DEADLINE_KIND_APPEAL_FILING),
              ElementsAre("appeal_file_by e3"));
  EXPECT_THAT(Open(rules, denied + "; 2026-03-20 determination outcome=full_grant",
                   v1::DEADLINE_KIND_APPEAL_FILING),
              IsEmpty());
  const std::string appealed = denied + "; 2026-03-06 appeal_received issue=expedite";
  EXPECT_THAT(Open(rules, appealed, v1::DEADLINE_KIND_APPEAL_DECISION),
              ElementsAre("appeal_decision_due e4"));
  EXPECT_THAT(Open(rules, appealed + "; 2026-06-20 determination outcome=full_grant",
                   v1::DEADLINE_KIND_APPEAL_DECISION),
              IsEmpty());
  // The appeal of a fee waiver that was denied goes on: money is still asked.
  EXPECT_THAT(Open(rules,
                   "2026-03-02 received; 2026-03-05 fee_waiver_decided outcome=denied; 2026-03-20 "
                   "determination outcome=full_grant",
                   v1::DEADLINE_KIND_APPEAL_FILING),
              ElementsAre("appeal_file_by e2"));
}

TEST(ContentTest, WhoWasGivenEverythingNeedsNoRulingOfTheAttorneyGeneral) {
  const Rules& rules = **Book().FindRules("us-tx");
  EXPECT_THAT(Open(rules, "2026-03-02 received; 2026-03-09 responded outcome=full_grant",
                   v1::DEADLINE_KIND_DETERMINATION),
              IsEmpty());
  EXPECT_THAT(Open(rules, "2026-03-02 received; 2026-03-09 responded outcome=full_denial",
                   v1::DEADLINE_KIND_DETERMINATION),
              ElementsAre("ag_request_due e1", "ag_brief_due e1"));
}

TEST(ContentTest, WhatIsWrittenIsStoredInOneForm) {
  Attributes attributes = {{"amount", "$1,200.5"}};
  ASSERT_OK(ReadValues(v1::EVENT_TYPE_PAID, "--set", std::nullopt, attributes));
  EXPECT_EQ(attributes["amount"], "1200.50");
  attributes = {{"per", "every 2 weeks"}, {"date", "2026-01-31"}};
  ASSERT_OK(ReadValues(v1::EVENT_TYPE_COURT_ORDER, "--set", std::nullopt, attributes));
  EXPECT_EQ(attributes["per"], "2-weeks");
  const Rules& rules = **Book().FindRules("us-federal");
  const auto problems = [&](v1::EventType type, const Attributes& given) {
    std::string text;
    for (const auto& [field, problem] : CheckAttributes(type, given, rules)) {
      absl::StrAppend(&text, problem, "\n");
    }
    return text;
  };
  EXPECT_THAT(problems(v1::EVENT_TYPE_PAID, {{"amount", "1.200,50"}}), HasSubstr("ambiguous"));
  EXPECT_THAT(problems(v1::EVENT_TYPE_INVOICED, {{"amount", "-5"}}), HasSubstr("negative"));
  EXPECT_THAT(problems(v1::EVENT_TYPE_INVOICED, {{"amount", "$5"}}), HasSubstr("stored as 5.00"));
  EXPECT_THAT(problems(v1::EVENT_TYPE_FEE_COMMITTED, {{"limit", "much"}}), HasSubstr("no amount"));
  EXPECT_THAT(problems(v1::EVENT_TYPE_COURT_ORDER, {{"per", "blue moon"}}),
              HasSubstr("is no period"));
  EXPECT_EQ(problems(v1::EVENT_TYPE_COURT_ORDER, {{"per", "month"}, {"pages", "500"}}), "");
  EXPECT_THAT(DoubtfulAttributes(v1::EVENT_TYPE_PAID, {}, rules),
              ElementsAre(HasSubstr("nothing can be balanced")));
  for (const auto& [text, stored] :
       std::vector<std::pair<std::string, std::string>>{{"month", "month"},
                                                        {"Monthly", "month"},
                                                        {"every month", "month"},
                                                        {"week", "week"},
                                                        {"biweekly", "2-weeks"},
                                                        {"2weeks", "2-weeks"},
                                                        {"fortnight", "2-weeks"},
                                                        {"every 30 days", "30-days"},
                                                        {"60-days", "60-days"},
                                                        {"quarter", "3-months"},
                                                        {"month end", "month-end"},
                                                        {"2 months", "2-months"}}) {
    const absl::StatusOr<Span> span = ParseSpan(text, "per");
    ASSERT_OK(span.status()) << text;
    EXPECT_EQ(SpanText(*span), stored) << text;
    EXPECT_EQ(SpanText(ParseSpan(stored, "per").value()), stored);
  }
  for (const char* bad : {"", "0-days", "often", "2-month-end", "9999-days", "-1-days"}) {
    EXPECT_FALSE(ParseSpan(bad, "per").ok()) << bad;
  }
}

}  // namespace
}  // namespace foia::tracker
