// What the documents service keeps, and the few operations on it that its parts share: documents,
// their pages, tasks and the feed. Documents, PageTasks and Feed are the RPCs on top of it.
//
// Thread-safety: safe for concurrent use.
#ifndef FOIA_SERVICES_DOCUMENTS_DOCUMENT_STORE_H_
#define FOIA_SERVICES_DOCUMENTS_DOCUMENT_STORE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/access/v1/admin_service.pb.h"
#include "foia/documents/v1/document.pb.h"
#include "foia/documents/v1/stored.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/access/policy.h"
#include "services/base/clock.h"
#include "services/documents/task_queue.h"
#include "services/documents/writer.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/key_value_store.h"

namespace foia::documents {

using access::Principal;

class DocumentStore {
 public:
  // Loads the unfinished tasks; makes epoch and seal key in a new store. The arguments must outlive
  // it. NEWER_FORMAT, DATA_CORRUPT.
  static absl::StatusOr<std::unique_ptr<DocumentStore>> Open(storage::KeyValueStore& kv,
                                                             storage::BlobStore& blobs,
                                                             const Clock& clock);

  storage::KeyValueStore& kv() { return kv_; }
  storage::BlobStore& blobs() { return blobs_; }
  const Clock& clock() const { return clock_; }
  Writer& writer() { return writer_; }
  TaskQueue& tasks() { return tasks_; }
  // 32 bytes: key of the hash over sealed text.
  const std::string& seal_key() const { return seal_key_; }

  // The feed's epoch.
  std::string epoch() const;
  // A new epoch: to be called on a store that was restored from a backup.
  absl::Status ResetEpoch();
  // Waits until the feed is longer than `sequence`, Stop was called or the time is over.
  void WaitForChange(int64_t sequence, absl::Duration wait);
  // Ends all waits, now and later. Before the server stops.
  void Stop();

  // The visible document that `name` means: documents/{id}, or a unique prefix of the id, in any
  // case. DOCUMENT_NOT_FOUND when there is none or the caller may not see it; AMBIGUOUS_NAME.
  struct Found {
    std::string id;
    v1::StoredDocument stored;
  };
  absl::StatusOr<Found> FindDocument(const Principal& caller, std::string_view name);
  // Ids behind `after` that start with `prefix` and that the caller may see, in order.
  absl::StatusOr<std::vector<std::string>> VisibleDocuments(const Principal& caller,
                                                            std::string_view prefix,
                                                            std::string_view after, size_t limit);
  // What is stored under a key; nullopt when nothing is. DATA_CORRUPT when it does not parse.
  template <typename Message>
  absl::StatusOr<std::optional<Message>> Read(std::string_view key,
                                              const storage::Snapshot* snapshot = nullptr);
  template <typename Message>
  static absl::StatusOr<std::optional<Message>> Read(const Transaction& transaction,
                                                     std::string_view key);

  // The resources as callers see them. Pages with a lease are shown as RUNNING.
  v1::Document Render(std::string_view document, const v1::StoredDocument& stored) const;
  absl::StatusOr<v1::Page> RenderPage(std::string_view document, int page,
                                      const v1::StoredPage& stored, std::string_view sha256,
                                      bool with_record,
                                      const storage::Snapshot* snapshot = nullptr);

  // A document that was not there: with its lists and the task of its probe.
  void PutNewDocument(Transaction& transaction, std::string_view id, v1::StoredDocument& document);
  // Writes a document and moves it to the end of the feed.
  void PutChangedDocument(Transaction& transaction, std::string_view id,
                          v1::StoredDocument& document);
  // Makes the tasks of pages that were never tried and queues them after the commit.
  void PutTasks(Transaction& transaction, std::string_view id, const v1::StoredDocument& document,
                int first, int last);
  // Makes the task of a page (0: the probe). Keeps attempt numbers rising: `attempt` is the last
  // one that was used. `anew`: results that exist will not do.
  void PutTask(Transaction& transaction, std::string_view id, const v1::StoredDocument& document,
               int page, int64_t attempt, bool anew = false);
  // Queues a page again, whatever its state; the caller writes the document. Whoever reads the page
  // at this moment loses the lease.
  absl::Status RequeuePage(Transaction& transaction, std::string_view id, int number,
                           v1::StoredPage& page, v1::StoredDocument& document, bool anew);
  // Ends a page's task: link, counts, task and feed. `page` has its new state; the document is
  // written, too.
  void EndPage(Transaction& transaction, std::string_view id, int number, v1::StoredPage& page,
               v1::StoredDocument& document);
  // Ends the probe's task and writes the document; the caller has set the probe's result.
  void EndProbe(Transaction& transaction, std::string_view id, v1::StoredDocument& document);

  google::protobuf::Timestamp Now() const;

 private:
  DocumentStore(storage::KeyValueStore& kv, storage::BlobStore& blobs, const Clock& clock,
                int64_t last_sequence)
      : kv_(kv), blobs_(blobs), clock_(clock), writer_(kv, last_sequence) {}
  absl::Status LoadMeta();
  absl::Status LoadTasks();
  void EndTask(Transaction& transaction, std::string_view id, int page,
               const v1::StoredDocument& document);
  void QueueOnCommit(Transaction& transaction, std::string_view id,
                     const v1::StoredDocument& document, int first, int last);
  void NotifyOnCommit(Transaction& transaction);

  storage::KeyValueStore& kv_;
  storage::BlobStore& blobs_;
  const Clock& clock_;
  Writer writer_;
  TaskQueue tasks_;
  std::string seal_key_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::string epoch_;
};

// The fold of a document's probe and pages.
struct DocumentFold {
  v1::DocumentState state;
  std::string reason;
};
DocumentFold Fold(const v1::StoredDocument& document);

// Pages in a state, and changing their number.
int PagesIn(const v1::Document& document, v1::PageState state);
void CountPages(v1::Document& document, v1::PageState state, int change);

// True for what has members, or had any that could not be unpacked.
bool IsContainer(const v1::Document& document);
// Why a person should look at a page: it was not read, or with doubt. Empty: no reason, or it is
// not ended.
std::string DoubtfulReason(const v1::StoredPage& page);
// How many of a document's pages have such a reason.
int DoubtfulPages(const v1::StoredDocument& document);

// True while its probe or a page waits for a worker or is with one.
bool HasUnfinished(const v1::StoredDocument& document);

// Read, or found to be blank.
inline bool IsRead(v1::PageState state) {
  return state == v1::PAGE_STATE_DONE || state == v1::PAGE_STATE_BLANK;
}

// Compares documents with their pages, results, tasks and blobs, and re-reads every blob. Adds to
// `response` what was found; an error only when the store fails.
absl::Status CheckData(DocumentStore& store, access::v1::CheckDataResponse& response);

// documents/{document}/pages/{page}; page 0 for anything else.
struct PageName {
  std::string document;
  int page = 0;
};
PageName ParsePageName(std::string_view name);

// OK when `caller` may have the original's bytes, or what holds as much: every reader once the
// document is DONE without sealed text, otherwise owners. What was not read may hold text under its
// redactions, too, and so may a member of a container; members can be read one by one.
// PERMISSION_DENIED.
absl::Status CheckOriginal(const Principal& caller, const v1::StoredDocument& stored,
                           std::string_view resource);

absl::Status DocumentNotFound(std::string_view name);
// Another attempt holds the task, or it has ended.
absl::Status LeaseLost(std::string_view document, int page);
absl::Status PageNotFound(std::string_view name);
absl::Status CorruptRecord(std::string_view key);

template <typename Message>
absl::StatusOr<std::optional<Message>> ParseStored(
    std::string_view key, const absl::StatusOr<std::optional<std::string>>& bytes) {
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::optional<Message>();
  Message message;
  if (!message.ParseFromString(**bytes)) return CorruptRecord(key);
  return std::optional<Message>(std::move(message));
}

template <typename Message>
absl::StatusOr<std::optional<Message>> DocumentStore::Read(std::string_view key,
                                                           const storage::Snapshot* snapshot) {
  return ParseStored<Message>(key, kv_.Get(key, snapshot));
}

template <typename Message>
absl::StatusOr<std::optional<Message>> DocumentStore::Read(const Transaction& transaction,
                                                           std::string_view key) {
  return ParseStored<Message>(key, transaction.Get(key));
}

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_DOCUMENT_STORE_H_
