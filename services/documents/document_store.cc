#include "services/documents/document_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

using storage::Iterator;
using storage::ScanOptions;

constexpr std::string_view kFormatVersion = "1";
constexpr size_t kDocumentIdSize = 27;

std::string NewEpoch() { return HexEncode(RandomBytes(16)); }

absl::StatusOr<int64_t> LastSequence(storage::KeyValueStore& kv) {
  ScanOptions options = ScanOptions::Prefix(keys::kChanges);
  options.reverse = true;
  const std::unique_ptr<Iterator> it = kv.Scan(options);
  FOIA_RETURN_IF_ERROR(it->status());
  return it->Valid() ? keys::ParseChange(it->key()) : 0;
}

}  // namespace

absl::Status DocumentNotFound(std::string_view name) {
  return MakeError(Reason::REASON_DOCUMENT_NOT_FOUND,
                   absl::StrCat("there is no document '", ToAbsl(name), "' that you may see"),
                   {{"document", std::string(name)}});
}

absl::Status LeaseLost(std::string_view document, int page) {
  return MakeError(
      Reason::REASON_LEASE_LOST,
      absl::StrCat("the lease on page ", page, " of documents/", ToAbsl(document), " is lost"),
      {{"document", absl::StrCat("documents/", ToAbsl(document))}, {"page", absl::StrCat(page)}});
}

absl::Status PageNotFound(std::string_view name) {
  return MakeError(Reason::REASON_PAGE_NOT_FOUND,
                   absl::StrCat("there is no page '", ToAbsl(name), "'"),
                   {{"page", std::string(name)}});
}

PageName ParsePageName(std::string_view name) {
  // documents/{document}/pages/{page}; the collection may be left out.
  const std::string whole = NameIn("documents", name);
  const std::vector<std::string> parts = absl::StrSplit(whole, '/');
  PageName parsed;
  if (parts.size() == 4 && parts[2] == "pages" && absl::SimpleAtoi(parts[3], &parsed.page)) {
    parsed.document = absl::StrCat("documents/", parts[1]);
  }
  return parsed;
}

absl::Status CheckOriginal(const Principal& caller, const v1::StoredDocument& stored,
                           std::string_view resource) {
  const bool open = Fold(stored).state == v1::DOCUMENT_STATE_DONE &&
                    stored.document().sealed_characters() == 0 && !IsContainer(stored.document());
  return access::Check(caller, open ? access::Action::kRead : access::Action::kReadSealedOriginal,
                       stored.document().label(), resource);
}

absl::Status CorruptRecord(std::string_view key) {
  const std::string shown = absl::CHexEscape(ToAbsl(key));
  return MakeError(Reason::REASON_DATA_CORRUPT,
                   absl::StrCat("the record under '", shown, "' cannot be read"), {{"key", shown}});
}

absl::StatusOr<std::unique_ptr<DocumentStore>> DocumentStore::Open(storage::KeyValueStore& kv,
                                                                   storage::BlobStore& blobs,
                                                                   const Clock& clock) {
  FOIA_ASSIGN_OR_RETURN(const int64_t last_sequence, LastSequence(kv));
  auto store = std::unique_ptr<DocumentStore>(new DocumentStore(kv, blobs, clock, last_sequence));
  FOIA_RETURN_IF_ERROR(store->LoadMeta());
  FOIA_RETURN_IF_ERROR(store->LoadTasks());
  return store;
}

absl::Status DocumentStore::LoadMeta() {
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> format, kv_.Get(keys::kFormat));
  if (!format.has_value()) {
    storage::WriteBatch batch;
    batch.Put(keys::kFormat, kFormatVersion);
    batch.Put(keys::kEpoch, NewEpoch());
    batch.Put(keys::kSealKey, RandomBytes(32));
    FOIA_RETURN_IF_ERROR(kv_.Commit(batch));
  } else if (*format != kFormatVersion) {
    return MakeError(Reason::REASON_NEWER_FORMAT,
                     absl::StrCat("the documents store has format ", *format),
                     {{"format", *format}});
  }
  FOIA_ASSIGN_OR_RETURN(std::optional<std::string> epoch, kv_.Get(keys::kEpoch));
  FOIA_ASSIGN_OR_RETURN(std::optional<std::string> seal_key, kv_.Get(keys::kSealKey));
  if (!epoch.has_value()) return CorruptRecord(keys::kEpoch);
  if (!seal_key.has_value()) return CorruptRecord(keys::kSealKey);
  epoch_ = *std::move(epoch);
  seal_key_ = *std::move(seal_key);
  return absl::OkStatus();
}

absl::Status DocumentStore::LoadTasks() {
  // Tasks stand by page; documents are few against them, so each is read once.
  std::map<std::string, v1::Document, std::less<>> files;
  const std::unique_ptr<Iterator> it = kv_.Scan(ScanOptions::Prefix(keys::kTasks));
  for (; it->Valid(); it->Next()) {
    const keys::PageRef task = keys::ParseTask(it->key());
    auto file = files.find(task.document);
    if (file == files.end()) {
      FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredDocument> stored,
                            Read<v1::StoredDocument>(keys::Document(task.document)));
      if (!stored.has_value()) {
        Log(Severity::kError, "task_without_document", {{"document", task.document}});
        continue;
      }
      file = files.emplace(task.document, std::move(*stored->mutable_document())).first;
    }
    tasks_.Add(task.document, file->second.sha256(), file->second.size_bytes(), task.page,
               task.page);
  }
  return it->status();
}

std::string DocumentStore::epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

absl::Status DocumentStore::ResetEpoch() {
  const std::string epoch = NewEpoch();
  return writer_.Run([&](Transaction& transaction) {
    transaction.Put(keys::kEpoch, epoch);
    transaction.OnCommit([this, epoch] {
      const std::lock_guard lock(mutex_);
      epoch_ = epoch;
    });
    return absl::OkStatus();
  });
}

void DocumentStore::WaitForChange(int64_t sequence, absl::Duration wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(wait),
                    [&] { return stopped_ || writer_.last_sequence() > sequence; });
}

void DocumentStore::Stop() {
  tasks_.Stop();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

absl::StatusOr<DocumentStore::Found> DocumentStore::FindDocument(const Principal& caller,
                                                                 std::string_view name) {
  const std::string prefix = IdIn("documents", name);
  if (prefix.empty()) return DocumentNotFound(name);
  std::vector<std::string> found = {prefix};
  if (!IsId('d', prefix)) {
    FOIA_ASSIGN_OR_RETURN(found, VisibleDocuments(caller, prefix, "", 2));
  }
  if (found.empty()) return DocumentNotFound(name);
  if (found.size() > 1) return AmbiguousId("documents", prefix, found);
  FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredDocument> stored,
                        Read<v1::StoredDocument>(keys::Document(found.front())));
  if (!stored.has_value() || !access::MaySee(caller, stored->document().label())) {
    return DocumentNotFound(name);
  }
  return Found{found.front(), *std::move(stored)};
}

absl::StatusOr<std::vector<std::string>> DocumentStore::VisibleDocuments(const Principal& caller,
                                                                         std::string_view prefix,
                                                                         std::string_view after,
                                                                         size_t limit) {
  // One ordered list per label, merged: the cost does not depend on what others own.
  std::vector<std::string> lists;
  if (caller.system()) {
    lists.emplace_back(keys::kDocuments);
  } else {
    for (const auto& [label, role] : caller.roles()) {
      if (access::MaySee(caller, label)) lists.push_back(keys::DocumentsByLabel(label));
    }
  }
  const std::unique_ptr<storage::Snapshot> snapshot = kv_.GetSnapshot();
  std::vector<std::unique_ptr<Iterator>> iterators;
  for (const std::string& list : lists) {
    ScanOptions options = ScanOptions::Prefix(absl::StrCat(list, ToAbsl(prefix)));
    options.snapshot = snapshot.get();
    if (!after.empty()) {
      options.begin =
          std::max(options.begin, absl::StrCat(list, ToAbsl(after), absl::string_view("\0", 1)));
    }
    iterators.push_back(kv_.Scan(options));
  }
  const auto id_of = [](const Iterator& it) {
    return it.key().substr(it.key().size() - std::min(it.key().size(), kDocumentIdSize));
  };
  std::vector<std::string> ids;
  while (ids.size() < limit) {
    Iterator* first = nullptr;
    for (const std::unique_ptr<Iterator>& it : iterators) {
      FOIA_RETURN_IF_ERROR(it->status());
      if (it->Valid() && (first == nullptr || id_of(*it) < id_of(*first))) first = it.get();
    }
    if (first == nullptr) break;
    ids.emplace_back(id_of(*first));
    first->Next();
  }
  return ids;
}

v1::Document DocumentStore::Render(std::string_view document,
                                   const v1::StoredDocument& stored) const {
  v1::Document rendered = stored.document();
  rendered.set_name(absl::StrCat("documents/", ToAbsl(document)));
  rendered.set_etag(absl::StrCat(stored.revision()));
  DocumentFold fold = Fold(stored);
  rendered.set_state(fold.state);
  rendered.set_state_reason(std::move(fold.reason));
  rendered.set_doubtful_pages(DoubtfulPages(stored));
  if (fold.state == v1::DOCUMENT_STATE_PROCESSING) {
    const int running = std::min(static_cast<int>(tasks_.RunningPages(document).size()),
                                 PagesIn(rendered, v1::PAGE_STATE_QUEUED));
    CountPages(rendered, v1::PAGE_STATE_QUEUED, -running);
    CountPages(rendered, v1::PAGE_STATE_RUNNING, running);
  }
  return rendered;
}

absl::StatusOr<v1::Page> DocumentStore::RenderPage(std::string_view document, int page,
                                                   const v1::StoredPage& stored,
                                                   std::string_view sha256, bool with_record,
                                                   const storage::Snapshot* snapshot) {
  v1::Page rendered;
  rendered.set_name(absl::StrCat("documents/", ToAbsl(document), "/pages/", page));
  rendered.set_number(page);
  rendered.set_state(stored.state());
  rendered.set_state_reason(stored.state_reason());
  rendered.set_attempts(static_cast<int32_t>(stored.attempt()));
  rendered.set_version(stored.sequence());
  rendered.set_languages(stored.languages());
  rendered.set_confidence(stored.confidence());
  rendered.set_ink_covered(stored.ink_covered());
  rendered.set_doubt(DoubtfulReason(stored));
  *rendered.mutable_update_time() = stored.update_time();
  if (with_record && IsRead(stored.state())) {
    const std::string key = keys::Result(sha256, page, stored.pipeline());
    FOIA_ASSIGN_OR_RETURN(std::optional<v1::PageRecord> record,
                          Read<v1::PageRecord>(key, snapshot));
    if (!record.has_value()) return CorruptRecord(key);
    *rendered.mutable_record() = *std::move(record);
  }
  return rendered;
}

void DocumentStore::PutNewDocument(Transaction& transaction, std::string_view id,
                                   v1::StoredDocument& document) {
  *document.mutable_document()->mutable_create_time() = Now();
  *document.mutable_document()->mutable_update_time() = Now();
  document.set_revision(1);
  document.set_probe_state(v1::PAGE_STATE_QUEUED);
  PutChangedDocument(transaction, id, document);
  transaction.Put(keys::ByLabel(document.document().label(), id), "");
  transaction.Put(keys::ByRequest(document.document().request(), id), "");
  PutTask(transaction, id, document, 0, 0);
}

void DocumentStore::PutChangedDocument(Transaction& transaction, std::string_view id,
                                       v1::StoredDocument& document) {
  const std::string key = keys::Document(id);
  if (document.sequence() != 0) transaction.Delete(keys::Change(document.sequence()));
  document.set_sequence(transaction.NextSequence());
  transaction.Put(keys::Change(document.sequence()), key);
  transaction.Put(key, document.SerializeAsString());
  NotifyOnCommit(transaction);
}

void DocumentStore::NotifyOnCommit(Transaction& transaction) {
  transaction.OnCommit([this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
}

void DocumentStore::PutTasks(Transaction& transaction, std::string_view id,
                             const v1::StoredDocument& document, int first, int last) {
  const std::string task = v1::StoredTask().SerializeAsString();
  for (int page = first; page <= last; ++page) transaction.Put(keys::Task(page, id), task);
  QueueOnCommit(transaction, id, document, first, last);
}

void DocumentStore::PutTask(Transaction& transaction, std::string_view id,
                            const v1::StoredDocument& document, int page, int64_t attempt,
                            bool anew) {
  v1::StoredTask task;
  task.set_attempt(attempt);
  task.set_anew(anew);
  transaction.Put(keys::Task(page, id), task.SerializeAsString());
  QueueOnCommit(transaction, id, document, page, page);
}

absl::Status DocumentStore::RequeuePage(Transaction& transaction, std::string_view id, int number,
                                        v1::StoredPage& page, v1::StoredDocument& document,
                                        bool anew) {
  int64_t attempt = page.attempt();
  if (page.state() == v1::PAGE_STATE_QUEUED) {
    const std::string key = keys::Task(number, id);
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredTask> task,
                          Read<v1::StoredTask>(transaction, key));
    if (!task.has_value()) return CorruptRecord(key);
    attempt = task->attempt();
    anew = anew || task->anew();
    transaction.OnCommit([this, id = std::string(id), number] { tasks_.Return(id, number); });
  } else {
    v1::Document& counts = *document.mutable_document();
    CountPages(counts, page.state(), -1);
    CountPages(counts, v1::PAGE_STATE_QUEUED, 1);
    counts.set_sealed_characters(counts.sealed_characters() - page.sealed_characters());
    page.clear_sealed_characters();
    if (!page.doubt().empty()) counts.set_doubtful_pages(counts.doubtful_pages() - 1);
    page.clear_doubt();
    page.clear_confidence();
    page.clear_ink_covered();
    page.set_state(v1::PAGE_STATE_QUEUED);
    page.clear_state_reason();
    *page.mutable_update_time() = Now();
  }
  transaction.Put(keys::Page(id, number), page.SerializeAsString());
  // A number that nobody ever held stands in the new task, so that a late result of the old one is
  // refused.
  PutTask(transaction, id, document, number, attempt + 1, anew);
  return absl::OkStatus();
}

void DocumentStore::QueueOnCommit(Transaction& transaction, std::string_view id,
                                  const v1::StoredDocument& document, int first, int last) {
  transaction.OnCommit([this, id = std::string(id), sha256 = document.document().sha256(),
                        size = document.document().size_bytes(), first,
                        last] { tasks_.Add(id, sha256, size, first, last); });
}

void DocumentStore::EndTask(Transaction& transaction, std::string_view id, int page,
                            const v1::StoredDocument& document) {
  transaction.Delete(keys::Task(page, id));
  if (!HasUnfinished(document)) transaction.Delete(keys::Password(id));
  transaction.OnCommit([this, id = std::string(id), page] { tasks_.Remove(id, page); });
}

void DocumentStore::EndPage(Transaction& transaction, std::string_view id, int number,
                            v1::StoredPage& page, v1::StoredDocument& document) {
  const v1::DocumentState before = Fold(document).state;
  v1::Document& counts = *document.mutable_document();
  CountPages(counts, v1::PAGE_STATE_QUEUED, -1);
  CountPages(counts, page.state(), 1);
  counts.set_sealed_characters(counts.sealed_characters() + page.sealed_characters());
  if (!page.doubt().empty()) counts.set_doubtful_pages(counts.doubtful_pages() + 1);
  *counts.mutable_update_time() = Now();
  *page.mutable_update_time() = Now();

  const std::string key = keys::Page(id, number);
  if (page.sequence() != 0) transaction.Delete(keys::Change(page.sequence()));
  page.set_sequence(transaction.NextSequence());
  transaction.Put(keys::Change(page.sequence()), key);
  transaction.Put(key, page.SerializeAsString());
  NotifyOnCommit(transaction);

  EndTask(transaction, id, number, document);
  // The counts change with every page; consumers of the feed care for the state.
  if (Fold(document).state != before) {
    PutChangedDocument(transaction, id, document);
  } else {
    transaction.Put(keys::Document(id), document.SerializeAsString());
  }
}

void DocumentStore::EndProbe(Transaction& transaction, std::string_view id,
                             v1::StoredDocument& document) {
  *document.mutable_document()->mutable_update_time() = Now();
  EndTask(transaction, id, 0, document);
  PutChangedDocument(transaction, id, document);
}

google::protobuf::Timestamp DocumentStore::Now() const { return ToTimestamp(clock_.Now()); }

namespace {

DocumentFold FoldPages(const v1::Document& document) {
  if (PagesIn(document, v1::PAGE_STATE_QUEUED) > 0) return {v1::DOCUMENT_STATE_PROCESSING, ""};
  const int pages = document.page_count();
  const int read = PagesIn(document, v1::PAGE_STATE_DONE) + PagesIn(document, v1::PAGE_STATE_BLANK);
  if (read == pages) return {v1::DOCUMENT_STATE_DONE, ""};
  if (read > 0) {
    return {v1::DOCUMENT_STATE_PARTLY_READ,
            absl::StrCat(pages - read, " of ", pages, " pages could not be read")};
  }
  std::string reason = "no page could be read";
  if (PagesIn(document, v1::PAGE_STATE_NEEDS_PASSWORD) == pages) {
    return {v1::DOCUMENT_STATE_NEEDS_PASSWORD, std::move(reason)};
  }
  if (PagesIn(document, v1::PAGE_STATE_UNSUPPORTED) == pages) {
    return {v1::DOCUMENT_STATE_UNSUPPORTED, std::move(reason)};
  }
  return {v1::DOCUMENT_STATE_DAMAGED, std::move(reason)};
}

}  // namespace

DocumentFold Fold(const v1::StoredDocument& stored) {
  const v1::Document& document = stored.document();
  switch (stored.probe_state()) {
    case v1::PAGE_STATE_DONE:
      break;
    case v1::PAGE_STATE_QUEUED:
      return {v1::DOCUMENT_STATE_QUEUED, ""};
    case v1::PAGE_STATE_NEEDS_PASSWORD:
      return {v1::DOCUMENT_STATE_NEEDS_PASSWORD, stored.probe_reason()};
    case v1::PAGE_STATE_UNSUPPORTED:
      return {v1::DOCUMENT_STATE_UNSUPPORTED, stored.probe_reason()};
    default:
      return {v1::DOCUMENT_STATE_DAMAGED, stored.probe_reason()};
  }
  DocumentFold fold = FoldPages(document);
  const int failed = document.member_error_count();
  if (failed == 0 || fold.state == v1::DOCUMENT_STATE_PROCESSING) return fold;
  // Members that did become documents have states of their own.
  const int members = document.member_count() + failed;
  if (document.page_count() == 0 && document.member_count() == 0) {
    return {v1::DOCUMENT_STATE_DAMAGED, "no member could be unpacked"};
  }
  if (fold.state == v1::DOCUMENT_STATE_DONE) fold.state = v1::DOCUMENT_STATE_PARTLY_READ;
  absl::StrAppend(&fold.reason, fold.reason.empty() ? "" : "; ", failed, " of ", members,
                  " members could not be unpacked");
  return fold;
}

bool IsContainer(const v1::Document& document) {
  return document.member_count() > 0 || document.member_error_count() > 0;
}

std::string DoubtfulReason(const v1::StoredPage& page) {
  if (page.state() == v1::PAGE_STATE_QUEUED || IsRead(page.state())) return page.doubt();
  return page.state_reason().empty() ? "it was not read" : page.state_reason();
}

int DoubtfulPages(const v1::StoredDocument& stored) {
  const v1::Document& document = stored.document();
  int pages = document.doubtful_pages();
  for (const v1::PageStateCount& count : document.page_states()) {
    if (count.state() != v1::PAGE_STATE_QUEUED && !IsRead(count.state())) pages += count.pages();
  }
  return pages;
}

bool HasUnfinished(const v1::StoredDocument& document) {
  return document.probe_state() == v1::PAGE_STATE_QUEUED ||
         PagesIn(document.document(), v1::PAGE_STATE_QUEUED) > 0;
}

int PagesIn(const v1::Document& document, v1::PageState state) {
  for (const v1::PageStateCount& count : document.page_states()) {
    if (count.state() == state) return count.pages();
  }
  return 0;
}

void CountPages(v1::Document& document, v1::PageState state, int change) {
  if (change == 0) return;
  auto& counts = *document.mutable_page_states();
  auto count = std::find_if(counts.begin(), counts.end(),
                            [&](const v1::PageStateCount& c) { return c.state() >= state; });
  if (count == counts.end() || count->state() != state) {
    // Kept in the order of the states.
    const auto position = count - counts.begin();
    v1::PageStateCount* added = counts.Add();
    added->set_state(state);
    std::rotate(counts.begin() + position, counts.end() - 1, counts.end());
    count = counts.begin() + position;
  }
  count->set_pages(count->pages() + change);
  if (count->pages() == 0) counts.erase(count);
}

}  // namespace foia::documents
