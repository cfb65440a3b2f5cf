#include "services/tracker/rules/rule_book.h"

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::HasSubstr;

TEST(LoadRulesTest, EmbeddedRulesAreSound) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  EXPECT_OK(book.FindRules("us-federal"));
  EXPECT_OK(book.FindRules("us-federal-dhs"));
  EXPECT_THAT(book.FindRules("us"), HasReason(Reason::REASON_NOT_FOUND));  // abstract
  EXPECT_THAT(book.FindRules("atlantis"), HasReason(Reason::REASON_NOT_FOUND));
  EXPECT_EQ(book.digest().size(), 64U);
}

}  // namespace
}  // namespace foia::tracker
