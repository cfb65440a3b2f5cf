#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "cli/board.h"
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
                                  {"owner", IdOf(matter.owner())},
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
        {verb.add_option("--owner", *matter.mutable_owner(), "Who looks after it: people/..."),
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
      "foia matter update IDP-7 --closed yes\n";
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
  }
  absl::Status Run(Session& session) {
    FOIA_RETURN_IF_ERROR(options.Read());
    tracker::v1::GetMatterRequest get;
    get.set_name(reference);
    FOIA_ASSIGN_OR_RETURN(const Matter found, session.Call(&MatterService::Stub::GetMatter, get));
    tracker::v1::UpdateMatterRequest call;
    FOIA_RETURN_IF_ERROR(SetMask(fields, *call.mutable_update_mask()));
    options.matter.set_name(found.name());
    options.matter.set_etag(found.etag());
    options.matter.set_closed(closed);
    options.matter.set_privileged(privileged);
    *call.mutable_matter() = options.matter;
    FOIA_ASSIGN_OR_RETURN(const Matter updated,
                          session.Call(&MatterService::Stub::UpdateMatter, call));
    PrintMatter(session, updated);
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
}

}  // namespace foia::cli
