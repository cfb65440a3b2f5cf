#include "cli/edits.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/output.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using tracker::v1::Edit;
using People = std::map<std::string, std::string>;

constexpr size_t kMostShown = 80;  // bytes of a value

std::string NameOf(const std::string& person, const People& people) {
  const auto found = people.find(person);
  return found == people.end() ? IdOf(person) : found->second;
}

std::string ValueText(const std::string& value, const People& people) {
  if (value.empty()) return "(none)";
  if (absl::StartsWith(value, "people/")) return NameOf(value, people);
  const std::string line = absl::StrReplaceAll(
      value, {{"\n", " "}, {"requests/", ""}, {"matters/", ""}, {"agencies/", ""}});
  if (line.size() <= kMostShown) return Printable(line);
  size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(Printable(line.substr(0, end)), "... (", value.size(), " bytes)");
}

}  // namespace

People PeopleNames(Session& session) {
  People people;
  const auto list =
      session.List(&access::v1::AccessService::Stub::ListPeople, access::v1::ListPeopleRequest());
  if (!list.ok()) return people;
  for (const access::v1::Person& person : list->people()) {
    people[person.name()] = person.display_name();
  }
  return people;
}

std::string OwnerText(const std::string& owner, const std::string& warning) {
  return absl::StrCat(IdOf(owner), warning.empty() ? "" : absl::StrCat(" (", warning, ")"));
}

std::string ChangesText(const Edit& edit, const People& people) {
  std::vector<std::string> parts;
  for (const tracker::v1::FieldChange& change : edit.changes()) {
    std::string text = absl::StrReplaceAll(change.field(), {{"_", " "}, {" cents", ""}}) + ":";
    if (change.added().empty() && change.removed().empty()) {
      absl::StrAppend(&text, " ", ValueText(change.before(), people), " -> ",
                      ValueText(change.after(), people));
    }
    for (const std::string& entry : change.removed()) {
      absl::StrAppend(&text, " - ", ValueText(entry, people));
    }
    for (const std::string& entry : change.added()) {
      absl::StrAppend(&text, " + ", ValueText(entry, people));
    }
    parts.push_back(std::move(text));
  }
  return parts.empty() ? "what you may not see" : absl::StrJoin(parts, "; ");
}

void SayChanges(const Session& session, const Edit* edit, bool dry_run) {
  session.out.Say(edit == nullptr ? "nothing changes: it says that already"
                                  : absl::StrCat(dry_run ? "would change " : "changed ",
                                                 ChangesText(*edit, {})));
}

std::vector<HistoryRow> RowsOf(const google::protobuf::RepeatedPtrField<Edit>& edits,
                               const People& people) {
  std::vector<HistoryRow> rows;
  for (const Edit& edit : edits) {
    std::string text = ChangesText(edit, people);
    if (!edit.undoes().empty()) absl::StrAppend(&text, " (took back ", IdOf(edit.undoes()), ")");
    if (!edit.undone_by().empty()) {
      absl::StrAppend(&text, " (taken back by ", IdOf(edit.undone_by()), ")");
    }
    rows.push_back({edit.edit_time(), edit.actor(), std::move(text), edit.name()});
  }
  return rows;
}

void PrintHistory(const Session& session, std::vector<HistoryRow> rows, const People& people) {
  std::stable_sort(rows.begin(), rows.end(), [](const HistoryRow& a, const HistoryRow& b) {
    return std::make_tuple(a.time.seconds(), a.time.nanos()) <
           std::make_tuple(b.time.seconds(), b.time.nanos());
  });
  Table table({"WHEN", {"WHO", Keep::kText}, {"WHAT", Keep::kText}, "ID"});
  std::vector<std::string> names;
  for (const HistoryRow& row : rows) names.push_back(row.id);
  const std::vector<std::string> ids = session.out.Ids(names);
  for (size_t i = 0; i < rows.size(); ++i) {
    table.Add({TimeText(rows[i].time), NameOf(rows[i].actor, people), rows[i].text, ids[i]});
  }
  session.out.Print(table);
}

absl::StatusOr<bool> AgreeToUndo(Session& session,
                                 const google::protobuf::RepeatedPtrField<Edit>& edits,
                                 const Edit& undo, const std::string& verb) {
  const auto found = std::find_if(edits.begin(), edits.end(),
                                  [&](const Edit& edit) { return edit.name() == undo.undoes(); });
  const People people = PeopleNames(session);
  std::string what = absl::StrCat("the edit ", IdOf(undo.undoes()));
  if (found != edits.end()) {
    absl::StrAppend(&what, " of ", TimeText(found->edit_time()), " by ",
                    NameOf(found->actor(), people), ", ", ChangesText(*found, people));
  }
  const std::optional<bool> answer = session.out.Ask(absl::StrCat("take back ", what, "?"));
  if (answer.has_value()) return *answer;
  return MakeError(Reason::REASON_INVALID_FIELD,
                   absl::StrCat("what would be taken back is ", what, "; do it with '", verb, " ",
                                IdOf(undo.undoes()), "'"),
                   {{"edit", undo.undoes()}});
}

}  // namespace foia::cli
