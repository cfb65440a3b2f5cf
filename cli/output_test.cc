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

TEST(TableTest, CutsTheWidestColumnToFit) {
  Table table({"ID", "SUBJECT"});
  table.Add({"r01", "a very long subject indeed"});
  EXPECT_EQ(table.Render(20),
            "ID   SUBJECT\n"
            "r01  a very long ...\n");
  EXPECT_EQ(table.Render(3), "ID   SUBJECT\nr01  a ver...\n") << "a column keeps 8 characters";
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

TEST(SuggestTest, OffersOnlyNearWords) {
  const std::vector<std::string> verbs = {"create", "list", "show", "update"};
  EXPECT_EQ(Suggest("lst", verbs), "list");
  EXPECT_EQ(Suggest("craete", verbs), "create");
  EXPECT_EQ(Suggest("delete", verbs), "");
  EXPECT_EQ(Suggest("x", verbs), "");
}

}  // namespace
}  // namespace foia::cli
