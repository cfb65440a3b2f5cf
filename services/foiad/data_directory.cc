#include "services/foiad/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "storage/file/file.h"

namespace foia::foiad {

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file.good()) {
    return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", path, "'"),
                     {{"file", path}});
  }
  return bytes.str();
}

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path) {
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(path, ignored);
  FOIA_RETURN_IF_ERROR(storage::MakeDirectories(path));
  // Casework is nobody else's business; a folder that was there has its owner's permissions.
  if (is_new) chmod(path.c_str(), 0700);
  const std::string lock_path = path + "/LOCK";
  const int lock_fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd < 0) {
    return MakeError(Reason::REASON_UNREADABLE_FILE,
                     absl::StrCat("cannot write into the data directory '", path, "'"),
                     {{"data", path}});
  }
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock_fd));
  if (flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
    return MakeError(Reason::REASON_DATA_LOCKED,
                     absl::StrCat("another foiad uses the data directory '", path, "'"),
                     {{"data", path}});
  }
  const std::string format_path = directory->Sub("FORMAT");
  if (std::filesystem::exists(format_path)) {
    FOIA_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(format_path));
    int format = 0;
    if (!absl::SimpleAtoi(text, &format) || format < 1) {
      return MakeError(Reason::REASON_DATA_CORRUPT, absl::StrCat("'", format_path, "' is damaged"),
                       {{"file", format_path}});
    }
    if (format > kDataFormat) {
      return MakeError(Reason::REASON_NEWER_FORMAT,
                       absl::StrCat("the data directory '", path, "' has format ", format,
                                    "; this foiad reads up to ", kDataFormat),
                       {{"data", path}, {"format", absl::StrCat(format)}});
    }
  } else {
    FOIA_RETURN_IF_ERROR(storage::ReplaceFile(format_path, absl::StrCat(kDataFormat, "\n")));
  }
  return directory;
}

DataDirectory::~DataDirectory() { close(lock_fd_); }

}  // namespace foia::foiad
