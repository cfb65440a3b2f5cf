// Deadlines of requests on the server, and, without one, of any history under the rules built into
// this program.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "cli/event_input.h"
#include "cli/tables.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/right_to_sue.h"
#include "services/tracker/deadlines/slips.h"
#include "services/tracker/rules/vectors.h"

namespace foia::cli {
namespace {

using tracker::Calendar;
using tracker::DeadlineEvent;
using tracker::RuleBook;
using tracker::Rules;
using tracker::v1::ComputeDeadlinesResponse;
using tracker::v1::Deadline;
using tracker::v1::Explanation;
using tracker::v1::Request;
using tracker::v1::RequestService;

constexpr char kRequestHelp[] = "Id, the beginning of it, or a tracking number";
constexpr char kAsOfHelp[] = "As it stands on that day, a date ('foia help dates') [today]";
constexpr char kRulesHelp[] = "Folder of rules files laid over the built-in ones";

// `deadlines` for people; with `all` also those that do not apply.
void PrintDeadlines(const Session& session, const ComputeDeadlinesResponse& list, bool all,
                    const char* none) {
  const Table table = DeadlinesTable(list, all);
  if (table.empty()) return session.out.Say(none);
  session.out.Print(table);
  session.out.Note(kNotAdvice);
  std::set<std::string> said;  // one fact may be behind several deadlines
  for (const Deadline& deadline : list.deadlines()) {
    for (const std::string& warning : deadline.warnings()) {
      if (!said.insert(warning).second) continue;
      session.out.Warn(absl::StrCat("warning: ", deadline.id(), ": ", Printable(warning)));
    }
  }
}

// `text`, which ends a line of its own.
void PrintText(const Session& session, const std::string& text) {
  session.out.Print(text);
  if (!text.empty() && text.back() != '\n') session.out.Print("\n");
}

// Sets `day` when the option was given.
template <typename Message>
absl::Status SetAsOf(const Session& session, const std::string& as_of, Message& call) {
  if (as_of.empty()) return absl::OkStatus();
  FOIA_ASSIGN_OR_RETURN(const CivilDate day, session.ReadDate(as_of, "--as-of"));
  *call.mutable_as_of() = DateToProto(day);
  return absl::OkStatus();
}

struct ShowDeadlines {
  static constexpr char kAbout[] = "Every deadline of a request, or how one was reached";
  static constexpr char kExamples[] =
      "foia deadlines show r01jd3v8\n"
      "foia deadlines show r01jd3v8 --explain determination_due\n"
      "foia deadlines show r01jd3v8 --as-of 2020-08-10\n";
  static constexpr bool kPaged = true;
  std::string request;
  std::string explain;
  std::string as_of;
  bool all = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("--explain", explain, "How this deadline was reached, by its id");
    verb.add_option("--as-of", as_of, kAsOfHelp);
    verb.add_flag("--all", all, "Also those that do not apply");
  }
  absl::Status Run(Session& session) const {
    tracker::v1::ComputeDeadlinesRequest call;
    FOIA_RETURN_IF_ERROR(SetAsOf(session, as_of, call));
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    if (!explain.empty()) return Explain(session, found);
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(const ComputeDeadlinesResponse list,
                          session.Call(&RequestService::Stub::ComputeDeadlines, call));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    if (found.state() == tracker::v1::REQUEST_STATE_VOIDED) {
      session.out.Print(
          absl::StrCat("voided on ", Printable(found.regions().voided()), "; nothing is due\n"));
    }
    PrintDeadlines(session, list, all, "no deadline runs; 'foia event record' starts one");
    return absl::OkStatus();
  }

  absl::Status Explain(Session& session, const Request& found) const {
    tracker::v1::ExplainDeadlineRequest call;
    FOIA_RETURN_IF_ERROR(SetAsOf(session, as_of, call));
    call.set_name(found.name());
    call.set_deadline_id(explain);
    FOIA_ASSIGN_OR_RETURN(const Explanation explanation,
                          session.Call(&RequestService::Stub::ExplainDeadline, call));
    if (session.out.json) {
      session.out.PrintJson(explanation);
    } else {
      PrintText(session, explanation.text());
    }
    return absl::OkStatus();
  }
};

struct ShowRights {
  static constexpr char kAbout[] =
      "Whether a request may go to court, since when, and the last days to appeal and to sue";
  static constexpr char kExamples[] =
      "foia deadlines rights r01jd3v8\nfoia deadlines rights r01jd3v8 --as-of 2021-05-11\n";
  static constexpr bool kPaged = true;
  std::string request;
  std::string as_of;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("--as-of", as_of, kAsOfHelp);
  }
  absl::Status Run(Session& session) const {
    tracker::v1::GetRightToSueRequest call;
    FOIA_RETURN_IF_ERROR(SetAsOf(session, as_of, call));
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::RightToSue rights,
                          session.Call(&RequestService::Stub::GetRightToSue, call));
    if (session.out.json) {
      session.out.PrintJson(rights);
    } else {
      PrintText(session, rights.text());
    }
    return absl::OkStatus();
  }
};

struct ComputeDeadlines {
  static constexpr char kAbout[] = "Deadlines of a history given in words, without a server";
  static constexpr char kExamples[] =
      "foia deadlines compute --jurisdiction us-federal --events '2021-05-24 received'\n"
      "foia deadlines compute --jurisdiction us-federal-dhs --explain \\\n"
      "    --events '2021-05-24 received; 2021-06-02 fee_toll_start; 2021-06-09 fee_toll_stop'\n"
      "foia deadlines compute --jurisdiction us-il --events '2021-05-24 received kind=commercial' "
      "\\\n"
      "    --deadline response_due\n"
      "foia deadlines compute --jurisdiction us-federal --events '2021-05-24 received' \\\n"
      "    --if '2021-06-20 extension_notice days=10'\n";
  static constexpr bool kPaged = true;
  std::string jurisdiction;
  std::string calendar;
  std::string events;
  std::string supposed;
  std::string as_of;
  std::string deadline;
  std::string rules_dir;
  bool explain = false;
  bool rights = false;
  bool all = false;

  void Define(CLI::App& verb) {
    verb.add_option("--jurisdiction", jurisdiction, "us-federal, us-federal-dhs, us-il, ...")
        ->required();
    CLI::Option* calendar_option =
        verb.add_option("--calendar", calendar, "Calendar of working days [the jurisdiction's]");
    verb.add_option("--events", events,
                    "What happened: 'DATE EVENT [NAME=VALUE...]; DATE EVENT ...'; see "
                    "docs/guides/events.md")
        ->required();
    verb.add_option("--if", supposed, "What may happen, in the same form: shows what would move");
    verb.add_option("--as-of", as_of, kAsOfHelp);
    CLI::Option* one = verb.add_option(
        "--deadline", deadline,
        "Only this one, by its id: prints its date, NONE, TOLLED or CANNOT_COMPUTE");
    verb.add_flag("--explain", explain, "How each date was reached");
    verb.add_flag("--rights", rights, "Instead whether suit is possible, since when, until when")
        ->excludes(calendar_option)
        ->excludes(one);
    verb.add_flag("--all", all, "Also deadlines that do not apply");
    verb.add_option("--rules", rules_dir, kRulesHelp);
  }

  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const RuleBook book, tracker::LoadRules(rules_dir));
    FOIA_ASSIGN_OR_RETURN(const Rules* rules, book.FindRules(jurisdiction));
    const Calendar* days = &rules->calendar();
    if (!calendar.empty()) {
      FOIA_ASSIGN_OR_RETURN(days, book.FindCalendar(calendar));
    }
    const CivilDate today = session.Today();
    FOIA_ASSIGN_OR_RETURN(const std::vector<DeadlineEvent> facts,
                          Parse(*rules, events, "--events", today, {}));
    FOIA_ASSIGN_OR_RETURN(const std::vector<DeadlineEvent> with,
                          Parse(*rules, supposed, "--if", today, facts));
    for (const DeadlineEvent& event : with) {
      FOIA_RETURN_IF_ERROR(InvalidFields(tracker::CheckTargets(event, with, *rules)));
    }
    FOIA_ASSIGN_OR_RETURN(const CivilDate day, AsOf(session, *rules));
    // A server would refuse some of them; here one may ask what would be.
    for (const DeadlineEvent& event : facts) {
      for (const std::string& slip : tracker::Slips(event, facts, *rules, std::max(day, today))) {
        session.out.Warn(absl::StrCat("warning: ", Printable(slip)));
      }
    }

    const bool is_supposed = !supposed.empty();
    if (rights) {
      const tracker::v1::RightToSue meter = tracker::MeasureRightToSue(*rules, with, day);
      if (session.out.json) {
        session.out.PrintJson(meter);
      } else {
        PrintText(session, meter.text());
      }
      return absl::OkStatus();
    }
    if (!deadline.empty()) return RunOne(session, *rules, *days, with, day);
    ComputeDeadlinesResponse before = Compute(*rules, *days, facts, day);
    ComputeDeadlinesResponse after = is_supposed ? Compute(*rules, *days, with, day) : before;
    if (session.out.json) {
      if (explain) {
        FOIA_ASSIGN_OR_RETURN(const auto explanations, ExplainAll(*rules, *days, with, day, after));
        PrintJsonList(session, explanations);
      } else if (is_supposed) {
        session.out.Print(absl::StrCat("{\"before\": ", RenderJson(before),
                                       ", \"after\": ", RenderJson(after), "}\n"));
      } else {
        session.out.PrintJson(before);
      }
      return absl::OkStatus();
    }
    if (is_supposed) {
      PrintMoves(session, before, after);
    } else {
      PrintDeadlines(session, before, all, "no deadline runs after these events");
    }
    if (!explain) return absl::OkStatus();
    FOIA_ASSIGN_OR_RETURN(const auto explanations, ExplainAll(*rules, *days, with, day, after));
    for (const Explanation& explanation : explanations) {
      session.out.Print("\n");
      PrintText(session, explanation.text());
    }
    return absl::OkStatus();
  }

  // `before` and what `text` adds to it. Attributes are held to what a server takes.
  static absl::StatusOr<std::vector<DeadlineEvent>> Parse(const Rules& rules,
                                                          const std::string& text,
                                                          const char* option, CivilDate today,
                                                          std::vector<DeadlineEvent> before) {
    FOIA_ASSIGN_OR_RETURN(std::vector<DeadlineEvent> more,
                          tracker::ParseEvents(text, option, today));
    for (DeadlineEvent& event : more) {
      FieldViolations violations = tracker::CheckAttributes(event.type, event.attributes, rules);
      for (auto& [field, problem] : violations) {
        const size_t name = field.find('[');
        field = absl::StrCat(option, ": ", field.substr(name + 1, field.size() - name - 2));
      }
      FOIA_RETURN_IF_ERROR(InvalidFields(violations));
      event.id = absl::StrCat("e", before.size() + 1);
      before.push_back(std::move(event));
    }
    return before;
  }

  absl::StatusOr<CivilDate> AsOf(const Session& session, const Rules& rules) const {
    if (!as_of.empty()) return session.ReadDate(as_of, "--as-of");
    absl::TimeZone zone;
    absl::LoadTimeZone(rules.jurisdiction().time_zone(), &zone);
    return absl::ToCivilDay(session.clock().Now(), zone);
  }

  static ComputeDeadlinesResponse Compute(const Rules& rules, const Calendar& days,
                                          const std::vector<DeadlineEvent>& history,
                                          CivilDate day) {
    std::vector<Deadline> deadlines = tracker::Compute(rules, days, history, day);
    const auto sorts_at = [](const Deadline& each) {
      return each.has_date() ? DateText(each.date()) : std::string("without");
    };
    std::stable_sort(deadlines.begin(), deadlines.end(),
                     [&](const auto& a, const auto& b) { return sorts_at(a) < sorts_at(b); });
    ComputeDeadlinesResponse list;
    list.mutable_deadlines()->Assign(deadlines.begin(), deadlines.end());
    for (Deadline& each : *list.mutable_deadlines()) each.set_rules_digest(rules.digest());
    list.set_rules_digest(rules.digest());
    return list;
  }

  // Of every deadline of `list` that applies, in its order.
  static absl::StatusOr<std::vector<Explanation>> ExplainAll(
      const Rules& rules, const Calendar& days, const std::vector<DeadlineEvent>& history,
      CivilDate day, const ComputeDeadlinesResponse& list) {
    std::vector<Explanation> explanations;
    std::vector<std::string> done;
    for (const Deadline& each : list.deadlines()) {
      if (!Applies(each) || std::count(done.begin(), done.end(), each.id()) > 0) {
        continue;
      }
      done.push_back(each.id());
      FOIA_ASSIGN_OR_RETURN(const auto some,
                            tracker::Explain(rules, days, history, day, each.id()));
      explanations.insert(explanations.end(), some.begin(), some.end());
    }
    return explanations;
  }

  static void PrintJsonList(const Session& session, const std::vector<Explanation>& explanations) {
    std::vector<std::string> texts;
    for (const Explanation& explanation : explanations) texts.push_back(RenderJson(explanation));
    session.out.Print(absl::StrCat("[", absl::StrJoin(texts, ",\n"), "]\n"));
  }

  absl::Status RunOne(const Session& session, const Rules& rules, const Calendar& days,
                      const std::vector<DeadlineEvent>& history, CivilDate day) const {
    FOIA_ASSIGN_OR_RETURN(const std::vector<Explanation> explanations,
                          tracker::Explain(rules, days, history, day, deadline));
    if (explain && session.out.json) {
      PrintJsonList(session, explanations);
    } else if (session.out.json) {
      session.out.PrintJson(explanations.front().deadline());
    } else if (explain) {
      for (const Explanation& explanation : explanations) PrintText(session, explanation.text());
    } else {
      session.out.Print(tracker::OutcomeText(explanations.front().deadline()) + "\n");
    }
    if (!explain && explanations.size() > 1) {
      session.out.Say(
          absl::StrCat("the first of ", explanations.size(), "; '--explain' shows all"));
    }
    return absl::OkStatus();
  }

  // Deadlines of one id started by one event are the same deadline.
  static bool IsSame(const Deadline& a, const Deadline& b) {
    return a.id() == b.id() && a.trigger_event_id() == b.trigger_event_id() &&
           DateText(a.period_from()) == DateText(b.period_from());
  }

  void PrintMoves(const Session& session, const ComputeDeadlinesResponse& before,
                  const ComputeDeadlinesResponse& after) const {
    Table table({{"DEADLINE", Keep::kText},
                 {"NOW", Keep::kText},
                 {"IF", Keep::kText},
                 {"MOVES", Keep::kText},
                 {"TRUST", Keep::kBelow},
                 {"ID", Keep::kBelow}});
    bool moves = false;
    const auto add = [&](const Deadline* now, const Deadline* then) {
      const Deadline& named = then == nullptr ? *now : *then;
      const bool was_none = now == nullptr || !Applies(*now);
      const bool is_none = then == nullptr || !Applies(*then);
      if (was_none && is_none && !all) return;
      const std::string move = MoveText(was_none ? nullptr : now, is_none ? nullptr : then);
      moves = moves || !move.empty();
      table.Add({named.title(), now == nullptr ? "-" : StandingText(*now),
                 then == nullptr ? "-" : StandingText(*then), move, TrustText(named), named.id()});
    };
    for (const Deadline& then : after.deadlines()) {
      const auto now = std::find_if(before.deadlines().begin(), before.deadlines().end(),
                                    [&](const Deadline& each) { return IsSame(each, then); });
      add(now == before.deadlines().end() ? nullptr : &*now, &then);
    }
    for (const Deadline& now : before.deadlines()) {
      if (std::none_of(after.deadlines().begin(), after.deadlines().end(),
                       [&](const Deadline& each) { return IsSame(each, now); })) {
        add(&now, nullptr);
      }
    }
    session.out.Print(table);
    if (!moves) session.out.Print("Nothing would move.\n");
    session.out.Note(kNotAdvice);
    for (const Deadline& then : after.deadlines()) {
      for (const std::string& warning : then.warnings()) {
        session.out.Warn(absl::StrCat("warning: ", then.id(), ": ", Printable(warning)));
      }
    }
  }

  // "Wed 2021-06-23, running".
  static std::string StandingText(const Deadline& each) {
    return each.has_date() ? absl::StrCat(DueText(each), ", ", StatusText(each)) : DueText(each);
  }

  // "", "new", "gone", "14 days later", "now met". nullptr: there is none.
  static std::string MoveText(const Deadline* now, const Deadline* then) {
    if (now == nullptr) return then == nullptr ? "" : "new";
    if (then == nullptr) return "gone";
    if (now->has_date() && then->has_date()) {
      const auto day = [](const common::v1::Date& date) {
        return CivilDate(date.year(), date.month(), date.day());
      };
      const absl::civil_diff_t days = day(then->date()) - day(now->date());
      if (days > 0) return CountText(days, "day") + " later";
      if (days < 0) return CountText(-days, "day") + " earlier";
    }
    return now->status() == then->status() ? "" : "now " + StatusText(*then);
  }
};

struct DismissDeadlines {
  static constexpr char kAbout[] =
      "Takes missed dates off the docket: recorded as seen by you, no date or right changes";
  static constexpr char kExamples[] =
      "foia deadlines dismiss r01jd3v8 appeal_file_by --note 'the client does not appeal'\n"
      "foia deadlines dismiss r01jd3v8 --all\n"
      "foia event undo r01jd3v8                           takes that back, once you agree\n";
  std::string request;
  std::vector<std::string> ids;
  std::string on;
  std::string note;
  bool all = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    CLI::Option* const some =
        verb.add_option("DEADLINE", ids, "Ids, as 'foia deadlines show' has them");
    verb.add_flag("--all", all, "All that have passed and nobody met")->excludes(some);
    verb.add_option("--on", on, "The day it was seen [today]");
    verb.add_option("--note", note, "Why it needs nobody any more");
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    CivilDate day = TodayOf(session, found);
    if (!on.empty()) {
      FOIA_ASSIGN_OR_RETURN(day, session.ReadDate(on, "--on", day));
    }
    if (ids.empty()) {
      FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> lapsed,
                            Lapsed(session, found.name(), day));
      if (lapsed.empty()) {
        session.out.Say("no date of it was missed");
        return absl::OkStatus();
      }
      if (!all) {
        return MakeError(
            Reason::REASON_INVALID_FIELD,
            absl::StrCat("which? Missed and open: ", absl::StrJoin(lapsed, ", "), "; or --all"));
      }
      ids = lapsed;
    }
    for (const std::string& id : ids) {
      tracker::v1::CreateEventRequest call;
      call.set_parent(found.name());
      tracker::v1::Event& event = *call.mutable_event();
      event.set_type(tracker::v1::EVENT_TYPE_LAPSE_SEEN);
      *event.mutable_effective_on() = DateToProto(day);
      (*event.mutable_attributes())["deadline"] = id;
      event.set_note(note);
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::CreateEventResponse made,
                            session.Call(&RequestService::Stub::CreateEvent, call));
      if (session.out.json) {
        session.out.PrintJson(made);
      } else {
        session.out.Print(
            absl::StrCat("dismissed ", id, ", seen on ", FormatDate(day), " (",
                         made.event().name().substr(made.event().name().rfind('/') + 1), ")\n"));
      }
    }
    return absl::OkStatus();
  }

  // What had passed by `day` and is on the docket.
  static absl::StatusOr<std::vector<std::string>> Lapsed(Session& session, const std::string& name,
                                                         CivilDate day) {
    tracker::v1::ComputeDeadlinesRequest call;
    call.set_name(name);
    *call.mutable_as_of() = DateToProto(day);
    FOIA_ASSIGN_OR_RETURN(const ComputeDeadlinesResponse list,
                          session.Call(&RequestService::Stub::ComputeDeadlines, call));
    std::vector<std::string> ids;
    for (const Deadline& deadline : list.deadlines()) {
      if (deadline.status() != tracker::v1::DEADLINE_STATUS_LATE ||
          !deadline.closing_event_id().empty() ||
          std::find(ids.begin(), ids.end(), deadline.id()) != ids.end()) {
        continue;
      }
      ids.push_back(deadline.id());
    }
    return ids;
  }
};

struct CheckVectors {
  static constexpr char kAbout[] = "Compares a file of histories with what the rules give";
  static constexpr char kExamples[] =
      "foia deadlines check tests/cases/vectors.csv\n"
      "foia deadlines check mine.csv --rules ~/rules\n";
  std::string file;
  std::string rules_dir;

  void Define(CLI::App& verb) {
    verb.add_option("FILE", file,
                    "CSV with the columns id, jurisdiction, events, deadline, expected; calendar, "
                    "weekday_holidays_skipped and others may be there")
        ->required();
    verb.add_option("--rules", rules_dir, kRulesHelp);
  }

  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const RuleBook book, tracker::LoadRules(rules_dir));
    std::ifstream in(file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in) {
      return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", file, "'"),
                       {{"file", file}});
    }
    FOIA_ASSIGN_OR_RETURN(const std::vector<tracker::Vector> vectors, tracker::ParseVectors(text));
    int failed = 0;
    for (const tracker::Vector& vector : vectors) {
      const std::string difference = Difference(book, vector);
      if (difference.empty()) continue;
      ++failed;
      session.out.Print(absl::StrCat("line ", vector.line, ", ", Printable(vector.id), ": ",
                                     Printable(difference), "\n"));
    }
    const int passed = static_cast<int>(vectors.size()) - failed;
    session.out.Print(absl::StrCat(passed, " passed, ", failed, " failed\n"));
    if (failed > 0) session.exit_code = kExitOther;
    return absl::OkStatus();
  }

  // Empty when the row comes out.
  static std::string Difference(const RuleBook& book, const tracker::Vector& vector) {
    const absl::StatusOr<tracker::VectorResult> result = tracker::RunVector(book, vector);
    if (!result.ok()) return std::string(result.status().message());
    if (result->actual == vector.expected) return "";
    return absl::StrCat(vector.jurisdiction, " ", vector.deadline, ": expected ", vector.expected,
                        ", computed ", result->actual);
  }
};

}  // namespace

void AddDeadlineVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "deadlines", "Statutory dates and how they come about");
  app.AddVerb<ShowDeadlines>(noun, "show");
  app.AddVerb<ShowRights>(noun, "rights");
  app.AddVerb<ComputeDeadlines>(noun, "compute");
  app.AddVerb<DismissDeadlines>(noun, "dismiss");
  app.AddVerb<CheckVectors>(noun, "check");
}

}  // namespace foia::cli
