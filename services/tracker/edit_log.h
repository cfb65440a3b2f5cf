// The edits of a record in the store: edit/{record}/{number}, v1::Edit in the order made, numbers
// are big-endian 32. Written in the batch of the change itself, and never changed.
#ifndef FOIA_SERVICES_TRACKER_EDIT_LOG_H_
#define FOIA_SERVICES_TRACKER_EDIT_LOG_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/edit.pb.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

// Names `edit` and adds it to those of `record`, a whole name.
absl::Status AppendEdit(storage::KeyValueStore& store, const access::v1::Principal& actor,
                        absl::Time now, std::string_view record, v1::Edit& edit,
                        storage::WriteBatch& batch,
                        std::vector<storage::Precondition>& preconditions);

// All edits of `record` with what took them back. DATA_CORRUPT.
absl::StatusOr<std::vector<v1::Edit>> ReadEdits(storage::KeyValueStore& store,
                                                std::string_view record);

// Adds a page of them, as stored, to `page`; returns the token of the next one.
absl::StatusOr<std::string> PageOfEdits(storage::KeyValueStore& store, std::string_view record,
                                        int page_size, std::string_view page_token,
                                        google::protobuf::RepeatedPtrField<v1::Edit>& page);

// Clears what is for the store only, once the edit is described.
void ForgetStored(v1::Edit& edit);

// The edit that may be taken back: by its name or the beginning of its id; without `reference` the
// last one that was not taken back and took none back itself. NOTHING_TO_UNDO; AMBIGUOUS_NAME.
absl::StatusOr<v1::Edit> ChooseEdit(const std::vector<v1::Edit>& edits, std::string_view record,
                                    std::string_view reference);

// "owner people/p01 -> people/p02 by people/p01 at 2026-12-01 03:50 UTC"; described already.
std::string EditText(const v1::Edit& edit);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_EDIT_LOG_H_
