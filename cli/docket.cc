#include <google/protobuf/struct.pb.h>

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "cli/filter.h"
#include "cli/sheet.h"
#include "cli/tables.h"
#include "cli/views.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/suggest.h"

namespace foia::cli {
namespace {

using tracker::v1::DocketEntry;
using tracker::v1::ListDocketResponse;

// As foiad looks when nobody says otherwise.
constexpr int kNearDays = 60;

const std::map<std::string, tracker::v1::DocketView>& Views() {
  static const auto& views = *new std::map<std::string, tracker::v1::DocketView>{
      {"now", tracker::v1::DOCKET_VIEW_NOW},
      {"all", tracker::v1::DOCKET_VIEW_ALL},
      {"due", tracker::v1::DOCKET_VIEW_DUE_THIS_WEEK},
      {"overdue", tracker::v1::DOCKET_VIEW_OVERDUE},
      {"waiting", tracker::v1::DOCKET_VIEW_WAITING_ON_US},
      {"new", tracker::v1::DOCKET_VIEW_NEW},
      {"dismissed", tracker::v1::DOCKET_VIEW_DISMISSED}};
  return views;
}

std::string StateWord(const DocketEntry& entry) {
  return EnumText(RequestState_Name(entry.request().state()), "REQUEST_STATE_");
}

std::string DaysText(const DocketEntry& entry) {
  return entry.next().has_date() ? absl::StrCat(entry.days_left()) : "";
}

// The options of `verb` that were given, as words of a command line.
std::vector<std::string> GivenOptions(const CLI::App& verb) {
  std::vector<std::string> words;
  for (const CLI::Option* option : verb.get_options()) {
    const std::string name = option->get_single_name();
    if (option->count() == 0 || name == "help" || name == "save") continue;
    if (option->get_items_expected_max() == 0) {  // a flag
      words.push_back(absl::StrCat("--", name));
      continue;
    }
    for (const std::string& value : option->results()) {
      words.push_back(absl::StrCat("--", name, "=", value));
    }
  }
  return words;
}

struct Docket {
  static constexpr char kAbout[] = "What needs a person: missed dates, and what is due next";
  static constexpr char kExamples[] =
      "foia docket\n"
      "foia docket --view due --owner me\n"
      "foia docket --agency DHS/ICE --not-agency ERO --order matter\n"
      "foia docket --not-state closed --not-tag parked --days 30 --save mine\n"
      "foia docket --view mine\n"
      "foia docket --view all --limit 50 --offset 100\n"
      "foia docket --from 2026-12-01 --to 2026-12-14 --csv > docket.csv\n"
      "foia docket --order owner --print > docket.html\n"
      "foia docket --as-of 2020-08-10 --json\n";
  static constexpr bool kPaged = true;
  std::string view = "now";
  std::string order = "due";
  FilterOptions filter;
  std::string from;
  std::string to;
  std::string as_of;
  std::string save;
  int days = kNearDays;
  int limit = 0;
  int offset = 0;
  bool flat = false;
  bool why = false;
  bool csv = false;
  bool print = false;
  const CLI::App* verb_app = nullptr;
  std::map<std::string, std::string> people = {};  // names of owners, by resource name

  void Define(CLI::App& verb) {
    verb_app = &verb;
    verb.description(absl::StrCat(
        kAbout,
        "\n\n"
        "What needs a person is what was missed in the last 60 days and nobody dismissed,\n"
        "what falls due in the next 60 days, clocks without a date, and requests that are\n"
        "not under way. Each request stands once, with its dates below it; a last line\n"
        "counts what is left out.\n\n"
        "Views: now (the above), due (today and the next seven days), overdue (the day is\n"
        "past and nobody acted), waiting (our move: our own deadlines, and clocks that wait\n"
        "for our answer), new (no date runs yet), all (every open date and every request),\n"
        "dismissed (missed, and a person said so: 'foia deadlines dismiss'), and those that\n"
        "you saved with --save. The first line counts the rows of each view under the same\n"
        "filter.\n\n"
        "First come our own missed days and what falls due within 30 days, then what others\n"
        "are late with, then what lies further ahead, then what has no date. Our own last\n"
        "days are placed, and chosen by --from and --to, by their SAFE date, which no\n"
        "reading of the law puts later; DAYS counts to the date itself. A right (suit\n"
        "possible from...) stands beside the date it rests on. A closed request shows only\n"
        "what is still ahead, and what we missed in the last 60 days. What was only\n"
        "expected of an agency goes once its day is past. --as-of takes the facts that are\n"
        "recorded now and looks from that day."));
    // A saved view comes before what is typed: the last one counts.
    verb.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    verb.add_option("--view", view,
                    "now, due, overdue, waiting, new, all, dismissed, or a saved one")
        ->capture_default_str();
    verb.add_option("--days", days, "How far 'now' looks ahead, and back to what was missed")
        ->check(CLI::Range(1, 36525))
        ->capture_default_str();
    filter.Define(verb);
    verb.add_option("--from", from,
                    "Only dates from this day on ('foia help dates'), in place of --days");
    verb.add_option("--to", to, "Only dates up to this day, in place of --days");
    verb.add_option(
            "--order", order,
            "due, state, number, subject; or in groups: owner, matter, agency, jurisdiction")
        ->check(CLI::IsMember({"due", "date", "state", "number", "subject", "owner", "matter",
                               "agency", "jurisdiction"}))
        ->capture_default_str();
    verb.add_flag("--flat", flat, "A line for each date, rows of a request not kept together");
    verb.add_flag("--why", why, "The rule and the fact behind each date, on any screen");
    verb.add_option("--as-of", as_of, "Seen from that day [today]");
    verb.add_option("--limit", limit, "At most so many dates [all]")->check(CLI::NonNegativeNumber);
    verb.add_option("--offset", offset, "Pass over so many dates first")
        ->check(CLI::NonNegativeNumber);
    verb.add_option("--save", save, "Keep these options as a view of that name");
    CLI::Option* const as_csv =
        verb.add_flag("--csv", csv, "As CSV (RFC 4180), safe to open in a spreadsheet");
    verb.add_flag("--print", print, "As a page of HTML to print")->excludes(as_csv);
  }

  absl::Status Run(Session& session) {
    FOIA_RETURN_IF_ERROR(CheckView());
    if (!save.empty()) FOIA_RETURN_IF_ERROR(Save(session));
    tracker::v1::ListDocketRequest request;
    const auto set_date = [&session](
                              std::string& text, const char* option,
                              const std::function<common::v1::Date*()>& target) -> absl::Status {
      if (text.empty()) return absl::OkStatus();
      FOIA_ASSIGN_OR_RETURN(const CivilDate day, session.ReadDate(text, option));
      text = FormatDate(day);
      *target() = DateToProto(day);
      return absl::OkStatus();
    };
    FOIA_RETURN_IF_ERROR(set_date(as_of, "--as-of", [&] { return request.mutable_as_of(); }));
    FOIA_RETURN_IF_ERROR(set_date(from, "--from", [&] { return request.mutable_due_from(); }));
    FOIA_RETURN_IF_ERROR(set_date(to, "--to", [&] { return request.mutable_due_to(); }));
    request.set_view(Views().at(view));
    request.set_order(OrderOf(order));
    request.set_by_request(!flat);
    request.set_skip(offset);
    request.set_days(days);
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
  absl::Status CheckView() const {
    if (Views().count(view) > 0) return absl::OkStatus();
    FOIA_ASSIGN_OR_RETURN(const SavedViews saved, LoadViews(ViewsFile()));
    std::vector<std::string> names;
    for (const auto& [name, value] : Views()) names.push_back(name);
    for (const auto& [name, words] : saved) names.push_back(name);
    return MakeError(Reason::REASON_INVALID_FIELD,
                     absl::StrCat("--view: there is no view '", view, "'", DidYouMean(view, names),
                                  "; there are ", absl::StrJoin(names, ", ")),
                     {{"view", view}});
  }

  absl::Status Save(const Session& session) const {
    FOIA_RETURN_IF_ERROR(CheckViewName(save));
    if (Views().count(save) > 0) {
      return MakeError(Reason::REASON_INVALID_FIELD,
                       absl::StrCat("'", save, "' is a view already; choose another name"),
                       {{"view", save}});
    }
    FOIA_ASSIGN_OR_RETURN(SavedViews saved, LoadViews(ViewsFile()));
    saved[save] = GivenOptions(*verb_app);
    for (const std::string& word : saved[save]) {
      if (word.find_first_of("\t\n") != std::string::npos) {
        return MakeError(Reason::REASON_INVALID_FIELD,
                         "a view cannot be saved with tabs or line ends in an option");
      }
    }
    FOIA_RETURN_IF_ERROR(StoreViews(ViewsFile(), saved));
    session.out.Say(absl::StrCat("saved; 'foia docket --view ", save, "' shows it again"));
    return absl::OkStatus();
  }

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
    return absl::StrCat(
        "now ", counts.now(), ", due this week ", counts.due_this_week(), ", overdue ",
        counts.overdue(), ", waiting on us ", counts.waiting_on_us(), ", new ",
        counts.new_requests(), ", all ", counts.all(),
        counts.dismissed() > 0 ? absl::StrCat(", dismissed ", counts.dismissed()) : "");
  }

  // What was asked for, in words.
  std::string Question() const {
    std::vector<std::string> words;
    if (view != "now") words.push_back(absl::StrCat("view ", view));
    if (const std::string chosen = filter.Words(); !chosen.empty()) words.push_back(chosen);
    if (!from.empty()) words.push_back(absl::StrCat("due from ", from));
    if (!to.empty()) words.push_back(absl::StrCat("due to ", to));
    if (!as_of.empty()) words.push_back(absl::StrCat("as of ", as_of));
    return absl::StrJoin(words, ", ");
  }

  // The rows in groups, as they come.
  std::vector<std::pair<std::string, Table>> Groups(const Output& out,
                                                    const ListDocketResponse& docket,
                                                    DocketForm form) const {
    std::vector<std::string> names;
    for (const DocketEntry& entry : docket.entries()) names.push_back(entry.request().name());
    const std::vector<std::string> ids = out.Ids(names);
    std::vector<std::pair<std::string, Table>> groups;
    for (int first = 0, end = 0; first < docket.entries_size(); first = end) {
      const std::string heading = GroupOf(docket.entries(first));
      while (end < docket.entries_size() && GroupOf(docket.entries(end)) == heading) ++end;
      groups.emplace_back(
          heading, DocketTable({docket.entries().begin() + first, docket.entries().begin() + end},
                               {ids.begin() + first, ids.begin() + end}, form, why));
    }
    return groups;
  }

  // What is said when there is no row.
  std::string EmptyText(const ListDocketResponse& docket) const {
    if (docket.counts().all() == 0 && docket.counts().dismissed() == 0 && Question().empty()) {
      return "nothing on the docket yet; 'foia request create' opens a request";
    }
    if (offset > 0) return absl::StrCat("there are no more than ", offset, " rows");
    return Question().empty() ? absl::StrCat("nothing was missed in the last ", days,
                                             " days, and nothing falls due in the next ", days)
                              : absl::StrCat("nothing for ", Question());
  }

  void PrintTables(Session& session, const ListDocketResponse& docket) const {
    const Output& out = session.out;
    if (docket.counts().all() > 0 || !Question().empty()) {
      out.Note(
          absl::StrCat(Counts(docket), as_of.empty() ? "" : absl::StrCat("  (as of ", as_of, ")")));
    }
    if (docket.entries().empty()) out.Say(EmptyText(docket));
    const auto groups = Groups(out, docket, flat ? DocketForm::kFlat : DocketForm::kByRequest);
    if (out.tsv) {
      // One table; the group is a column of it in any case.
      Table all(DocketTable({}, {}, DocketForm::kFlat, why).columns());
      for (const auto& [heading, table] : groups) {
        for (const auto& row : table.rows()) all.Add(row);
      }
      if (!all.empty()) out.Print(all);
    } else {
      for (const auto& [heading, table] : groups) {
        out.Print("\n");
        if (!heading.empty()) {
          out.Print(absl::StrCat(Printable(heading), "  (", table.rows().size(), ")\n"));
        }
        out.Print(table);
      }
    }
    std::set<std::string> warned;
    for (const DocketEntry& entry : docket.entries()) {
      const tracker::v1::Request& request = entry.request();
      if (request.owner_warning().empty() || !warned.insert(request.name()).second) continue;
      out.Note(absl::StrCat(warned.size() == 1 ? "\n" : "", "nobody looks after ",
                            IdOf(request.name()), ": ", request.owner_warning(),
                            "; 'foia request update --owner' names another"));
    }
    if (limit > 0 && !docket.next_page_token().empty()) {
      out.Note(absl::StrCat("\nOnly ", limit, " dates are shown; --offset ", offset + limit,
                            " shows the next."));
    }
    const std::string rest = RestText(docket.rest(), days);
    if (!rest.empty()) out.Note("\n" + rest);
    if (!docket.entries().empty()) out.Note(absl::StrCat(rest.empty() ? "\n" : "", kNotAdvice));
  }

  void PrintPage(Session& session, const ListDocketResponse& docket) const {
    std::vector<HtmlTable> groups;
    for (const auto& [heading, table] : Groups(session.out, docket, DocketForm::kFlat)) {
      HtmlTable& group = groups.emplace_back();
      group.heading = heading;
      for (const Column& column : table.columns()) group.headers.push_back(column.header);
      group.rows = table.rows();
    }
    const std::string printed =
        absl::FormatTime("%Y-%m-%d %H:%M", session.clock().Now(), absl::LocalTimeZone());
    session.out.Print(HtmlPage(
        "Docket",
        {absl::StrCat("Printed ", printed), Question().empty() ? "What needs a person" : Question(),
         Counts(docket), docket.entries().empty() ? EmptyText(docket) : "",
         absl::StrReplaceAll(RestText(docket.rest(), days), {{"\n", " "}})},
        groups, kNotAdvice));
  }

  void PrintCsv(Session& session, const ListDocketResponse& docket) const {
    std::string out = CsvLine({"request",      "tracking_numbers",
                               "agency",       "subject",
                               "owner",        "matter",
                               "jurisdiction", "state",
                               "deadline",     "title",
                               "status",       "due",
                               "safe",         "days_left",
                               "who",          "trust",
                               "citation",     "why",
                               "then",         "dismissed"});
    for (const DocketEntry& entry : docket.entries()) {
      const tracker::v1::Request& request = entry.request();
      out += CsvLine({IdOf(request.name()),
                      absl::StrJoin(request.tracking_numbers(), "; "),
                      request.agency_path(),
                      request.subject(),
                      Owner(entry),
                      entry.matter_title(),
                      request.jurisdiction(),
                      StateWord(entry),
                      entry.next().id(),
                      entry.next().title(),
                      entry.has_next() ? StatusText(entry.next()) : "",
                      DateText(entry.next().date()),
                      DateText(entry.next().safe_date()),
                      DaysText(entry),
                      ActorText(entry.next().actor()),
                      TrustText(entry.next()),
                      entry.next().citation(),
                      entry.why(),
                      entry.then(),
                      entry.dismissed()});
    }
    session.out.Print(out);
  }
};

struct ListSavedViews {
  static constexpr char kAbout[] = "The views that you saved; needs no server";
  static constexpr char kExamples[] = "foia view list\n";

  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const SavedViews views, LoadViews(ViewsFile()));
    google::protobuf::Struct json;
    Table table({"VIEW", {"OPTIONS", Keep::kText}});
    for (const auto& [name, words] : views) {
      table.Add({name, absl::StrJoin(words, " ")});
      (*json.mutable_fields())[name].set_string_value(absl::StrJoin(words, " "));
    }
    if (session.out.json) {
      session.out.PrintJson(json);
    } else if (table.empty()) {
      session.out.Say("no views yet; 'foia docket ... --save NAME' keeps its options as one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct DeleteView {
  static constexpr char kAbout[] = "Deletes a view that you saved";
  static constexpr char kExamples[] = "foia view delete mine\n";
  std::string name;

  void Define(CLI::App& verb) { verb.add_option("NAME", name, "Its name")->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(SavedViews views, LoadViews(ViewsFile()));
    if (views.erase(name) == 0) {
      return MakeError(Reason::REASON_NOT_FOUND,
                       absl::StrCat("there is no saved view '", name, "'"), {{"view", name}});
    }
    FOIA_RETURN_IF_ERROR(StoreViews(ViewsFile(), views));
    session.out.Say(absl::StrCat("deleted ", name));
    return absl::OkStatus();
  }
};

}  // namespace

void AddDocketVerbs(App& app) {
  app.AddVerb<Docket>(app.root(), "docket");
  CLI::App& noun = app.AddNoun(app.root(), "view", "Saved views of the docket");
  app.AddVerb<ListSavedViews>(noun, "list");
  app.AddVerb<DeleteView>(noun, "delete");
}

}  // namespace foia::cli
