#include <google/protobuf/struct.pb.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "cli/release_report.h"
#include "cli/watch.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using documents::v1::Document;

std::string StateWord(documents::v1::PageState state) {
  return EnumText(PageState_Name(state), "PAGE_STATE_");
}

struct ShowRelease {
  static constexpr char kAbout[] =
      "What came of a request's releases, against what the agency's letters say";
  static constexpr char kExamples[] =
      "foia release show r01jd3v8\n"
      "foia release show 2020-ICLI-00042 2\n";
  static constexpr bool kPaged = true;
  std::string request;
  int number = -1;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, "Id, the beginning of it, or a tracking number")
        ->required();
    verb.add_option("NUMBER", number, "The agency's number of the release [all]")
        ->check(CLI::NonNegativeNumber);
  }

  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found, session.FindRequest(request));
    documents::v1::ListDocumentsRequest of_request;
    of_request.set_request(found.name());
    FOIA_ASSIGN_OR_RETURN(
        const documents::v1::ListDocumentsResponse documents,
        session.List(&documents::v1::DocumentService::Stub::ListDocuments, of_request));
    tracker::v1::ListEventsRequest of_parent;
    of_parent.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListEventsResponse events,
                          session.List(&tracker::v1::RequestService::Stub::ListEvents, of_parent));
    std::vector<ReleaseReport> reports =
        ReportReleases({documents.documents().begin(), documents.documents().end()},
                       {events.events().begin(), events.events().end()});
    if (number >= 0) {
      std::erase_if(reports,
                    [this](const ReleaseReport& report) { return report.number != number; });
    }
    if (session.out.json) {
      google::protobuf::ListValue list;
      for (const ReleaseReport& report : reports) Fill(report, *list.add_values());
      session.out.PrintJson(list);
    } else if (reports.empty()) {
      session.out.Say("no such release; 'foia upload --kind release --release-no N' adds one");
    } else {
      for (const ReleaseReport& report : reports) Print(session, report);
    }
    return absl::OkStatus();
  }

  static void Fill(const ReleaseReport& report, google::protobuf::Value& value) {
    auto& fields = *value.mutable_struct_value()->mutable_fields();
    const auto set = [&](const char* name, int64_t count) {
      fields[name].set_number_value(static_cast<double>(count));
    };
    set("release", report.number);
    if (report.announced.has_value()) set("announced", *report.announced);
    set("files", report.files);
    set("pages", report.pages);
    auto& states = *fields["page_states"].mutable_struct_value()->mutable_fields();
    for (const auto& [state, pages] : report.by_state) {
      states[StateWord(state)].set_number_value(static_cast<double>(pages));
    }
    set("sealed_characters", report.sealed_characters);
    set("double_files", report.doubles);
    set("repeated_pages", report.repeated);
    set("not_unpacked", report.not_unpacked);
    auto& uncounted = *fields["uncounted"].mutable_list_value();
    for (const Document& document : report.uncounted) {
      uncounted.add_values()->set_string_value(document.name());
    }
    fields["difference"].set_string_value(DifferenceText(report));
  }

  static void Print(const Session& session, const ReleaseReport& report) {
    std::vector<std::string> states;
    for (const auto& [state, pages] : report.by_state) {
      states.push_back(absl::StrCat(pages, " ", StateWord(state)));
    }
    session.out.Print(RenderFields(
        {{"release", report.number == 0 ? "without a number" : absl::StrCat(report.number)},
         {"announced", report.announced.has_value() ? absl::StrCat(*report.announced) : ""},
         {"files", absl::StrCat(report.files)},
         {"pages",
          absl::StrCat(report.pages, states.empty() ? "" : ": ", absl::StrJoin(states, ", "))},
         {"sealed",
          report.sealed_characters == 0
              ? ""
              : CountText(report.sealed_characters, "character") + " under failed redactions"},
         {"doubles", report.doubles == 0
                         ? ""
                         : CountText(report.doubles, "file") + " came twice; not counted again"},
         {"repeated", report.repeated == 0
                          ? ""
                          : CountText(report.repeated, "page") + " came in an earlier release"},
         {"difference", DifferenceText(report)}}));
    if (!report.uncounted.empty()) {
      session.out.Print("\n");
      PrintDocuments(session, report.uncounted);
    }
    session.out.Print("\n");
  }
};

}  // namespace

void AddReleaseVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "release", "What an agency released");
  app.AddVerb<ShowRelease>(noun, "show");
}

}  // namespace foia::cli
