#include "services/tracker/agencies.h"

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/ulid.h"
#include "services/tracker/agency_checks.h"
#include "services/tracker/directory/directory.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Principal Person(access::v1::Role role) {
  Principal person;
  person.set_name("people/somebody");
  (*person.mutable_roles())["labels/private"] = role;
  return person;
}

common::v1::Date Date(int year, int month, int day) {
  return DateToProto(CivilDate(year, month, day));
}

class AgenciesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(RuleBook rules, LoadRules(""));
    rules_ = std::make_unique<RulesInForce>(std::move(rules));
    Reopen();
  }
  void Reopen() {
    agencies_.reset();
    ASSERT_OK_AND_ASSIGN(agencies_, Agencies::Open(store_.get(), &clock_, rules_.get()));
  }

  absl::StatusOr<v1::Agency> Create(const std::string& abbreviation, const std::string& parent = "",
                                    const std::string& name = "Name") {
    v1::CreateAgencyRequest request;
    request.mutable_agency()->set_display_name(name);
    request.mutable_agency()->set_abbreviation(abbreviation);
    request.mutable_agency()->set_parent(parent);
    return agencies_->CreateAgency(owner_, request);
  }
  absl::StatusOr<v1::Agency> Update(const v1::Agency& agency,
                                    const std::vector<std::string>& fields = {}) {
    v1::UpdateAgencyRequest request;
    *request.mutable_agency() = agency;
    for (const std::string& field : fields) request.mutable_update_mask()->add_paths(field);
    return agencies_->UpdateAgency(owner_, request);
  }
  std::string PathOf(std::string_view reference) {
    const auto found = agencies_->Find(reference);
    return found.ok() ? found->path() : std::string(found.status().message());
  }
  std::vector<v1::Agency> All(const v1::ListAgenciesRequest& filter = {}) {
    std::vector<v1::Agency> all;
    v1::ListAgenciesRequest request = filter;
    do {
      const auto page = agencies_->ListAgencies(viewer_, request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      all.insert(all.end(), page->agencies().begin(), page->agencies().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  const Principal owner_ = Person(access::v1::ROLE_OWNER);
  const Principal viewer_ = Person(access::v1::ROLE_VIEWER);
  ManualClock clock_{
      absl::FromCivil(absl::CivilSecond(2026, 11, 22, 12, 0, 0), absl::UTCTimeZone())};
  std::unique_ptr<storage::KeyValueStore> store_ = storage::NewMemoryStore();
  std::unique_ptr<RulesInForce> rules_;
  std::unique_ptr<Agencies> agencies_;
};

// ---- What is shipped ----

TEST_F(AgenciesTest, ShippedRecordsAreWholeAndHaveASource) {
  const std::vector<v1::Agency> all = All();
  EXPECT_GT(all.size(), 400u);
  std::set<std::pair<std::string, std::string>> places;
  std::set<std::string> sort_order;
  for (const v1::Agency& agency : all) {
    const std::string& path = agency.path();
    EXPECT_TRUE(agency.shipped()) << path;
    EXPECT_FALSE(agency.source().empty()) << path;
    EXPECT_NE(agency.kind(), v1::AGENCY_KIND_UNSPECIFIED) << path;
    EXPECT_TRUE(IsId('a', agency.name().substr(9))) << path;
    v1::Agency record = agency;
    EXPECT_THAT(CheckAgency(record, CivilDate(2026, 11, 22)), IsEmpty()) << path;
    EXPECT_TRUE(
        places.emplace(agency.parent(), absl::AsciiStrToUpper(agency.abbreviation())).second)
        << path << " has a sibling of the same abbreviation";
    for (const v1::Contact& contact : agency.contacts()) {
      EXPECT_FALSE(contact.source().empty()) << path;
      EXPECT_TRUE(contact.has_source_date()) << path;
    }
    for (const v1::TrackingNumberPattern& pattern : agency.tracking_number_patterns()) {
      EXPECT_FALSE(pattern.example().empty()) << path;
    }
    EXPECT_EQ(PathOf(path), path) << "every path finds its own agency";
  }
}

TEST_F(AgenciesTest, HomelandSecurityIsComplete) {
  const std::vector<std::string> paths = {"DHS",
                                          "DHS > CBP",
                                          "DHS > CISA",
                                          "DHS > CRCL",
                                          "DHS > CWMD",
                                          "DHS > FEMA",
                                          "DHS > FLETC",
                                          "DHS > FPS",
                                          "DHS > I&A",
                                          "DHS > ICE",
                                          "DHS > ICE > ERO",
                                          "DHS > ICE > HQ",
                                          "DHS > ICE > HSI",
                                          "DHS > ICE > M&A",
                                          "DHS > ICE > OPLA",
                                          "DHS > ICE > OPR",
                                          "DHS > MGMT",
                                          "DHS > OBIM",
                                          "DHS > OGC",
                                          "DHS > OIG",
                                          "DHS > PRIV",
                                          "DHS > S&T",
                                          "DHS > TSA",
                                          "DHS > USCG",
                                          "DHS > USCIS",
                                          "DHS > USSS"};
  for (const std::string& path : paths) {
    ASSERT_OK_AND_ASSIGN(const v1::Agency agency, agencies_->Find(path));
    EXPECT_EQ(agency.path(), path);
    EXPECT_EQ(agency.jurisdiction(), "us-federal-dhs") << path;
  }
}

TEST_F(AgenciesTest, FieldOfficesOfEroAreFoundByCodeAndCity) {
  int offices = 0;
  for (const v1::Agency& agency : All()) {
    offices += agency.path().rfind("DHS > ICE > ERO > ", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(offices, 25);
  for (const auto& [reference, code] :
       std::vector<std::pair<std::string, std::string>>{{"ERO/CHI", "CHI"},
                                                        {"ERO/Chicago", "CHI"},
                                                        {"ICE/ERO/el paso", "ELP"},
                                                        {"ERO/New York", "NYC"},
                                                        {"ERO/NYC", "NYC"},
                                                        {"ERO/Newark", "NEW"},
                                                        {"ERO Harlingen", "HLG"},
                                                        {"Salt Lake City Field Office", "SLC"},
                                                        {"ERO St. Paul Field Office", "SPM"},
                                                        {"ERO/Saint Paul", "SPM"},
                                                        {"DHS/ICE/ERO/WAS", "WAS"}}) {
    ASSERT_OK_AND_ASSIGN(const v1::Agency office, agencies_->Find(reference));
    EXPECT_EQ(office.path(), "DHS > ICE > ERO > " + code) << reference;
    EXPECT_EQ(office.jurisdiction(), "us-federal-dhs");
  }
  // The office of another agency keeps its city.
  EXPECT_EQ(agencies_->Find("EEOC/Chicago")->path(), "EEOC > Chicago");
}

TEST_F(AgenciesTest, AgenciesWithRulesOfTheirOwnFollowThem) {
  for (const auto& [path, jurisdiction] :
       std::vector<std::pair<std::string, std::string>>{{"CIA", "us-federal"},
                                                        {"DHS/TSA", "us-federal-dhs"},
                                                        {"DOI/NPS", "us-federal-doi"},
                                                        {"DOJ/FBI", "us-federal-doj"},
                                                        {"EEOC", "us-federal-eeoc"},
                                                        {"EPA/R05", "us-federal-epa"},
                                                        {"USDA/FS", "us-federal-usda"}}) {
    EXPECT_EQ(agencies_->Find(path)->jurisdiction(), jurisdiction) << path;
  }
  for (const v1::Agency& agency : All()) {
    EXPECT_OK(rules_->Get()->FindRules(agency.jurisdiction()).status()) << agency.path();
  }
}

// Requests name agencies by these: a change of the files must not change them.
TEST_F(AgenciesTest, ShippedNamesNeverChange) {
  EXPECT_EQ(ShippedAgencyName("dhs/ice"), ShippedAgencyName("DHS/ICE"));
  const std::vector<std::pair<std::string, std::string>> names = {
      {"DHS", "a3z2mtndk8et7cx6k8pqy8v18yb"},
      {"DHS/ICE", "a17he8b8fhxxgb7xdsxsvff2xj9"},
      {"DHS/ICE/ERO", "a0tpcv02bbcg9fv6jqv24xcsm6x"},
      {"DOJ/FBI", "a6bcc6kym8n7g9zb0szgf621v59"}};
  for (const auto& [path, name] : names) {
    ASSERT_OK_AND_ASSIGN(const v1::Agency agency, agencies_->Find(path));
    EXPECT_EQ(agency.name(), "agencies/" + name) << path;
  }
}

TEST(DirectoryTest, MistakesAreNamed) {
  const auto parse = [](const std::string& text) {
    return ParseDirectory({{"x.textproto", text}});
  };
  const std::string ice = "agencies { abbreviation: 'ICE' parent: 'DHS' }";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"agencies { abbreviation 'X' }", "line 1"},
      {ice, "DHS/ICE has no parent"},
      {"agencies { abbreviation: 'DHS' } agencies { abbreviation: 'dhs' }", "twice"},
      {"agencies { abbreviation: 'DHS' appeal_office: 'DHS/OGC' }", "no 'DHS/OGC'"}};
  for (const auto& [text, why] : cases) {
    const auto parsed = parse(text);
    EXPECT_THAT(parsed, HasReason(Reason::REASON_INTERNAL)) << text;
    EXPECT_THAT(std::string(parsed.status().message()),
                AllOf(HasSubstr("x.textproto"), HasSubstr(why)));
  }
  ASSERT_OK_AND_ASSIGN(const auto pinned,
                       parse("agencies { abbreviation: 'NEW' name: 'agencies/aold' }"));
  EXPECT_EQ(pinned[0].name(), "agencies/aold");
}

// ---- Finding ----

TEST_F(AgenciesTest, FoundByEveryNameTheyHave) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency ero, agencies_->Find("DHS/ICE/ERO"));
  for (const std::string& reference :
       {std::string("ero"), std::string("DHS>ICE>ERO"), std::string(" dhs > ice > ero "),
        std::string("ice/ero"), std::string("Enforcement and Removal Operations"),
        std::string("Homeland Security/ICE/ERO"), std::string("dro"), ero.name(),
        ero.name().substr(9), ero.name().substr(9, 14)}) {
    EXPECT_EQ(PathOf(reference), "DHS > ICE > ERO") << reference;
  }
  EXPECT_EQ(PathOf("DHS/HQ"), "DHS > PRIV") << "an alias at the end of a path";
  EXPECT_EQ(PathOf("osd/js"), "DoD > OSD-JS") << "an alias that looks like a path";
}

TEST_F(AgenciesTest, UnknownAndAmbiguousOnesSaySo) {
  for (const char* reference : {"", "a", "XYZ", "ERO/ICE", "DHS/ICE/XYZ", "/", "agencies/"}) {
    EXPECT_THAT(agencies_->Find(reference), HasReason(Reason::REASON_AGENCY_NOT_FOUND))
        << reference;
  }
  EXPECT_THAT(std::string(agencies_->Find("usciss").status().message()),
              HasSubstr("did you mean 'USCIS'?"));
  for (const auto& [word, path] : std::vector<std::pair<std::string, std::string>>{
           {"harling", "DHS/ICE/ERO/HLG"},
           {"Citizenship and Immigration", "DHS/USCIS"},
           {"DHS/CHI", "DHS/ICE/ERO/CHI"}}) {
    EXPECT_THAT(std::string(agencies_->Find(word).status().message()), HasSubstr(path)) << word;
  }
  const auto oig = agencies_->Find("oig");
  EXPECT_THAT(oig, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(std::string(oig.status().message()),
              AllOf(HasSubstr("DHS > OIG"), HasSubstr("DOJ > OIG")));
  EXPECT_EQ(PathOf("DHS/OIG"), "DHS > OIG");
  // A department wins over a component of the same abbreviation.
  ASSERT_OK(Create("EPA", "DOJ"));
  EXPECT_EQ(PathOf("EPA"), "EPA");
  EXPECT_EQ(PathOf("DOJ/EPA"), "DOJ > EPA");
}

TEST_F(AgenciesTest, ListIsATreeInOrderAndFiltered) {
  ASSERT_OK(Create("ICE-2", "DHS"));  // '-' sorts before '/'
  v1::ListAgenciesRequest request;
  request.set_page_size(7);
  request.set_under("ICE");
  std::vector<std::string> paths;
  for (const v1::Agency& agency : All(request)) {
    if (agency.path().find("ERO > ") == std::string::npos) paths.push_back(agency.path());
  }
  EXPECT_THAT(paths, ::testing::ElementsAre("DHS > ICE", "DHS > ICE > ERO", "DHS > ICE > HQ",
                                            "DHS > ICE > HSI", "DHS > ICE > M&A",
                                            "DHS > ICE > OPLA", "DHS > ICE > OPR"));
  request.clear_under();
  const std::vector<v1::Agency> all = All(request);
  EXPECT_EQ(all.size(), All().size()) << "page by page";
  std::set<std::string> seen;
  for (const v1::Agency& agency : all) {
    EXPECT_TRUE(agency.parent().empty() || seen.count(agency.parent()) == 1) << agency.path();
    seen.insert(agency.name());
  }
  request.set_text("secret SERVICE");
  ASSERT_EQ(All(request).size(), 1u);
  EXPECT_EQ(All(request)[0].path(), "DHS > USSS");
  request.set_text("no such words");
  EXPECT_THAT(All(request), IsEmpty());
  request.set_under("XYZ");
  EXPECT_THAT(agencies_->ListAgencies(viewer_, request),
              HasReason(Reason::REASON_AGENCY_NOT_FOUND));
}

// ---- The installation's own records ----

TEST_F(AgenciesTest, AnUpdateOverridesTheShippedRecord) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency shipped, agencies_->Find("ICE"));
  EXPECT_TRUE(shipped.shipped());
  v1::Agency changes;
  changes.set_name(shipped.name());
  changes.set_etag(shipped.etag());
  changes.set_notes("Ask for a fee waiver.");
  ASSERT_OK_AND_ASSIGN(const v1::Agency updated, Update(changes));
  EXPECT_FALSE(updated.shipped());
  EXPECT_NE(updated.etag(), shipped.etag());
  EXPECT_EQ(updated.display_name(), shipped.display_name());
  EXPECT_EQ(updated.contacts_size(), shipped.contacts_size());
  Reopen();
  ASSERT_OK_AND_ASSIGN(const v1::Agency again, agencies_->Find("ICE"));
  EXPECT_EQ(again.SerializeAsString(), updated.SerializeAsString());
  EXPECT_EQ(PathOf("ERO"), "DHS > ICE > ERO") << "its offices still hang on it";
}

TEST_F(AgenciesTest, TwoPeopleEditingAtOnce) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency read, agencies_->Find("CBP"));
  v1::Agency first = read;
  first.set_notes("first");
  ASSERT_OK(Update(first, {"notes"}));
  v1::Agency second = read;
  second.set_notes("second");
  EXPECT_THAT(Update(second, {"notes"}), HasReason(Reason::REASON_STALE_ETAG));
  EXPECT_EQ(agencies_->Find("CBP")->notes(), "first");
}

TEST_F(AgenciesTest, ShippedAgenciesAreNotMadeTwice) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency ice, agencies_->Find("ICE"));
  const auto twice = Create("ice", "DHS");
  EXPECT_THAT(twice, HasReason(Reason::REASON_ALREADY_EXISTS));
  EXPECT_THAT(std::string(twice.status().message()),
              AllOf(HasSubstr("DHS > ICE"), HasSubstr("shipped")));
  EXPECT_THAT(MetadataOf(twice.status()), Contains(Pair("agency", ice.name())));
}

// Data of a program that shipped no agencies: its DHS is the DHS.
TEST_F(AgenciesTest, AStoredAgencyTakesThePlaceOfTheShippedOne) {
  v1::Agency own;
  own.set_name("agencies/a01jd3v8m6k9q0t2w4x6y8z0ab");
  own.set_display_name("Our Homeland Security");
  own.set_abbreviation("dhs");
  v1::Agency ice;
  ice.set_name("agencies/a01jd3v8m6k9q0t2w4x6y8z0ac");
  ice.set_display_name("Our ICE");
  ice.set_abbreviation("ICE");
  ice.set_parent(own.name());
  storage::WriteBatch batch;
  batch.Put("agency/" + own.name(), own.SerializeAsString());
  batch.Put("agency/" + ice.name(), ice.SerializeAsString());
  ASSERT_OK(store_->Commit(batch));
  Reopen();
  EXPECT_EQ(agencies_->Find("DHS")->display_name(), "Our Homeland Security");
  EXPECT_EQ(agencies_->Find("ICE")->name(), ice.name());
  ASSERT_OK_AND_ASSIGN(const v1::Agency cbp, agencies_->Find("CBP"));
  EXPECT_EQ(cbp.parent(), own.name());
  EXPECT_EQ(cbp.path(), "dhs > CBP");
  EXPECT_EQ(agencies_->Find("ERO")->parent(), ice.name());
}

TEST_F(AgenciesTest, ADamagedTreeIsNamed) {
  const auto with_parent = [&](const std::string& parent) {
    v1::Agency agency;
    agency.set_name("agencies/ax");
    agency.set_abbreviation("X");
    agency.set_parent(parent);
    return AgencyTree::Build({agency}).status();
  };
  EXPECT_THAT(with_parent("agencies/ax"), HasReason(Reason::REASON_DATA_CORRUPT));
  EXPECT_THAT(with_parent("agencies/ay"), HasReason(Reason::REASON_DATA_CORRUPT));
}

TEST_F(AgenciesTest, AnAgencyCanMoveButNotBelowItself) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency a, Create("AAA"));
  ASSERT_OK_AND_ASSIGN(const v1::Agency b, Create("BBB", "AAA"));
  v1::Agency changes;
  changes.set_name(a.name());
  changes.set_parent("AAA/BBB");
  EXPECT_THAT(Update(changes, {"parent"}), HasReason(Reason::REASON_INVALID_FIELD));
  changes.set_parent("AAA");
  EXPECT_THAT(Update(changes, {"parent"}), HasReason(Reason::REASON_INVALID_FIELD));
  changes.set_parent("DOJ");
  ASSERT_OK(Update(changes, {"parent"}));
  EXPECT_EQ(PathOf("BBB"), "DOJ > AAA > BBB");
}

TEST_F(AgenciesTest, AppealsGoToTheOfficeThatIsNamedAbove) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency oip, agencies_->Find("DOJ/OIP"));
  EXPECT_EQ(agencies_->Find("FBI")->appeal_office(), oip.name());
  ASSERT_OK_AND_ASSIGN(const v1::Agency ice, agencies_->Find("ICE"));
  EXPECT_EQ(agencies_->Find("ERO")->appeal_office(), ice.name());
  ASSERT_OK_AND_ASSIGN(const v1::Agency cbp, agencies_->Find("CBP"));
  EXPECT_EQ(cbp.appeal_office(), cbp.name());
  // Whoever sends back what was read changes no more than what was changed.
  ASSERT_OK_AND_ASSIGN(v1::Agency dhs, agencies_->Find("DHS"));
  dhs.set_notes("x");
  ASSERT_OK(Update(dhs));
  EXPECT_EQ(agencies_->Find("CBP")->appeal_office(), cbp.name());
  v1::Agency change;
  change.set_name(dhs.name());
  change.set_appeal_office("DHS/PRIV");
  ASSERT_OK(Update(change));
  EXPECT_EQ(agencies_->Find("CBP")->appeal_office(), agencies_->Find("DHS/PRIV")->name());
  change.set_appeal_office("XYZ");
  EXPECT_THAT(Update(change), HasReason(Reason::REASON_AGENCY_NOT_FOUND));
}

// ---- Records that are refused ----

v1::Contact GoodContact() {
  v1::Contact contact;
  contact.set_purpose(v1::CONTACT_PURPOSE_REQUEST);
  contact.set_channel(v1::CONTACT_CHANNEL_EMAIL);
  contact.set_address("foia@agency.example");
  contact.set_source("acknowledgement letter");
  *contact.mutable_source_date() = Date(2020, 7, 20);
  return contact;
}

TEST_F(AgenciesTest, AnAddressNeedsASourceAndADate) {
  v1::CreateAgencyRequest request;
  request.mutable_agency()->set_display_name("Agency");
  request.mutable_agency()->set_abbreviation("AG");
  v1::Contact& contact = *request.mutable_agency()->add_contacts();
  struct Case {
    std::function<void(v1::Contact&)> change;
    std::string field;
  };
  const std::vector<Case> cases = {
      {[](v1::Contact& c) { c.clear_source(); }, "source"},
      {[](v1::Contact& c) { c.set_source("  "); }, "source"},
      {[](v1::Contact& c) { c.clear_source_date(); }, "source_date"},
      {[](v1::Contact& c) { *c.mutable_source_date() = Date(2027, 1, 1); }, "source_date"},
      {[](v1::Contact& c) { c.mutable_source_date()->set_month(13); }, "source_date"},
      {[](v1::Contact& c) { c.clear_address(); }, "address"},
      {[](v1::Contact& c) { c.set_address("not an address"); }, "address"},
      {[](v1::Contact& c) { c.set_address("a@b\nBcc: c@d"); }, "address"},
      {[](v1::Contact& c) {
         c.set_channel(v1::CONTACT_CHANNEL_PORTAL);
         c.set_address("javascript:alert(1)");
       },
       "address"},
      {[](v1::Contact& c) { c.clear_purpose(); }, "purpose"},
      {[](v1::Contact& c) { c.clear_channel(); }, "channel"},
      {[](v1::Contact& c) {
         *c.mutable_valid_from() = Date(2021, 1, 2);
         *c.mutable_valid_to() = Date(2021, 1, 1);
       },
       "valid_to"}};
  for (const Case& each : cases) {
    contact = GoodContact();
    each.change(contact);
    const auto refused = agencies_->CreateAgency(owner_, request);
    EXPECT_THAT(refused, HasReason(Reason::REASON_INVALID_FIELD)) << each.field;
    EXPECT_THAT(ViolationsOf(refused.status()),
                Contains(Pair("agency.contacts[0]." + each.field, ::testing::_)));
  }
  contact = GoodContact();
  ASSERT_OK_AND_ASSIGN(const v1::Agency made, agencies_->CreateAgency(owner_, request));
  EXPECT_EQ(made.contacts_size(), 1);
}

TEST_F(AgenciesTest, HostilePatternsAreRefused) {
  v1::CreateAgencyRequest request;
  request.mutable_agency()->set_display_name("Agency");
  request.mutable_agency()->set_abbreviation("AG");
  v1::TrackingNumberPattern& pattern = *request.mutable_agency()->add_tracking_number_patterns();
  pattern.set_kind(v1::TRACKING_NUMBER_KIND_INITIAL);
  for (const std::string& text :
       {std::string(), std::string("("), std::string("(?=x)"), std::string("(a)\\1"),
        std::string("((a{1000}){1000}){1000}"), std::string("((((a{99}){9}){9}){9}){9}"),
        std::string(".*"), std::string(201, 'a')}) {
    pattern.set_pattern(text);
    const auto refused = agencies_->CreateAgency(owner_, request);
    EXPECT_THAT(refused, HasReason(Reason::REASON_INVALID_FIELD)) << text;
    EXPECT_THAT(ViolationsOf(refused.status()),
                Contains(Pair("agency.tracking_number_patterns[0]", ::testing::_)));
  }
  pattern.set_pattern("AG-[0-9]+");
  pattern.set_example("AB-1");
  EXPECT_THAT(agencies_->CreateAgency(owner_, request), HasReason(Reason::REASON_INVALID_FIELD));
  // Slow in a backtracking matcher; the number is as long as it may be.
  pattern.set_pattern("(a|a?)+(A+)+(A+)+B");
  pattern.clear_example();
  ASSERT_OK(agencies_->CreateAgency(owner_, request));
  EXPECT_FALSE(agencies_->Recognise(std::string(100, 'a'), "AG").has_value());
  EXPECT_FALSE(agencies_->Recognise(std::string(1'000'000, 'a'), "AG").has_value());
}

TEST_F(AgenciesTest, OnlyWhoMayWriteChangesAgencies) {
  v1::UpdateAgencyRequest request;
  request.mutable_agency()->set_name("ICE");
  request.mutable_agency()->set_notes("x");
  EXPECT_THAT(agencies_->UpdateAgency(viewer_, request),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  request.mutable_update_mask()->add_paths("shipped");
  EXPECT_THAT(agencies_->UpdateAgency(owner_, request), HasReason(Reason::REASON_INVALID_FIELD));
}

// ---- Tracking numbers ----

TEST_F(AgenciesTest, TrackingNumbersSayWhatTheyAre) {
  struct Case {
    std::string number;
    std::string agency;
    v1::TrackingNumberKind kind;  // UNSPECIFIED: not recognised
    std::string issuer;
  };
  const auto kNone = v1::TRACKING_NUMBER_KIND_UNSPECIFIED;
  const std::vector<Case> cases = {
      {"2020-ICFO-21220", "ICE", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {"2020-ICAP-00440", "ICE", v1::TRACKING_NUMBER_KIND_APPEAL, "ICE"},
      {"2025-ICLI-00019", "ICE", v1::TRACKING_NUMBER_KIND_LITIGATION, "ICE"},
      {"2020-ICFO-21220", "ERO", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {"2020-ICFO-21220", "DHS", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {"2020-ICFO-21220", "", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {" 2020 \u2013 icfo - 21220 ", "ICE", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {"2020 ICFO 21220", "ICE", v1::TRACKING_NUMBER_KIND_INITIAL, "ICE"},
      {"2025-HQFO-01883", "DHS", v1::TRACKING_NUMBER_KIND_INITIAL, "DHS/PRIV"},
      {"CBP-FO-2023-075587", "CBP", v1::TRACKING_NUMBER_KIND_INITIAL, "CBP"},
      {"2020-ICFO-21220", "CBP", kNone, ""},
      {"2020-ICFO-21220", "DOJ", kNone, ""},
      {"2020-ICFO-2122", "ICE", kNone, ""},
      {"x2020-ICFO-21220", "ICE", kNone, ""},
      {"", "ICE", kNone, ""},
      {"\xff\xfe", "ICE", kNone, ""},
      {"2020-ICFO-21220", "XYZ", kNone, ""}};
  for (const Case& each : cases) {
    const auto found = agencies_->Recognise(each.number, each.agency);
    ASSERT_EQ(found.has_value(), each.kind != kNone) << each.number << " at " << each.agency;
    if (!found.has_value()) continue;
    EXPECT_EQ(found->kind, each.kind) << each.number;
    EXPECT_EQ(found->issuer, agencies_->Find(each.issuer)->name()) << each.number;
  }
}

TEST_F(AgenciesTest, ANumberIsAskedAbout) {
  v1::RecogniseNumberRequest request;
  request.set_number("2020-icap-00440");
  ASSERT_OK_AND_ASSIGN(const auto found, agencies_->RecogniseNumber(viewer_, request));
  EXPECT_EQ(found.kind(), v1::TRACKING_NUMBER_KIND_APPEAL);
  EXPECT_EQ(found.issuer().path(), "DHS > ICE");
  request.set_agency("DOJ");
  EXPECT_THAT(agencies_->RecogniseNumber(viewer_, request), HasReason(Reason::REASON_NOT_FOUND));
  request.set_agency("XYZ");
  EXPECT_THAT(agencies_->RecogniseNumber(viewer_, request),
              HasReason(Reason::REASON_AGENCY_NOT_FOUND));
}

TEST_F(AgenciesTest, TheNearestIssuerWinsAndDoubtIsNoAnswer) {
  for (const char* parent : {"DHS/TSA", "DHS/USCG"}) {
    ASSERT_OK_AND_ASSIGN(v1::Agency agency, agencies_->Find(parent));
    auto& pattern = *agency.add_tracking_number_patterns();
    pattern.set_pattern("20[0-9]{2}-[A-Z]{4}-[0-9]{5}");
    pattern.set_kind(v1::TRACKING_NUMBER_KIND_COMPONENT);
    ASSERT_OK(Update(agency, {"tracking_number_patterns"}));
  }
  EXPECT_TRUE(agencies_->Recognise("2020-ABCD-00001", "TSA").has_value());
  EXPECT_FALSE(agencies_->Recognise("2020-ABCD-00001", "DHS").has_value());
  EXPECT_FALSE(agencies_->Recognise("2020-ABCD-00001", "").has_value());
}

// ---- Cost ----

// Readers run beside writers; thousands of agencies keep a lookup cheap.
TEST_F(AgenciesTest, LookupsAreCheapAndSafeBesideWriters) {
  for (int i = 0; i < 1000; ++i) ASSERT_OK(Create(absl::StrCat("T", i), "DOJ"));
  ASSERT_OK_AND_ASSIGN(const v1::Agency ero, agencies_->Find("ERO"));
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) EXPECT_OK(agencies_->Find(ero.name()));
    });
  }
  for (int i = 0; i < 20; ++i) {
    v1::Agency change;
    change.set_name(ero.name());
    change.set_notes(absl::StrCat(i));
    EXPECT_OK(Update(change));
  }
  for (std::thread& reader : readers) reader.join();
  const absl::Time start = absl::Now();
  constexpr int kLookups = 20'000;
  for (int i = 0; i < kLookups; ++i) EXPECT_OK(agencies_->Find(ero.name()));
  const absl::Duration each = (absl::Now() - start) / kLookups;
  RecordProperty("find_ns", static_cast<int>(absl::ToInt64Nanoseconds(each)));
  EXPECT_LT(each, absl::Microseconds(100)) << "no walk over all agencies";
}

}  // namespace
}  // namespace foia::tracker
