#include "cli/views.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::cli {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ViewsTest, AreKeptInAFile) {
  const TempDir dir;
  const std::string file = dir / "config/foia/views";
  ASSERT_OK_AND_ASSIGN(SavedViews views, LoadViews(file));
  EXPECT_THAT(views, IsEmpty());
  views["mine"] = {"--owner=me", "--text=two words"};
  views["plain"] = {};
  ASSERT_OK(StoreViews(file, views));
  ASSERT_OK_AND_ASSIGN(const SavedViews loaded, LoadViews(file));
  EXPECT_EQ(loaded, views);
  EXPECT_EQ(testing::ReadFile(file), "mine\t--owner=me\t--text=two words\nplain\n");
  testing::WriteFile(file, "Not a view\n");
  EXPECT_THAT(LoadViews(file), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(CheckViewName("a b"), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_OK(CheckViewName("week-1"));
}

TEST(ViewsTest, StandBeforeWhatIsTyped) {
  const SavedViews views = {{"mine", {"--owner=me", "--view=due"}}};
  EXPECT_THAT(WithSavedView({"docket", "--view", "mine", "--owner", "x"}, views),
              ElementsAre("docket", "--owner=me", "--view=due", "--owner", "x"));
  EXPECT_THAT(WithSavedView({"--json", "docket", "--csv", "--view=mine"}, views),
              ElementsAre("--json", "docket", "--owner=me", "--view=due", "--csv"));
  EXPECT_THAT(WithSavedView({"docket", "--view", "overdue"}, views),
              ElementsAre("docket", "--view", "overdue"));
  EXPECT_THAT(WithSavedView({"docket", "--view"}, views), ElementsAre("docket", "--view"));
  EXPECT_THAT(WithSavedView({"request", "list", "--view", "mine"}, views),
              ElementsAre("request", "list", "--view", "mine"));
}

}  // namespace
}  // namespace foia::cli
