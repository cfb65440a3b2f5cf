#include "services/access/access.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access/policy.h"
#include "services/base/page_token.h"
#include "tests/support/status_matchers.h"

namespace foia::access {
namespace {

using ::foia::testing::HasReason;

class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    access_.reset();
    auto opened = Access::Open({store_.get(), &clock_, "system-secret"});
    ASSERT_OK(opened);
    access_ = *std::move(opened);
  }

  // A person with a token; returns the secret.
  std::string AddPerson(const Principal& owner, const std::string& display_name,
                        std::string* name = nullptr) {
    v1::CreatePersonRequest create;
    create.mutable_person()->set_display_name(display_name);
    auto person = access_->CreatePerson(owner, create);
    EXPECT_OK(person);
    v1::CreateTokenRequest token;
    token.set_parent(person->name());
    auto created = access_->CreateToken(owner, token);
    EXPECT_OK(created);
    if (name != nullptr) *name = person->name();
    return created->secret();
  }

  Principal Owner() { return *access_->Resolve(*access_->CreateOwnerToken()); }

  ManualClock clock_{absl::FromUnixSeconds(1600000000)};
  std::unique_ptr<storage::KeyValueStore> store_ = storage::NewMemoryStore();
  std::unique_ptr<Access> access_;
};

TEST_F(AccessTest, OwnerIsMadeOnceAndOwnsThePrivateLabel) {
  ASSERT_OK_AND_ASSIGN(const std::string secret, access_->CreateOwnerToken());
  ASSERT_OK_AND_ASSIGN(const Principal owner, access_->Resolve(secret));
  EXPECT_TRUE(owner.operator_());
  EXPECT_EQ(DefaultLabel(owner), kPrivateLabel);
  Reopen();
  ASSERT_OK_AND_ASSIGN(const Principal again, access_->Resolve(secret));
  EXPECT_EQ(again.name(), owner.name());
}

TEST_F(AccessTest, UnknownEmptyAndRevokedTokensAreRefused) {
  EXPECT_THAT(access_->Resolve("foia_00"), HasReason(Reason::REASON_WRONG_TOKEN));
  EXPECT_THAT(access_->Resolve(""), HasReason(Reason::REASON_WRONG_TOKEN));
  const Principal owner = Owner();
  v1::CreateTokenRequest create;
  create.set_parent(owner.name());
  ASSERT_OK_AND_ASSIGN(const auto created, access_->CreateToken(owner, create));
  ASSERT_OK(access_->Resolve(created.secret()));
  v1::RevokeTokenRequest revoke;
  revoke.set_name(created.token().name());
  ASSERT_OK(access_->RevokeToken(owner, revoke));
  EXPECT_THAT(access_->Resolve(created.secret()), HasReason(Reason::REASON_WRONG_TOKEN));
  Reopen();
  EXPECT_THAT(access_->Resolve(created.secret()), HasReason(Reason::REASON_WRONG_TOKEN));
}

TEST_F(AccessTest, SystemIsNotAPerson) {
  ASSERT_OK_AND_ASSIGN(const Principal system, access_->Resolve("system-secret"));
  EXPECT_TRUE(system.system());
  EXPECT_OK(CheckSystem(system));
  EXPECT_THAT(CheckSystem(Owner()), HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(AccessTest, GrantsGiveAndTakeAtOnce) {
  const Principal owner = Owner();
  std::string ann_name;
  const std::string ann_secret = AddPerson(owner, "Ann", &ann_name);
  ASSERT_OK_AND_ASSIGN(Principal ann, access_->Resolve(ann_secret));
  EXPECT_FALSE(MaySee(ann, kPrivateLabel));
  EXPECT_EQ(DefaultLabel(ann), "");
  // Somebody who may not see the label learns nothing of it, not even by sharing it.
  v1::SetGrantRequest grant;
  grant.set_parent(std::string(kPrivateLabel));
  grant.mutable_grant()->set_person(ann_name);
  grant.mutable_grant()->set_role(v1::ROLE_VIEWER);
  EXPECT_THAT(access_->SetGrant(ann, grant), HasReason(Reason::REASON_NOT_FOUND));
  ASSERT_OK_AND_ASSIGN(const v1::Grant granted, access_->SetGrant(owner, grant));
  const int64_t epoch = ann.label_epoch();
  ASSERT_OK_AND_ASSIGN(ann, access_->Resolve(ann_secret));
  EXPECT_GT(ann.label_epoch(), epoch);
  EXPECT_OK(Check(ann, Action::kRead, kPrivateLabel, "x"));
  EXPECT_THAT(Check(ann, Action::kWrite, kPrivateLabel, "x"),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(access_->SetGrant(ann, grant), HasReason(Reason::REASON_PERMISSION_DENIED));
  v1::DeleteGrantRequest remove;
  remove.set_name(granted.name());
  ASSERT_OK(access_->DeleteGrant(owner, remove));
  ASSERT_OK_AND_ASSIGN(ann, access_->Resolve(ann_secret));
  EXPECT_FALSE(MaySee(ann, kPrivateLabel));
}

TEST_F(AccessTest, IdsMayBeShortAndPeopleAndLabelsNamed) {
  Principal owner = Owner();
  std::string ann_name, ben_name;
  const std::string ann_secret = AddPerson(owner, "Ann", &ann_name);
  AddPerson(owner, "Ben", &ben_name);
  v1::CreateLabelRequest create;
  create.mutable_label()->set_display_name("Campaign");
  ASSERT_OK_AND_ASSIGN(const v1::Label label, access_->CreateLabel(owner, create));
  owner = Owner();
  const auto common_with = [&](const std::string& other) {
    return static_cast<size_t>(
        std::mismatch(ann_name.begin(), ann_name.end(), other.begin()).first - ann_name.begin());
  };
  const size_t common = common_with(ben_name);
  const size_t longest = std::max(common, common_with(owner.name()));
  const std::vector<std::string> names = {ann_name, ann_name.substr(7),
                                          "P" + ann_name.substr(8, longest - 7), "ann"};
  const std::vector<std::string> labels = {label.name(), label.name().substr(7),
                                           "L" + label.name().substr(8, 12), "campaign"};
  for (size_t i = 0; i < names.size(); ++i) {
    v1::SetGrantRequest grant;
    grant.set_parent(labels[i]);
    grant.mutable_grant()->set_person(names[i]);
    grant.mutable_grant()->set_role(v1::ROLE_VIEWER);
    ASSERT_OK_AND_ASSIGN(const v1::Grant granted, access_->SetGrant(owner, grant));
    EXPECT_EQ(granted.name(), label.name() + "/grants/" + ann_name.substr(7)) << names[i];
    v1::DeleteGrantRequest remove;
    remove.set_name(labels[i] + "/grants/" + names[i].substr(names[i].rfind('/') + 1));
    EXPECT_OK(access_->DeleteGrant(owner, remove));
    EXPECT_THAT(access_->DeleteGrant(owner, remove), HasReason(Reason::REASON_NOT_FOUND));
    v1::CreateTokenRequest token;
    token.set_parent(names[i]);
    ASSERT_OK_AND_ASSIGN(const auto made, access_->CreateToken(owner, token));
    EXPECT_EQ(made.token().name().substr(0, ann_name.size()), ann_name);
    v1::RevokeTokenRequest revoke;
    revoke.set_name(i % 2 == 0 ? "T" + made.token().name().substr(ann_name.size() + 9)
                               : names[i] + made.token().name().substr(ann_name.size()));
    ASSERT_OK_AND_ASSIGN(const v1::Token revoked, access_->RevokeToken(owner, revoke));
    EXPECT_EQ(revoked.name(), made.token().name());
  }
  v1::CreateTokenRequest token;
  token.set_parent(ann_name.substr(7, common - 7));
  const absl::Status several = access_->CreateToken(owner, token).status();
  EXPECT_THAT(several, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(std::string(several.message()),
              ::testing::HasSubstr(ann_name.substr(7) + ", " + ben_name.substr(7)));

  // Others learn of nobody with whom they share no label, and make tokens for themselves only.
  ASSERT_OK_AND_ASSIGN(const Principal ann, access_->Resolve(ann_secret));
  EXPECT_THAT(access_->FindPerson(ann, "Ben"), HasReason(Reason::REASON_NOT_FOUND));
  EXPECT_THAT(access_->FindPerson(ann, ben_name.substr(7, 20)),
              HasReason(Reason::REASON_NOT_FOUND));
  for (const std::string& reference : {ben_name, std::string("people/p01zzz")}) {
    const absl::Status refused = access_->FindOwner(ann, reference, label.name(), "x").status();
    EXPECT_EQ(std::string(refused.message()),
              "x: there is no person '" + reference + "' that you know of");
  }
  ASSERT_OK_AND_ASSIGN(const std::string me, access_->FindPerson(ann, "me"));
  EXPECT_EQ(me, ann_name);
  for (const std::string& other : {ben_name, std::string("Ben"), std::string("people/p01zzz")}) {
    token.set_parent(other);
    EXPECT_THAT(access_->CreateToken(ann, token), HasReason(Reason::REASON_PERMISSION_DENIED));
  }
}

TEST_F(AccessTest, OnlyOperatorsManagePeople) {
  const Principal owner = Owner();
  const Principal ann = *access_->Resolve(AddPerson(owner, "Ann"));
  EXPECT_THAT(access_->CreatePerson(ann, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(access_->ListPeople(ann, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(access_->ListAuditEntries(ann, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(access_->CreatePerson(owner, {}), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(AccessTest, PeopleAreListedInPages) {
  const Principal owner = Owner();
  for (int i = 0; i < 4; ++i) AddPerson(owner, "P");
  v1::ListPeopleRequest request;
  request.set_page_size(2);
  int people = 0;
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, access_->ListPeople(owner, request));
    people += response.people_size();
    ++pages;
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(people, 5);
  EXPECT_EQ(pages, 3);
}

TEST_F(AccessTest, RepeatedCreateMakesOnePerson) {
  const Principal owner = Owner();
  v1::CreatePersonRequest create;
  create.mutable_person()->set_display_name("Ann");
  create.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const v1::Person first, access_->CreatePerson(owner, create));
  ASSERT_OK_AND_ASSIGN(const v1::Person second, access_->CreatePerson(owner, create));
  EXPECT_EQ(first.name(), second.name());
  create.mutable_person()->set_display_name("Bob");
  EXPECT_THAT(access_->CreatePerson(owner, create), HasReason(Reason::REASON_REQUEST_ID_REUSED));
}

TEST_F(AccessTest, AuditLogKeepsItsOrderOverARestart) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      v1::AuditEntry entry;
      entry.set_resource(std::to_string(round * 100 + i));
      access_->Record(entry);
    }
    Reopen();  // writes what waits
  }
  ASSERT_OK_AND_ASSIGN(const auto log, access_->ListAuditEntries(Owner(), {}));
  ASSERT_EQ(log.entries_size(), 50);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(log.entries(i).sequence(), 200 - i);
    EXPECT_EQ(log.entries(i).resource(), std::to_string(199 - i));
  }
}

TEST_F(AccessTest, PageTokensOfTheAuditLogLeadNowhereElse) {
  for (int i = 0; i < 3; ++i) access_->Record({});
  Reopen();  // writes what waits
  const Principal owner = Owner();
  v1::ListAuditEntriesRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, access_->ListAuditEntries(owner, request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, access_->ListAuditEntries(owner, request));
  EXPECT_EQ(first.entries_size() + second.entries_size(), 3);
  for (const std::string_view key :
       {"token/zzzzzzzzzz", "audit/", "audit/1234567", "zzzzzz12345678"}) {
    request.set_page_token(MakePageToken("audit", key));
    EXPECT_THAT(access_->ListAuditEntries(owner, request),
                HasReason(Reason::REASON_INVALID_PAGE_TOKEN))
        << key;
  }
}

TEST_F(AccessTest, ARepeatedCreateLabelIsNotAnsweredOnceTheRoleIsGone) {
  Principal owner = Owner();
  v1::CreateLabelRequest create;
  create.mutable_label()->set_display_name("Campaign");
  create.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const v1::Label label, access_->CreateLabel(owner, create));
  owner = Owner();
  ASSERT_OK_AND_ASSIGN(const v1::Label again, access_->CreateLabel(owner, create));
  EXPECT_EQ(again.name(), label.name());
  owner.mutable_roles()->erase(label.name());
  EXPECT_THAT(access_->CreateLabel(owner, create), HasReason(Reason::REASON_NOT_FOUND));
}

}  // namespace
}  // namespace foia::access
