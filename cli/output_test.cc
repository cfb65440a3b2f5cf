#include "cli/output.h"

#include "cli/app.h"
#include "cli/deadline.h"
#include "cli/highlight.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using ::testing::ElementsAre;

TEST(PrintableTest, TakesTheTeethOutOfTerminalSequences) {
  const struct {
    std::string text, expected;
  } cases[] = {
      {"plain", "plain"},
      {"two\nlines\tand\r", "two lines and "},
      {"\x1b]0;owned\x07", "\xEF\xBF\xBD]0;owned\xEF\xBF\xBD"},
      {"\xC2\x9B"
       "31m",
       "\xEF\xBF\xBD"
       "31m"},
      {"se\xC3\xB1or", "se\xC3\xB1or"},
      {std::string("nul\0", 4), "nul\xEF\xBF\xBD"},
  };
  for (const auto& row : cases) EXPECT_EQ(Printable(row.text), row.expected);
}

TEST(TableTest, AlignsColumnsByCodePoints) {
  Table table({">DAYS", "SUBJECT", "STATE"});
  EXPECT_TRUE(table.empty());
  table.Add({"-3", "se\xC3\xB1or", "overdue"});
  table.Add({"120", "a\x1b[31m", ""});
  EXPECT_EQ(table.Render(0),
            "DAYS  SUBJECT  STATE\n"
            "  -3  se\xC3\xB1or    overdue\n"
            " 120  a\xEF\xBF\xBD[31m\n");
}

TEST(TableTest, ForProgramsRowsAreTabSeparatedAndWhole) {
  Table table({">DAYS", Heading("ID"), {"SUBJECT", Keep::kText}, "EMPTY", {"WHY", Keep::kRoom}});
  table.Add({"-3", "r01", "two\twords\n", "", "because"});
  EXPECT_EQ(table.RenderTsv(), "DAYS\tID\tSUBJECT\tEMPTY\tWHY\n-3\tr01\ttwo words\t\tbecause\n");
}

TEST(TableTest, NothingIsCut) {
  Table table({"ID", {"SUBJECT", Keep::kText}, {"OFFICE", Keep::kBelow}, {"WHY", Keep::kRoom}});
  table.Add({"r01jd3v8m6k9", "a very long subject indeed", "Department of Justice", "so it is"});
  table.Add({"r02", "short", "", "because of this and that"});
  EXPECT_EQ(table.Render(100),
            "ID            SUBJECT                     OFFICE                 WHY\n"
            "r01jd3v8m6k9  a very long subject indeed  Department of Justice  so it is\n"
            "r02           short                                              because of this and "
            "that\n");
  EXPECT_EQ(table.Render(70),
            "ID            SUBJECT                     OFFICE\n"
            "r01jd3v8m6k9  a very long subject indeed  Department of Justice\n"
            "r02           short\n");
  EXPECT_EQ(table.Render(60),
            "ID            SUBJECT                  OFFICE\n"
            "r01jd3v8m6k9  a very long subject      Department of Justice\n"
            "              indeed\n"
            "r02           short\n");
  EXPECT_EQ(table.Render(40),
            "ID            SUBJECT\n"
            "r01jd3v8m6k9  a very long subject indeed\n"
            "    office: Department of Justice\n"
            "r02           short\n");
  EXPECT_EQ(table.Render(20),
            "ID\n"
            "r01jd3v8m6k9\n"
            "    subject: a\n"
            "      very long\n"
            "      subject indeed\n"
            "      office:\n"
            "      Department of\n"
            "      Justice\n"
            "r02\n"
            "    subject: short\n");
  EXPECT_THAT(table.Render(3), ::testing::HasSubstr("r01jd3v8m6k9\n"));
}

TEST(TableTest, AHeadingStandsOnceAboveItsRows) {
  Table table({">DAYS", Heading("ID"), Heading({"SUBJECT", Keep::kText}), {"NEXT", Keep::kText}});
  table.Add({"1", "r01jd3v8m6k9", "all the records of the academy", "answer"});
  table.Add({"12", "r01jd3v8m6k9", "all the records of the academy", "appeal"});
  table.Add({"7", "r02", "", "suit"});
  EXPECT_EQ(table.Render(30),
            "ID  SUBJECT\n"
            "  DAYS  NEXT\n"
            "r01jd3v8m6k9\n"
            "  all the records of the\n"
            "  academy\n"
            "     1  answer\n"
            "    12  appeal\n"
            "r02\n"
            "     7  suit\n");
}

TEST(WrapTest, BreaksAtBlanksAndKeepsTheMargin) {
  EXPECT_THAT(WrapText("", 5), ElementsAre(""));
  EXPECT_THAT(WrapText("one two three", 0), ElementsAre("one two three"));
  EXPECT_THAT(WrapText("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapText("abcdefgh ij", 3), ElementsAre("abc", "def", "gh", "ij"));
  EXPECT_THAT(WrapText("  one two", 6), ElementsAre("  one", "  two"));
  EXPECT_THAT(WrapText("se\xC3\xB1or se\xC3\xB1ora", 6),
              ElementsAre("se\xC3\xB1or", "se\xC3\xB1ora"));
}

TEST(FieldsTest, LeavesEmptyValuesOut) {
  EXPECT_EQ(RenderFields({{"id", "r01"}, {"tracking", ""}, {"state", "sent"}}),
            "id     r01\nstate  sent\n");
}

TEST(TextTest, DatesSizesCountsEnums) {
  common::v1::Date date;
  EXPECT_EQ(DateText(date), "");
  EXPECT_EQ(DayText(date), "");
  date.set_year(2020);
  date.set_month(8);
  date.set_day(13);
  EXPECT_EQ(DateText(date), "2020-08-13");
  EXPECT_EQ(DayText(date), "Thu 2020-08-13");
  EXPECT_EQ(SizeText(1023), "1023 B");
  EXPECT_EQ(SizeText(1 << 20), "1.0 MiB");
  EXPECT_EQ(SizeText(int64_t{5} << 40), "5.0 TiB");
  EXPECT_EQ(CountText(1, "page"), "1 page");
  EXPECT_EQ(CountText(0, "page"), "0 pages");
  EXPECT_EQ(EnumText("DOCUMENT_STATE_PARTLY_READ", "DOCUMENT_STATE_"), "partly read");
  EXPECT_EQ(EnumText("DOCUMENT_STATE_UNSPECIFIED", "DOCUMENT_STATE_"), "");
}

TEST(ShortIdsTest, AreAsLongAsNeededToDiffer) {
  EXPECT_THAT(ShortIds({"requests/r01jd3v8m6k9q0t2w4x6y8z0ab"}), ElementsAre("r01jd3v8m6k9"));
  EXPECT_THAT(ShortIds({"requests/r01jd3v8m6k9q0t2a", "requests/r01jd3v8m6k9q0t2b",
                        "requests/r01jd3v8m6k9q0t2a"}),
              ElementsAre("r01jd3v8m6k9q0t2a", "r01jd3v8m6k9q0t2b", "r01jd3v8m6k9q0t2a"));
  EXPECT_THAT(ShortIds({}), ElementsAre());
}

TEST(ErrorTest, SaysWhatWhereHowToFixAndTheReason) {
  EXPECT_EQ(RenderError(MakeError(Reason::REASON_REQUEST_NOT_FOUND, "no request 'r01\x1b'")),
            "foia: no request 'r01\xEF\xBF\xBD'\n  See 'foia request list'. [REQUEST_NOT_FOUND]\n");
  EXPECT_EQ(RenderError(absl::InternalError("boom")),
            "foia: boom\n  See the server's log. [INTERNAL]\n");
  EXPECT_EQ(RenderError(InvalidFields({{"a", "is missing"}, {"b", "is too long"}})),
            "foia: a: is missing; b: is too long\n  Correct the named field. [INVALID_FIELD]\n");
}

TEST(ErrorTest, MarksTheColumnOfAQuery) {
  EXPECT_THAT(RenderError(MakeError(
                  Reason::REASON_INVALID_QUERY, "unknown field 'exempton'",
                  {{"query", "a exempton:b6"}, {"column", "3"}, {"suggestion", "exemption"}})),
              ::testing::StartsWith("foia: unknown field 'exempton'\n"
                                    "  a exempton:b6\n"
                                    "    ^\n"));
}

TEST(HighlightTest, MarksSpansAndIgnoresWrongOnes) {
  search::v1::PageHit hit;
  hit.set_snippet("the citizen academy\n met");
  const auto add = [&](int begin, int end) {
    auto& span = *hit.add_highlights();
    span.set_begin(begin);
    span.set_end(end);
  };
  EXPECT_EQ(Highlight(hit, false), "the citizen academy  met");
  add(4, 11);
  add(8, 12);   // overlaps
  add(12, 99);  // too long
  add(-1, 3);
  EXPECT_EQ(Highlight(hit, false), "the [citizen] academy  met");
  EXPECT_EQ(Highlight(hit, true), "the \x1b[1;33mcitizen\x1b[0m academy  met");
}

TEST(DeadlineTest, SaysWhyThereIsNoDate) {
  tracker::v1::Deadline deadline;
  deadline.set_status(tracker::v1::DEADLINE_STATUS_TOLLED);
  EXPECT_EQ(DueText(deadline), "tolled");
  deadline.set_status(tracker::v1::DEADLINE_STATUS_CANNOT_COMPUTE);
  deadline.add_missing("received");
  EXPECT_EQ(DueText(deadline), "cannot be computed: missing received");
  EXPECT_EQ(TrustText(deadline), "");
  deadline.set_certainty(tracker::v1::CERTAINTY_MEMORY);
  deadline.set_confidence(tracker::v1::CONFIDENCE_PRESUMED);
  EXPECT_EQ(TrustText(deadline), "verify, presumed receipt");
  deadline.set_certainty(tracker::v1::CERTAINTY_CONVENTION);
  deadline.clear_confidence();
  EXPECT_EQ(TrustText(deadline), "by convention");
}

}  // namespace
}  // namespace foia::cli
