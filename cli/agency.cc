#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "foia/tracker/v1/agency_service.grpc.pb.h"

namespace foia::cli {
namespace {

using tracker::v1::Agency;
using tracker::v1::AgencyService;

void PrintAgency(const Session& session, const Agency& agency) {
  if (session.out.json) return session.out.PrintJson(agency);
  session.out.Print(RenderFields({{"agency", agency.path()},
                                  {"name", agency.display_name()},
                                  {"jurisdiction", agency.jurisdiction()},
                                  {"id", IdOf(agency.name())},
                                  {"created", TimeText(agency.create_time())}}));
}

struct CreateAgency {
  static constexpr char kAbout[] = "Adds an agency";
  static constexpr char kExamples[] =
      "foia agency create DHS --name 'Department of Homeland Security' "
      "--jurisdiction us-federal-dhs\n"
      "foia agency create ERO --name 'Enforcement and Removal Operations' --parent DHS/ICE\n";
  Agency agency;
  std::string parent;
  tracker::v1::CreateAgencyRequest request;

  void Define(CLI::App& verb) {
    verb.add_option("ABBREVIATION", *agency.mutable_abbreviation(), "For example ICE")->required();
    verb.add_option("--name", *agency.mutable_display_name(), "In full")->required();
    verb.add_option("--parent", parent, "The agency above it: id, abbreviation or path");
    verb.add_option("--jurisdiction", *agency.mutable_jurisdiction(),
                    "Which rules apply [the parent's; us-federal at the top]");
    verb.add_option("--request-id", *request.mutable_request_id(),
                    "Repeating the command with it adds nothing twice");
  }
  absl::Status Run(Session& session) {
    if (!parent.empty()) {
      FOIA_ASSIGN_OR_RETURN(const Agency above, session.FindAgency(parent));
      agency.set_parent(above.name());
    }
    *request.mutable_agency() = agency;
    FOIA_ASSIGN_OR_RETURN(const Agency made,
                          session.Call(&AgencyService::Stub::CreateAgency, request));
    PrintAgency(session, made);
    return absl::OkStatus();
  }
};

struct ListAgencies {
  static constexpr char kAbout[] = "All agencies";
  static constexpr char kExamples[] = "foia agency list\n";
  int limit = 0;

  void Define(CLI::App& verb) { verb.add_option("--limit", limit, "At most so many [all]"); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListAgenciesResponse list,
                          session.List(&AgencyService::Stub::ListAgencies,
                                       tracker::v1::ListAgenciesRequest(), limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({"AGENCY", "NAME", "JURISDICTION", "ID"});
    for (const Agency& agency : list.agencies()) {
      table.Add({agency.path(), agency.display_name(), agency.jurisdiction(), IdOf(agency.name())});
    }
    if (table.empty()) {
      session.out.Say("no agencies yet; 'foia agency create' adds one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowAgency {
  static constexpr char kAbout[] = "One agency";
  static constexpr char kExamples[] = "foia agency show ERO\nfoia agency show DHS/ICE/ERO\n";
  std::string agency;

  void Define(CLI::App& verb) {
    verb.add_option("AGENCY", agency, "Id, abbreviation or path")->required();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Agency found, session.FindAgency(agency));
    PrintAgency(session, found);
    return absl::OkStatus();
  }
};

struct UpdateAgency {
  static constexpr char kAbout[] = "Changes an agency";
  static constexpr char kExamples[] =
      "foia agency update ERO --name 'Enforcement and Removal Operations'\n";
  std::string agency;
  Agency changes;
  FieldOptions fields;

  void Define(CLI::App& verb) {
    verb.add_option("AGENCY", agency, "Id, abbreviation or path")->required();
    fields = {
        {verb.add_option("--name", *changes.mutable_display_name(), "In full"), "display_name"},
        {verb.add_option("--abbreviation", *changes.mutable_abbreviation(), "For example ICE"),
         "abbreviation"},
        {verb.add_option("--jurisdiction", *changes.mutable_jurisdiction(), "Which rules apply"),
         "jurisdiction"}};
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(const Agency found, session.FindAgency(agency));
    tracker::v1::UpdateAgencyRequest request;
    changes.set_name(found.name());
    changes.set_etag(found.etag());
    *request.mutable_agency() = changes;
    FOIA_RETURN_IF_ERROR(SetMask(fields, *request.mutable_update_mask()));
    FOIA_ASSIGN_OR_RETURN(const Agency updated,
                          session.Call(&AgencyService::Stub::UpdateAgency, request));
    PrintAgency(session, updated);
    return absl::OkStatus();
  }
};

}  // namespace

void AddAgencyVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "agency", "Departments, components and offices");
  app.AddVerb<CreateAgency>(noun, "create");
  app.AddVerb<ListAgencies>(noun, "list");
  app.AddVerb<ShowAgency>(noun, "show");
  app.AddVerb<UpdateAgency>(noun, "update");
}

}  // namespace foia::cli
