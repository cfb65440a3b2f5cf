#include "services/tracker/fields.h"

#include <atomic>
#include <thread>
#include <vector>

#include "services/tracker/tracker_fixture.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(FieldsTest, TrackingNumbersAreComparedWithoutCaseBlanksAndPunctuation) {
  for (const char* number :
       {"2020-ICLI-00042", "2020 icli 00042", "2020ICLI00042", " 2020/ICLI.00042"}) {
    EXPECT_EQ(NormalTrackingNumber(number), "2020ICLI00042") << number;
  }
  EXPECT_EQ(NormalTrackingNumber("--"), "");
  EXPECT_NE(NormalTrackingNumber("\u00e4"), NormalTrackingNumber("\u00f6"));
}

TEST(FieldsTest, TagsAreTrimmedAndUnique) {
  Tags tags;
  for (const char* tag : {" ICE", "ice", "", "  ", "academy"}) *tags.Add() = tag;
  CleanTags(tags);
  EXPECT_THAT(tags, ElementsAre("ICE", "academy"));
}

class FieldsOfRequestsTest : public TrackerTest {
 protected:
  v1::CreateRequestRequest NewRequest() {
    v1::CreateRequestRequest create;
    create.mutable_request()->set_agency("ERO");
    create.mutable_request()->set_subject("Citizen academy");
    return create;
  }
  v1::Request Get(const std::string& name) {
    v1::GetRequestRequest get;
    get.set_name(name);
    auto found = requests_->GetRequest(owner_, get);
    EXPECT_OK(found);
    return *found;
  }
};

TEST_F(FieldsOfRequestsTest, EverythingSaidOfARequestIsKept) {
  v1::CreateMatterRequest matter;
  matter.mutable_matter()->set_title("Citizen academies");
  ASSERT_OK_AND_ASSIGN(const v1::Matter made, matters_.CreateMatter(owner_, matter));
  v1::CreateRequestRequest create = NewRequest();
  v1::Request& request = *create.mutable_request();
  request.set_records_sought("training materials");
  *request.mutable_records_from() = DateToProto(CivilDate(2019, 1, 1));
  *request.mutable_records_to() = DateToProto(CivilDate(2020, 7, 16));
  request.set_fee_category(v1::FEE_CATEGORY_NEWS_MEDIA);
  request.set_fee_limit_cents(2500);
  request.set_waiver_text("in the public interest");
  request.set_expedite_text("urgency to inform");
  request.add_tags("academy");
  request.set_notes("call first");
  request.set_matter(made.name().substr(8));
  request.set_format_wanted("PDF with text");
  v1::Party& party = *request.add_parties();
  party.set_display_name("Immigrant Defense Project");
  party.set_role(v1::PARTY_ROLE_REQUESTER);
  v1::Party& counsel = *request.add_parties();
  counsel.set_display_name("Center for Constitutional Rights");
  counsel.set_role(v1::PARTY_ROLE_COUNSEL);
  ASSERT_OK_AND_ASSIGN(const v1::Request created, requests_->CreateRequest(owner_, create));
  const v1::Request found = Get(created.name());
  EXPECT_EQ(found.records_sought(), "training materials");
  EXPECT_EQ(found.records_to().year(), 2020);
  EXPECT_EQ(found.fee_category(), v1::FEE_CATEGORY_NEWS_MEDIA);
  EXPECT_EQ(found.fee_limit_cents(), 2500);
  EXPECT_EQ(found.matter(), made.name());
  EXPECT_THAT(found.parties(), SizeIs(2));
  EXPECT_THAT(found.tags(), ElementsAre("academy"));
  v1::GetMatterRequest get;
  get.set_name(made.name());
  ASSERT_OK_AND_ASSIGN(const v1::Matter counted, matters_.GetMatter(owner_, get));
  EXPECT_EQ(counted.request_count(), 1);

  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(found.name());
  update.mutable_update_mask()->add_paths("matter");
  update.mutable_update_mask()->add_paths("records_to");
  ASSERT_OK_AND_ASSIGN(const v1::Request changed, requests_->UpdateRequest(owner_, update));
  EXPECT_EQ(changed.matter(), "");
  EXPECT_FALSE(changed.has_records_to());
  EXPECT_EQ(changed.notes(), "call first");
  ASSERT_OK_AND_ASSIGN(const v1::Matter empty, matters_.GetMatter(owner_, get));
  EXPECT_EQ(empty.request_count(), 0);
}

TEST_F(FieldsOfRequestsTest, WhatCannotBeIsNamed) {
  struct Case {
    void (*spoil)(v1::Request&);
    const char* says;
  };
  const Case cases[] = {
      {[](v1::Request& r) { r.set_subject("  "); }, "request.subject"},
      {[](v1::Request& r) {
         *r.mutable_records_from() = DateToProto(CivilDate(2020, 1, 2));
         *r.mutable_records_to() = DateToProto(CivilDate(2020, 1, 1));
       },
       "lies before"},
      {[](v1::Request& r) { r.mutable_records_from()->set_month(13); }, "request.records_from"},
      {[](v1::Request& r) { r.set_fee_limit_cents(-1); }, "fee_limit_cents"},
      {[](v1::Request& r) { r.add_parties()->set_display_name("X"); }, "parties[0].role"},
      {[](v1::Request& r) { r.add_parties()->set_role(v1::PARTY_ROLE_COUNSEL); },
       "parties[0].display_name"},
      {[](v1::Request& r) { r.add_numbers()->set_value("--"); }, "numbers[0].value"},
      {[](v1::Request& r) { r.add_links()->set_request("x"); }, "links[0].kind"},
      {[](v1::Request& r) { r.set_matter("nothing"); }, "no matter 'nothing'"},
  };
  for (const Case& c : cases) {
    v1::CreateRequestRequest create = NewRequest();
    c.spoil(*create.mutable_request());
    const auto refused = requests_->CreateRequest(owner_, create);
    ASSERT_FALSE(refused.ok()) << c.says;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(c.says));
  }
}

TEST_F(FieldsOfRequestsTest, ANumberIsUniqueForItsIssuer) {
  v1::CreateRequestRequest create = NewRequest();
  create.mutable_request()->add_tracking_numbers("2020-ICFO-21220");
  ASSERT_OK_AND_ASSIGN(const v1::Request first, requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_tracking_numbers(0, "2020 icfo 21220");
  const auto taken = requests_->CreateRequest(owner_, create);
  EXPECT_THAT(taken, HasReason(Reason::REASON_TRACKING_NUMBER_TAKEN));
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr(first.name()));
  // One letter may cover several requests; the number then finds both.
  create.set_shared_numbers(true);
  ASSERT_OK_AND_ASSIGN(const v1::Request second, requests_->CreateRequest(owner_, create));
  v1::GetRequestRequest get;
  get.set_name("2020-ICFO-21220");
  EXPECT_THAT(requests_->GetRequest(owner_, get), HasReason(Reason::REASON_AMBIGUOUS_NAME));
  // Another issuer's number is another number.
  create = NewRequest();
  v1::TrackingNumber& court = *create.mutable_request()->add_numbers();
  court.set_value("2020-ICFO-21220");
  court.set_issuer("N.D. Ill.");
  court.set_kind(v1::TRACKING_NUMBER_KIND_COURT);
  ASSERT_OK_AND_ASSIGN(const v1::Request third, requests_->CreateRequest(owner_, create));
  EXPECT_EQ(third.numbers(0).issuer(), "N.D. Ill.");
  // A request of others is not given away.
  Principal other = stranger_;
  create = NewRequest();
  create.mutable_request()->add_tracking_numbers("2020-ICFO-21220");
  EXPECT_OK(requests_->CreateRequest(other, create));
  // Dropped, it is free again.
  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(first.name());
  update.mutable_update_mask()->add_paths("numbers");
  ASSERT_OK(requests_->UpdateRequest(owner_, update));
  get.set_name(first.name());
  EXPECT_THAT(Get(first.name()).numbers(), SizeIs(0));
}

TEST_F(FieldsOfRequestsTest, ANumberTellsItsKindAndIssuer) {
  v1::CreateRequestRequest create = NewRequest();
  for (const char* number : {"2020-ICFO-21220", "2020-ICAP-00440", "X-1"}) {
    create.mutable_request()->add_tracking_numbers(number);
  }
  ASSERT_OK_AND_ASSIGN(const v1::Request made, requests_->CreateRequest(owner_, create));
  ASSERT_OK_AND_ASSIGN(const v1::Agency ice, agencies_->Find("DHS/ICE"));
  EXPECT_EQ(made.numbers(0).kind(), v1::TRACKING_NUMBER_KIND_INITIAL);
  EXPECT_EQ(made.numbers(0).issuer(), ice.name());
  EXPECT_EQ(made.numbers(1).kind(), v1::TRACKING_NUMBER_KIND_APPEAL);
  EXPECT_EQ(made.numbers(2).kind(), v1::TRACKING_NUMBER_KIND_INITIAL);
  EXPECT_EQ(made.numbers(2).issuer(), made.agency());  // the office it was sent to
}

TEST_F(FieldsOfRequestsTest, ANumberStandsOnceInARequest) {
  v1::CreateRequestRequest create = NewRequest();
  create.mutable_request()->add_numbers()->set_value("X-1");
  create.mutable_request()->add_numbers()->set_value("x 1");
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(FieldsOfRequestsTest, RacingWritersOfOneNumberGetItOnce) {
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      v1::CreateRequestRequest create = NewRequest();
      create.mutable_request()->add_tracking_numbers("2020-ICFO-21220");
      if (requests_->CreateRequest(owner_, create).ok()) ++made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(FieldsOfRequestsTest, OldRecordsKeepTheirNumbers) {
  const v1::Request request = AddRequest();
  // As foiad 0.1 stored it: values only.
  ASSERT_OK_AND_ASSIGN(const auto bytes, store_->Get("request/" + request.name()));
  v1::Request old;
  ASSERT_TRUE(old.ParseFromString(*bytes));
  old.add_tracking_numbers("2020-ICFO-21220");
  storage::WriteBatch batch;
  batch.Put("request/" + request.name(), old.SerializeAsString());
  batch.Put("tracking/2020ICFO21220/" + request.name(), "");
  ASSERT_OK(store_->Commit(batch));
  const v1::Request found = Get("2020-ICFO-21220");
  EXPECT_THAT(found.tracking_numbers(), ElementsAre("2020-ICFO-21220"));
  ASSERT_THAT(found.numbers(), SizeIs(1));
  EXPECT_EQ(found.numbers(0).issuer(), found.agency());
  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(found.name());
  update.mutable_request()->set_etag(found.etag());
  update.mutable_request()->set_notes("kept");
  ASSERT_OK(requests_->UpdateRequest(owner_, update));
  EXPECT_THAT(Get("2020-ICFO-21220").tracking_numbers(), ElementsAre("2020-ICFO-21220"));
}

TEST_F(FieldsOfRequestsTest, LinksAreSeenFromBothSides) {
  const v1::Request parent = AddRequest();
  v1::CreateRequestRequest create = NewRequest();
  v1::RequestLink& link = *create.mutable_request()->add_links();
  link.set_kind(v1::LINK_KIND_REFERRAL_OF);
  link.set_request(parent.name().substr(9));
  ASSERT_OK_AND_ASSIGN(const v1::Request child, requests_->CreateRequest(owner_, create));
  EXPECT_EQ(child.links(0).request(), parent.name());
  const v1::Request seen = Get(parent.name());
  ASSERT_THAT(seen.links(), SizeIs(1));
  EXPECT_EQ(seen.links(0).request(), child.name());
  EXPECT_TRUE(seen.links(0).reverse());
  // The referral has its own clock: its receipt moves nothing on the first request.
  Record(parent, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  Record(child, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 8, 3));
  const auto due = [&](const v1::Request& request) {
    v1::ComputeDeadlinesRequest compute;
    compute.set_name(request.name());
    auto deadlines = requests_->ComputeDeadlines(owner_, compute);
    EXPECT_OK(deadlines);
    for (const v1::Deadline& deadline : deadlines->deadlines()) {
      if (deadline.id() == "determination_due")
        return FormatDate(*DateFromProto(deadline.date(), ""));
    }
    return std::string();
  };
  EXPECT_EQ(due(parent), "2020-08-13");
  EXPECT_EQ(due(child), "2020-08-31");
  // Who may not see the other side sees no link.
  v1::GetRequestRequest get;
  get.set_name(parent.name());
  EXPECT_THAT(requests_->GetRequest(stranger_, get), HasReason(Reason::REASON_REQUEST_NOT_FOUND));
}

TEST_F(FieldsOfRequestsTest, WhatACallerMayNotSeeIsNeitherShownNorLost) {
  // One person writes under two labels; the other sees only the team's.
  Principal both = owner_;
  (*both.mutable_roles())["labels/team"] = access::v1::ROLE_OWNER;
  const Principal team = Person("team", "labels/team", access::v1::ROLE_EDITOR);
  const v1::Request hidden = AddRequest("hidden");
  v1::CreateMatterRequest matter;
  matter.mutable_matter()->set_title("hidden too");
  ASSERT_OK_AND_ASSIGN(const v1::Matter hidden_matter, matters_.CreateMatter(owner_, matter));
  v1::CreateRequestRequest create = NewRequest();
  create.mutable_request()->set_label("labels/team");
  create.mutable_request()->set_matter(hidden_matter.name());
  v1::RequestLink& link = *create.mutable_request()->add_links();
  link.set_kind(v1::LINK_KIND_RELATED_TO);
  link.set_request(hidden.name());
  ASSERT_OK_AND_ASSIGN(const v1::Request made, requests_->CreateRequest(both, create));
  EXPECT_THAT(made.links(), SizeIs(1));
  ASSERT_OK_AND_ASSIGN(const auto list, requests_->ListRequests(team, {}));
  ASSERT_THAT(list.requests(), SizeIs(1));
  EXPECT_THAT(list.requests(0).links(), SizeIs(0));
  // Who sees less may still edit, and a whole copy sent back loses no link.
  v1::GetRequestRequest get;
  get.set_name(made.name());
  ASSERT_OK_AND_ASSIGN(const v1::Request seen, requests_->GetRequest(team, get));
  EXPECT_THAT(seen.links(), SizeIs(0));
  v1::UpdateRequestRequest update;
  *update.mutable_request() = seen;
  update.mutable_request()->set_notes("edited");
  std::string all("*");
  *update.mutable_update_mask()->add_paths() = all;
  ASSERT_OK_AND_ASSIGN(const v1::Request edited, requests_->UpdateRequest(team, update));
  EXPECT_THAT(edited.links(), SizeIs(0));
  ASSERT_OK_AND_ASSIGN(const v1::Request whole, requests_->GetRequest(both, get));
  EXPECT_EQ(whole.notes(), "edited");
  EXPECT_THAT(whole.links(), SizeIs(1));
  EXPECT_EQ(whole.matter(), hidden_matter.name());
}

TEST_F(FieldsOfRequestsTest, WhatIsFarTooLongIsRefused) {
  v1::CreateRequestRequest create = NewRequest();
  for (int i = 0; i < 100'000; ++i) create.mutable_request()->add_tags("t" + std::to_string(i));
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
  create = NewRequest();
  create.mutable_request()->set_notes(std::string(100'000, 'x'));
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
  const v1::Request request = AddRequest();
  v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 16));
  event.mutable_event()->set_note(std::string(100'000, 'x'));
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_FIELD));
  event.mutable_event()->clear_note();
  event.mutable_event()->set_time_zone("/etc/passwd");
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(FieldsOfRequestsTest, EqualTextsAreTwoRequests) {
  const v1::Request first = AddRequest("same");
  const v1::Request second = AddRequest("same");
  EXPECT_NE(first.name(), second.name());
}

}  // namespace
}  // namespace foia::tracker
