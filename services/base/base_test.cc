#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/civil_date.h"
#include "services/base/crypto.h"
#include "services/base/csv.h"
#include "services/base/error.h"
#include "services/base/member_path.h"
#include "services/base/money.h"
#include "services/base/page_token.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"
#include "services/base/ulid.h"
#include "services/base/written_date.h"
#include "tests/support/status_matchers.h"

namespace foia {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::IsOkAndHolds;

TEST(ErrorTest, EveryReasonHasOneRow) {
  std::set<Reason> seen;
  for (const ReasonInfo& info : AllReasons()) {
    EXPECT_TRUE(seen.insert(info.reason).second);
    EXPECT_FALSE(info.remedy.empty());
    EXPECT_NE(info.exit_code, 0);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(common::v1::Reason_descriptor()->value_count()));
}

TEST(ErrorTest, ReasonAndMetadataComeBack) {
  const absl::Status status =
      MakeError(Reason::REASON_AGENCY_NOT_FOUND, "no agency 'X'", {{"agency", "X"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_AGENCY_NOT_FOUND);
  EXPECT_EQ(MetadataOf(status).at("agency"), "X");
  EXPECT_EQ(ReasonOf(absl::InternalError("plain")), Reason::REASON_UNSPECIFIED);
}

TEST(ErrorTest, FieldViolationsComeBackTogether) {
  const absl::Status status = InvalidFields({{"a", "is empty"}, {"b.c", "is too long"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ViolationsOf(status), ::testing::SizeIs(2));
  EXPECT_TRUE(InvalidFields({}).ok());
}

TEST(CivilDateTest, ReadsOnlyRealDates) {
  EXPECT_THAT(ParseDate("2020-02-29", "on"), IsOkAndHolds(CivilDate(2020, 2, 29)));
  for (const char* bad : {"2021-02-29", "2021-13-01", "2021-00-10", "2021-1-1", "21-01-01", "",
                          "2021-01-01x", "0000-01-01", "2021/01/01", "tomorrow", "2021-0--1"}) {
    EXPECT_THAT(ParseDate(bad, "on"), HasReason(Reason::REASON_INVALID_DATE)) << bad;
  }
  EXPECT_EQ(FormatDate(CivilDate(987, 6, 5)), "0987-06-05");
  EXPECT_EQ(WeekdayName(CivilDate(2020, 8, 13)), "Thu");
}

constexpr CivilDate kToday(2026, 12, 1);  // a Tuesday

TEST(WrittenDateTest, OneReading) {
  const struct {
    const char* text;
    CivilDate date;
  } cases[] = {
      {"2020-07-16", CivilDate(2020, 7, 16)},
      {"7/16/2020", CivilDate(2020, 7, 16)},
      {"07/16/2020", CivilDate(2020, 7, 16)},
      {"07/16/20", CivilDate(2020, 7, 16)},
      {"12/25/85", CivilDate(1985, 12, 25)},
      {"16/7/2020", CivilDate(2020, 7, 16)},
      {"16.7.2020", CivilDate(2020, 7, 16)},
      {"7-16-2020", CivilDate(2020, 7, 16)},
      {"4/4/2020", CivilDate(2020, 4, 4)},
      {"2020/7/16", CivilDate(2020, 7, 16)},
      {"2020.07.06", CivilDate(2020, 7, 6)},
      {"20200716", CivilDate(2020, 7, 16)},
      {"July 16, 2020", CivilDate(2020, 7, 16)},
      {"july 6 2020", CivilDate(2020, 7, 6)},
      {"Jul. 16, 2020", CivilDate(2020, 7, 16)},
      {"Jul 16 2020", CivilDate(2020, 7, 16)},
      {"Sept 3rd, 2021", CivilDate(2021, 9, 3)},
      {"16 July 2020", CivilDate(2020, 7, 16)},
      {"16-JUL-20", CivilDate(2020, 7, 16)},
      {"16Jul2020", CivilDate(2020, 7, 16)},
      {"2020 July 16", CivilDate(2020, 7, 16)},
      {"the 1st of May, 2021", CivilDate(2021, 5, 1)},
      {" Thursday, July 16, 2020 ", CivilDate(2020, 7, 16)},
      {"Thu 7/16/2020", CivilDate(2020, 7, 16)},
      {"Wed 3/4/2020", CivilDate(2020, 3, 4)},  // the day of the week decides
      {"Friday 3/4/2020", CivilDate(2020, 4, 3)},
      {"today", CivilDate(2026, 12, 1)},
      {"Yesterday", CivilDate(2026, 11, 30)},
      {"tomorrow", CivilDate(2026, 12, 2)},
      {"-3d", CivilDate(2026, 11, 28)},
      {"+2w", CivilDate(2026, 12, 15)},
      {"3 days ago", CivilDate(2026, 11, 28)},
      {"1 week ago", CivilDate(2026, 11, 24)},
      {"in 2 weeks", CivilDate(2026, 12, 15)},
  };
  for (const auto& row : cases) {
    EXPECT_THAT(ParseWrittenDate(row.text, "on", kToday), IsOkAndHolds(row.date)) << row.text;
  }
}

TEST(WrittenDateTest, LikelyDatesOfASlip) {
  const CivilDate first(2025, 11, 3);
  const CivilDate last(2026, 12, 1);
  const struct {
    CivilDate date;
    std::vector<CivilDate> likely;
  } cases[] = {
      {CivilDate(2062, 7, 16), {CivilDate(2026, 7, 16)}},  // digits of the year exchanged
      {CivilDate(2027, 7, 16), {CivilDate(2026, 7, 16)}},  // next year
      {CivilDate(2025, 1, 20), {CivilDate(2026, 1, 20)}},  // last year
      {CivilDate(1926, 7, 16), {CivilDate(2026, 7, 16)}},  // one digit wrong
      {CivilDate(26, 7, 16), {CivilDate(2026, 7, 16)}},    // two digits
      {CivilDate(2026, 12, 5), {CivilDate(2026, 5, 12), CivilDate(2025, 12, 5)}},
      {CivilDate(2026, 12, 31), {CivilDate(2025, 12, 31)}},
      {CivilDate(2024, 2, 29), {}},  // no other year has that day
      {CivilDate(2025, 10, 21), {CivilDate(2026, 10, 21)}},
      {CivilDate(2025, 1, 13), {CivilDate(2026, 1, 13)}},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(LikelyDates(row.date, first, last), row.likely) << FormatDate(row.date);
  }
  // Where any day since the act is possible, the latest year that is near enough.
  for (const int year : {1926, 2126, 2036, 2206, 3026, 26}) {
    EXPECT_EQ(LikelyDates(CivilDate(year, 7, 16), CivilDate(kFirstYear, 1, 1), last),
              std::vector<CivilDate>{CivilDate(2026, 7, 16)})
        << year;
  }
  // Within a short time only the digits of the day can be wrong.
  EXPECT_THAT(LikelyDates(CivilDate(2026, 7, 31), CivilDate(2026, 7, 1), CivilDate(2026, 7, 20)),
              ::testing::ElementsAre(CivilDate(2026, 7, 13)));
  EXPECT_EQ(LikelyText(CivilDate(2062, 7, 16), first, last), "; the likely date is Thu 2026-07-16");
  EXPECT_EQ(LikelyText(CivilDate(2026, 12, 5), first, last),
            "; likely dates are Tue 2026-05-12 or Fri 2025-12-05");
  EXPECT_EQ(LikelyText(CivilDate(2024, 2, 29), first, last), "");
}

TEST(WrittenDateTest, SeveralReadingsAreNamed) {
  const struct {
    const char* text;
    std::vector<const char*> readings;
  } cases[] = {
      {"3/4/2020", {"Wed 2020-03-04", "Fri 2020-04-03"}},
      {"03-04-2020", {"2020-03-04", "2020-04-03"}},
      {"3.4.20", {"2020-03-04", "2020-04-03"}},
      {"10/11/12", {"2012-10-11", "2012-11-10", "2010-11-12"}},
      {"20/7/10", {"2010-07-20", "2020-07-10"}},
      {"7/16", {"2026-07-16", "2027-07-16", "no year"}},
      {"July 16", {"2026-07-16", "2027-07-16", "no year"}},
      {"3d", {"2026-11-28", "2026-12-04"}},
      {"2 weeks", {"2026-11-17", "2026-12-15"}},
      {"Friday", {"2026-11-27", "2026-12-04"}},
      {"Friday, July 16, 2020", {"wrong day of the week", "Thu 2020-07-16"}},
  };
  for (const auto& row : cases) {
    const absl::StatusOr<CivilDate> date = ParseWrittenDate(row.text, "on", kToday);
    EXPECT_THAT(date, HasReason(Reason::REASON_INVALID_DATE)) << row.text;
    for (const char* reading : row.readings) {
      EXPECT_THAT(std::string(date.status().message()), ::testing::HasSubstr(reading)) << row.text;
    }
  }
}

TEST(WrittenDateTest, NoReading) {
  for (const char* bad : {"",
                          " ",
                          "soon",
                          "2020-02-30",
                          "2/30/2020",
                          "13/13/2020",
                          "July 2020",
                          "2020",
                          "July",
                          "7/16/020",
                          "7//16/2020",
                          "/7/16/2020",
                          "-7/16/2020",
                          "July 16, 2020, 17:00",
                          "July July 16 2020",
                          "16 17 July 2020",
                          "2020-16-07",
                          "next friday",
                          "99999999999d",
                          "+d",
                          "0/0/0000",
                          "ago",
                          "in",
                          "7/16/2020x",
                          "m\xc3\xa4rz 3, 2020",
                          "7\n16\n2020",
                          "1/2/3/4",
                          "July 16, 202",
                          "-3",
                          "+2m"}) {
    EXPECT_THAT(ParseWrittenDate(bad, "on", kToday), HasReason(Reason::REASON_INVALID_DATE)) << bad;
  }
  for (const char* relative : {"today", "-3d", "Friday", "July 16"}) {
    EXPECT_THAT(ParseWrittenDate(relative, "on", std::nullopt),
                HasReason(Reason::REASON_INVALID_DATE))
        << relative;
  }
  EXPECT_EQ(FullDate(CivilDate(2020, 7, 16)), "Thu 2020-07-16");
}

TEST(WrittenTimeTest, OneReadingOrNone) {
  const struct {
    const char* text;
    const char* time;
  } cases[] = {{"17:00", "17:00"},   {"5pm", "17:00"},       {"5 PM", "17:00"},
               {"5:30 pm", "17:30"}, {"5:30 p.m.", "17:30"}, {"05:30", "05:30"},
               {"9am", "09:00"},     {"9 a.m.", "09:00"},    {"noon", "12:00"},
               {"12pm", "12:00"},    {"12:30 am", "00:30"},  {"00:00", "00:00"},
               {"23:59", "23:59"},   {"11:59pm", "23:59"}};
  for (const auto& row : cases) {
    EXPECT_THAT(ParseWrittenTime(row.text, "--time"), IsOkAndHolds(row.time)) << row.text;
  }
  for (const char* two : {"midnight", "12am", "12:00 a.m."}) {
    const auto time = ParseWrittenTime(two, "--time");
    EXPECT_THAT(time, HasReason(Reason::REASON_INVALID_FIELD));
    EXPECT_THAT(std::string(time.status().message()), ::testing::HasSubstr("23:59")) << two;
  }
  EXPECT_THAT(std::string(ParseWrittenTime("5:30", "--time").status().message()),
              ::testing::HasSubstr("05:30 or 17:30"));
  for (const char* bad : {"", "5", "25:00", "24:00", "5:60", "17:5", "17:00:00", "13pm", "0am",
                          "17pm", "five", "5 pm ET", "-5:00", "1700"}) {
    EXPECT_THAT(ParseWrittenTime(bad, "--time"), HasReason(Reason::REASON_INVALID_FIELD)) << bad;
  }
}

TEST(SuggestTest, WhatWasMeant) {
  const std::vector<std::string> verbs = {"create", "list", "show", "update"};
  const std::vector<std::string> ids = {"us-al",          "us-federal", "us-federal-dhs",
                                        "us-federal-doj", "us-hi",      "us-il"};
  const std::vector<std::string> responses = {"response_due", "voluminous_response_due"};
  const std::vector<std::string> deadlines = {"appeal_file_by", "appeal_decision_due",
                                              "determination_due"};
  const struct {
    const char* word;
    const std::vector<std::string>& names;
    std::vector<std::string> expected;
  } cases[] = {
      {"lst", verbs, {"list"}},
      {"craete", verbs, {"create"}},
      {"delete", verbs, {}},
      {"x", verbs, {}},
      {"", verbs, {}},
      {"dhs", ids, {"us-federal-dhs"}},
      {"DHS", ids, {"us-federal-dhs"}},
      {"us-dhs", ids, {"us-federal-dhs"}},
      {"federal_dhs", ids, {"us-federal-dhs"}},
      {"US_FEDERAL_DHS", ids, {"us-federal-dhs"}},
      {"fed", ids, {"us-federal", "us-federal-dhs", "us-federal-doj"}},
      {"federal", ids, {"us-federal"}},
      {"IL", ids, {"us-il"}},
      {"us-ill", ids, {"us-il"}},
      {"atlantis", ids, {}},
      {"determination", deadlines, {"determination_due"}},
      {"appeal", deadlines, {"appeal_file_by", "appeal_decision_due"}},
      {"determ_due", deadlines, {"determination_due"}},
      {"determinaton_due", deadlines, {"determination_due"}},
      {"respons_due", responses, {"response_due"}},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(Suggestions(row.word, Candidates(row.names)), row.expected) << row.word;
  }
  EXPECT_EQ(DidYouMean("illinois", {Candidate{"us-il", "Illinois Freedom of Information Act"}}),
            "; did you mean 'us-il'?");
  EXPECT_EQ(DidYouMean("appeal", deadlines),
            "; did you mean 'appeal_file_by' or 'appeal_decision_due'?");
}

TEST(CsvTest, AsSpreadsheetsWriteIt) {
  const std::vector<CsvRecord> records = ParseCsv(
      "\xef\xbb\xbf"
      "a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\r\nlast");
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(records[1].fields, (std::vector<std::string>{"x, \"y\"\nz", "2"}));
  EXPECT_EQ(records[3].line, 5);
  EXPECT_EQ(ParseCsv("a\tb", '\t')[0].fields.size(), 2U);
}

TEST(UlidTest, IdsAreTypedAndIncrease) {
  const absl::Time now = absl::FromUnixSeconds(1600000000);
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewId('r', now);
    EXPECT_TRUE(IsId('r', id)) << id;
    EXPECT_LT(last, id);
    last = id;
  }
  EXPECT_FALSE(IsId('d', last));
  EXPECT_FALSE(IsId('r', last.substr(1)));
}

TEST(PageTokenTest, BoundToItsList) {
  EXPECT_THAT(ReadPageToken("requests", ""), IsOkAndHolds(""));
  const std::string token = MakePageToken("requests", "request/r01");
  EXPECT_THAT(ReadPageToken("requests", token), IsOkAndHolds("request/r01"));
  for (const std::string& bad : {std::string("x"), token.substr(1), token + "A", token.substr(4)}) {
    EXPECT_THAT(ReadPageToken("requests", bad), HasReason(Reason::REASON_INVALID_PAGE_TOKEN))
        << bad;
  }
  EXPECT_THAT(ReadPageToken("agencies", token), HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
  EXPECT_THAT(PageSize(0), IsOkAndHolds(50));
  EXPECT_THAT(PageSize(5000), IsOkAndHolds(1000));
  EXPECT_THAT(PageSize(-1), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST(CryptoTest, KnownDigests) {
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256Stream stream;
  stream.Update("a");
  EXPECT_EQ(stream.Digest(), Sha256("a"));
  stream.Update("bc");
  EXPECT_EQ(stream.Digest(), Sha256("abc"));
  // RFC 4231, test case 2.
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexDecode("00ff10"), std::string("\0\xff\x10", 3));
  EXPECT_EQ(HexDecode("0g"), "");
}

TEST(CleanMemberPathTest, NothingLeadsOutAndNothingDeceives) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a/b.pdf", "a/b.pdf"},
      {"../../etc/passwd", "etc/passwd"},
      {"/etc/passwd", "etc/passwd"},
      {"C:\\Windows\\x.dll", "Windows/x.dll"},
      {"a//./b/", "a/b"},
      {"..", "unnamed"},
      {"", "unnamed"},
      {"a\nb\x7F.pdf", "a?b?.pdf"},
      {"exe\u202Efdp.pdf", "exe?fdp.pdf"},
      {"\u0085\u2066x", "??x"},
      {"caf\u00E9/\u4E2D.pdf", "caf\u00E9/\u4E2D.pdf"},
      {"x/" + std::string(300, 'a') + ".pdf", "x/" + std::string(251, 'a') + ".pdf"},
      {"x/" + std::string(300, '\x80') + "..", "x"},
  };
  for (const auto& [path, want] : rows) EXPECT_EQ(CleanMemberPath(path), want);
  std::string deep;
  for (int i = 0; i < 900; ++i) deep += "\u00E9/";
  EXPECT_LE(CleanMemberPath(deep + "x.pdf").size(), 1024U);
  // Cut between names: the rest of one might lead out.
  const std::string name(255, 'n');
  const std::string end = name + "/" + name + "/" + name + "/" + std::string(253, 'e');
  EXPECT_EQ(CleanMemberPath("x../" + end), end);
}

TEST(MoneyTest, AmountsAreExactToTheCent) {
  const std::pair<const char*, int64_t> kAmounts[] = {
      {"450", 45000},
      {"450.00", 45000},
      {"1200.5", 120050},
      {"$1,200.50", 120050},
      {"1,200", 120000},
      {"USD 25", 2500},
      {"25 dollars", 2500},
      {" $ 0.29 ", 29},
      {"1,234,567.89", 123456789},
      {"0", 0},
      {"$.50", -1},
      {"1.200,50", -1},
      {"1.200", -1},
      {"1,5", -1},
      {"12,34", -1},
      {"1,2345", -1},
      {"-5", -1},
      {"($5)", -1},
      {"", -1},
      {"much", -1},
      {"1.2.3", -1},
      {"5.", -1},
      {"0.005", -1},
      {"1.2345", -1},
      {"99999999999", -1},
      {"99999999999999999999", -1},
      {"1 200", -1},
      {"$-5", -1},
  };
  for (const auto& [text, cents] : kAmounts) {
    const absl::StatusOr<int64_t> read = ParseMoney(text, "amount");
    if (cents < 0) {
      EXPECT_THAT(read, HasReason(Reason::REASON_INVALID_FIELD)) << text;
    } else {
      EXPECT_THAT(read, IsOkAndHolds(cents)) << text;
      EXPECT_THAT(ParseMoney(FormatMoney(cents), "amount"), IsOkAndHolds(cents));
    }
  }
  EXPECT_EQ(FormatMoney(120050), "1200.50");
  EXPECT_EQ(FormatMoney(7), "0.07");
}

}  // namespace
}  // namespace foia
