#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "foia/access/v1/admin_service.grpc.pb.h"

namespace foia::cli {
namespace {

using access::v1::GetStatusResponse;

struct Status {
  static constexpr char kAbout[] = "How the server is";
  static constexpr char kExamples[] = "foia status\nfoia status --json\n";

  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(
        const GetStatusResponse status,
        session.Call(&access::v1::AdminService::Stub::GetStatus, access::v1::GetStatusRequest()));
    if (session.out.json) {
      session.out.PrintJson(status);
      return absl::OkStatus();
    }
    session.out.Print(RenderFields(
        {{"server", absl::StrCat("foiad ", status.version())},
         {"roles", absl::StrJoin(status.roles(), ", ")},
         {"storage", status.writable() ? "writable" : "READ-ONLY after an error; see the log"},
         {"pages queued", absl::StrCat(status.pages_queued())},
         {"pages running", absl::StrCat(status.pages_running())},
         {"pages indexed", absl::StrCat(status.pages_indexed())},
         {"index behind by", CountText(status.index_lag(), "change")},
         {"rules", status.rules_digest().substr(0, 12)}}));
    return absl::OkStatus();
  }
};

struct Version {
  static constexpr char kAbout[] = "Version of foia, and where its source is";
  static constexpr char kExamples[] = "foia version\nfoia version --source\n";
  bool source = false;

  void Define(CLI::App& verb) { verb.add_flag("--source", source, "Where the source is"); }
  absl::Status Run(Session& session) const {
    session.out.Print("foia " FOIA_VERSION "\n");
    if (source) {
      session.out.Print("licence  AGPL-3.0-or-later\nsource   " FOIA_SOURCE "\n");
    }
    return absl::OkStatus();
  }
};

}  // namespace

void AddStatusVerbs(App& app) {
  app.AddVerb<Status>(app.root(), "status");
  app.AddVerb<Version>(app.root(), "version");
}

}  // namespace foia::cli
