#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "cli/board.h"
#include "cli/edits.h"
#include "cli/fields.h"
#include "foia/tracker/v1/matter_service.grpc.pb.h"

namespace foia::cli {
namespace {

using tracker::v1::Matter;
using tracker::v1::MatterService;

constexpr char kMatterHelp[] = "Id, the beginning of it, or client code";

void PrintMatter(const Session& session, const Matter& matter) {
  if (session.out.json) return session.out.PrintJson(matter);
  session.out.Print(RenderFields({{"matter", IdOf(matter.name())},
                                  {"title", matter.title()},
                                  {"code", matter.client_code()},
                                  {"state", matter.closed() ? "closed" : "open"},
                                  {"privileged", matter.privileged() ? "yes" : "no"},
                                  {"requests", absl::StrCat(matter.request_count())},
                                  {"parties", PartiesText(matter.parties())},
                                  {"tags", absl::StrJoin(matter.tags(), ", ")},
                                  {"notes", matter.notes()},
                                  {"owner", OwnerText(matter.owner(), matter.owner_warning())},
                                  {"label", IdOf(matter.label())},
                                  {"created", TimeText(matter.create_time())}}));
}

// What `create` and `update` share.
struct MatterOptions {
  Matter matter;
  std::vector<std::string> parties;
  std::vector<std::string> tags;

  FieldOptions Define(CLI::App& verb) {
    return {
        {verb.add_option("--code", *matter.mutable_client_code(), "Your own code for it"),
         "client_code"},
        {verb.add_option("--party", parties,
                         "ROLE:NAME, for example 'counsel:Center for Constitutional Rights'; may "
                         "be repeated")
             ->allow_extra_args(false),
         "parties"},
        {verb.add_option("--tag", tags, "A word for finding it again; may be repeated")
             ->allow_extra_args(false),
         "tags"},
        {verb.add_option("--notes", *matter.mutable_notes(), "For people"), "notes"},
        {verb.add_option(
             "--owner", *matter.mutable_owner(),
             "Who looks after it, a person who may see it: id, the beginning of it, name, or "
             "me"),
         "owner"}};
  }
  absl::Status Read() {
    for (const std::string& text : parties) {
      FOIA_ASSIGN_OR_RETURN(*matter.add_parties(), ParseParty(text));
    }
    matter.mutable_tags()->Assign(tags.begin(), tags.end());
    return absl::OkStatus();
  }
};

struct CreateMatter {
  static constexpr char kAbout[] = "Opens a matter: the case or campaign around requests";
  static constexpr char kExamples[] =
      "foia matter create 'ICE citizen academies' --code IDP-7 \\\n"
      "    --party 'requester:Immigrant Defense Project' \\\n"
      "    --party 'counsel:Center for Constitutional Rights'\n";
  MatterOptions options;
  tracker::v1::CreateMatterRequest call;
  bool privileged = false;

  void Define(CLI::App& verb) {
    verb.add_option("TITLE", *options.matter.mutable_title(), "What it is about")->required();
    options.Define(verb);
    verb.add_flag("--privileged", privileged, "Its notes are privileged");
    verb.add_option("--label", *options.matter.mutable_label(),
                    "Who may see it: a label [your own]");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it opens nothing twice");
  }
  absl::Status Run(Session& session) {
    FOIA_RETURN_IF_ERROR(options.Read());
    options.matter.set_privileged(privileged);
    *call.mutable_matter() = options.matter;
    FOIA_ASSIGN_OR_RETURN(const Matter made,
                          session.Call(&MatterService::Stub::CreateMatter, call));
    PrintMatter(session, made);
    return absl::OkStatus();
  }
};

struct ListMatters {
  static constexpr char kAbout[] = "Matters, oldest first";
  static constexpr char kExamples[] = "foia matter list\nfoia matter list --all --text academy\n";
  static constexpr bool kPaged = true;
  tracker::v1::ListMattersRequest call;
  bool all = false;
  int limit = 0;

  void Define(CLI::App& verb) {
    verb.add_flag("--all", all, "Also closed ones");
    verb.add_option("--text", *call.mutable_text(), "Stands in title, code or tags");
    verb.add_option("--limit", limit, "At most so many [all]");
  }
  absl::Status Run(Session& session) {
    call.set_include_closed(all);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListMattersResponse list,
                          session.List(&MatterService::Stub::ListMatters, call, limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const Matter& matter : list.matters()) names.push_back(matter.name());
    const std::vector<std::string> ids = session.out.Ids(names);
    Table table(
        {"MATTER", "CODE", {"TITLE", Keep::kText}, ">REQUESTS", "STATE", {"TAGS", Keep::kBelow}});
    for (int i = 0; i < list.matters_size(); ++i) {
      const Matter& matter = list.matters(i);
      table.Add({ids[static_cast<size_t>(i)], matter.client_code(), matter.title(),
                 absl::StrCat(matter.request_count()), matter.closed() ? "closed" : "open",
                 absl::StrJoin(matter.tags(), ", ")});
    }
    if (table.empty()) {
      session.out.Say("no matters here; 'foia matter create' opens one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowMatter {
  static constexpr char kAbout[] =
      "One matter, with a board of its requests: state, next date, pages that came";
  static constexpr char kExamples[] = "foia matter show IDP-7\n";
  tracker::v1::GetMatterRequest call;

  void Define(CLI::App& verb) {
    verb.add_option("MATTER", *call.mutable_name(), kMatterHelp)->required();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Matter found, session.Call(&MatterService::Stub::GetMatter, call));
    PrintMatter(session, found);
    if (session.out.json) return absl::OkStatus();
    session.out.Print("\n");
    return PrintBoard(session, found);
  }
};

struct UpdateMatter {
  static constexpr char kAbout[] = "Changes, closes or opens a matter again";
  static constexpr char kExamples[] =
      "foia matter update IDP-7 --title 'ICE and CBP citizen academies'\n"
      "foia matter update IDP-7 --closed yes\n"
      "foia matter update IDP-7 --tag academy --untag draft --dry-run\n";
  std::vector<std::string> untagged, unparties, cleared;
  std::string etag;
  bool dry_run = false;
  std::string reference;
  MatterOptions options;
  bool closed = false;
  bool privileged = false;
  FieldOptions fields;

  void Define(CLI::App& verb) {
    verb.add_option("MATTER", reference, kMatterHelp)->required();
    fields = options.Define(verb);
    fields.emplace_back(
        verb.add_option("--title", *options.matter.mutable_title(), "What it is about"), "title");
    fields.emplace_back(verb.add_option("--closed", closed, "yes or no: no work is left"),
                        "closed");
    fields.emplace_back(verb.add_option("--privileged", privileged, "yes or no"), "privileged");
    fields.emplace_back(verb.add_option("--untag", untagged, "Takes a tag out; may be repeated")
                            ->allow_extra_args(false),
                        "tags");
    fields.emplace_back(verb.add_option("--unparty", unparties,
                                        "Takes a party out: NAME or ROLE:NAME; may be repeated")
                            ->allow_extra_args(false),
                        "parties");
    verb.add_option("--clear", cleared,
                    "Empties a field: code, notes, owner, parties, tags; with --tag or --party "
                    "those take the place of all others; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--etag", etag, "Refuse when the matter changed since [since now]");
    verb.add_flag("--dry-run", dry_run, "Only say what would change");
  }
  bool IsCleared(const char* word) const {
    return std::find(cleared.begin(), cleared.end(), word) != cleared.end();
  }
  absl::Status Run(Session& session) {
    FOIA_RETURN_IF_ERROR(options.Read());
    tracker::v1::GetMatterRequest get;
    get.set_name(reference);
    FOIA_ASSIGN_OR_RETURN(const Matter found, session.Call(&MatterService::Stub::GetMatter, get));
    tracker::v1::UpdateMatterRequest call;
    FOIA_RETURN_IF_ERROR(ClearFields(cleared,
                                     {{"code", "client_code"},
                                      {"notes", "notes"},
                                      {"owner", "owner"},
                                      {"parties", "parties"},
                                      {"tags", "tags"}},
                                     *call.mutable_update_mask()));
    FOIA_RETURN_IF_ERROR(SetMask(fields, *call.mutable_update_mask()));
    const Parties parties = options.matter.parties();
    *options.matter.mutable_tags() = found.tags();
    *options.matter.mutable_parties() = found.parties();
    if (IsCleared("tags")) options.matter.clear_tags();
    if (IsCleared("parties")) options.matter.clear_parties();
    FOIA_RETURN_IF_ERROR(ChangeTags(options.tags, untagged, *options.matter.mutable_tags()));
    FOIA_RETURN_IF_ERROR(ChangeParties(parties, unparties, *options.matter.mutable_parties()));
    options.matter.set_name(found.name());
    options.matter.set_etag(etag.empty() ? found.etag() : etag);
    call.set_validate_only(dry_run);
    options.matter.set_closed(closed);
    options.matter.set_privileged(privileged);
    *call.mutable_matter() = options.matter;
    FOIA_ASSIGN_OR_RETURN(const Matter updated,
                          session.Call(&MatterService::Stub::UpdateMatter, call));
    PrintMatter(session, updated);
    SayChanges(session, updated.has_edit() ? &updated.edit() : nullptr, dry_run);
    return absl::OkStatus();
  }
};

struct MatterHistory {
  static constexpr char kAbout[] = "What was changed of a matter, by whom and when";
  static constexpr char kExamples[] = "foia matter history IDP-7\n";
  static constexpr bool kPaged = true;
  tracker::v1::GetMatterRequest get;

  void Define(CLI::App& verb) {
    verb.add_option("MATTER", *get.mutable_name(), kMatterHelp)->required();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Matter found, session.Call(&MatterService::Stub::GetMatter, get));
    tracker::v1::ListMatterEditsRequest call;
    call.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListMatterEditsResponse edits,
                          session.List(&MatterService::Stub::ListMatterEdits, call));
    if (session.out.json) {
      session.out.PrintJson(edits);
      return absl::OkStatus();
    }
    const std::map<std::string, std::string> people = PeopleNames(session);
    std::vector<HistoryRow> rows = {{found.create_time(), "", "opened", found.name()}};
    for (HistoryRow& row : RowsOf(edits.edits(), people)) rows.push_back(std::move(row));
    PrintHistory(session, std::move(rows), people);
    return absl::OkStatus();
  }
};

struct UndoMatterEdit {
  static constexpr char kAbout[] =
      "Takes back an edit of a matter, once you have seen what it is; refused when one of its "
      "fields was changed again since";
  static constexpr char kExamples[] =
      "foia matter undo IDP-7                 shows what it would take back, and asks\n"
      "foia matter undo IDP-7 c01jd3v9        only that edit, without asking\n";
  tracker::v1::UndoMatterEditRequest call;
  bool yes = false;

  void Define(CLI::App& verb) {
    verb.add_option("MATTER", *call.mutable_parent(), kMatterHelp)->required();
    verb.add_option("EDIT", *call.mutable_edit(),
                    "Id of the edit, or the beginning of it [the last that stands]; 'foia matter "
                    "history' lists them");
    verb.add_flag("--yes", yes, "Do not ask");
    verb.add_option("--etag", *call.mutable_etag(), "Refuse when the matter changed since");
  }
  absl::Status Run(Session& session) {
    if (call.edit().empty()) {
      tracker::v1::UndoMatterEditRequest question = call;
      question.set_validate_only(true);
      FOIA_ASSIGN_OR_RETURN(const Matter would,
                            session.Call(&MatterService::Stub::UndoMatterEdit, question));
      call.set_edit(would.edit().undoes());
      if (!yes) {
        tracker::v1::ListMatterEditsRequest list;
        list.set_parent(would.name());
        FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListMatterEditsResponse edits,
                              session.List(&MatterService::Stub::ListMatterEdits, list));
        FOIA_ASSIGN_OR_RETURN(const bool agreed,
                              AgreeToUndo(session, edits.edits(), would.edit(),
                                          absl::StrCat("foia matter undo ", IdOf(would.name()))));
        if (!agreed) {
          session.out.Say("nothing was taken back");
          return absl::OkStatus();
        }
      }
    }
    FOIA_ASSIGN_OR_RETURN(const Matter undone,
                          session.Call(&MatterService::Stub::UndoMatterEdit, call));
    PrintMatter(session, undone);
    SayChanges(session, undone.has_edit() ? &undone.edit() : nullptr, /*dry_run=*/false);
    return absl::OkStatus();
  }
};

}  // namespace

void AddMatterVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "matter", "Cases and campaigns around requests");
  app.AddVerb<CreateMatter>(noun, "create");
  app.AddVerb<ListMatters>(noun, "list");
  app.AddVerb<ShowMatter>(noun, "show");
  app.AddVerb<UpdateMatter>(noun, "update");
  app.AddVerb<MatterHistory>(noun, "history");
  app.AddVerb<UndoMatterEdit>(noun, "undo");
}

}  // namespace foia::cli
