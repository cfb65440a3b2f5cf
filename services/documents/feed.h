// The feed of changes: what FeedService does. For foiad's own services only.
#ifndef FOIA_SERVICES_DOCUMENTS_FEED_H_
#define FOIA_SERVICES_DOCUMENTS_FEED_H_

#include "absl/status/statusor.h"
#include "foia/documents/v1/feed_service.pb.h"
#include "services/documents/document_store.h"

namespace foia::documents {

// Safe for concurrent use.
class Feed {
 public:
  explicit Feed(DocumentStore& store) : store_(store) {}

  // Changes come in the order of their commits: nothing ever appears behind a cursor. Waits until
  // there is one or `wait` is over. PERMISSION_DENIED; EPOCH_CHANGED for a cursor of another epoch.
  absl::StatusOr<v1::ListChangesResponse> ListChanges(const Principal& caller,
                                                      const v1::ListChangesRequest& request);

 private:
  absl::Status AddChange(std::string_view key, int64_t sequence, const storage::Snapshot& snapshot,
                         v1::ListChangesResponse& response);

  DocumentStore& store_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_FEED_H_
