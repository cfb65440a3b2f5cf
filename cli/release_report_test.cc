#include "cli/release_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::cli {
namespace {

using documents::v1::Document;
using tracker::v1::Event;

Document File(int release, const std::string& sha256, int pages, int failed = 0) {
  Document document;
  document.set_kind(documents::v1::DOCUMENT_KIND_RELEASE);
  document.set_release_number(release);
  document.set_sha256(sha256);
  document.set_page_count(pages);
  auto* count = document.add_page_states();
  count->set_state(documents::v1::PAGE_STATE_DONE);
  count->set_pages(pages - failed);
  count = document.add_page_states();
  count->set_state(documents::v1::PAGE_STATE_FAILED);
  count->set_pages(failed);
  return document;
}

Event Letter(const std::string& n, const std::string& pages) {
  Event event;
  event.set_type(tracker::v1::EVENT_TYPE_INTERIM_RELEASE);
  if (!n.empty()) (*event.mutable_attributes())["n"] = n;
  if (!pages.empty()) (*event.mutable_attributes())["pages"] = pages;
  return event;
}

TEST(ReleaseReportTest, TheLatestLetterThatStandsCounts) {
  Event taken_back = Letter("2", "50");
  taken_back.set_superseded_by("requests/r/events/e");
  const std::vector<Event> events = {Letter("2", "5"), Letter("2", "9"), Letter("2", ""),
                                     Letter("3", "many"), taken_back};
  ASSERT_NE(FindLetter(events, 2), nullptr);
  EXPECT_EQ(FindLetter(events, 2)->attributes().at("pages"), "9");
  EXPECT_EQ(FindLetter(events, 3), nullptr);
}

TEST(ReleaseReportTest, TheLetterIsHeldAgainstWhatCame) {
  Document archive = File(2, "zip", 0);
  archive.clear_page_states();
  archive.set_member_count(2);
  archive.set_member_error_count(1);
  Document table = File(2, "csv", 0);
  table.clear_page_states();
  table.set_state(documents::v1::DOCUMENT_STATE_UNSUPPORTED);
  Document letter = File(2, "letter", 3);
  letter.set_kind(documents::v1::DOCUMENT_KIND_LETTER);
  Event wrong = Letter("1", "99");
  wrong.set_superseded_by("requests/r/events/e");

  const std::vector<ReleaseReport> reports = ReportReleases(
      {File(1, "a", 10), File(1, "b", 5, 2), File(1, "a", 10), archive, File(2, "c", 4),
       File(2, "b", 5), table, letter, File(3, "d", 7), File(4, "e", 1)},
      {Letter("1", "17"), wrong, Letter("2", "5"), Letter("2", "9"), Letter("4", "1"),
       Letter("5", "20")});
  ASSERT_EQ(reports.size(), 5U);
  EXPECT_EQ(reports[0].number, 1);
  EXPECT_EQ(reports[0].files, 2);
  EXPECT_EQ(reports[0].pages, 15);
  EXPECT_EQ(reports[0].doubles, 1);
  EXPECT_EQ(reports[0].by_state.at(documents::v1::PAGE_STATE_FAILED), 2);
  EXPECT_EQ(DifferenceText(reports[0]),
            "the letter says 17 pages, 15 pages are here: 2 are missing");
  EXPECT_EQ(reports[1].files, 3);
  EXPECT_EQ(reports[1].repeated, 5);
  EXPECT_EQ(DifferenceText(reports[1]),
            "the letter says 9 pages, 9 pages are here: as many as announced; 1 file has no pages "
            "that could be counted; 1 member of archives could not be unpacked");
  EXPECT_EQ(DifferenceText(reports[2]), "no letter with a number of pages is recorded");
  EXPECT_EQ(DifferenceText(reports[3]),
            "the letter says 1 page, 1 page is here: as many as announced");
  EXPECT_EQ(DifferenceText(reports[4]),
            "the letter says 20 pages, 0 pages are here: 20 are missing");
}

}  // namespace
}  // namespace foia::cli
