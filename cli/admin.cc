#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "foia/access/v1/admin_service.grpc.pb.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using access::v1::AdminService;

constexpr absl::Duration kLong = absl::Hours(12);  // backups and checks read everything

struct Backup {
  static constexpr char kAbout[] = "Writes a complete copy of the data into a new folder";
  static constexpr char kExamples[] = "foia admin backup /srv/backup/2026-11-22\n";
  std::string directory;

  void Define(CLI::App& verb) {
    verb.add_option("DIRECTORY", directory, "On the server's machine; must not exist")->required();
  }
  absl::Status Run(Session& session) const {
    access::v1::CreateBackupRequest request;
    request.set_directory(std::filesystem::absolute(directory).lexically_normal().string());
    FOIA_ASSIGN_OR_RETURN(const access::v1::CreateBackupResponse made,
                          session.Call(&AdminService::Stub::CreateBackup, request, kLong));
    if (session.out.json) {
      session.out.PrintJson(made);
    } else {
      session.out.Print(
          RenderFields({{"backup", made.directory()}, {"blobs", absl::StrCat(made.blobs())}}));
    }
    return absl::OkStatus();
  }
};

struct Restore {
  static constexpr char kAbout[] = "Makes a data directory from a backup, on this machine";
  static constexpr char kExamples[] =
      "foia admin restore /srv/backup/2026-11-22 --data /var/lib/foiad\n";
  std::string backup;
  std::string data;

  void Define(CLI::App& verb) {
    verb.add_option("BACKUP", backup, "Folder that 'foia admin backup' wrote")->required();
    verb.add_option("--data", data, "New data directory; must not exist or be empty")->required();
  }
  // foiad knows its own formats, so it does the work in this process' place.
  absl::Status Run(Session&) const {
    const std::string program = ProgramDir() + "/foiad";
    execl(program.c_str(), "foiad", "--restore-from", backup.c_str(), "--data", data.c_str(),
          nullptr);
    return MakeError(Reason::REASON_UNREADABLE_FILE,
                     absl::StrCat("cannot run '", program, "': ", std::strerror(errno)),
                     {{"file", program}});
  }
};

struct Check {
  static constexpr char kAbout[] = "Re-reads all data and compares it with its hashes";
  static constexpr char kExamples[] = "foia admin check\n";

  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(
        const access::v1::CheckDataResponse result,
        session.Call(&AdminService::Stub::CheckData, access::v1::CheckDataRequest(), kLong));
    if (session.out.json) {
      session.out.PrintJson(result);
    } else {
      Table table({"RESOURCE", {"PROBLEM", Keep::kText}});
      for (const auto& problem : result.problems()) {
        table.Add({problem.resource(), problem.description()});
      }
      if (!table.empty()) session.out.Print(table);
      session.out.Print(absl::StrCat(CountText(result.blobs_checked(), "blob"), ", ",
                                     CountText(result.events_checked(), "event"), " and ",
                                     CountText(result.pages_checked(), "page"), " checked: ",
                                     CountText(result.problems_size(), "problem"), "\n"));
    }
    if (result.problems().empty()) return absl::OkStatus();
    return MakeError(Reason::REASON_DATA_CORRUPT,
                     CountText(result.problems_size(), "problem") + " found");
  }
};

}  // namespace

void AddAdminVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "admin", "Backup, restore and check of an installation");
  app.AddVerb<Backup>(noun, "backup");
  app.AddVerb<Restore>(noun, "restore");
  app.AddVerb<Check>(noun, "check");
}

}  // namespace foia::cli
