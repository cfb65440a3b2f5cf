// The real tables with fixed data on four screens, beside what is right in tests/cases/screens.
// FOIA_UPDATE_SCREENS=1 writes those files anew; look at them before you keep them.
#include "cli/tables.h"

#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace foia::cli {
namespace {

using ::testing::HasSubstr;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::string Date(int year, int month, int day) {
  return absl::StrCat("{ year: ", year, " month: ", month, " day: ", day, " }");
}

constexpr char kLongSubject[] =
    "All records about citizen academies, training, instructors and participants, 2018 to date";

std::string Request(const char* id, const char* numbers, const char* agency, const char* state,
                    const char* subject) {
  return absl::StrCat("name: 'requests/", id, "' ", numbers, " agency_path: '", agency,
                      "' state: REQUEST_STATE_", state, " subject: '", subject, "' ");
}

constexpr char kTwoNumbers[] =
    "tracking_numbers: '2020-ICFO-21220' tracking_numbers: '2020-ICAP-00440'";

tracker::v1::ListDocketResponse DocketAnswer() {
  const std::string academy = Request("r01m81a0ajxfqkd0m2xwas439xn", kTwoNumbers, "DHS > ICE > ERO",
                                      "PROCESSING", "ERO Citizen Academy");
  const std::string records = Request(
      "r01m81a0bk7wqkd0m2xwas439xn", "tracking_numbers: 'CRCL-2020-FOIA-0123456789-REFERRED'",
      "DOJ > EOIR > Office of the General Counsel", "OVERDUE", kLongSubject);
  const std::string draft =
      Request("r01m81a0cz22qkd0m2xwas439xn", "", "NYPD", "DRAFT", "Academy budget");
  return Parse<tracker::v1::ListDocketResponse>(absl::StrCat(
      "entries { request { ", academy, " } days_left: 3 then: 'suit possible from 2020-08-14' ",
      "why: '20 working days from receipt on 2020-07-16, 5 U.S.C. 552(a)(6)(A)(i)' ",
      "next { title: 'Determination due' id: 'determination_due' actor: ACTOR_AGENCY ",
      "status: DEADLINE_STATUS_RUNNING date ", Date(2020, 8, 13), " } } ", "entries { request { ",
      academy, " } days_left: 21 ",
      "why: '30 working days from the request for information on 2020-07-20, 6 CFR 5.5(c)' ",
      "next { title: 'Our answer to the request for information by' actor: ACTOR_REQUESTER ",
      "certainty: CERTAINTY_SECONDARY status: DEADLINE_STATUS_RUNNING date ", Date(2020, 8, 31),
      " safe_date ", Date(2020, 8, 28), " } } ", "entries { request { ", records,
      " } days_left: -1402 ",
      "why: '90 calendar days from adverse determination on 2016-07-10, 28 CFR 16.8(a)' ",
      "dismissed: 'lapsed, seen on 2020-08-01 by p01m81a0ak3v: the client does not appeal' ",
      "next { title: 'Appeal by' actor: ACTOR_REQUESTER status: DEADLINE_STATUS_LATE date ",
      Date(2016, 10, 8), " safe_date ", Date(2016, 10, 7), " } } ", "entries { request { ", records,
      " } why: 'clock stopped until info toll stop; 20 working ",
      "days from presumed receipt on 2020-07-16' next { title: 'Determination due' ",
      "missing: 'info_toll_stop' actor: ACTOR_AGENCY confidence: CONFIDENCE_PRESUMED ",
      "status: DEADLINE_STATUS_TOLLED } } ", "entries { request { ", records,
      " } why: 'cannot be computed: missing receipt; sent on 2020-07-16' ",
      "next { title: 'Decision on expedition' missing: 'received' actor: ACTOR_AGENCY ",
      "status: DEADLINE_STATUS_CANNOT_COMPUTE } } ", "entries { request { ", draft,
      " } why: 'nothing was sent: no date runs before the agency ", "has received it' }"));
}

tracker::v1::ListRequestsResponse RequestsAnswer() {
  const auto docket = DocketAnswer();
  tracker::v1::ListRequestsResponse list;
  for (const auto& entry : docket.entries()) {
    if (list.requests().empty() || list.requests().rbegin()->name() != entry.request().name()) {
      *list.add_requests() = entry.request();
    }
  }
  return list;
}

tracker::v1::ListEventsResponse EventsAnswer() {
  return Parse<tracker::v1::ListEventsResponse>(absl::StrCat(
      "events { name: 'requests/r01m81a0ajxf/events/e01m81a0aq63qbzy390420p2mzg' ",
      "type: EVENT_TYPE_RECEIVED effective_on ", Date(2020, 7, 16),
      " source: 'acknowledgement letter of 2020-07-20' actor: "
      "'people/p01m81a0ak3vqkd0m2xwas439xn' ",
      "attributes { key: 'via' value: 'email' } } ",
      "events { name: 'requests/r01m81a0ajxf/events/e01m81a0bq63qbzy390420p2mzg' ",
      "type: EVENT_TYPE_COURT_ORDER local_time: '17:00' effective_on ", Date(2021, 3, 2),
      " attributes { key: 'docket' value: '1:20-cv-07321 (S.D.N.Y.)' } ",
      "attributes { key: 'date' value: '2021-04-01' } ",
      "attributes { key: 'amount' value: '$1,250.00' } ",
      "note: 'produce 500 pages a month, beginning on the first working day' ",
      "supersedes: 'requests/r01m81a0ajxf/events/e01m81a0aq63qbzy390420p2mzg' ",
      "actor: 'people/p01m81a0ak3vqkd0m2xwas439xn' conflicts: 'x' }"));
}

tracker::v1::ComputeDeadlinesResponse DeadlinesAnswer() {
  const auto docket = DocketAnswer();
  tracker::v1::ComputeDeadlinesResponse list;
  for (const auto& entry : docket.entries()) {
    if (entry.has_next()) *list.add_deadlines() = entry.next();
  }
  list.mutable_deadlines(0)->set_cutoff("17:00");
  return list;
}

Table MakeDocketTable(DocketForm form, bool why = false) {
  const auto answer = DocketAnswer();
  std::vector<std::string> ids;
  for (const auto& entry : answer.entries())
    ids.push_back(IdOf(entry.request().name()).substr(0, 12));
  return DocketTable({answer.entries().begin(), answer.entries().end()}, ids, form, why);
}

struct Screen {
  const char* name;
  Table table;
};

std::vector<Screen> Screens() {
  const auto requests = RequestsAnswer();
  std::vector<std::string> ids;
  for (const auto& request : requests.requests()) ids.push_back(IdOf(request.name()).substr(0, 12));
  return {{"docket", MakeDocketTable(DocketForm::kByRequest)},
          {"docket_why", MakeDocketTable(DocketForm::kByRequest, true)},
          {"docket_flat", MakeDocketTable(DocketForm::kFlat)},
          {"requests", RequestsTable(requests, ids)},
          {"events", EventsTable(EventsAnswer())},
          {"deadlines", DeadlinesTable(DeadlinesAnswer(), false)}};
}

constexpr size_t kWidths[] = {60, 80, 120, 200};

TEST(TablesTest, LookRightOnEveryScreen) {
  for (const Screen& screen : Screens()) {
    std::string shown;
    for (const size_t width : kWidths) {
      absl::StrAppend(&shown, "== ", width, " columns\n", screen.table.Render(width));
    }
    const std::string file =
        absl::StrCat(testing::SourceDir(), "/tests/cases/screens/", screen.name, ".txt");
    if (std::getenv("FOIA_UPDATE_SCREENS") != nullptr) testing::WriteFile(file, shown);
    EXPECT_EQ(shown, testing::ReadFile(file)) << file;
  }
}

// A word of a table that says which: it has a digit in it.
bool Identifies(const std::string& word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

TEST(TablesTest, NothingThatIdentifiesIsCutAndNoLineIsTooLong) {
  for (const Screen& screen : Screens()) {
    for (const size_t width : {40, 60, 72, 80, 100, 120, 160, 200}) {
      SCOPED_TRACE(absl::StrCat(screen.name, " at ", width));
      const std::string shown = screen.table.Render(width);
      for (const absl::string_view line : absl::StrSplit(shown, '\n')) {
        EXPECT_LE(DisplayWidth(std::string(line)), width) << std::string(line);
      }
      EXPECT_THAT(shown, ::testing::Not(HasSubstr("...")));
      for (const auto& row : screen.table.rows()) {
        for (size_t i = 0; i < row.size(); ++i) {
          if (screen.table.columns()[i].keep == Keep::kRoom) continue;
          for (const std::string& word :
               std::vector<std::string>(absl::StrSplit(row[i], ' ', absl::SkipEmpty()))) {
            if (Identifies(word)) {
              EXPECT_THAT(shown, HasSubstr(word));
            }
          }
        }
      }
    }
  }
}

TEST(TablesTest, WhatTheDocketLeavesOutIsTold) {
  EXPECT_EQ(RestText({}, 60), "");
  EXPECT_EQ(RestText(Parse<tracker::v1::DocketRest>(
                         absl::StrCat("missed_earlier: 3 later: 12 later_first ", Date(2021, 2, 14),
                                      " limitations: 21 limitation_first ", Date(2026, 8, 14),
                                      " limitation_last ", Date(2027, 1, 3), " nothing_open: 1")),
                     60),
            "Last days to sue, later: 21, from 2026-08-14 to 2027-01-03.\n"
            "Not shown: 3 missed more than 60 days ago; 12 due later, the first on 2021-02-14; "
            "1 request of which nothing is open.\n"
            "'foia docket --view all' shows all of them.\n");
  EXPECT_EQ(RestText(Parse<tracker::v1::DocketRest>(
                         absl::StrCat("limitations: 1 limitation_first ", Date(2026, 8, 14),
                                      " limitation_last ", Date(2026, 8, 14))),
                     30),
            "Last days to sue, later: 1, on 2026-08-14.\n"
            "'foia docket --view all' shows all of them.\n");
}

}  // namespace
}  // namespace foia::cli
