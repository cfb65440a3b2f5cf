// What a verb works with: the options that every verb has, the output, and calls to the server.
#ifndef FOIA_CLI_CLIENT_H_
#define FOIA_CLI_CLIENT_H_

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "foia/tracker/v1/agency.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "services/base/civil_date.h"
#include "services/base/clock.h"
#include "services/base/status.h"
#include "services/rpc/client.h"

namespace foia::cli {

enum ExitCode {
  kExitOk = 0,
  kExitOther = 1,
  kExitUsage = 2,
  kExitPartlyFailed = 4,
  kExitBadFile = 8,
  kExitInterrupted = 130
};

// Options of `foia` itself; every verb takes them.
struct GlobalOptions : OutputOptions {
  std::string server;          // --server, FOIA_SERVER
  std::string token_file;      // --token-file, FOIA_TOKEN_FILE
  std::string ca_file;         // --ca, FOIA_CA
  double timeout_seconds = 0;  // --timeout; 0: each call's own
};

// foiad's data directory as foiad finds it: FOIA_DATA, $XDG_DATA_HOME/foiad, ~/.local/share/foiad.
std::string DefaultDataDir();
// The folder of this program; foiad and foia-page stand in it too. Empty when it cannot be told.
std::string ProgramDir();

// Safe for concurrent calls once the first call has been answered.
class Session {
 public:
  Session(GlobalOptions options, Output output)
      : out(std::move(output)), options_(std::move(options)) {}

  // One call. It is given `patience`, or what --timeout says.
  //   session.Call(&AgencyService::Stub::GetAgency, request)
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, absl::Duration patience = kPatience) {
    FOIA_RETURN_IF_ERROR(Connect());
    Stub stub(client_->channel());
    absl::StatusOr<Response> response = client_->Call(stub, method, request, Timeout(patience));
    if (!response.ok()) return Locate(response.status());
    return response;
  }

  // All pages of a list as one response; `limit` rows at most, 0: all.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> List(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                Request request, int limit = 0) {
    Response all;
    for (int rows = 0; limit == 0 || rows < limit;) {
      request.set_page_size(limit == 0 ? kMaxPage : std::min(kMaxPage, limit - rows));
      FOIA_ASSIGN_OR_RETURN(const Response page, Call(method, request));
      rows += page.GetReflection()->FieldSize(page, page.GetDescriptor()->FindFieldByNumber(1));
      all.MergeFrom(page);
      all.set_next_page_token(page.next_page_token());
      request.set_page_token(page.next_page_token());
      if (page.next_page_token().empty()) break;
    }
    return all;
  }

  // By everything the server takes: id, unique prefix, tracking number, abbreviation, path.
  absl::StatusOr<tracker::v1::Request> FindRequest(const std::string& text);
  absl::StatusOr<tracker::v1::Agency> FindAgency(const std::string& text);

  // A date as people write it ('foia help dates'), against `today`: that of the request's agency
  // where there is one, else that of this machine's zone. What is not typed as ISO 8601 is echoed
  // in full. `option` names the place. INVALID_DATE.
  absl::StatusOr<CivilDate> ReadDate(const std::string& text, const std::string& option,
                                     CivilDate today) const;
  absl::StatusOr<CivilDate> ReadDate(const std::string& text, const std::string& option) const {
    return ReadDate(text, option, Today());
  }
  // The same for what has happened: UNLIKELY_DATE, with the likely date, when it lies after today.
  absl::StatusOr<CivilDate> ReadPastDate(const std::string& text, const std::string& option) const;
  CivilDate Today() const { return absl::ToCivilDay(clock_.Now(), absl::LocalTimeZone()); }

  Progress::Mode progress_mode() const;
  const Clock& clock() const { return clock_; }

  const Output out;
  int exit_code = kExitOk;  // of a verb that ended without an error

  static constexpr absl::Duration kPatience = absl::Seconds(15);
  static constexpr int kMaxPage = 1000;

 private:
  absl::Status Connect();
  absl::Duration Timeout(absl::Duration patience) const;
  // Adds the server's address to errors that are about it.
  absl::Status Locate(const absl::Status& status) const;

  const GlobalOptions options_;
  const SystemClock clock_;
  std::optional<rpc::Client> client_;
};

}  // namespace foia::cli

#endif  // FOIA_CLI_CLIENT_H_
