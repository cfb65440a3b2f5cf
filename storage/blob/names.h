// What names a blob store takes; they become file names, so nothing else may pass.
#ifndef FOIA_STORAGE_BLOB_NAMES_H_
#define FOIA_STORAGE_BLOB_NAMES_H_

#include <algorithm>
#include <string>
#include <string_view>

#include "services/base/error.h"

namespace foia::storage {

inline bool IsBlobId(std::string_view id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

inline bool IsStagingName(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

inline absl::Status NoSuchBlob(std::string_view id) {
  return MakeError(Reason::REASON_NOT_FOUND, "no blob '" + std::string(id) + "'",
                   {{"blob", std::string(id)}});
}

inline absl::Status BadStagingName() {
  return InvalidFields({{"name", "a staging area's name is 1 to 128 letters and digits"}});
}

inline absl::Status StagingIsGone() {
  return absl::FailedPreconditionError("the staging area was published or removed");
}

// Size first, since it is the clearer error. Both hashes in lower-case hexadecimal.
inline absl::Status CheckContent(uint64_t size, uint64_t expected_size, std::string_view sha256_hex,
                                 std::string_view expected_sha256_hex) {
  if (size != expected_size) {
    return MakeError(
        Reason::REASON_SIZE_MISMATCH,
        "there are " + std::to_string(size) + " bytes, not " + std::to_string(expected_size),
        {{"size", std::to_string(size)}, {"expected_size", std::to_string(expected_size)}});
  }
  if (sha256_hex != expected_sha256_hex) {
    return MakeError(Reason::REASON_HASH_MISMATCH,
                     "the bytes have SHA-256 " + std::string(sha256_hex) + ", not " +
                         std::string(expected_sha256_hex),
                     {{"sha256", std::string(sha256_hex)},
                      {"expected_sha256", std::string(expected_sha256_hex)}});
  }
  return absl::OkStatus();
}

}  // namespace foia::storage

#endif  // FOIA_STORAGE_BLOB_NAMES_H_
