// Keys of the documents store; docs/formats/documents-keys.md describes them.
#ifndef FOIA_SERVICES_DOCUMENTS_KEYS_H_
#define FOIA_SERVICES_DOCUMENTS_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace foia::documents::keys {

inline constexpr std::string_view kFormat = "meta/format";
inline constexpr std::string_view kEpoch = "meta/epoch";
inline constexpr std::string_view kSealKey = "meta/seal_key";
inline constexpr std::string_view kLabelSequence = "meta/label_sequence";

inline constexpr std::string_view kDocuments = "document/";
inline constexpr std::string_view kPages = "page/";
inline constexpr std::string_view kResults = "result/";
inline constexpr std::string_view kTasks = "task/";
inline constexpr std::string_view kChanges = "change/";
inline constexpr std::string_view kUploads = "upload/";

// `document` and `upload` are ids; `label` and `request` are full resource names.
std::string Document(std::string_view document);
std::string DocumentsByLabel(std::string_view label);  // prefix of the next
std::string ByLabel(std::string_view label, std::string_view document);
std::string DocumentsByRequest(std::string_view request);  // prefix of the next
std::string ByRequest(std::string_view request, std::string_view document);
std::string MembersOf(std::string_view container);  // prefix of the next
std::string Member(std::string_view container, int index);
std::string PagesOf(std::string_view document);  // prefix of the next
std::string Page(std::string_view document, int page);
std::string Result(std::string_view sha256, int page, std::string_view pipeline);
// `languages` of the task; empty: the installation's.
std::string Pipeline(std::string_view languages);
std::string Task(int page, std::string_view document);
std::string Password(std::string_view document);
std::string Change(int64_t sequence);
std::string Upload(std::string_view upload);
std::string UploadCall(std::string_view caller, std::string_view request_id);

// Of a key made by Task or Page.
struct PageRef {
  std::string document;
  int page;
};
PageRef ParseTask(std::string_view key);
PageRef ParsePage(std::string_view key);
// Of a key made by Change.
int64_t ParseChange(std::string_view key);

}  // namespace foia::documents::keys

#endif  // FOIA_SERVICES_DOCUMENTS_KEYS_H_
