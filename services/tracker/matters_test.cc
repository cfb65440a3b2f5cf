#include "services/tracker/matters.h"

#include "services/tracker/tracker_fixture.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class MattersTest : public TrackerTest {
 protected:
  v1::Matter Add(const std::string& title, const std::string& code = "") {
    v1::CreateMatterRequest create;
    create.mutable_matter()->set_title(title);
    create.mutable_matter()->set_client_code(code);
    auto made = matters_.CreateMatter(owner_, create);
    EXPECT_OK(made);
    return *made;
  }
};

TEST_F(MattersTest, AreFoundByNamePrefixAndCode) {
  const v1::Matter matter = Add("Citizen academies", "IDP-7");
  for (const std::string& reference : {matter.name(), matter.name().substr(8),
                                       matter.name().substr(8, 12), std::string("idp-7")}) {
    ASSERT_OK_AND_ASSIGN(const v1::Matter found, matters_.Find(owner_, reference));
    EXPECT_EQ(found.name(), matter.name()) << reference;
  }
  for (const std::string& reference : {matter.name(), std::string("idp-7")}) {
    EXPECT_THAT(matters_.Find(stranger_, reference), HasReason(Reason::REASON_MATTER_NOT_FOUND));
  }
  EXPECT_THAT(matters_.Find(owner_, "m"), HasReason(Reason::REASON_MATTER_NOT_FOUND));
  EXPECT_THAT(matters_.Find(owner_, ""), HasReason(Reason::REASON_MATTER_NOT_FOUND));
}

TEST_F(MattersTest, ACodeIsUniqueUnderItsLabel) {
  Add("One", "A1");
  v1::CreateMatterRequest create;
  create.mutable_matter()->set_title("Two");
  create.mutable_matter()->set_client_code("a1");
  EXPECT_THAT(matters_.CreateMatter(owner_, create), HasReason(Reason::REASON_ALREADY_EXISTS));
  EXPECT_OK(matters_.CreateMatter(stranger_, create));  // another organisation's own code
  const v1::Matter third = Add("Three", "A3");
  v1::UpdateMatterRequest update;
  update.mutable_matter()->set_name(third.name());
  update.mutable_matter()->set_client_code("A1");
  EXPECT_THAT(matters_.UpdateMatter(owner_, update), HasReason(Reason::REASON_ALREADY_EXISTS));
  update.mutable_matter()->set_client_code("A4");
  EXPECT_OK(matters_.UpdateMatter(owner_, update));
  EXPECT_EQ(Add("Again", "A3").client_code(), "A3");  // free again
}

TEST_F(MattersTest, MistakesAreNamed) {
  v1::CreateMatterRequest create;
  EXPECT_THAT(matters_.CreateMatter(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
  create.mutable_matter()->set_title("X");
  create.mutable_matter()->add_parties()->set_display_name("no role");
  EXPECT_THAT(matters_.CreateMatter(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
  create.mutable_matter()->clear_parties();
  EXPECT_THAT(matters_.CreateMatter(viewer_, create), HasReason(Reason::REASON_PERMISSION_DENIED));
  create.mutable_matter()->set_label("labels/other");
  EXPECT_THAT(matters_.CreateMatter(owner_, create), HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(MattersTest, TwoPeopleEditingAtOnceAreToldSo) {
  const v1::Matter matter = Add("One");
  v1::UpdateMatterRequest update;
  update.mutable_matter()->set_name(matter.name());
  update.mutable_matter()->set_etag(matter.etag());
  update.mutable_matter()->set_title("First");
  ASSERT_OK_AND_ASSIGN(const v1::Matter changed, matters_.UpdateMatter(owner_, update));
  EXPECT_EQ(changed.title(), "First");
  EXPECT_THAT(matters_.UpdateMatter(owner_, update), HasReason(Reason::REASON_STALE_ETAG));
}

TEST_F(MattersTest, ClosedOnesAreListedOnlyWhenAskedFor) {
  Add("Open");
  const v1::Matter done = Add("Done");
  v1::UpdateMatterRequest update;
  update.mutable_matter()->set_name(done.name());
  update.mutable_matter()->set_closed(true);
  ASSERT_OK(matters_.UpdateMatter(owner_, update));
  v1::ListMattersRequest list;
  ASSERT_OK_AND_ASSIGN(auto open, matters_.ListMatters(owner_, list));
  EXPECT_THAT(open.matters(), SizeIs(1));
  list.set_include_closed(true);
  list.set_text("done");
  ASSERT_OK_AND_ASSIGN(auto found, matters_.ListMatters(owner_, list));
  ASSERT_THAT(found.matters(), SizeIs(1));
  EXPECT_EQ(found.matters(0).title(), "Done");
  ASSERT_OK_AND_ASSIGN(auto none, matters_.ListMatters(stranger_, list));
  EXPECT_THAT(none.matters(), SizeIs(0));
}

TEST_F(MattersTest, CountsOnlyWhatTheCallerSees) {
  const v1::Matter matter = Add("Shared");
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("x");
  create.mutable_request()->set_matter(matter.name());
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  Principal both = owner_;
  (*both.mutable_roles())["labels/other"] = access::v1::ROLE_OWNER;
  create.mutable_request()->set_label("labels/other");
  ASSERT_OK(requests_->CreateRequest(both, create));
  v1::GetMatterRequest get;
  get.set_name(matter.name());
  ASSERT_OK_AND_ASSIGN(const v1::Matter mine, matters_.GetMatter(owner_, get));
  EXPECT_EQ(mine.request_count(), 1);
  ASSERT_OK_AND_ASSIGN(const v1::Matter all, matters_.GetMatter(both, get));
  EXPECT_EQ(all.request_count(), 2);
}

TEST_F(MattersTest, ARepeatedCallMakesNoSecondMatter) {
  v1::CreateMatterRequest create;
  create.mutable_matter()->set_title("Once");
  create.mutable_matter()->set_client_code("C");
  create.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const v1::Matter first, matters_.CreateMatter(owner_, create));
  ASSERT_OK_AND_ASSIGN(const v1::Matter again, matters_.CreateMatter(owner_, create));
  EXPECT_EQ(first.name(), again.name());
  create.mutable_matter()->set_title("Other");
  EXPECT_THAT(matters_.CreateMatter(owner_, create), HasReason(Reason::REASON_REQUEST_ID_REUSED));
}

}  // namespace
}  // namespace foia::tracker
