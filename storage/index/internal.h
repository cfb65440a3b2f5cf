// The writer and the reader behind index.h. Internal to storage/index.
#ifndef FOIA_STORAGE_INDEX_INTERNAL_H_
#define FOIA_STORAGE_INDEX_INTERNAL_H_

#include <memory>

#include "storage/index/layout.h"

namespace foia::storage {

absl::StatusOr<std::unique_ptr<IndexWriter>> NewIndexWriter(KeyValueStore* store, const Keys& keys);
absl::StatusOr<std::unique_ptr<IndexReader>> NewIndexReader(KeyValueStore* store, const Keys& keys);

}  // namespace foia::storage

#endif  // FOIA_STORAGE_INDEX_INTERNAL_H_
