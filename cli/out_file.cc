#include "cli/out_file.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace foia::cli {

OutFile::OutFile(const Output& out, std::filesystem::path target)
    : out_(out),
      target_(std::move(target)),
      part_(target_.string() + ".part"),
      stdout_(target_ == "-") {
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
  std::filesystem::remove(part_, ignored);
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
  std::filesystem::rename(part_, target_, error);
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
