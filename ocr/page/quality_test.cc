#include "ocr/page/quality.h"

#include <string>

#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

TEST(QualityTest, WhyDoubtful) {
  const struct {
    std::string name;
    pb::PageState state;
    int words;
    float confidence, covered;
    bool quick;
    std::string_view why;
    std::string reason = {};
  } rows[] = {
      {"good", pb::PAGE_STATE_DONE, 1, 92, 0.97F, false, ""},
      {"just good", pb::PAGE_STATE_DONE, 1, 75, 0.6F, false, ""},
      {"blank", pb::PAGE_STATE_BLANK, 0, 0, 0, false, ""},
      {"older record", pb::PAGE_STATE_DONE, 1, 0, 0, false, ""},
      {"uncertain", pb::PAGE_STATE_DONE, 1, 74, 0.97F, false, "its words are uncertain"},
      {"half a page", pb::PAGE_STATE_DONE, 1, 92, 0.5F, false, "much of its ink is in no word"},
      {"ink, no words", pb::PAGE_STATE_DONE, 0, 0, 0, false, "no words were found on it"},
      {"quick", pb::PAGE_STATE_DONE, 1, 92, 0.97F, true, "it was read the quick way only"},
      {"in part", pb::PAGE_STATE_DONE, 1, 92, 0.97F, false, "part of it could not be read", "lost"},
      {"damaged", pb::PAGE_STATE_DAMAGED, 0, 0, 0, false, "it was not read"},
      {"timed out", pb::PAGE_STATE_TIMED_OUT, 0, 0, 0, false, "it was not read"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    pb::PageRecord page;
    page.set_state(row.state);
    page.set_state_reason(row.reason);
    page.set_mean_confidence(row.confidence);
    page.set_ink_covered(row.covered);
    page.mutable_engine()->set_quick(row.quick);
    for (int i = 0; i < row.words; ++i) page.add_words()->set_text("word");
    EXPECT_EQ(WhyDoubtful(page), row.why);
    EXPECT_EQ(IsDoubtful(page), !row.why.empty());
  }
}

}  // namespace
}  // namespace foia::ocr
