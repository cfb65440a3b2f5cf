// Keeps the index in step with the documents: tails the feed and commits each batch of changes
// together with the cursor. Everything here can be deleted: it is derived again from the feed.
//
// Thread-safety: Run belongs to one thread; the rest is safe for concurrent use.
#ifndef FOIA_SERVICES_SEARCH_INDEXER_H_
#define FOIA_SERVICES_SEARCH_INDEXER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/documents/v1/feed_service.pb.h"
#include "storage/index/index.h"
#include "storage/kv/key_value_store.h"

namespace foia::search {

// FeedService.ListChanges, here or in another process.
using ListChanges = std::function<absl::StatusOr<documents::v1::ListChangesResponse>(
    const documents::v1::ListChangesRequest&)>;

// Keys beside the index' own: what a search result shows.
//   cursor                       documents.v1.ListChangesRequest: epoch and last sequence applied
//   counts                       documents and pages under shown/, 8 bytes each, big-endian
//   shown/{document}             documents.v1.Document
//   shown/{document}/{page}      documents.v1.PageRecord without text, lines and blocks
std::string ShownDocumentKey(std::string_view document);
std::string ShownPageKey(std::string_view document, int page);

class Indexer {
 public:
  // The arguments outlive the indexer.
  Indexer(storage::KeyValueStore* store, storage::Index* index, ListChanges list_changes)
      : store_(store), index_(index), list_changes_(std::move(list_changes)) {}

  // Applies changes until Stop. Errors are logged and tried again.
  void Run();
  // Makes Run return, at the latest when the feed's wait is over.
  void Stop();

  // Applies what there is now and returns the number of changes; waits up to `wait` for one.
  absl::StatusOr<int> ApplyOnce(absl::Duration wait);

  // OK once no change of a label is missing in the index, so that whoever opens a reader then sees
  // no document by a label that it has lost. Waits a little for the index; then, and when the feed
  // does not answer, an error: nobody may answer by old labels.
  absl::Status AwaitLabels();

  struct Counts {
    int64_t documents = 0;
    int64_t pages = 0;
  };
  // What can be shown now.
  absl::StatusOr<Counts> Count() const;

  int64_t applied_sequence() const { return applied_.load(); }
  int64_t last_sequence() const { return last_.load(); }

 private:
  absl::Status Apply(const documents::v1::ListChangesResponse& changes,
                     const documents::v1::ListChangesRequest& cursor);
  absl::Status StartAgain();

  storage::KeyValueStore* store_;
  storage::Index* index_;
  ListChanges list_changes_;
  std::atomic<int64_t> applied_{0};
  std::atomic<int64_t> last_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_INDEXER_H_
