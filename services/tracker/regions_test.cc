#include "services/tracker/regions.h"

#include <google/protobuf/generated_enum_reflection.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "services/tracker/transitions.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const RuleBook& Book() {
  static const auto* const book = new RuleBook(LoadRules("").value());
  return *book;
}

// A history under the rules of a jurisdiction.
struct History {
  explicit History(const std::string& text, const std::string& jurisdiction = "us-federal",
                   CivilDate day = CivilDate(2021, 6, 15))
      : rules(Book().FindRules(jurisdiction).value()),
        events(ParseEvents(text).value()),
        as_of(day) {
    Refresh();
  }
  void Refresh() { deadlines = Compute(*rules, rules->calendar(), events, as_of); }

  v1::Regions Regions() const { return RegionsOf(Timeline(*rules, events, deadlines), as_of); }
  std::string State() const { return Name("REQUEST_STATE_", StateNow()); }
  v1::RequestState StateNow() const { return StateOf(Regions(), deadlines); }
  // "e3 appeal-needs-determination".
  std::vector<std::string> Conflicts() const {
    std::vector<std::string> found;
    for (const Conflict& conflict : FindConflicts(Timeline(*rules, events, deadlines))) {
      found.push_back(absl::StrCat(conflict.event_id, " ", std::string(conflict.rule->name)));
    }
    return found;
  }

  // The states of a region: "running", "received 2021-06-20"...
  std::string Show(const std::string& region) const {
    const v1::Regions regions = Regions();
    if (region == "state") return State();
    std::vector<std::string> shown;
    if (region == "appeals") {
      for (const auto& appeal : regions.appeals()) {
        std::string text = Name("APPEAL_STATE_", appeal.state());
        if (appeal.outcome() != v1::APPEAL_OUTCOME_UNSPECIFIED) {
          absl::StrAppend(&text, " ", Name("APPEAL_OUTCOME_", appeal.outcome()));
        }
        absl::StrAppend(&text, " ", appeal.determination_event(), "/", appeal.appeal_event());
        if (!appeal.issue().empty()) absl::StrAppend(&text, " ", appeal.issue());
        shown.push_back(text);
      }
    } else if (region == "cases") {
      for (const auto& court : regions.cases()) {
        shown.push_back(absl::StrCat(Name("COURT_STATE_", court.state()),
                                     court.docket().empty() ? "" : " ", court.docket()));
      }
    } else if (region == "voided") {
      shown.push_back(regions.voided());
    } else {
      const auto* field = regions.GetDescriptor()->FindFieldByName(region);
      const auto* value = regions.GetReflection()->GetEnum(regions, field);
      const std::string prefix = field->enum_type()->value(0)->name();
      shown.push_back(absl::AsciiStrToLower(
          value->name().substr(prefix.size() - std::string("UNSPECIFIED").size())));
    }
    return absl::StrJoin(shown, ", ");
  }

  template <typename Enum>
  static std::string Name(const std::string& prefix, Enum value) {
    const std::string& name = google::protobuf::GetEnumDescriptor<Enum>()
                                  ->FindValueByNumber(static_cast<int>(value))
                                  ->name();
    return absl::AsciiStrToLower(name.substr(prefix.size()));
  }

  const Rules* rules;
  std::vector<DeadlineEvent> events;
  CivilDate as_of;
  std::vector<v1::Deadline> deadlines;
};

struct RegionCase {
  const char* history;
  const char* region;
  const char* expected;
  CivilDate as_of = CivilDate(2021, 6, 15);
  const char* jurisdiction = "us-federal";
};

// Each event, and what it does to its region. The determination is due on 2021-06-30.
const RegionCase kRegionCases[] = {
    {"", "filing", "draft"},
    {"2021-05-28 approved", "filing", "approved"},
    {"2021-05-28 approved; 2021-05-29 queued", "filing", "queued"},
    {"2021-05-28 approved; 2021-06-01 sent via=email", "filing", "sent"},
    {"2021-06-01 sent", "state", "sent"},
    {"2021-06-01 sent", "processing", "not_received"},
    {"2021-06-01 sent; 2021-06-02 delivered", "filing", "delivered"},
    {"2021-06-01 sent; 2021-06-02 delivered", "processing", "not_received"},
    {"2021-06-01 sent; 2021-06-02 delivery_failed; 2021-06-03 sent", "filing", "sent"},
    {"2021-06-01 sent; 2021-06-08 presumed_delivered", "filing", "presumed_delivered"},
    {"2021-06-01 sent; 2021-06-08 presumed_delivered; 2021-06-09 delivered", "filing", "delivered"},
    {"2021-06-01 sent; 2021-06-08 delivered; 2021-06-09 presumed_delivered", "filing", "delivered"},

    {"2021-06-01 sent; 2021-06-01 received", "processing", "running"},
    {"2021-06-01 sent; 2021-06-01 received", "state", "processing"},
    {"2021-06-01 sent; 2021-06-01 received", "filing", "delivered"},
    {"2021-06-01 sent; 2021-06-01 received", "state", "overdue", CivilDate(2021, 7, 1)},
    {"2021-06-01 sent; 2021-06-01 received_any", "processing", "misdirected",
     CivilDate(2021, 6, 14)},
    {"2021-06-01 sent; 2021-06-01 received_any", "processing", "running", CivilDate(2021, 6, 21)},
    {"2021-06-01 sent; 2021-06-01 received_any; 2021-06-04 received_proper", "processing",
     "running"},
    {"2021-06-01 sent; 2021-06-04 misdirected", "processing", "misdirected"},
    {"2021-06-01 sent; 2021-06-04 acknowledged", "processing", "running"},
    {"2021-06-01 sent; 2021-06-04 info_requested", "processing", "unperfected"},
    {"2021-06-01 sent; 2021-06-01 received; 2021-06-04 info_requested", "processing",
     "tolled_info"},
    {"2021-06-01 sent; 2021-06-01 received; 2021-06-04 info_requested", "state", "tolled"},
    {"2021-06-01 received; 2021-06-04 info_requested; 2021-06-08 info_supplied", "processing",
     "running"},
    // A second request for information is recorded but does not toll.
    {"2021-06-01 received; 2021-06-04 info_requested; 2021-06-08 info_supplied; 2021-06-10 "
     "info_requested",
     "processing", "running"},
    {"2021-06-01 received; 2021-06-04 fee_question", "processing", "tolled_fee"},
    {"2021-06-01 received; 2021-06-04 fee_question; 2021-06-08 fee_resolved; 2021-06-09 "
     "fee_question",
     "processing", "tolled_fee"},
    {"2021-06-01 received; 2021-06-10 unusual_circumstances days=10", "processing", "extended"},
    // A notice that came after the due date extends nothing.
    {"2021-06-01 received; 2021-07-12 unusual_circumstances days=10", "processing", "running",
     CivilDate(2021, 7, 13)},
    {"2021-06-01 received; 2021-07-12 unusual_circumstances days=10", "state", "overdue",
     CivilDate(2021, 7, 13)},
    {"2021-06-01 received; 2021-06-10 alternative_date_agreed date=2021-09-01", "state",
     "processing", CivilDate(2021, 8, 1)},
    {"2021-06-01 received; 2021-06-10 estimate_given date=2021-09-01", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 interim_release n=1 pages=20", "processing", "producing"},
    {"2021-06-01 received; 2021-06-10 interim_release n=1 pages=20", "outcome", "unspecified"},
    {"2021-06-01 received; 2021-06-10 interim_release n=1", "state", "overdue",
     CivilDate(2021, 7, 1)},
    {"2021-06-01 received; 2021-06-10 production_scheduled date=2021-07-01", "processing",
     "producing"},
    {"2021-06-01 received; 2021-06-10 consultation_started", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 consultation_started; 2021-06-12 consultation_ended",
     "processing", "running"},
    {"2021-06-01 received; 2021-06-10 referred", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 consolidated", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 determination outcome=full_grant", "processing",
     "determined"},
    {"2021-06-01 received; 2021-06-10 determination outcome=full_grant", "outcome", "full_grant"},
    {"2021-06-01 received; 2021-06-10 adverse_determination outcome=partial", "outcome", "partial"},
    {"2021-06-01 received; 2021-06-10 adverse_determination", "state", "determined"},
    {"2021-06-01 received; 2021-06-10 determination outcome=partial", "appeals", "open e2/"},
    {"2021-06-01 received; 2021-06-10 determination outcome=full_grant", "appeals", ""},
    {"2021-06-01 received; 2021-06-10 closed outcome=fee_nonpayment", "appeals", "open e2/"},
    {"2021-06-01 received; 2021-06-10 interim_determination", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 interim_determination", "appeals", "open e2/"},
    // A determination after the due date ends the delay all the same.
    {"2021-06-01 received; 2021-08-10 determination", "state", "determined",
     CivilDate(2021, 8, 11)},
    {"2021-06-01 received; 2021-06-08 produced", "processing", "determined", CivilDate(2021, 6, 15),
     "us-il"},
    {"2021-06-01 received; 2021-06-08 responded", "processing", "determined",
     CivilDate(2021, 6, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 denied", "appeals", "open e2/", CivilDate(2021, 6, 15),
     "us-il"},
    {"2021-06-01 received", "appeals", "", CivilDate(2021, 9, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 final_denial", "appeals", "open e2/", CivilDate(2021, 6, 15),
     "us-ny"},
    {"2021-06-01 received; 2021-06-10 withdrawn", "outcome", "withdrawn"},
    {"2021-06-01 received; 2021-06-10 withdrawn", "state", "closed"},
    {"2021-06-01 received; 2021-06-10 closed", "outcome", "administratively_closed"},
    {"2021-06-01 received; 2021-06-10 closed outcome=duplicate", "outcome", "duplicate"},
    {"2021-06-01 received; 2021-06-09 adverse_determination outcome=glomar; 2021-06-10 closed",
     "outcome", "glomar"},
    {"2021-06-01 received; 2021-06-10 closed", "processing", "closed"},
    {"2021-06-01 received; 2021-06-10 closed; 2021-06-12 reopened", "processing", "running"},
    {"2021-06-01 received; 2021-06-04 fee_question; 2021-06-10 withdrawn; 2021-06-12 reopened",
     "processing", "tolled_fee"},

    {"", "expedite", "none"},
    {"2021-06-01 sent; 2021-06-01 expedite_asked", "expedite", "asked", CivilDate(2021, 6, 11)},
    {"2021-06-01 sent; 2021-06-01 expedite_asked", "expedite", "silent"},
    {"2021-06-01 sent; 2021-06-01 expedite_asked; 2021-06-08 expedite_decided outcome=granted",
     "expedite", "granted"},
    {"2021-06-01 sent; 2021-06-01 expedite_asked; 2021-06-08 expedite_decided outcome=denied",
     "expedite", "denied"},
    {"2021-06-01 sent; 2021-06-01 expedite_asked; 2021-06-08 expedite_decided outcome=denied",
     "appeals", "open e3/ expedite"},
    {"2021-06-01 sent; 2021-06-01 expedite_asked; 2021-06-08 expedite_decided outcome=denied",
     "processing", "not_received"},

    {"", "fee", "none"},
    {"2021-06-01 sent; 2021-06-01 fee_waiver_requested", "fee", "waiver_asked"},
    {"2021-06-01 sent; 2021-06-01 fee_waiver_requested; 2021-06-08 fee_waiver_decided "
     "outcome=granted",
     "fee", "waiver_granted"},
    {"2021-06-01 sent; 2021-06-01 fee_waiver_requested; 2021-06-08 fee_waiver_decided "
     "outcome=partly",
     "fee", "waiver_partly_granted"},
    {"2021-06-01 sent; 2021-06-01 fee_waiver_requested; 2021-06-08 fee_waiver_decided "
     "outcome=denied",
     "fee", "waiver_denied"},
    {"2021-06-01 sent; 2021-06-08 fee_estimate", "fee", "estimated"},
    {"2021-06-01 sent; 2021-06-08 fee_estimate; 2021-06-09 fee_committed", "fee", "committed"},
    {"2021-06-01 sent; 2021-06-08 prepay_demanded", "fee", "prepay_demanded"},
    {"2021-06-01 sent; 2021-06-08 invoiced", "fee", "invoiced"},
    {"2021-06-01 sent; 2021-06-08 invoiced; 2021-06-09 fee_disputed", "fee", "disputed"},
    {"2021-06-01 sent; 2021-06-08 invoiced; 2021-06-09 paid", "fee", "paid"},
    {"2021-06-01 sent; 2021-06-08 invoiced amount=900.00; 2021-06-09 paid amount=450.00", "fee",
     "invoiced"},
    {"2021-06-01 sent; 2021-06-08 invoiced amount=900.00; 2021-06-09 paid amount=450.00; "
     "2021-06-10 paid amount=450.00",
     "fee", "paid"},
    {"2021-06-01 sent; 2021-06-08 invoiced amount=900.00; 2021-06-09 paid amount=950.00; "
     "2021-06-10 refunded amount=50.00",
     "fee", "paid"},
    {"2021-06-01 received; 2021-06-08 cost_statement_sent; 2021-06-09 cost_statement_answered",
     "fee", "estimated", CivilDate(2021, 6, 15), "us-tx"},

    {"2021-06-01 received; 2021-06-08 adverse_determination", "appeals", "open e2/"},
    {"2021-06-01 received; 2021-06-08 adverse_determination outcome=no_records", "appeals",
     "open e2/ no_records"},
    {"2021-06-01 received; 2021-06-08 adverse_determination", "appeals", "lapsed e2/",
     CivilDate(2022, 6, 1)},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-09 appeal_drafted", "appeals",
     "draft e2/e3"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-09 appeal_drafted; "
     "2021-06-10 appeal_sent issue=search",
     "appeals", "filed e2/e3 search"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-10 appeal_sent", "state",
     "appealed"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-10 appeal_sent; 2021-06-11 "
     "appeal_received",
     "appeals", "received e2/e3"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-11 appeal_received; "
     "2021-06-14 extension_notice days=10",
     "appeals", "extended e2/e3"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-11 appeal_received; "
     "2021-06-14 appeal_decided outcome=affirmed",
     "appeals", "decided affirmed e2/e3"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-11 appeal_received; "
     "2021-06-14 appeal_decided outcome=affirmed",
     "state", "determined"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-11 appeal_received; "
     "2021-06-14 appeal_decided outcome=remanded",
     "processing", "running"},
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-11 appeal_sent; 2021-06-14 "
     "appeal_withdrawn",
     "appeals", "withdrawn e2/e3"},
    // Silence is appealed without a determination.
    {"2021-06-01 received; 2021-07-11 appeal_sent", "appeals", "filed /e2 constructive",
     CivilDate(2021, 7, 12)},
    // The agency closes its file, and the appeal goes on.
    {"2021-06-01 received; 2021-06-08 adverse_determination; 2021-06-08 closed; 2021-06-11 "
     "appeal_sent",
     "state", "appealed"},
    // Each determination has its own appeal.
    {"2021-06-01 received; 2021-06-08 interim_determination; 2021-06-09 appeal_sent "
     "determination=e2; 2021-06-14 adverse_determination",
     "appeals", "filed e2/e3, open e4/"},

    {"2021-06-01 received; 2021-06-10 mediation_requested", "mediation", "asked"},
    {"2021-06-01 received; 2021-06-10 mediation_requested; 2021-06-11 mediation_opened",
     "mediation", "open"},
    {"2021-06-01 received; 2021-06-10 mediation_requested; 2021-06-12 mediation_closed",
     "mediation", "closed"},
    {"2021-06-01 received; 2021-06-10 mediation_requested", "processing", "running"},

    {"2021-06-01 received; 2021-06-10 suit_considered", "cases", "watch"},
    {"2021-06-01 received; 2021-06-10 suit_considered", "state", "processing"},
    {"2021-06-01 received; 2021-06-10 suit_considered; 2021-06-11 ready_to_sue", "cases",
     "ready_to_sue"},
    {"2021-06-01 received; 2021-06-10 ready_to_sue; 2021-06-11 complaint_filed docket=21-cv-2519",
     "cases", "filed 21-cv-2519"},
    {"2021-06-01 received; 2021-06-11 complaint_filed", "state", "in_litigation"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 served", "cases", "served"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 answered", "cases", "answered"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 order date=2021-08-01", "cases",
     "schedule"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 order kind=production", "cases",
     "production"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 status_report_filed", "cases",
     "filed"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 vaughn_index_served", "cases",
     "vaughn"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 summary_judgment_moved; "
     "2021-06-13 order date=2021-08-01",
     "cases", "summary_judgment"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 judgment", "cases", "judgment"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 judgment; 2021-06-13 fees_moved",
     "cases", "fees"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 judgment; 2021-06-13 "
     "court_appeal_filed",
     "cases", "on_appeal"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 case_closed", "cases", "closed"},
    {"2021-06-01 received; 2021-06-11 complaint_filed; 2021-06-12 case_closed", "state",
     "processing"},
    {"2021-06-01 received; 2021-06-10 complaint_filed docket=a; 2021-06-11 complaint_filed "
     "docket=b; 2021-06-12 served docket=a",
     "cases", "served a, filed b"},

    {"2021-06-01 received; 2021-06-08 denied; 2021-06-10 pac_review_requested", "appeals",
     "filed e2/e3", CivilDate(2021, 6, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 denied; 2021-06-10 pac_review_requested; 2021-06-11 "
     "pac_request_received; 2021-06-12 pac_body_replied; 2021-06-13 pac_body_reply_forwarded; "
     "2021-06-14 pac_requester_replied",
     "appeals", "received e2/e3", CivilDate(2021, 6, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 denied; 2021-06-10 pac_review_requested; 2021-06-14 "
     "pac_decided outcome=reversed",
     "appeals", "decided reversed e2/e3", CivilDate(2021, 6, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 recurrent_notice_sent; 2021-06-09 voluminous_notice_sent; "
     "2021-06-10 requester_reply_received",
     "processing", "running", CivilDate(2021, 6, 15), "us-il"},
    {"2021-06-01 received; 2021-06-08 ag_request_sent; 2021-06-09 ag_request_received; 2021-06-10 "
     "ag_brief_sent; 2021-06-11 ag_extension_notice; 2021-06-12 ag_decided",
     "processing", "running", CivilDate(2021, 6, 15), "us-tx"},

    {"2021-06-01 received; 2021-06-08 denied; 2021-06-10 cure_demanded; 2021-06-14 "
     "review_requested",
     "processing", "determined", CivilDate(2021, 6, 15), "us-oh"},

    {"", "access", "private"},
    {"2021-06-01 embargo_set until=2021-12-31", "access", "embargo"},
    {"2021-06-01 embargo_set until=2021-06-10", "access", "private"},
    {"2021-06-01 access_changed access=team", "access", "team"},
    {"2021-06-01 access_changed access=public", "access", "public"},
    {"2021-06-01 access_changed access=public; 2021-06-02 embargo_set until=2021-12-31", "access",
     "embargo"},

    {"2021-06-01 received; 2021-06-10 note; 2021-06-10 note; 2021-06-10 reminder_set "
     "date=2021-07-01; 2021-06-12 reminder_done; 2021-06-12 lapse_seen deadline=determination_due; "
     "2021-06-12 fee_bar_volume_exception",
     "processing", "running"},
    {"2021-06-01 received; 2021-06-10 voided reason=twice", "processing", "running"},
    {"2021-06-01 received; 2021-06-10 voided reason=twice", "voided", "2021-06-10: twice"},
    {"2021-06-01 received; 2021-06-20 voided reason=twice", "voided", ""},  // not yet
};

TEST(RegionsTest, FeesAreBalancedAndOrdersAreListed) {
  const auto regions_of = [](std::string_view text) {
    static const RuleBook& book = *new RuleBook(LoadRules("").value());
    const Rules& rules = **book.FindRules("us-federal");
    std::vector<DeadlineEvent> events = ParseEvents(text).value();
    for (DeadlineEvent& event : events) {
      if (event.type == v1::EVENT_TYPE_COURT_ORDER) event.note = "rolling";
    }
    const CivilDate day(2026, 6, 1);
    const std::vector<v1::Deadline> deadlines = Compute(rules, rules.calendar(), events, day);
    return RegionsOf(Timeline(rules, events, deadlines), day);
  };
  EXPECT_EQ(
      regions_of("2026-03-02 received; 2026-03-10 invoiced amount=600.00; 2026-03-11 invoiced "
                 "amount=900.00; 2026-03-20 paid amount=900.00")
          .fee_balance(),
      "900.00 of 1500.00 paid, 600.00 open");
  EXPECT_EQ(regions_of("2026-03-02 received; 2026-03-10 invoiced amount=600.00; 2026-03-20 paid "
                       "amount=700.00; 2026-03-21 refunded amount=100.00")
                .fee_balance(),
            "700.00 of 600.00 paid, 100.00 refunded");
  EXPECT_EQ(regions_of("2026-03-02 received").fee_balance(), "");
  const v1::Regions court = regions_of(
      "2025-03-03 received; 2025-06-02 complaint_filed docket=20-cv-7321; 2026-01-05 court_order "
      "kind=production pages=500 per=month date=2026-01-31 ecf=45; 2026-02-05 court_order "
      "date=2026-04-01");
  ASSERT_EQ(court.cases_size(), 1);
  ASSERT_EQ(court.cases(0).orders_size(), 2);
  EXPECT_EQ(court.cases(0).orders(0),
            "2026-01-05, ECF 45: production, 500 pages per month from 2026-01-31; rolling");
  EXPECT_EQ(court.cases(0).orders(1), "2026-02-05: by 2026-04-01; rolling");
}

TEST(RegionsTest, EachEventMovesItsOwnRegionAndContradictsNothing) {
  for (const RegionCase& c : kRegionCases) {
    const History history(c.history, c.jurisdiction, c.as_of);
    EXPECT_EQ(history.Show(c.region), c.expected) << c.region << " after " << c.history;
    EXPECT_THAT(history.Conflicts(), IsEmpty()) << c.history;
  }
}

TEST(RegionsTest, EveryEventHasACase) {
  std::set<EventType> missing;
  for (int type = 1; type <= v1::EventType_MAX; ++type) {
    if (v1::EventType_IsValid(type)) missing.insert(static_cast<EventType>(type));
  }
  for (const RegionCase& c : kRegionCases) {
    for (const DeadlineEvent& event : History(c.history).events) missing.erase(event.type);
  }
  missing.erase(v1::EVENT_TYPE_CORRECTION);               // stands for no fact
  missing.erase(v1::EVENT_TYPE_FEE_BAR_COURT_EXCEPTION);  // moves a deadline only
  std::vector<std::string> names;
  for (const EventType type : missing) names.push_back(EventTypeName(type));
  EXPECT_THAT(names, IsEmpty());
}

TEST(RegionsTest, LateAgencyIsBarredFromFeesThatItStillWants) {
  v1::Deadline bar;
  bar.set_id("search_fee_bar_from");
  bar.set_effect(v1::LAPSE_EFFECT_FEE_BAR);
  bar.set_status(v1::DEADLINE_STATUS_IN_EFFECT);
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"2021-06-01 received", "barred"},
           {"2021-06-01 received; 2021-06-08 invoiced", "barred"},
           {"2021-06-01 received; 2021-06-08 paid", "paid"},
           {"2021-06-01 received; 2021-06-01 fee_waiver_requested", "waiver_asked"}}) {
    History history(text);
    history.deadlines = {bar};
    EXPECT_EQ(history.Show("fee"), expected) << text;
  }
}

TEST(RegionsTest, WhatLiesInTheFutureHasNotHappened) {
  const std::string text =
      "2021-06-01 received; 2021-06-20 adverse_determination; 2021-06-25 appeal_sent";
  EXPECT_EQ(History(text).Show("processing"), "running");
  EXPECT_EQ(History(text).Show("appeals"), "");
  EXPECT_EQ(History(text, "us-federal", CivilDate(2021, 6, 22)).Show("appeals"), "open e2/");
  EXPECT_EQ(History(text, "us-federal", CivilDate(2021, 6, 25)).Show("appeals"), "filed e2/e3");
}

TEST(RegionsTest, OrderOfArrivalChangesNothing) {
  std::mt19937 random(20210601);
  for (const RegionCase& c : kRegionCases) {
    History history(c.history, c.jurisdiction, c.as_of);
    const std::string expected = history.Regions().SerializeAsString();
    for (int i = 0; i < 5; ++i) {
      std::shuffle(history.events.begin(), history.events.end(), random);
      history.Refresh();
      EXPECT_EQ(history.Regions().SerializeAsString(), expected) << c.history;
    }
  }
}

struct ConflictCase {
  const char* history;
  std::vector<std::string> conflicts;
  const char* jurisdiction = "us-federal";
};

const std::vector<ConflictCase>& ConflictCases() {
  static const auto& cases = *new std::vector<ConflictCase>{
      {"2021-06-01 determination", {"e1 agency-act-needs-request"}},
      {"2021-06-01 acknowledged", {"e1 agency-act-needs-request"}},
      {"2021-06-01 interim_release", {"e1 agency-act-needs-request"}},
      {"2021-06-01 complaint_filed", {"e1 agency-act-needs-request"}},
      {"2021-06-02 sent; 2021-06-01 acknowledged",
       {"e2 agency-act-needs-request", "e2 delivery-before-sending"}},
      {"2021-06-02 sent; 2021-06-01 received", {"e2 delivery-before-sending"}},
      {"2021-06-02 sent; 2021-06-01 delivered", {"e2 delivery-before-sending"}},
      {"2021-06-01 received_proper; 2021-06-03 received_any", {"e1 routing-before-receipt"}},
      {"2021-06-01 received; 2021-06-03 received", {"e2 two-receipts"}},
      {"2021-06-01 received; 2021-06-03 received_proper", {"e2 two-receipts"}},
      {"2021-06-01 received component=ICE; 2021-06-03 received component=ERO", {}},
      {"2021-06-01 received_any; 2021-06-03 received_any", {"e2 two-receipts"}},
      {"2021-06-01 received; 2021-06-03 info_supplied", {"e2 info-answer-needs-question"}},
      {"2021-06-01 received; 2021-06-02 info_requested; 2021-06-03 info_supplied; 2021-06-04 "
       "info_supplied",
       {"e4 info-answer-needs-question"}},
      {"2021-06-01 received; 2021-06-03 info_requested; 2021-06-03 info_supplied", {}},
      {"2021-06-01 received; 2021-06-03 fee_resolved", {"e2 fee-answer-needs-question"}},
      {"2021-06-01 received; 2021-06-03 consultation_ended", {"e2 consultation-end-needs-start"}},
      {"2021-06-01 received; 2021-06-03 expedite_decided outcome=denied",
       {"e2 expedite-decision-needs-request"}},
      {"2021-06-01 received; 2021-06-03 fee_waiver_decided outcome=denied",
       {"e2 waiver-decision-needs-request"}},
      {"2021-06-01 received; 2021-06-03 cost_statement_answered",
       {"e2 cost-answer-needs-statement"},
       "us-tx"},
      {"2021-06-01 received; 2021-06-10 appeal_sent", {"e2 appeal-needs-determination"}},
      {"2021-06-01 received; 2021-06-10 determination outcome=full_grant; 2021-06-11 appeal_sent",
       {"e3 appeal-needs-determination"}},
      // It may have withheld something.
      {"2021-06-01 received; 2021-06-10 determination; 2021-06-11 appeal_sent", {}},
      {"2021-06-01 received; 2021-06-10 denied; 2021-06-11 appeal_sent issue=fee",
       {"e3 appeal-needs-its-issue"}},
      {"2021-06-01 received; 2021-06-10 denied; 2021-06-11 appeal_sent issue=expedite",
       {"e3 appeal-needs-its-issue"}},
      {"2021-06-01 received; 2021-06-10 denied; 2021-06-11 appeal_sent issue=constructive",
       {"e3 appeal-needs-its-issue"}},
      {"2021-06-01 received; 2021-06-02 fee_waiver_requested; 2021-06-10 fee_waiver_decided "
       "outcome=denied; 2021-06-11 appeal_sent issue=exemption",
       {"e4 appeal-needs-its-issue"}},
      {"2021-06-01 received; 2021-06-02 fee_waiver_requested; 2021-06-10 fee_waiver_decided "
       "outcome=denied; 2021-06-11 appeal_sent issue=fee",
       {}},
      {"2021-06-01 received; 2021-06-10 invoiced; 2021-07-20 appeal_sent issue=fee", {}},
      {"2021-06-01 received; 2021-06-01 expedite_requested; 2021-07-20 appeal_sent issue=expedite",
       {}},
      {"2021-06-01 received; 2021-07-20 appeal_sent issue=constructive", {}},
      {"2021-06-01 received; 2021-06-12 adverse_determination; 2021-06-11 appeal_sent",
       {"e3 appeal-needs-determination"}},
      {"2021-06-01 received; 2021-07-11 appeal_sent", {}},  // constructive denial
      {"2021-06-01 received; 2021-06-10 closed; 2021-06-11 appeal_sent", {}},
      {"2021-06-01 received; 2021-06-03 pac_review_requested",
       {"e2 appeal-needs-determination"},
       "us-il"},
      {"2021-06-01 received; 2021-06-10 adverse_determination; 2021-06-12 appeal_sent; 2021-06-11 "
       "appeal_received",
       {"e4 appeal-receipt-before-sending"}},
      {"2021-06-01 received; 2021-06-10 adverse_determination; 2021-06-11 appeal_sent; 2021-06-12 "
       "appeal_received; 2021-06-13 appeal_received",
       {"e5 appeal-received-twice"}},
      {"2021-06-01 received; 2021-06-08 interim_determination; 2021-06-10 adverse_determination; "
       "2021-06-12 appeal_received; 2021-06-13 appeal_received",
       {}},
      {"2021-06-01 received; 2021-06-10 adverse_determination; 2021-06-12 appeal_decided",
       {"e3 appeal-decision-needs-appeal"}},
      {"2021-06-01 received; 2021-06-10 adverse_determination; 2021-06-11 appeal_sent; 2021-06-12 "
       "appeal_decided; 2021-06-13 appeal_decided",
       {"e5 appeal-decision-needs-appeal"}},
      {"2021-06-01 received; 2021-06-12 appeal_withdrawn", {"e2 appeal-decision-needs-appeal"}},
      {"2021-06-01 received; 2021-06-12 mediation_opened", {"e2 mediation-needs-request"}},
      {"2021-06-01 received; 2021-06-12 mediation_closed", {"e2 mediation-needs-request"}},
      {"2021-06-01 received; 2021-06-12 served", {"e2 case-needs-complaint"}},
      {"2021-06-01 received; 2021-06-12 order", {"e2 case-needs-complaint"}},
      {"2021-06-01 received; 2021-06-10 complaint_filed docket=a; 2021-06-12 judgment docket=b",
       {"e3 case-needs-complaint"}},
      {"2021-06-01 received; 2021-06-10 complaint_filed docket=a; 2021-06-12 judgment", {}},
      {"2021-06-01 received; 2021-06-12 fee_bar_court_exception", {"e2 case-needs-complaint"}},
      {"2021-06-01 received; 2021-06-10 complaint_filed docket=a; 2021-06-12 complaint_filed "
       "docket=a",
       {"e3 complaint-filed-twice"}},
      {"2021-06-01 received; 2021-06-10 closed; 2021-06-12 interim_release", {"e3 after-closing"}},
      {"2021-06-01 received; 2021-06-10 closed; 2021-06-12 closed", {"e3 after-closing"}},
      {"2021-06-01 received; 2021-06-10 closed; 2021-06-11 reopened; 2021-06-12 interim_release",
       {}},
      {"2021-06-01 received; 2021-06-10 closed; 2021-06-12 note; 2021-06-12 reminder_set "
       "date=2021-07-01; 2021-06-12 complaint_filed; 2021-06-12 access_changed access=team; "
       "2021-06-12 paid",
       {}},
      {"2021-06-01 received; 2021-06-10 withdrawn; 2021-06-12 adverse_determination; 2021-06-13 "
       "appeal_sent",
       {"e3 after-withdrawal", "e4 after-withdrawal"}},
      {"2021-06-01 received; 2021-06-10 reopened", {"e2 reopening-needs-closing"}},
      {"2021-06-01 received; 2021-06-09 closed; 2021-06-10 reopened; 2021-06-11 reopened",
       {"e4 reopening-needs-closing"}},
      {"2021-06-01 received; 2021-06-09 requester_reply_received",
       {"e2 notice-reply-needs-notice"},
       "us-il"},
      {"2021-06-01 received; 2021-06-10 ag_request_sent; 2021-06-09 ag_request_received",
       {"e3 ag-order"},
       "us-tx"},
      {"2021-06-01 received; 2021-06-10 ag_decided", {"e2 ag-order"}, "us-tx"},
      {"2021-06-01 received; 2021-06-03 denied; 2021-06-10 pac_review_requested; 2021-06-09 "
       "pac_request_received",
       {"e4 pac-order"},
       "us-il"},
      {"2021-06-01 received; 2021-06-10 pac_body_replied", {"e2 pac-order"}, "us-il"},
      {"2021-06-01 received; 2021-06-10 pac_requester_replied", {"e2 pac-order"}, "us-il"},
      {"2021-06-01 sent; 2021-05-20 expedite_requested", {"e2 before-the-request"}},
      {"2021-06-01 sent; 2021-06-10 sent; 2021-06-01 expedite_requested", {}},
      {"2021-05-20 expedite_requested; 2021-06-01 received", {}},  // sent some day before
      {"2021-06-01 sent; 2021-05-20 approved; 2021-05-20 queued; 2021-05-20 note; 2021-05-20 "
       "suit_considered; 2021-05-20 embargo_set until=2021-12-31; 2021-05-20 reminder_set "
       "date=2021-06-01",
       {}},
      {"1965-12-31 sent", {"e1 before-the-act"}},
      {"1966-07-04 sent", {}},
      {"2021-06-01 reminder_done", {"e1 reminder-needs-setting"}},
      {"2021-06-01 sent; 2021-06-01 sent", {"e2 recorded-twice"}},
      {"2021-06-01 sent; 2021-06-01 sent via=mail", {}},
      {"2021-06-01 note; 2021-06-01 note", {}},
  };
  return cases;
}

TEST(TransitionsTest, ContradictionsAreNamed) {
  for (const ConflictCase& c : ConflictCases()) {
    EXPECT_EQ(History(c.history, c.jurisdiction).Conflicts(), c.conflicts) << c.history;
  }
}

TEST(TransitionsTest, EveryRuleHasACase) {
  std::set<std::string> missing;
  for (const TransitionRule& rule : TransitionRules()) missing.insert(std::string(rule.name));
  for (const ConflictCase& c : ConflictCases()) {
    for (const std::string& conflict : c.conflicts) missing.erase(conflict.substr(3));
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(TransitionsTest, ConflictsDependOnTheSetOfEventsNotOnTheirArrival) {
  std::mt19937 random(7);
  const auto check = [&random](History history, int rounds) {
    const std::vector<std::string> expected = history.Conflicts();
    for (int i = 0; i < rounds; ++i) {
      std::shuffle(history.events.begin(), history.events.end(), random);
      history.Refresh();
      EXPECT_EQ(history.Conflicts(), expected);
    }
  };
  for (const ConflictCase& c : ConflictCases()) check(History(c.history, c.jurisdiction), 5);
  // Histories that nobody would write.
  std::uniform_int_distribution<int> day(1, 28);
  std::uniform_int_distribution<int> type(1, v1::EventType_MAX);
  for (int round = 0; round < 200; ++round) {
    History history("");
    for (int i = 0; i < 12; ++i) {
      DeadlineEvent event;
      event.id = absl::StrCat("e", i);
      do {
        event.type = static_cast<EventType>(type(random));
      } while (!v1::EventType_IsValid(event.type));
      event.effective_on = CivilDate(2021, 6, day(random));
      if (i % 4 == 3) event.supersedes = absl::StrCat("e", i - 1);
      history.events.push_back(event);
    }
    history.Refresh();
    check(history, 3);
  }
}

TEST(TransitionsTest, ALaterFactResolvesAConflict) {
  History history("2021-06-01 received; 2021-06-20 appeal_sent");
  EXPECT_THAT(history.Conflicts(), ElementsAre("e2 appeal-needs-determination"));
  history.events.push_back(
      {"e3", v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2021, 6, 15), {}, ""});
  history.Refresh();
  EXPECT_THAT(history.Conflicts(), IsEmpty());
  // And taking it back brings it again.
  history.events.push_back({"e4", v1::EVENT_TYPE_CORRECTION, CivilDate(2021, 6, 15), {}, "e3"});
  history.Refresh();
  EXPECT_THAT(history.Conflicts(), ElementsAre("e2 appeal-needs-determination"));
}

}  // namespace
}  // namespace foia::tracker
