// Edits of requests and matters: kept, shown, taken back; who may own them; and the ids that calls
// take.
#include "services/tracker/edits.h"

#include <thread>

#include "services/access/access.h"
#include "services/access/policy.h"
#include "services/base/ulid.h"
#include "services/tracker/tracker_fixture.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// How many letters two names have in common from the left: so many are ambiguous, one more is not.
size_t Common(const std::string& a, const std::string& b) {
  return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                             a.begin());
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class EditsTest : public TrackerTest {
 protected:
  // As the command line does it: reads, changes, sends the etag.
  absl::StatusOr<v1::Request> Update(const Principal& caller, const v1::Request& request,
                                     const std::function<void(v1::Request&)>& change,
                                     const std::vector<std::string>& fields) {
    v1::UpdateRequestRequest update;
    *update.mutable_request() = request;
    change(*update.mutable_request());
    for (const std::string& field : fields) update.mutable_update_mask()->add_paths(field);
    return requests_->UpdateRequest(caller, update);
  }
  v1::Request Get(const v1::Request& request) {
    v1::GetRequestRequest get;
    get.set_name(request.name());
    auto found = requests_->GetRequest(owner_, get);
    EXPECT_OK(found);
    return *found;
  }
  std::vector<v1::Edit> Edits(const std::string& name, const Principal& caller) {
    v1::ListRequestEditsRequest list;
    list.set_parent(name);
    list.set_page_size(2);
    std::vector<v1::Edit> edits;
    do {
      auto page = requests_->ListRequestEdits(caller, list);
      EXPECT_OK(page);
      if (!page.ok()) return edits;
      edits.insert(edits.end(), page->edits().begin(), page->edits().end());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return edits;
  }
  absl::StatusOr<v1::Request> Undo(const std::string& name, const std::string& edit = "") {
    v1::UndoRequestEditRequest undo;
    undo.set_parent(name);
    undo.set_edit(edit);
    return requests_->UndoRequestEdit(owner_, undo);
  }
};

TEST_F(EditsTest, EachEditIsKeptWithWhoAndWhat) {
  const v1::Request made = AddRequest();
  EXPECT_THAT(Edits(made.name(), owner_), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const v1::Request first, Update(owner_, made,
                                                       [](v1::Request& request) {
                                                         request.add_tags("academy");
                                                         request.add_tags("ero");
                                                         request.set_notes("Call the liaison.");
                                                         request.set_fee_limit_cents(2500);
                                                       },
                                                       {"tags", "notes", "fee_limit_cents"}));
  EXPECT_EQ(ChangesText(first.edit()),
            "fee limit cents (none) -> 25.00 USD; tags + academy + ero; "
            "notes (none) -> Call the liaison.");
  EXPECT_EQ(first.edit().before() + first.edit().after() + first.edit().etag(), "");
  clock_.Advance(absl::Minutes(1));
  const Principal other = Person("other", "labels/private", access::v1::ROLE_EDITOR);
  ASSERT_OK(Update(other, first,
                   [](v1::Request& request) {
                     request.mutable_tags()->DeleteSubrange(0, 1);
                     auto& party = *request.add_parties();
                     party.set_role(v1::PARTY_ROLE_COUNSEL);
                     party.set_display_name("CCR");
                     request.add_numbers()->set_value("2020-ICFO-1");
                     *request.mutable_records_from() = DateToProto(CivilDate(2017, 1, 20));
                     request.set_fee_category(v1::FEE_CATEGORY_NEWS_MEDIA);
                   },
                   {"tags", "parties", "numbers", "records_from", "fee_category"}));
  const std::vector<v1::Edit> edits = Edits(made.name(), viewer_);
  ASSERT_THAT(edits, SizeIs(2));
  EXPECT_EQ(edits[0].actor(), "people/owner");
  EXPECT_EQ(edits[1].actor(), "people/other");
  EXPECT_GT(edits[1].edit_time().seconds(), edits[0].edit_time().seconds());
  EXPECT_THAT(ChangesText(edits[1]),
              HasSubstr("records from (none) -> 2017-01-20; "
                        "fee category (none) -> news_media; tags - academy; "
                        "parties + counsel: CCR; numbers + 2020-ICFO-1 (of agencies/"));
  // What changes nothing is no edit, and nobody else's record shows any.
  const v1::Request now = Get(made);
  ASSERT_OK_AND_ASSIGN(const v1::Request same,
                       Update(owner_, now, [](v1::Request&) {}, {"tags", "notes"}));
  EXPECT_FALSE(same.has_edit());
  EXPECT_EQ(same.etag(), now.etag());
  EXPECT_THAT(Edits(made.name(), owner_), SizeIs(2));
  v1::ListRequestEditsRequest list;
  list.set_parent(made.name());
  EXPECT_THAT(requests_->ListRequestEdits(stranger_, list),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
}

TEST_F(EditsTest, AnEditIsTakenBackAndSoIsThat) {
  const v1::Request made = AddRequest();
  const auto add_tag = [&](const char* tag) {
    ASSERT_OK(
        Update(owner_, Get(made), [&](v1::Request& request) { request.add_tags(tag); }, {"tags"}));
  };
  add_tag("a");
  ASSERT_OK(
      Update(owner_, Get(made), [](v1::Request& request) { request.set_notes("one"); }, {"notes"}));
  add_tag("b");
  const std::vector<v1::Edit> edits = Edits(made.name(), owner_);
  ASSERT_THAT(edits, SizeIs(3));
  // Another entry of the list has come since: only the edit's own goes.
  ASSERT_OK_AND_ASSIGN(v1::Request now, Undo(made.name(), edits[0].name()));
  EXPECT_THAT(now.tags(), ElementsAre("b"));
  EXPECT_EQ(now.edit().undoes(), edits[0].name());
  EXPECT_THAT(Undo(made.name(), edits[0].name()), HasReason(Reason::REASON_NOTHING_TO_UNDO));
  // Without a name: the last one that stands.
  ASSERT_OK_AND_ASSIGN(now, Undo(made.name()));
  EXPECT_THAT(now.tags(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(now, Undo(made.name()));
  EXPECT_EQ(now.notes(), "");
  EXPECT_THAT(Undo(made.name()), HasReason(Reason::REASON_NOTHING_TO_UNDO));
  // An undo is an edit like any other.
  const std::vector<v1::Edit> all = Edits(made.name(), owner_);
  ASSERT_THAT(all, SizeIs(6));
  EXPECT_EQ(all[0].undone_by(), all[3].name());
  ASSERT_OK_AND_ASSIGN(now, Undo(made.name(), all[5].name()));
  EXPECT_EQ(now.notes(), "one");
}

TEST_F(EditsTest, AFieldThatChangedSinceIsNotTakenBack) {
  const v1::Request made = AddRequest();
  ASSERT_OK(
      Update(owner_, made, [](v1::Request& request) { request.set_notes("one"); }, {"notes"}));
  ASSERT_OK(
      Update(owner_, Get(made), [](v1::Request& request) { request.set_notes("two"); }, {"notes"}));
  ASSERT_OK(
      Update(owner_, Get(made), [](v1::Request& request) { request.add_tags("a"); }, {"tags"}));
  ASSERT_OK(
      Update(owner_, Get(made), [](v1::Request& request) { request.clear_tags(); }, {"tags"}));
  const std::vector<v1::Edit> edits = Edits(made.name(), owner_);
  const auto refused = Undo(made.name(), edits[0].name());
  EXPECT_THAT(refused, HasReason(Reason::REASON_STALE_ETAG));
  EXPECT_THAT(Message(refused.status()), HasSubstr("'notes' was changed again since: it is now "
                                                   "two"));
  EXPECT_THAT(Undo(made.name(), edits[2].name()), HasReason(Reason::REASON_STALE_ETAG));
  EXPECT_EQ(Get(made).notes(), "two");
  v1::UndoRequestEditRequest undo;
  undo.set_parent(made.name());
  undo.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Request would, requests_->UndoRequestEdit(owner_, undo));
  EXPECT_EQ(ChangesText(would.edit()), "tags + a");
  EXPECT_THAT(Get(made).tags(), IsEmpty());
  EXPECT_THAT(requests_->UndoRequestEdit(viewer_, undo),
              HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(EditsTest, AStaleEtagSaysWhatHappenedMeanwhile) {
  const v1::Request made = AddRequest();
  ASSERT_OK(
      Update(owner_, made, [](v1::Request& request) { request.set_notes("mine"); }, {"notes"}));
  const auto late =
      Update(owner_, made, [](v1::Request& request) { request.set_notes("yours"); }, {"notes"});
  EXPECT_THAT(late, HasReason(Reason::REASON_STALE_ETAG));
  EXPECT_THAT(Message(late.status()),
              HasSubstr("has changed since it was read: notes (none) -> mine by people/owner at "
                        "2020-09-01 12:00 UTC"));
  EXPECT_EQ(Get(made).notes(), "mine");
  // An event since is named as well; the events' own etag says the same.
  const v1::Request read = Get(made);
  clock_.Advance(absl::Minutes(1));
  Record(made, v1::EVENT_TYPE_SENT, CivilDate(2020, 8, 3));
  const auto after =
      Update(owner_, read, [](v1::Request& request) { request.set_notes("yours"); }, {"notes"});
  EXPECT_THAT(Message(after.status()), HasSubstr("sent recorded by people/owner"));
  v1::CreateEventRequest event = NewEvent(made, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 8, 4));
  event.set_etag(made.etag());
  EXPECT_THAT(Message(requests_->CreateEvent(owner_, event).status()),
              HasSubstr("notes (none) -> mine"));
}

TEST_F(EditsTest, RacingEditsAreAllKept) {
  const v1::Request made = AddRequest();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        v1::UpdateRequestRequest update;
        update.mutable_request()->set_name(made.name());
        update.mutable_request()->set_notes(absl::StrCat(t, " ", i));
        EXPECT_OK(requests_->UpdateRequest(owner_, update));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<v1::Edit> edits = Edits(made.name(), owner_);
  ASSERT_THAT(edits, SizeIs(20));
  for (size_t i = 1; i < edits.size(); ++i) {
    EXPECT_EQ(edits[i].changes(0).before(), edits[i - 1].changes(0).after());
  }
}

TEST_F(EditsTest, LinksToWhatOneMayNotSeeAreNotInTheHistory) {
  const v1::Request made = AddRequest();
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ero");
  create.mutable_request()->set_subject("secret");
  Principal both = owner_;
  (*both.mutable_roles())["labels/other"] = access::v1::ROLE_OWNER;
  create.mutable_request()->set_label("labels/other");
  ASSERT_OK_AND_ASSIGN(const v1::Request secret, requests_->CreateRequest(both, create));
  ASSERT_OK(Update(both, made,
                   [&](v1::Request& request) {
                     request.set_notes("linked");
                     auto& link = *request.add_links();
                     link.set_kind(v1::LINK_KIND_RELATED_TO);
                     link.set_request(secret.name().substr(9, 20));
                   },
                   {"links", "notes"}));
  EXPECT_THAT(ChangesText(Edits(made.name(), both)[0]), HasSubstr(secret.name()));
  EXPECT_EQ(ChangesText(Edits(made.name(), owner_)[0]), "notes (none) -> linked");
}

TEST_F(EditsTest, MattersHaveAHistoryToo) {
  v1::CreateMatterRequest create;
  create.mutable_matter()->set_title("Academies");
  ASSERT_OK_AND_ASSIGN(const v1::Matter made, matters_.CreateMatter(owner_, create));
  v1::UpdateMatterRequest update;
  *update.mutable_matter() = made;
  update.mutable_matter()->set_client_code("IDP-7");
  update.mutable_matter()->add_tags("ero");
  update.mutable_matter()->set_closed(true);
  for (const char* field : {"client_code", "tags", "closed"}) {
    update.mutable_update_mask()->add_paths(field);
  }
  ASSERT_OK_AND_ASSIGN(const v1::Matter changed, matters_.UpdateMatter(owner_, update));
  EXPECT_EQ(ChangesText(changed.edit()),
            "client code (none) -> IDP-7; tags + ero; closed no -> yes");
  update.mutable_matter()->set_title("late");
  const auto late = matters_.UpdateMatter(owner_, update);
  EXPECT_THAT(late, HasReason(Reason::REASON_STALE_ETAG));
  EXPECT_THAT(Message(late.status()), HasSubstr("client code (none) -> IDP-7"));
  v1::ListMatterEditsRequest list;
  list.set_parent("idp-7");
  ASSERT_OK_AND_ASSIGN(const auto edits, matters_.ListMatterEdits(viewer_, list));
  EXPECT_EQ(edits.edits_size(), 1);
  v1::UndoMatterEditRequest undo;
  undo.set_parent("IDP-7");
  ASSERT_OK_AND_ASSIGN(const v1::Matter back, matters_.UndoMatterEdit(owner_, undo));
  EXPECT_FALSE(back.closed());
  EXPECT_EQ(back.client_code(), "");
  EXPECT_THAT(matters_.Find(owner_, "IDP-7"), HasReason(Reason::REASON_MATTER_NOT_FOUND));
  undo.set_parent(made.name());
  EXPECT_THAT(matters_.UndoMatterEdit(owner_, undo), HasReason(Reason::REASON_NOTHING_TO_UNDO));
}

// People and labels as they are kept.
class OwnersTest : public EditsTest {
 protected:
  void SetUp() override {
    TrackerTest::SetUp();
    ASSERT_OK_AND_ASSIGN(access_, access::Access::Open({access_store_.get(), &clock_, ""}));
    ASSERT_OK_AND_ASSIGN(const std::string secret, access_->CreateOwnerToken());
    ASSERT_OK_AND_ASSIGN(owner_of_all_, access_->Resolve(secret));
    ASSERT_OK_AND_ASSIGN(requests_, Requests::Open(store_.get(), &clock_, rules_.get(),
                                                   agencies_.get(), access_.get()));
    ana_ = AddPerson("Ana Ruiz", access::v1::ROLE_EDITOR);
    new_ = AddPerson("Neo New", access::v1::ROLE_UNSPECIFIED);
  }
  std::string AddPerson(const std::string& display_name, access::v1::Role role) {
    access::v1::CreatePersonRequest create;
    create.mutable_person()->set_display_name(display_name);
    auto person = access_->CreatePerson(owner_of_all_, create);
    EXPECT_OK(person);
    if (role != access::v1::ROLE_UNSPECIFIED) Grant(person->name(), role);
    return person->name();
  }
  void Grant(const std::string& person, access::v1::Role role) {
    access::v1::SetGrantRequest grant;
    grant.set_parent("labels/private");
    grant.mutable_grant()->set_person(person);
    grant.mutable_grant()->set_role(role);
    EXPECT_OK(access_->SetGrant(owner_of_all_, grant));
  }
  void TakeRole(const std::string& person) {
    access::v1::DeleteGrantRequest remove;
    remove.set_name("labels/private/grants/" + person.substr(7));
    EXPECT_OK(access_->DeleteGrant(owner_of_all_, remove));
  }
  access::v1::Token AddToken(const std::string& person) {
    access::v1::CreateTokenRequest create;
    create.set_parent(person);
    auto made = access_->CreateToken(owner_of_all_, create);
    EXPECT_OK(made);
    return made->token();
  }
  absl::StatusOr<v1::Request> Create(const std::string& owner, const std::string& label = "") {
    v1::CreateRequestRequest create;
    create.mutable_request()->set_agency("ero");
    create.mutable_request()->set_subject("Academy");
    create.mutable_request()->set_owner(owner);
    create.mutable_request()->set_label(label);
    return requests_->CreateRequest(owner_of_all_, create);
  }
  std::vector<std::string> Listed(const std::string& owner, bool excluded = false) {
    v1::ListRequestsRequest list;
    (excluded ? list.mutable_filter()->add_excluded() : list.mutable_filter())->set_owner(owner);
    auto found = requests_->ListRequests(owner_of_all_, list);
    EXPECT_OK(found);
    std::vector<std::string> names;
    if (!found.ok()) return names;
    for (const auto& request : found->requests()) names.push_back(request.name());
    return names;
  }

  std::unique_ptr<storage::KeyValueStore> access_store_ = storage::NewMemoryStore();
  std::unique_ptr<access::Access> access_;
  Principal owner_of_all_;
  std::string ana_;
  std::string new_;
};

TEST_F(OwnersTest, AnOwnerIsAPersonWhoMaySeeIt) {
  for (const std::string& reference :
       {ana_, ana_.substr(7), "P" + ana_.substr(8), std::string("ana ruiz")}) {
    ASSERT_OK_AND_ASSIGN(const v1::Request made, Create(reference, "private"));
    EXPECT_EQ(made.owner(), ana_) << reference;
    EXPECT_EQ(made.label(), "labels/private");
    EXPECT_EQ(made.owner_warning(), "");
  }
  ASSERT_OK_AND_ASSIGN(const v1::Request mine, Create(""));
  EXPECT_EQ(mine.owner(), owner_of_all_.name());
  ASSERT_OK_AND_ASSIGN(const v1::Request me, Create("me"));
  EXPECT_EQ(me.owner(), owner_of_all_.name());

  const auto nobody = Create("people/nobody");
  EXPECT_THAT(nobody, HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(Message(nobody.status()),
              HasSubstr("request.owner: there is no person 'people/nobody'"));
  const auto blind = Create(new_);
  EXPECT_THAT(blind, HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(Message(blind.status()), HasSubstr("Neo New may not see it; 'foia access grant set "
                                                 "private "));
  EXPECT_THAT(Update(owner_of_all_, mine, [&](v1::Request& r) { r.set_owner(new_); }, {"owner"}),
              HasReason(Reason::REASON_INVALID_FIELD));
  ASSERT_OK(
      Update(owner_of_all_, mine, [&](v1::Request& r) { r.set_owner("Ana Ruiz"); }, {"owner"}));
  ASSERT_OK_AND_ASSIGN(const v1::Request nobodys, Update(owner_of_all_, mine,
                                                         [&](v1::Request& r) {
                                                           r.clear_owner();
                                                           r.clear_etag();
                                                         },
                                                         {"owner"}));
  EXPECT_EQ(nobodys.owner(), "");
}

TEST_F(OwnersTest, AmbiguousPrefixesNameBoth) {
  const std::string prefix = ana_.substr(7, Common(ana_, new_) - 7);
  const auto refused = Create(prefix);
  EXPECT_THAT(refused, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(Message(refused.status()), HasSubstr(ana_.substr(7)));
  EXPECT_THAT(Message(refused.status()), HasSubstr(new_.substr(7)));
}

TEST_F(OwnersTest, WhoLosesTheRoleOrEveryTokenIsMarked) {
  ASSERT_OK_AND_ASSIGN(const v1::Request made, Create(ana_));
  const auto warning = [&] {
    v1::ListDocketRequest docket;
    auto rows = requests_->ListDocket(owner_of_all_, docket);
    EXPECT_OK(rows);
    v1::GetRequestRequest get;
    get.set_name(made.name());
    auto shown = requests_->GetRequest(owner_of_all_, get);
    EXPECT_OK(shown);
    EXPECT_EQ(rows->entries(0).request().owner_warning(), shown->owner_warning());
    return shown->owner_warning();
  };
  EXPECT_EQ(warning(), "");
  TakeRole(ana_);
  EXPECT_EQ(warning(), "Ana Ruiz may not see it");
  // What stands is no obstacle to other edits.
  ASSERT_OK(Update(owner_of_all_, made, [](v1::Request& r) { r.set_notes("x"); }, {"notes"}));
  Grant(ana_, access::v1::ROLE_VIEWER);
  EXPECT_EQ(warning(), "");
  access::v1::RevokeTokenRequest revoke;
  revoke.set_name(AddToken(ana_).name());
  EXPECT_EQ(warning(), "");
  ASSERT_OK(access_->RevokeToken(owner_of_all_, revoke));
  EXPECT_EQ(warning(), "Ana Ruiz has no token that works any more");
  EXPECT_THAT(Create(ana_), HasReason(Reason::REASON_INVALID_FIELD));
  AddToken(ana_);
  EXPECT_EQ(warning(), "");
}

TEST_F(OwnersTest, AnUndoDoesNotBringBackSomebodyWhoMayNotSeeIt) {
  ASSERT_OK_AND_ASSIGN(const v1::Request made, Create(ana_));
  ASSERT_OK(Update(owner_of_all_, made, [](v1::Request& r) { r.set_owner("me"); }, {"owner"}));
  TakeRole(ana_);
  v1::UndoRequestEditRequest undo;
  undo.set_parent(made.name());
  EXPECT_THAT(requests_->UndoRequestEdit(owner_of_all_, undo),
              HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(OwnersTest, FiltersTakeWhatIsPrinted) {
  ASSERT_OK_AND_ASSIGN(const v1::Request made, Create(ana_));
  ASSERT_OK_AND_ASSIGN(const v1::Request mine, Create("me"));
  EXPECT_THAT(Listed("Ana Ruiz"), ElementsAre(made.name()));
  EXPECT_THAT(Listed(ana_.substr(7, 20)), ElementsAre(made.name()));
  EXPECT_THAT(Listed("me"), ElementsAre(mine.name()));
  EXPECT_THAT(Listed("ANA RUIZ", /*excluded=*/true), ElementsAre(mine.name()));
  EXPECT_THAT(Listed("people/gone"), IsEmpty());
  v1::ListDocketRequest docket;
  docket.mutable_filter()->set_owner("gone");
  EXPECT_THAT(requests_->ListDocket(owner_of_all_, docket), HasReason(Reason::REASON_NOT_FOUND));
  docket.mutable_filter()->set_owner(ana_.substr(7, 20));
  ASSERT_OK_AND_ASSIGN(const auto rows, requests_->ListDocket(owner_of_all_, docket));
  EXPECT_EQ(rows.entries_size(), 1);
}

TEST_F(OwnersTest, MattersHaveOwnersOfTheSameKind) {
  Matters matters(store_.get(), &clock_, access_.get());
  v1::CreateMatterRequest create;
  create.mutable_matter()->set_title("Academies");
  create.mutable_matter()->set_owner(new_);
  EXPECT_THAT(matters.CreateMatter(owner_of_all_, create), HasReason(Reason::REASON_INVALID_FIELD));
  create.mutable_matter()->set_owner(ana_.substr(7));
  ASSERT_OK_AND_ASSIGN(const v1::Matter made, matters.CreateMatter(owner_of_all_, create));
  EXPECT_EQ(made.owner(), ana_);
  v1::UpdateMatterRequest update;
  update.mutable_matter()->set_name(made.name());
  update.mutable_matter()->set_owner(new_);
  EXPECT_THAT(matters.UpdateMatter(owner_of_all_, update), HasReason(Reason::REASON_INVALID_FIELD));
  TakeRole(ana_);
  v1::GetMatterRequest get;
  get.set_name(made.name());
  ASSERT_OK_AND_ASSIGN(const v1::Matter shown, matters.GetMatter(owner_of_all_, get));
  EXPECT_EQ(shown.owner_warning(), "Ana Ruiz may not see it");
}

class IdsTest : public EditsTest {};

TEST_F(IdsTest, RequestsAndMattersNameBothCandidates) {
  const v1::Request one = AddRequest();
  const v1::Request two = AddRequest();
  const size_t common = Common(one.name(), two.name());
  v1::GetRequestRequest get;
  get.set_name("R" + one.name().substr(10, common - 10));
  auto refused = requests_->GetRequest(owner_, get);
  EXPECT_THAT(refused, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(Message(refused.status()),
              HasSubstr(one.name().substr(9) + ", " + two.name().substr(9)));
  for (const std::string& reference :
       {one.name(), "Requests/R" + one.name().substr(10), one.name().substr(9, common - 8)}) {
    get.set_name(reference);
    ASSERT_OK_AND_ASSIGN(const v1::Request found, requests_->GetRequest(owner_, get));
    EXPECT_EQ(found.name(), one.name());
  }
  v1::CreateMatterRequest create;
  create.mutable_matter()->set_title("Academies");
  ASSERT_OK_AND_ASSIGN(const v1::Matter matter, matters_.CreateMatter(owner_, create));
  create.mutable_matter()->set_title("Others");
  ASSERT_OK_AND_ASSIGN(const v1::Matter others, matters_.CreateMatter(owner_, create));
  const size_t both = Common(matter.name(), others.name());
  const auto several = matters_.Find(owner_, matter.name().substr(8, both - 8));
  EXPECT_THAT(several, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(Message(several.status()), HasSubstr(matter.name().substr(8) + " 'Academies'"));
  // In filters, on requests.
  ASSERT_OK(Update(owner_, one, [&](v1::Request& r) { r.set_matter(matter.name().substr(8)); },
                   {"matter"}));
  v1::ListRequestsRequest list;
  list.mutable_filter()->set_matter(matter.name().substr(8, both - 7));
  ASSERT_OK_AND_ASSIGN(const auto listed, requests_->ListRequests(owner_, list));
  EXPECT_EQ(listed.requests_size(), 1);
  list.mutable_filter()->set_matter("nowhere");
  EXPECT_THAT(requests_->ListRequests(owner_, list), HasReason(Reason::REASON_MATTER_NOT_FOUND));
}

TEST_F(IdsTest, EventsAreNamedByTheBeginningOfTheirIds) {
  const v1::Request request = AddRequest();
  const v1::Event sent = Record(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 1)).event();
  const v1::Event received =
      Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 2)).event();
  const std::string id = received.name().substr(received.name().rfind('/') + 1);
  const size_t id_begin = received.name().size() - id.size();
  const size_t common = Common(sent.name(), received.name()) - id_begin;
  v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 3));
  event.mutable_event()->set_supersedes(id.substr(0, common));
  const auto ambiguous = requests_->CreateEvent(owner_, event);
  EXPECT_THAT(ambiguous, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(Message(ambiguous.status()), HasSubstr(id));
  event.mutable_event()->set_supersedes("E" + id.substr(1, common));
  event.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(auto response, requests_->CreateEvent(owner_, event));
  EXPECT_EQ(response.event().supersedes(), received.name());
  event.mutable_event()->set_supersedes(request.name() + "/events/" + id.substr(0, common + 1));
  ASSERT_OK_AND_ASSIGN(response, requests_->CreateEvent(owner_, event));
  EXPECT_EQ(response.event().supersedes(), received.name());
  event.mutable_event()->set_supersedes(AddRequest().name() + "/events/" + id);
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_FIELD));

  const v1::Event denial =
      Record(request, v1::EVENT_TYPE_DETERMINATION, CivilDate(2020, 7, 20)).event();
  const std::string denial_id = denial.name().substr(denial.name().rfind('/') + 1);
  const size_t shared = Common(received.name(), denial.name()) - id_begin;
  for (const char* attribute : {"of", "determination"}) {
    v1::CreateEventRequest appeal =
        NewEvent(request, v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 8, 3));
    appeal.set_validate_only(true);
    auto& attributes = *appeal.mutable_event()->mutable_attributes();
    for (const std::string& reference :
         {denial.name(), denial_id, denial_id.substr(0, shared + 1), "E" + denial_id.substr(1)}) {
      attributes[attribute] = reference;
      ASSERT_OK_AND_ASSIGN(response, requests_->CreateEvent(owner_, appeal));
      EXPECT_EQ(response.event().attributes().at(attribute), denial_id) << reference;
    }
    attributes[attribute] = denial_id.substr(0, shared);
    EXPECT_THAT(requests_->CreateEvent(owner_, appeal), HasReason(Reason::REASON_AMBIGUOUS_NAME));
    attributes[attribute] = "e01zz";
    EXPECT_THAT(requests_->CreateEvent(owner_, appeal), HasReason(Reason::REASON_INVALID_FIELD));
  }
}

TEST_F(IdsTest, EvidenceIsTheWholeNameOfADocument) {
  const v1::Request request = AddRequest();
  const std::string id = NewId('d', clock_.Now());
  v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 1));
  event.mutable_event()->add_evidence("D" + id.substr(1));
  ASSERT_OK_AND_ASSIGN(const auto made, requests_->CreateEvent(owner_, event));
  EXPECT_THAT(made.event().evidence(), ElementsAre("documents/" + id));
  event.mutable_event()->set_evidence(0, id.substr(0, 12));
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(IdsTest, LabelsAreNamedByTheBeginningOfTheirIds) {
  Principal person = Person("x", "labels/l01jd3v8m6k9q0t2w4x6y8z0ab", access::v1::ROLE_OWNER);
  (*person.mutable_roles())["labels/l01jd3v8m6k9q0t2w4x6y8z0ac"] = access::v1::ROLE_OWNER;
  ASSERT_OK_AND_ASSIGN(const std::string label,
                       access::FindLabel(person, "L01JD3V8M6K9Q0T2W4X6Y8Z0AC"));
  EXPECT_EQ(label, "labels/l01jd3v8m6k9q0t2w4x6y8z0ac");
  const auto several = access::FindLabel(person, "l01jd3v8");
  EXPECT_THAT(several, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(Message(several.status()), HasSubstr("l01jd3v8m6k9q0t2w4x6y8z0ab, l01jd3v8m6k9"));
  ASSERT_OK_AND_ASSIGN(const std::string other, access::FindLabel(person, "private"));
  EXPECT_EQ(other, "labels/private");
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ero");
  create.mutable_request()->set_subject("x");
  create.mutable_request()->set_label("labels/l01jd3v8m6k9q0t2w4x6y8z0ac");
  ASSERT_OK_AND_ASSIGN(const v1::Request made, requests_->CreateRequest(person, create));
  EXPECT_EQ(made.label(), label);
  create.mutable_request()->set_label("private");
  EXPECT_THAT(requests_->CreateRequest(person, create),
              HasReason(Reason::REASON_PERMISSION_DENIED));
}

}  // namespace
}  // namespace foia::tracker
