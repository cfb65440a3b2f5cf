#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"

namespace foia::cli {
namespace {

struct Docket {
  static constexpr char kAbout[] = "What is due, the most urgent first";
  static constexpr char kExamples[] = "foia docket\nfoia docket --as-of 2020-08-10 --json\n";
  std::string as_of;
  int limit = 0;

  void Define(CLI::App& verb) {
    verb.add_option("--as-of", as_of, "As it stood on that day, YYYY-MM-DD [today]");
    verb.add_option("--limit", limit, "At most so many [all]");
  }
  absl::Status Run(Session& session) const {
    tracker::v1::ListDocketRequest request;
    if (!as_of.empty()) {
      FOIA_ASSIGN_OR_RETURN(const CivilDate day, ParseDate(as_of, "--as-of"));
      *request.mutable_as_of() = DateToProto(day);
    }
    FOIA_ASSIGN_OR_RETURN(
        const tracker::v1::ListDocketResponse docket,
        session.List(&tracker::v1::RequestService::Stub::ListDocket, request, limit));
    if (session.out.json) {
      session.out.PrintJson(docket);
      return absl::OkStatus();
    }
    if (docket.entries().empty()) {
      session.out.Say("no requests yet; 'foia request create' opens one");
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const auto& entry : docket.entries()) names.push_back(entry.request().name());
    const std::vector<std::string> ids = ShortIds(names);
    Table table({">DAYS", "DUE", "REQUEST", "AGENCY", "SUBJECT", "STATE", "NEXT", "WHY"});
    for (int i = 0; i < docket.entries_size(); ++i) {
      const tracker::v1::DocketEntry& entry = docket.entries(i);
      const bool dated = entry.next().has_date();
      table.Add({dated ? absl::StrCat(entry.days_left()) : "",
                 dated ? DateText(entry.next().date()) : "", ids[static_cast<size_t>(i)],
                 entry.request().agency_path(), entry.request().subject(),
                 EnumText(RequestState_Name(entry.request().state()), "REQUEST_STATE_"),
                 entry.next().title(), entry.why()});
    }
    session.out.Print(table);
    session.out.Print(kNotAdvice);
    return absl::OkStatus();
  }
};

}  // namespace

void AddDocketVerbs(App& app) { app.AddVerb<Docket>(app.root(), "docket"); }

}  // namespace foia::cli
