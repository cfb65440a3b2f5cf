#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "cli/filter.h"
#include "cli/sheet.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"

namespace foia::cli {
namespace {

using tracker::v1::DocketEntry;
using tracker::v1::ListDocketResponse;

const std::map<std::string, tracker::v1::DocketView>& Views() {
  static const auto& views = *new std::map<std::string, tracker::v1::DocketView>{
      {"all", tracker::v1::DOCKET_VIEW_ALL},
      {"due", tracker::v1::DOCKET_VIEW_DUE_THIS_WEEK},
      {"overdue", tracker::v1::DOCKET_VIEW_OVERDUE},
      {"waiting", tracker::v1::DOCKET_VIEW_WAITING_ON_US},
      {"new", tracker::v1::DOCKET_VIEW_NEW}};
  return views;
}

const std::map<std::string, tracker::v1::DocketOrder>& Orders() {
  static const auto& orders = *new std::map<std::string, tracker::v1::DocketOrder>{
      {"date", tracker::v1::DOCKET_ORDER_DATE},
      {"owner", tracker::v1::DOCKET_ORDER_OWNER},
      {"matter", tracker::v1::DOCKET_ORDER_MATTER},
      {"agency", tracker::v1::DOCKET_ORDER_AGENCY},
      {"jurisdiction", tracker::v1::DOCKET_ORDER_JURISDICTION}};
  return orders;
}

std::string ActorText(tracker::v1::Actor actor) {
  if (actor == tracker::v1::ACTOR_REQUESTER) return "us";
  return actor == tracker::v1::ACTOR_UNSPECIFIED ? "" : EnumText(Actor_Name(actor), "ACTOR_");
}

std::string StateWord(const DocketEntry& entry) {
  return EnumText(RequestState_Name(entry.request().state()), "REQUEST_STATE_");
}

std::string DaysText(const DocketEntry& entry) {
  return entry.next().has_date() ? absl::StrCat(entry.days_left()) : "";
}

// The date, or why there is none; empty for a request without a deadline.
std::string DateOrStatus(const DocketEntry& entry) {
  if (!entry.has_next()) return "";
  return entry.next().has_date() ? DateText(entry.next().date()) : StatusText(entry.next());
}

struct Docket {
  static constexpr char kAbout[] =
      "What is due: a row for each open deadline, the most urgent first";
  static constexpr char kExamples[] =
      "foia docket\n"
      "foia docket --view due --owner me\n"
      "foia docket --agency DHS/ICE --order matter\n"
      "foia docket --from 2026-12-01 --to 2026-12-14 --csv > docket.csv\n"
      "foia docket --order owner --print > docket.html\n"
      "foia docket --as-of 2020-08-10 --json\n";
  std::string view = "all";
  std::string order = "date";
  FilterOptions filter;
  std::string from;
  std::string to;
  std::string as_of;
  int limit = 0;
  bool csv = false;
  bool print = false;
  std::map<std::string, std::string> people = {};  // names of owners, by resource name

  void Define(CLI::App& verb) {
    verb.description(
        "What is due: a row for each open deadline, and one for each request without any.\n\n"
        "Views: due (today and the next seven days), overdue (the day is past and nobody acted),\n"
        "waiting (our move: our own deadlines, and clocks that wait for our answer), new (no date\n"
        "runs yet). The first line counts the rows of each view under the same filter.\n\n"
        "In the order by date come first our own missed days and what falls due within 30 days,\n"
        "then what others are late with, then what lies further ahead, then what has no date.\n"
        "Our own last days are placed, and chosen by --from and --to, by their SAFE date, which "
        "no\n"
        "reading of the law puts later; DAYS counts to the date itself. A right (suit possible\n"
        "from...) stands in the WHY of the deadline it rests on. A closed request shows only what\n"
        "is still ahead, and what we missed in the last 30 days. What was only expected of an\n"
        "agency goes once its day is past. --as-of takes the facts that are recorded now and "
        "looks\n"
        "from that day.");
    verb.add_option("--view", view, "all, due, overdue, waiting or new")
        ->check(CLI::IsMember({"all", "due", "overdue", "waiting", "new"}))
        ->capture_default_str();
    filter.Define(verb);
    verb.add_option("--from", from, "Only dates from this day on, YYYY-MM-DD");
    verb.add_option("--to", to, "Only dates up to this day, YYYY-MM-DD");
    verb.add_option("--order", order, "date, owner, matter, agency or jurisdiction")
        ->check(CLI::IsMember({"date", "owner", "matter", "agency", "jurisdiction"}))
        ->capture_default_str();
    verb.add_option("--as-of", as_of, "Seen from that day, YYYY-MM-DD [today]");
    verb.add_option("--limit", limit, "At most so many [all]");
    CLI::Option* const as_csv =
        verb.add_flag("--csv", csv, "As CSV (RFC 4180), safe to open in a spreadsheet");
    verb.add_flag("--print", print, "As a page of HTML to print")->excludes(as_csv);
  }

  absl::Status Run(Session& session) {
    tracker::v1::ListDocketRequest request;
    const auto set_date = [](const std::string& text, const char* option,
                             const std::function<common::v1::Date*()>& target) -> absl::Status {
      if (text.empty()) return absl::OkStatus();
      FOIA_ASSIGN_OR_RETURN(const CivilDate day, ParseDate(text, option));
      *target() = DateToProto(day);
      return absl::OkStatus();
    };
    FOIA_RETURN_IF_ERROR(set_date(as_of, "--as-of", [&] { return request.mutable_as_of(); }));
    FOIA_RETURN_IF_ERROR(set_date(from, "--from", [&] { return request.mutable_due_from(); }));
    FOIA_RETURN_IF_ERROR(set_date(to, "--to", [&] { return request.mutable_due_to(); }));
    request.set_view(Views().at(view));
    request.set_order(Orders().at(order));
    FOIA_ASSIGN_OR_RETURN(*request.mutable_filter(), filter.Resolve(session));
    FOIA_ASSIGN_OR_RETURN(
        const ListDocketResponse docket,
        session.List(&tracker::v1::RequestService::Stub::ListDocket, request, limit));
    if (session.out.json) {
      session.out.PrintJson(docket);
      return absl::OkStatus();
    }
    if (csv || order == "owner") FindPeople(session);
    if (csv) {
      PrintCsv(session, docket);
    } else if (print) {
      PrintPage(session, docket);
    } else {
      PrintTables(session, docket);
    }
    return absl::OkStatus();
  }

 private:
  // Only operators may list people; others see ids.
  void FindPeople(Session& session) {
    const auto list =
        session.List(&access::v1::AccessService::Stub::ListPeople, access::v1::ListPeopleRequest());
    if (!list.ok()) return;
    for (const access::v1::Person& person : list->people()) {
      people[person.name()] = person.display_name();
    }
  }
  std::string Owner(const DocketEntry& entry) const {
    const auto found = people.find(entry.request().owner());
    return found == people.end() ? IdOf(entry.request().owner()) : found->second;
  }

  std::string GroupOf(const DocketEntry& entry) const {
    if (order == "owner") return entry.request().owner().empty() ? "nobody" : Owner(entry);
    if (order == "agency") return entry.request().agency_path();
    if (order == "jurisdiction") return entry.request().jurisdiction();
    if (order != "matter") return "";
    if (!entry.matter_title().empty()) return entry.matter_title();
    return entry.request().matter().empty() ? "no matter" : IdOf(entry.request().matter());
  }

  std::string Counts(const ListDocketResponse& docket) const {
    const tracker::v1::DocketCounts& counts = docket.counts();
    return absl::StrCat("due this week ", counts.due_this_week(), ", overdue ", counts.overdue(),
                        ", waiting on us ", counts.waiting_on_us(), ", new ", counts.new_requests(),
                        ", all ", counts.all());
  }

  // What was asked for, in words.
  std::string Question() const {
    std::vector<std::string> words;
    if (view != "all") words.push_back(absl::StrCat("view ", view));
    if (const std::string chosen = filter.Words(); !chosen.empty()) words.push_back(chosen);
    if (!from.empty()) words.push_back(absl::StrCat("due from ", from));
    if (!to.empty()) words.push_back(absl::StrCat("due to ", to));
    if (!as_of.empty()) words.push_back(absl::StrCat("as of ", as_of));
    return absl::StrJoin(words, ", ");
  }

  static std::vector<std::string> Headers() {
    return {">DAYS",   "DUE",   "SAFE", "WHO",   "REQUEST", "AGENCY",
            "SUBJECT", "STATE", "NEXT", "TRUST", "WHY"};
  }
  static std::vector<std::string> Cells(const DocketEntry& entry, const std::string& id) {
    return {DaysText(entry),
            DateOrStatus(entry),
            DateText(entry.next().safe_date()),
            ActorText(entry.next().actor()),
            id,
            entry.request().agency_path(),
            entry.request().subject(),
            StateWord(entry),
            entry.next().title(),
            TrustText(entry.next()),
            entry.then().empty() ? entry.why() : absl::StrCat(entry.why(), "; ", entry.then())};
  }

  // The rows in groups, as they come.
  std::vector<HtmlTable> Groups(const ListDocketResponse& docket) const {
    std::vector<std::string> names;
    for (const DocketEntry& entry : docket.entries()) names.push_back(entry.request().name());
    const std::vector<std::string> ids = ShortIds(names);
    std::vector<HtmlTable> groups;
    for (int i = 0; i < docket.entries_size(); ++i) {
      const std::string heading = GroupOf(docket.entries(i));
      if (groups.empty() || groups.back().heading != heading) {
        groups.push_back({heading, Headers(), {}});
      }
      groups.back().rows.push_back(Cells(docket.entries(i), ids[static_cast<size_t>(i)]));
    }
    return groups;
  }

  void PrintTables(Session& session, const ListDocketResponse& docket) const {
    if (docket.counts().all() == 0 && Question().empty()) {
      session.out.Say("nothing on the docket yet; 'foia request create' opens a request");
      return;
    }
    session.out.Print(absl::StrCat(
        Counts(docket), as_of.empty() ? "" : absl::StrCat("  (as of ", as_of, ")"), "\n"));
    if (docket.entries().empty()) {
      session.out.Say(absl::StrCat("nothing for ", Question()));
      return;
    }
    for (const HtmlTable& group : Groups(docket)) {
      session.out.Print("\n");
      if (!group.heading.empty()) {
        session.out.Print(absl::StrCat(Printable(group.heading), "  (", group.rows.size(), ")\n"));
      }
      Table table(group.headers);
      for (const auto& row : group.rows) table.Add(row);
      session.out.Print(table);
    }
    session.out.Print(absl::StrCat("\n", kNotAdvice));
  }

  void PrintPage(Session& session, const ListDocketResponse& docket) const {
    std::vector<HtmlTable> groups = Groups(docket);
    for (HtmlTable& group : groups) group.headers[0] = "DAYS";
    const std::string printed =
        absl::FormatTime("%Y-%m-%d %H:%M", session.clock().Now(), absl::LocalTimeZone());
    session.out.Print(HtmlPage(
        "Docket",
        {absl::StrCat("Printed ", printed), Question().empty() ? "All requests" : Question(),
         Counts(docket), docket.entries().empty() ? "Nothing is due." : ""},
        groups, kNotAdvice));
  }

  void PrintCsv(Session& session, const ListDocketResponse& docket) const {
    std::string out = CsvLine({"request", "tracking_numbers", "agency", "subject", "owner",
                               "matter", "jurisdiction", "state", "deadline", "title", "status",
                               "due", "safe", "days_left", "who", "trust", "citation", "why"});
    for (const DocketEntry& entry : docket.entries()) {
      const tracker::v1::Request& request = entry.request();
      out += CsvLine({IdOf(request.name()), absl::StrJoin(request.tracking_numbers(), "; "),
                      request.agency_path(), request.subject(), Owner(entry), entry.matter_title(),
                      request.jurisdiction(), StateWord(entry), entry.next().id(),
                      entry.next().title(), entry.has_next() ? StatusText(entry.next()) : "",
                      DateText(entry.next().date()), DateText(entry.next().safe_date()),
                      DaysText(entry), ActorText(entry.next().actor()), TrustText(entry.next()),
                      entry.next().citation(), entry.why()});
    }
    session.out.Print(out);
  }
};

}  // namespace

void AddDocketVerbs(App& app) { app.AddVerb<Docket>(app.root(), "docket"); }

}  // namespace foia::cli
