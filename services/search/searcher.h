// Answers searches from the index. Only documents under labels that the caller has a role on take
// part in anything: hits, totals and suggestions.
//
// Thread-safety: safe for concurrent use.
#ifndef FOIA_SERVICES_SEARCH_SEARCHER_H_
#define FOIA_SERVICES_SEARCH_SEARCHER_H_

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/search/v1/search_service.pb.h"
#include "services/search/indexer.h"
#include "storage/index/index.h"
#include "storage/kv/key_value_store.h"

namespace foia::search {

using access::v1::Principal;

class Searcher {
 public:
  // The arguments outlive the searcher.
  Searcher(storage::KeyValueStore* store, storage::Index* index, Indexer* indexer)
      : store_(store), index_(index), indexer_(indexer) {}

  // INVALID_QUERY with column and suggestion. A change of a label holds for every search that
  // begins after it; see Indexer::AwaitLabels.
  absl::StatusOr<v1::SearchResponse> Search(const Principal& caller,
                                            const v1::SearchRequest& request);
  absl::StatusOr<v1::GetIndexStatusResponse> GetIndexStatus(const Principal& caller,
                                                            const v1::GetIndexStatusRequest&);

 private:
  storage::KeyValueStore* store_;
  storage::Index* index_;
  Indexer* indexer_;
};

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_SEARCHER_H_
