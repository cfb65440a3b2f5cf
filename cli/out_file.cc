#include "cli/out_file.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace foia::cli {

namespace {

std::filesystem::path BehindLinks(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real;
}

// A device, a pipe or a socket.
bool IsSpecial(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && std::filesystem::is_other(status);
}

}  // namespace

OutFile::OutFile(const Output& out, const std::filesystem::path& target)
    : out_(out),
      target_(BehindLinks(target)),
      stdout_(target_ == "-"),
      in_place_(!stdout_ && IsSpecial(target_)),
      part_(in_place_ ? target_ : std::filesystem::path(target_.string() + ".part")) {
  if (stdout_) return;
  std::error_code error;
  if (target_.has_parent_path()) {
    std::filesystem::create_directories(target_.parent_path(), error);
  }
  file_.open(part_, std::ios::binary | std::ios::trunc);
}

OutFile::~OutFile() {
  if (!file_.is_open()) return;
  file_.close();
  std::error_code ignored;
  if (!in_place_) std::filesystem::remove(part_, ignored);
}

absl::Status OutFile::Write(std::string_view bytes) {
  if (stdout_) {
    out_.Print(std::string(bytes));
    return absl::OkStatus();
  }
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file_.good() ? absl::OkStatus() : Refused();
}

absl::Status OutFile::Commit() {
  if (stdout_) return absl::OkStatus();
  file_.flush();
  if (!file_.good()) return Refused();
  std::error_code error;
  if (!in_place_) std::filesystem::rename(part_, target_, error);
  if (error) return Refused();
  file_.close();
  return absl::OkStatus();
}

absl::Status OutFile::Refused() const {
  return MakeError(Reason::REASON_UNREADABLE_FILE,
                   absl::StrCat("cannot write '", target_.string(), "': the disk refused it"),
                   {{"file", target_.string()}});
}

}  // namespace foia::cli
