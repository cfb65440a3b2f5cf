#include "services/foiad/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/documents/document_store.h"
#include "services/foiad/data_directory.h"
#include "storage/file/file.h"
#include "storage/kv/rocksdb_store.h"

namespace foia::foiad {
namespace {

namespace fs = std::filesystem;

absl::Status CopyError(const std::string& path, const std::error_code& error) {
  return storage::WriteError("copy", path, error.value());
}

// Everything below `path` and the file system it is on.
absl::Status SyncFileSystem(const std::string& path) {
  const storage::File folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.descriptor() < 0 || syncfs(folder.descriptor()) != 0) {
    return storage::WriteError("sync", path, errno);
  }
  return absl::OkStatus();
}

absl::Status RenameDurably(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return CopyError(to, error);
  return storage::SyncDirectory(fs::path(to).parent_path().string());
}

}  // namespace

absl::StatusOr<int64_t> CreateBackup(const std::string& target,
                                     const std::map<std::string, storage::KeyValueStore*>& stores,
                                     storage::BlobStore* blobs) {
  std::string directory = target;
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  if (!fs::path(directory).is_absolute()) {
    return InvalidFields({{"directory", "must be an absolute path on the server's machine"}});
  }
  std::error_code error;
  if (fs::exists(directory, error)) {
    return MakeError(Reason::REASON_ALREADY_EXISTS,
                     absl::StrCat("'", directory, "' exists already"), {{"directory", directory}});
  }
  const std::string partial = directory + ".partial";
  fs::remove_all(partial, error);
  if (!fs::is_directory(fs::path(directory).parent_path(), error)) {
    return InvalidFields({{"directory", "lies in a folder that does not exist"}});
  }
  FOIA_RETURN_IF_ERROR(storage::MakeDirectories(partial));
  chmod(partial.c_str(), 0700);  // as the data directory
  FOIA_RETURN_IF_ERROR(storage::MakeDirectories(partial + "/kv"));
  for (const auto& [name, store] : stores) {
    FOIA_RETURN_IF_ERROR(store->Checkpoint(absl::StrCat(partial, "/kv/", name)));
  }
  int64_t count = 0;
  if (blobs != nullptr) {
    FOIA_RETURN_IF_ERROR(blobs->CopyTo(partial + "/blobs"));
    FOIA_RETURN_IF_ERROR(blobs->ForEach([&count](std::string_view) {
      ++count;
      return absl::OkStatus();
    }));
  }
  FOIA_RETURN_IF_ERROR(storage::ReplaceFile(partial + "/FORMAT", absl::StrCat(kDataFormat, "\n")));
  FOIA_RETURN_IF_ERROR(SyncFileSystem(partial));
  FOIA_RETURN_IF_ERROR(RenameDurably(partial, directory));
  return count;
}

absl::Status RestoreBackup(const std::string& backup, const std::string& data) {
  std::error_code error;
  if (!fs::exists(backup + "/FORMAT", error) || !fs::exists(backup + "/kv", error)) {
    return MakeError(Reason::REASON_UNREADABLE_FILE,
                     absl::StrCat("'", backup, "' is not a finished backup"), {{"file", backup}});
  }
  if (fs::exists(data, error) && !fs::is_empty(data, error)) {
    return MakeError(Reason::REASON_ALREADY_EXISTS,
                     absl::StrCat("the data directory '", data, "' is not empty"),
                     {{"data", data}});
  }
  const std::string partial = data + ".partial";
  fs::remove_all(partial, error);
  FOIA_RETURN_IF_ERROR(storage::MakeDirectories(partial));
  chmod(partial.c_str(), 0700);
  fs::copy(backup, partial, fs::copy_options::recursive, error);
  if (error) return CopyError(partial, error);
  {
    FOIA_ASSIGN_OR_RETURN(const auto directory, DataDirectory::Open(partial));
    if (fs::exists(directory->Sub("kv/documents"), error)) {
      FOIA_ASSIGN_OR_RETURN(const auto kv,
                            storage::OpenRocksDb({.directory = directory->Sub("kv/documents")}));
      FOIA_ASSIGN_OR_RETURN(const auto blobs, storage::OpenDirectoryBlobStore(
                                                  directory->Sub("blobs"), directory->Sub("tmp")));
      const SystemClock clock;
      FOIA_ASSIGN_OR_RETURN(const auto store, documents::DocumentStore::Open(*kv, *blobs, clock));
      FOIA_RETURN_IF_ERROR(store->ResetEpoch());
    }
  }
  FOIA_RETURN_IF_ERROR(SyncFileSystem(partial));
  fs::remove(data, error);
  return RenameDurably(partial, data);
}

}  // namespace foia::foiad
