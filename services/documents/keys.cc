#include "services/documents/keys.h"

#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "storage/kv/key_value_store.h"

namespace foia::documents::keys {
namespace {

constexpr size_t kPageBytes = 4;

std::string Join(std::string_view prefix, std::string_view rest) {
  return absl::StrCat(ToAbsl(prefix), ToAbsl(rest));
}

}  // namespace

std::string Document(std::string_view document) { return Join(kDocuments, document); }

std::string DocumentsByLabel(std::string_view label) {
  return absl::StrCat("by_label/", ToAbsl(label), "/");
}
std::string ByLabel(std::string_view label, std::string_view document) {
  return Join(DocumentsByLabel(label), document);
}

std::string DocumentsByRequest(std::string_view request) {
  return absl::StrCat("by_request/", ToAbsl(request), "/");
}
std::string ByRequest(std::string_view request, std::string_view document) {
  return Join(DocumentsByRequest(request), document);
}

std::string MembersOf(std::string_view container) {
  return absl::StrCat("member/", ToAbsl(container), "/");
}
std::string Member(std::string_view container, int index) {
  std::string key = MembersOf(container);
  storage::AppendBigEndian32(static_cast<uint32_t>(index), key);
  return key;
}

std::string PagesOf(std::string_view document) {
  return absl::StrCat(ToAbsl(kPages), ToAbsl(document), "/");
}
std::string Page(std::string_view document, int page) {
  std::string key = PagesOf(document);
  storage::AppendBigEndian32(static_cast<uint32_t>(page), key);
  return key;
}

std::string Result(std::string_view sha256, int page, std::string_view pipeline) {
  std::string key = absl::StrCat(ToAbsl(kResults), ToAbsl(sha256), "/");
  storage::AppendBigEndian32(static_cast<uint32_t>(page), key);
  return absl::StrCat(key, "/", ToAbsl(pipeline));
}

std::string Pipeline(std::string_view languages) {
  return languages.empty() ? "meta/pipeline" : Join("meta/pipeline/", languages);
}

std::string Task(int page, std::string_view document) {
  std::string key(kTasks);
  storage::AppendBigEndian32(static_cast<uint32_t>(page), key);
  return absl::StrCat(key, "/", ToAbsl(document));
}

std::string Password(std::string_view document) { return Join("password/", document); }

std::string Change(int64_t sequence) {
  std::string key(kChanges);
  storage::AppendBigEndian64(static_cast<uint64_t>(sequence), key);
  return key;
}

std::string Upload(std::string_view upload) { return Join(kUploads, upload); }

std::string UploadCall(std::string_view caller, std::string_view request_id) {
  // A zero byte parts them, since both may hold a slash.
  return absl::StrCat("upload_call/", ToAbsl(caller), absl::string_view("\0", 1),
                      ToAbsl(request_id));
}

PageRef ParseTask(std::string_view key) {
  key.remove_prefix(kTasks.size());
  const int page = static_cast<int>(storage::ReadBigEndian32(key));
  return {std::string(key.substr(kPageBytes + 1)), page};
}

PageRef ParsePage(std::string_view key) {
  key.remove_prefix(kPages.size());
  const std::string_view page = key.substr(key.size() - kPageBytes);
  key.remove_suffix(kPageBytes + 1);
  return {std::string(key), static_cast<int>(storage::ReadBigEndian32(page))};
}

int64_t ParseChange(std::string_view key) {
  return static_cast<int64_t>(storage::ReadBigEndian64(key.substr(kChanges.size())));
}

}  // namespace foia::documents::keys
