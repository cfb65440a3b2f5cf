#include "cli/client.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "foia/tracker/v1/agency_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/base/written_date.h"

namespace foia::cli {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The secret in `file`. A default file that is not there means: no token, the server says the rest.
absl::StatusOr<std::string> ReadToken(const std::string& file, bool must_exist) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.good() && must_exist) {
    return MakeError(Reason::REASON_MISSING_TOKEN,
                     absl::StrCat("cannot read a token from '", file, "'"), {{"file", file}});
  }
  std::string token = text.str();
  absl::StripAsciiWhitespace(&token);
  return token;
}

}  // namespace

std::string DefaultDataDir() {
  if (std::string dir = Environment("FOIA_DATA"); !dir.empty()) return dir;
  if (std::string dir = Environment("XDG_DATA_HOME"); !dir.empty()) return dir + "/foiad";
  return Environment("HOME") + "/.local/share/foiad";
}

std::string ProgramDir() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

absl::StatusOr<tracker::v1::Request> Session::FindRequest(const std::string& text) {
  tracker::v1::GetRequestRequest request;
  request.set_name(text);
  return Call(&tracker::v1::RequestService::Stub::GetRequest, request);
}

absl::StatusOr<tracker::v1::Agency> Session::FindAgency(const std::string& text) {
  tracker::v1::GetAgencyRequest request;
  request.set_name(text);
  return Call(&tracker::v1::AgencyService::Stub::GetAgency, request);
}

Progress::Mode Session::progress_mode() const {
  if (out.quiet) return Progress::Mode::kOff;
  return out.live ? Progress::Mode::kLive : Progress::Mode::kPlain;
}

absl::Status Session::Connect() {
  if (client_.has_value()) return absl::OkStatus();
  rpc::ClientOptions options;
  options.server = options_.server;
  options.ca_file = options_.ca_file;
  const bool given = !options_.token_file.empty();
  FOIA_ASSIGN_OR_RETURN(
      options.token, ReadToken(given ? options_.token_file : DefaultDataDir() + "/token", given));
  FOIA_ASSIGN_OR_RETURN(client_, rpc::Client::Connect(options));
  return absl::OkStatus();
}

absl::Duration Session::Timeout(absl::Duration patience) const {
  return options_.timeout_seconds > 0 ? absl::Seconds(options_.timeout_seconds) : patience;
}

absl::Status Session::Locate(const absl::Status& status) const {
  switch (ReasonOf(status)) {
    case Reason::REASON_SERVER_UNREACHABLE:
      return MakeError(Reason::REASON_SERVER_UNREACHABLE,
                       absl::StrCat("no foiad answers at ", options_.server),
                       {{"server", options_.server}});
    case Reason::REASON_TIMEOUT:
      return MakeError(Reason::REASON_TIMEOUT,
                       absl::StrCat("the server at ", options_.server, " did not answer in time"),
                       {{"server", options_.server}});
    default:
      return status;
  }
}

absl::StatusOr<CivilDate> Session::ReadDate(const std::string& text, const std::string& option,
                                            CivilDate today) const {
  FOIA_ASSIGN_OR_RETURN(const CivilDate date, ParseWrittenDate(text, option, today));
  if (text != FormatDate(date)) {
    out.Say(absl::StrCat(option, " '", Printable(text), "' is ", FullDate(date)));
  }
  return date;
}

absl::StatusOr<CivilDate> Session::ReadPastDate(const std::string& text,
                                                const std::string& option) const {
  FOIA_ASSIGN_OR_RETURN(const CivilDate date, ReadDate(text, option));
  if (date <= Today()) return date;
  return MakeError(
      Reason::REASON_UNLIKELY_DATE,
      absl::StrCat(option, ": ", FormatDate(date), " lies after today, ", FormatDate(Today()),
                   LikelyText(date, CivilDate(kFirstYear, 1, 1), Today())),
      {{"field", option}, {"value", FormatDate(date)}});
}

}  // namespace foia::cli
