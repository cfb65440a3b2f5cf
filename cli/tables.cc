#include "cli/tables.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/deadline.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::cli {
namespace {

using tracker::v1::Deadline;
using tracker::v1::DocketEntry;
using tracker::v1::Event;
using tracker::v1::Request;

std::string StateWord(const Request& request) {
  return EnumText(RequestState_Name(request.state()), "REQUEST_STATE_");
}

bool IsTolled(const Deadline& deadline) {
  return deadline.status() == tracker::v1::DEADLINE_STATUS_TOLLED;
}

// Its date; without one how it stands: "tolled", "none" where the law sets no number of days,
// "unknown" where a fact is missing.
std::string DueWord(const DocketEntry& entry) {
  if (!entry.has_next() || entry.next().has_date()) return DateText(entry.next().date());
  return entry.next().status() == tracker::v1::DEADLINE_STATUS_CANNOT_COMPUTE
             ? "unknown"
             : StatusText(entry.next());
}

// What is due, with what rests on it; without a date what it waits for.
std::string NextText(const DocketEntry& entry) {
  if (!entry.has_next()) return entry.why();
  const Deadline& next = entry.next();
  std::string text = next.title();
  if (IsTolled(next)) {
    const std::string missing =
        absl::StrReplaceAll(absl::StrJoin(next.missing(), ", "), {{"_", " "}});
    absl::StrAppend(&text, ": the clock is stopped", missing.empty() ? "" : " until ", missing);
  } else if (!next.has_date()) {
    absl::StrAppend(&text, ": ", entry.why());
  }
  for (const std::string& more : {entry.then(), entry.dismissed()}) {
    if (!more.empty()) absl::StrAppend(&text, "; ", more);
  }
  return text;
}

}  // namespace

Table DocketTable(const std::vector<DocketEntry>& entries, const std::vector<std::string>& ids,
                  DocketForm form, bool why) {
  std::vector<Column> columns = {">DAYS",
                                 "DUE",
                                 "SAFE",
                                 "WHO",
                                 "REQUEST",
                                 "TRACKING",
                                 {"AGENCY", Keep::kBelow},
                                 {"STATE", Keep::kBelow},
                                 {"SUBJECT", Keep::kText},
                                 {"NEXT", Keep::kText},
                                 {"TRUST", Keep::kBelow},
                                 {"WHY", why ? Keep::kBelow : Keep::kRoom}};
  if (form == DocketForm::kByRequest) {
    for (Column& column : columns) {
      for (const char* name : {"REQUEST", "TRACKING", "AGENCY", "STATE", "SUBJECT"}) {
        column.heading = column.heading || column.header == name;
      }
    }
  }
  Table table(std::move(columns));
  for (size_t i = 0; i < entries.size(); ++i) {
    const DocketEntry& entry = entries[i];
    const Deadline& next = entry.next();
    const bool has_reason = next.has_date() || IsTolled(next);  // of its own
    table.Add({next.has_date() ? absl::StrCat(entry.days_left()) : "", DueWord(entry),
               DateText(next.safe_date()), ActorText(next.actor()), ids[i],
               absl::StrJoin(entry.request().tracking_numbers(), ", "),
               entry.request().agency_path(), StateWord(entry.request()), entry.request().subject(),
               NextText(entry), TrustText(next), has_reason ? entry.why() : ""});
  }
  return table;
}

std::string RestText(const tracker::v1::DocketRest& rest, int days) {
  std::vector<std::string> parts;
  if (rest.missed_earlier() > 0) {
    parts.push_back(absl::StrCat(rest.missed_earlier(), " missed more than ", days, " days ago"));
  }
  if (rest.later() > 0) {
    parts.push_back(
        absl::StrCat(rest.later(), " due later, the first on ", DateText(rest.later_first())));
  }
  if (rest.nothing_open() > 0) {
    parts.push_back(
        absl::StrCat(CountText(rest.nothing_open(), "request"), " of which nothing is open"));
  }
  std::string text;
  if (rest.limitations() > 0) {
    const std::string first = DateText(rest.limitation_first());
    const std::string last = DateText(rest.limitation_last());
    absl::StrAppend(&text, "Last days to sue, later: ", rest.limitations(), ", ",
                    first == last ? "on " : "from ", first,
                    first == last ? "" : absl::StrCat(" to ", last), ".\n");
  }
  if (!parts.empty()) absl::StrAppend(&text, "Not shown: ", absl::StrJoin(parts, "; "), ".\n");
  if (!text.empty()) absl::StrAppend(&text, "'foia docket --view all' shows all of them.\n");
  return text;
}

Table RequestsTable(const tracker::v1::ListRequestsResponse& list,
                    const std::vector<std::string>& ids) {
  Table table({"REQUEST",
               "TRACKING",
               {"AGENCY", Keep::kBelow},
               {"SUBJECT", Keep::kText},
               {"STATE", Keep::kText}});
  for (int i = 0; i < list.requests_size(); ++i) {
    const Request& request = list.requests(i);
    table.Add({ids[static_cast<size_t>(i)], absl::StrJoin(request.tracking_numbers(), ", "),
               request.agency_path(), request.subject(), StateWord(request)});
  }
  return table;
}

Table EventsTable(const tracker::v1::ListEventsResponse& list) {
  Table table({"ON",
               "TIME",
               "EVENT",
               "STANDS",
               {"DETAILS", Keep::kText},
               {"SOURCE", Keep::kBelow},
               {"RECORDED", Keep::kBelow},
               {"BY", Keep::kBelow},
               {"ID", Keep::kBelow}});
  for (const Event& event : list.events()) {
    // A map has no order of its own.
    std::vector<std::string> details;
    for (const auto& [key, value] : event.attributes()) {
      details.push_back(absl::StrCat(key, "=", value));
    }
    std::sort(details.begin(), details.end());
    if (!event.note().empty()) details.push_back(event.note());
    if (!event.supersedes().empty()) details.push_back("supersedes " + IdOf(event.supersedes()));
    if (!event.superseded_by().empty()) {
      details.push_back("superseded by " + IdOf(event.superseded_by()));
    }
    const std::string stands = !event.superseded_by().empty() ? "no"
                               : event.conflicts().empty()    ? "yes"
                                                              : "conflict";
    table.Add({DateText(event.effective_on()), event.local_time(),
               tracker::EventTypeName(event.type()), stands, absl::StrJoin(details, ", "),
               event.source(), TimeText(event.record_time()), IdOf(event.actor()),
               IdOf(event.name())});
  }
  return table;
}

Table DeadlinesTable(const tracker::v1::ComputeDeadlinesResponse& list, bool all) {
  Table table({{"DATE", Keep::kText},
               {"DEADLINE", Keep::kText},
               "STATUS",
               "WHO",
               "SAFE DATE",
               {"TRUST", Keep::kBelow},
               {"ID", Keep::kBelow}});
  for (const Deadline& deadline : list.deadlines()) {
    if (!all && !Applies(deadline)) continue;
    std::string title = deadline.title();
    if (!deadline.order().empty()) absl::StrAppend(&title, ", ", deadline.order());
    if (!deadline.progress().empty()) absl::StrAppend(&title, ": ", deadline.progress());
    table.Add({DueText(deadline), title, StatusText(deadline),
               EnumText(Actor_Name(deadline.actor()), "ACTOR_"), DateText(deadline.safe_date()),
               TrustText(deadline), deadline.id()});
  }
  return table;
}

}  // namespace foia::cli
