#include "services/documents/documents.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/file_info.h"
#include "services/documents/keys.h"
#include "services/documents/record_check.h"

namespace foia::documents {
namespace {

using access::Action;

constexpr int kMaxFullPages = 100;
constexpr int64_t kMaxReadBytes = 1 << 20;
// ListDoubtfulPages looks at so many documents, in steps, before it answers with what it has.
constexpr size_t kDocumentsPerCall = 5000;
constexpr size_t kDocumentsPerStep = 500;
// One response stays below gRPC's default limit of 4 MiB, unless a single page is larger.
constexpr size_t kMaxResponseBytes = 3u << 20;

bool MayRetry(v1::PageState state) {
  return state == v1::PAGE_STATE_NEEDS_PASSWORD || state == v1::PAGE_STATE_DAMAGED ||
         state == v1::PAGE_STATE_TIMED_OUT || state == v1::PAGE_STATE_FAILED;
}

}  // namespace

template <typename Change>
absl::StatusOr<v1::Document> Documents::Modify(const Principal& caller, std::string_view name,
                                               Action action, std::string_view etag,
                                               Change change) {
  FOIA_ASSIGN_OR_RETURN(DocumentStore::Found found, store_.FindDocument(caller, name));
  const absl::Status status = store_.writer().Run([&](Transaction& transaction) -> absl::Status {
    FOIA_ASSIGN_OR_RETURN(
        std::optional<v1::StoredDocument> stored,
        DocumentStore::Read<v1::StoredDocument>(transaction, keys::Document(found.id)));
    if (!stored.has_value() || !access::MaySee(caller, stored->document().label())) {
      return DocumentNotFound(name);
    }
    found.stored = *std::move(stored);
    FOIA_RETURN_IF_ERROR(access::Check(caller, action, found.stored.document().label(), name));
    if (!etag.empty() && etag != absl::StrCat(found.stored.revision())) {
      return MakeError(Reason::REASON_STALE_ETAG, "somebody changed the document meanwhile",
                       {{"etag", absl::StrCat(found.stored.revision())}});
    }
    *found.stored.mutable_document()->mutable_update_time() = store_.Now();
    return change(transaction, found);
  });
  FOIA_RETURN_IF_ERROR(status);
  return store_.Render(found.id, found.stored);
}

absl::StatusOr<v1::Document> Documents::GetDocument(const Principal& caller,
                                                    const v1::GetDocumentRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, request.name()));
  return store_.Render(found.id, found.stored);
}

absl::StatusOr<v1::ListDocumentsResponse> Documents::ListDocuments(
    const Principal& caller, const v1::ListDocumentsRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  const auto limit = static_cast<size_t>(page_size);
  if (!request.container().empty()) return ListMembers(caller, request, limit);
  std::string of_request;
  if (!request.request().empty()) {
    FOIA_ASSIGN_OR_RETURN(const RequestRef found, requests_.Find(caller, request.request()));
    of_request = found.name;
  }
  const std::string list = absl::StrCat("ListDocuments/", of_request);
  FOIA_ASSIGN_OR_RETURN(const std::string after, ReadPageToken(list, request.page_token()));

  v1::ListDocumentsResponse response;
  // Adds a document if the caller may see it; false when the page is full.
  const auto add = [&](const std::string& id) -> absl::StatusOr<bool> {
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredDocument> stored,
                          store_.Read<v1::StoredDocument>(keys::Document(id)));
    if (!stored.has_value() || !access::MaySee(caller, stored->document().label())) return true;
    if (static_cast<size_t>(response.documents_size()) == limit) {
      const std::string last = response.documents().rbegin()->name();
      response.set_next_page_token(MakePageToken(list, last.substr(last.find('/') + 1)));
      return false;
    }
    *response.add_documents() = store_.Render(id, *stored);
    return true;
  };
  if (of_request.empty()) {
    FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                          store_.VisibleDocuments(caller, "", after, limit + 1));
    for (const std::string& id : ids) FOIA_RETURN_IF_ERROR(add(id).status());
    return response;
  }
  const std::string prefix = keys::DocumentsByRequest(of_request);
  storage::ScanOptions options = storage::ScanOptions::Prefix(prefix);
  if (!after.empty()) options.begin = absl::StrCat(prefix, after, absl::string_view("\0", 1));
  const auto it = store_.kv().Scan(options);
  for (; it->Valid(); it->Next()) {
    FOIA_ASSIGN_OR_RETURN(const bool more, add(std::string(it->key().substr(prefix.size()))));
    if (!more) break;
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

absl::StatusOr<v1::ListDocumentsResponse> Documents::ListMembers(
    const Principal& caller, const v1::ListDocumentsRequest& request, size_t limit) {
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found container,
                        store_.FindDocument(caller, request.container()));
  const std::string list = absl::StrCat("ListMembers/", container.id);
  FOIA_ASSIGN_OR_RETURN(const std::string token, ReadPageToken(list, request.page_token()));
  int after = 0;
  if (!token.empty() && (!absl::SimpleAtoi(token, &after) || after < 1)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }
  storage::ScanOptions options = storage::ScanOptions::Prefix(keys::MembersOf(container.id));
  options.begin = keys::Member(container.id, after + 1);
  v1::ListDocumentsResponse response;
  int last = 0;
  const auto it = store_.kv().Scan(options);
  for (; it->Valid(); it->Next()) {
    const std::string id(it->value());
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredDocument> stored,
                          store_.Read<v1::StoredDocument>(keys::Document(id)));
    if (!stored.has_value() || !access::MaySee(caller, stored->document().label())) continue;
    if (static_cast<size_t>(response.documents_size()) == limit) {
      response.set_next_page_token(MakePageToken(list, absl::StrCat(last)));
      break;
    }
    *response.add_documents() = store_.Render(id, *stored);
    last = stored->member_index();
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

absl::StatusOr<v1::Document> Documents::UpdateDocument(const Principal& caller,
                                                       const v1::UpdateDocumentRequest& request) {
  return Modify(caller, request.document().name(), Action::kWrite, request.document().etag(),
                [&](Transaction& transaction, DocumentStore::Found& found) -> absl::Status {
                  v1::Document& document = *found.stored.mutable_document();
                  FOIA_RETURN_IF_ERROR(UpdateFields(
                      request.update_mask(),
                      {"file_name", "kind", "release_number", "receive_date", "languages"},
                      request.document(), document));
                  document.set_languages(StoredLanguages(document.languages()));
                  if (document.kind() == v1::DOCUMENT_KIND_UNSPECIFIED) {
                    document.set_kind(v1::DOCUMENT_KIND_RELEASE);
                  }
                  FOIA_RETURN_IF_ERROR(InvalidFields(CheckFileInfo(document)));
                  found.stored.set_revision(found.stored.revision() + 1);
                  store_.PutChangedDocument(transaction, found.id, found.stored);
                  return absl::OkStatus();
                });
}

absl::StatusOr<v1::Document> Documents::SetDocumentLabel(
    const Principal& caller, const v1::SetDocumentLabelRequest& request) {
  return Modify(caller, request.name(), Action::kShare, request.etag(),
                [&](Transaction& transaction, DocumentStore::Found& found) -> absl::Status {
                  v1::Document& document = *found.stored.mutable_document();
                  FOIA_RETURN_IF_ERROR(
                      access::Check(caller, Action::kShare, request.label(), request.label()));
                  transaction.Delete(keys::ByLabel(document.label(), found.id));
                  document.set_label(request.label());
                  transaction.Put(keys::ByLabel(document.label(), found.id), "");
                  found.stored.set_revision(found.stored.revision() + 1);
                  store_.PutChangedDocument(transaction, found.id, found.stored);
                  std::string sequence;
                  storage::AppendBigEndian64(static_cast<uint64_t>(found.stored.sequence()),
                                             sequence);
                  transaction.Put(keys::kLabelSequence, sequence);
                  return absl::OkStatus();
                });
}

absl::StatusOr<v1::Document> Documents::RetryDocument(const Principal& caller,
                                                      const v1::RetryDocumentRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckPassword(request.password()));
  FieldViolations violations;
  CheckLanguages(request.languages(), "languages", violations);
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found seen,
                        store_.FindDocument(caller, request.name()));
  const bool named = !request.pages().empty();
  const bool has_languages = !request.languages().empty();
  const auto is_wanted = [&](v1::PageState state) {
    return named || has_languages || MayRetry(state);
  };
  // Pages are looked for here, so that the writer visits only those that are wanted.
  std::set<int> candidates(request.pages().begin(), request.pages().end());
  if (named &&
      (*candidates.begin() < 1 || *candidates.rbegin() > seen.stored.document().page_count())) {
    return InvalidFields({{"pages", absl::StrCat("the document has pages 1 to ",
                                                 seen.stored.document().page_count())}});
  }
  if (!named) {
    const auto it = store_.kv().Scan(storage::ScanOptions::Prefix(keys::PagesOf(seen.id)));
    for (; it->Valid(); it->Next()) {
      FOIA_ASSIGN_OR_RETURN(
          const std::optional<v1::StoredPage> page,
          ParseStored<v1::StoredPage>(it->key(), std::optional(std::string(it->value()))));
      if (is_wanted(page->state())) candidates.insert(keys::ParsePage(it->key()).page);
    }
    FOIA_RETURN_IF_ERROR(it->status());
  }

  const std::string name = absl::StrCat("documents/", seen.id);
  return Modify(caller, name, Action::kWrite, "",
                [&](Transaction& transaction, DocumentStore::Found& found) -> absl::Status {
                  v1::StoredDocument& stored = found.stored;
                  if (has_languages && !named) {
                    stored.mutable_document()->set_languages(StoredLanguages(request.languages()));
                    stored.set_revision(stored.revision() + 1);
                  }
                  // As in RequeuePage.
                  if (MayRetry(stored.probe_state())) {
                    stored.set_probe_state(v1::PAGE_STATE_QUEUED);
                    stored.clear_probe_reason();
                    store_.PutTask(transaction, found.id, stored, 0, stored.probe_attempt() + 1);
                  }
                  for (const int number : candidates) {
                    const std::string key = keys::Page(found.id, number);
                    FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredPage> page,
                                          DocumentStore::Read<v1::StoredPage>(transaction, key));
                    if (!page.has_value() || !is_wanted(page->state())) continue;
                    if (has_languages) {
                      page->set_languages(named ? StoredLanguages(request.languages()) : "");
                    }
                    FOIA_RETURN_IF_ERROR(store_.RequeuePage(transaction, found.id, number, *page,
                                                            stored, named && !has_languages));
                  }
                  if (!request.password().empty() && HasUnfinished(stored)) {
                    transaction.Put(keys::Password(found.id), request.password());
                  }
                  store_.PutChangedDocument(transaction, found.id, stored);
                  return absl::OkStatus();
                });
}

absl::StatusOr<v1::Page> Documents::GetPage(const Principal& caller,
                                            const v1::GetPageRequest& request) {
  const PageName name = ParsePageName(request.name());
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, name.document));
  const v1::Document& document = found.stored.document();
  if (name.page < 1 || name.page > document.page_count()) return PageNotFound(request.name());
  const std::string key = keys::Page(found.id, name.page);
  FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredPage> stored,
                        store_.Read<v1::StoredPage>(key));
  if (!stored.has_value()) return CorruptRecord(key);
  FOIA_ASSIGN_OR_RETURN(v1::Page page,
                        store_.RenderPage(found.id, name.page, *stored, document.sha256(),
                                          request.view() != v1::PAGE_VIEW_BASIC));
  if (page.state() == v1::PAGE_STATE_QUEUED &&
      store_.tasks().RunningPages(found.id).count(name.page) != 0) {
    page.set_state(v1::PAGE_STATE_RUNNING);
  }
  return page;
}

absl::StatusOr<v1::ListPagesResponse> Documents::ListPages(const Principal& caller,
                                                           const v1::ListPagesRequest& request) {
  const bool full = request.view() == v1::PAGE_VIEW_FULL;
  FOIA_ASSIGN_OR_RETURN(const int page_size,
                        PageSize(request.page_size(), 50, full ? kMaxFullPages : 1000));
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, request.parent()));
  const std::string list =
      absl::StrCat("ListPages/", found.id, request.doubtful() ? "/doubtful" : "");
  FOIA_ASSIGN_OR_RETURN(const std::string token, ReadPageToken(list, request.page_token()));
  int after = 0;
  // Tokens are not secret: anybody can make one.
  if (!token.empty() && (!absl::SimpleAtoi(token, &after) || after < 1 || after > kMaxPages)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }

  const std::set<int> running = store_.tasks().RunningPages(found.id);
  v1::ListPagesResponse response;
  size_t bytes = 0;
  storage::ScanOptions options = storage::ScanOptions::Prefix(keys::PagesOf(found.id));
  options.begin = keys::Page(found.id, after + 1);
  const auto it = store_.kv().Scan(options);
  for (; it->Valid(); it->Next()) {
    const int number = keys::ParsePage(it->key()).page;
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredPage> stored,
        ParseStored<v1::StoredPage>(it->key(), std::optional(std::string(it->value()))));
    if (request.doubtful() && DoubtfulReason(*stored).empty()) continue;
    FOIA_ASSIGN_OR_RETURN(v1::Page page, store_.RenderPage(found.id, number, *stored,
                                                           found.stored.document().sha256(), full));
    bytes += page.ByteSizeLong();
    if (response.pages_size() == page_size ||
        (bytes > kMaxResponseBytes && response.pages_size() > 0)) {
      response.set_next_page_token(MakePageToken(list, absl::StrCat(number - 1)));
      break;
    }
    if (page.state() == v1::PAGE_STATE_QUEUED && running.count(number) != 0) {
      page.set_state(v1::PAGE_STATE_RUNNING);
    }
    *response.add_pages() = std::move(page);
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

absl::StatusOr<std::vector<std::string>> Documents::DocumentsAfter(const Principal& caller,
                                                                   const std::string& request,
                                                                   const std::string& after,
                                                                   size_t limit) {
  if (request.empty()) return store_.VisibleDocuments(caller, "", after, limit);
  const std::string prefix = keys::DocumentsByRequest(request);
  storage::ScanOptions options = storage::ScanOptions::Prefix(prefix);
  if (!after.empty()) options.begin = absl::StrCat(prefix, after, absl::string_view("\0", 1));
  std::vector<std::string> ids;
  const auto it = store_.kv().Scan(options);
  for (; it->Valid() && ids.size() < limit; it->Next()) {
    ids.emplace_back(it->key().substr(prefix.size()));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return ids;
}

absl::StatusOr<v1::ListDoubtfulPagesResponse> Documents::ListDoubtfulPages(
    const Principal& caller, const v1::ListDoubtfulPagesRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  std::string of_request;
  if (!request.request().empty()) {
    FOIA_ASSIGN_OR_RETURN(const RequestRef found, requests_.Find(caller, request.request()));
    of_request = found.name;
  }
  // The token is the last page that was looked at: {document}/{page}.
  const std::string list = absl::StrCat("ListDoubtfulPages/", of_request);
  FOIA_ASSIGN_OR_RETURN(const std::string token, ReadPageToken(list, request.page_token()));
  const std::vector<std::string> place = absl::StrSplit(token, '/');
  int last_page = 0;
  if (!token.empty() && (place.size() != 2 || !absl::SimpleAtoi(place[1], &last_page) ||
                         last_page < 0 || last_page > kMaxPages)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }

  v1::ListDoubtfulPagesResponse response;
  // Adds a document's pages behind `after`; false when the response was full before the last.
  const auto add_pages = [&](const std::string& id, int after) -> absl::StatusOr<bool> {
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredDocument> document,
                          store_.Read<v1::StoredDocument>(keys::Document(id)));
    // Tokens are not secret: anybody can make one that names any document.
    if (!document.has_value() || !access::MaySee(caller, document->document().label()) ||
        (!of_request.empty() && document->document().request() != of_request) ||
        DoubtfulPages(*document) == 0) {
      return true;
    }
    storage::ScanOptions options = storage::ScanOptions::Prefix(keys::PagesOf(id));
    options.begin = keys::Page(id, after + 1);
    const auto it = store_.kv().Scan(options);
    for (; it->Valid(); it->Next()) {
      FOIA_ASSIGN_OR_RETURN(
          const std::optional<v1::StoredPage> stored,
          ParseStored<v1::StoredPage>(it->key(), std::optional(std::string(it->value()))));
      if (DoubtfulReason(*stored).empty()) continue;
      const int number = keys::ParsePage(it->key()).page;
      if (response.pages_size() == page_size) {
        response.set_next_page_token(MakePageToken(list, absl::StrCat(id, "/", number - 1)));
        return false;
      }
      v1::DoubtfulPage& added = *response.add_pages();
      added.set_file_name(document->document().file_name());
      FOIA_ASSIGN_OR_RETURN(
          *added.mutable_page(),
          store_.RenderPage(id, number, *stored, document->document().sha256(), false));
    }
    FOIA_RETURN_IF_ERROR(it->status());
    return true;
  };

  bool more = true;
  std::string document = place.front();
  if (!token.empty()) {
    FOIA_ASSIGN_OR_RETURN(more, add_pages(document, last_page));
  }
  for (size_t documents = 0; more;) {
    FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                          DocumentsAfter(caller, of_request, document, kDocumentsPerStep));
    for (auto id = ids.begin(); id != ids.end() && more; ++id) {
      FOIA_ASSIGN_OR_RETURN(more, add_pages(*id, 0));
    }
    if (ids.size() < kDocumentsPerStep) break;
    document = ids.back();
    documents += ids.size();
    if (more && documents >= kDocumentsPerCall) {
      response.set_next_page_token(MakePageToken(list, absl::StrCat(document, "/", kMaxPages)));
      break;
    }
  }
  return response;
}

absl::StatusOr<v1::ReadOriginalResponse> Documents::ReadOriginal(
    const Principal& caller, const v1::ReadOriginalRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, request.name()));
  const v1::Document& document = found.stored.document();
  FOIA_RETURN_IF_ERROR(CheckOriginal(caller, found.stored, request.name()));
  if (request.offset() < 0 || request.length() < 1 || request.length() > kMaxReadBytes) {
    return InvalidFields({{"length", "must be 1 to 1 MiB, from an offset of at least 0"}});
  }
  v1::ReadOriginalResponse response;
  FOIA_ASSIGN_OR_RETURN(
      *response.mutable_data(),
      store_.blobs().Read(document.sha256(), static_cast<uint64_t>(request.offset()),
                          static_cast<uint64_t>(request.length())));
  return response;
}

}  // namespace foia::documents
