// A file that a verb writes: it appears as a whole or not at all.
#ifndef FOIA_CLI_OUT_FILE_H_
#define FOIA_CLI_OUT_FILE_H_

#include <filesystem>
#include <fstream>
#include <string_view>

#include "absl/status/status.h"
#include "cli/output.h"

namespace foia::cli {

// Written beside its place until Commit; "-" is stdout. What is there and is no file, such as a
// pipe or /dev/null, is written to as it is; a link stays one. UNREADABLE_FILE when the disk
// refuses.
class OutFile {
 public:
  // `out` must outlive it. Missing folders are made.
  OutFile(const Output& out, const std::filesystem::path& target);
  ~OutFile();
  OutFile(const OutFile&) = delete;
  OutFile& operator=(const OutFile&) = delete;

  absl::Status Write(std::string_view bytes);
  absl::Status Commit();

 private:
  absl::Status Refused() const;

  const Output& out_;
  const std::filesystem::path target_;
  const bool stdout_, in_place_;
  const std::filesystem::path part_;
  std::ofstream file_;
};

}  // namespace foia::cli

#endif  // FOIA_CLI_OUT_FILE_H_
