#include "services/documents/feed.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "services/base/error.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

constexpr int kMaxChanges = 500;
// One response stays below gRPC's default limit of 4 MiB, unless a single change is larger.
constexpr size_t kMaxResponseBytes = 3u << 20;
constexpr absl::Duration kMaxWait = absl::Seconds(10);

}  // namespace

absl::StatusOr<v1::ListChangesResponse> Feed::ListChanges(const Principal& caller,
                                                          const v1::ListChangesRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  FOIA_ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size(), 50, kMaxChanges));
  v1::ListChangesResponse response;
  response.set_epoch(store_.epoch());
  const bool at_start = request.epoch().empty() && request.after_sequence() == 0;
  if (!at_start && request.epoch() != response.epoch()) {
    return MakeError(Reason::REASON_EPOCH_CHANGED, "the cursor belongs to another epoch",
                     {{"epoch", response.epoch()}});
  }
  if (request.after_sequence() < 0) {
    return InvalidFields({{"after_sequence", "must not be negative"}});
  }
  const absl::Duration wait =
      absl::Seconds(request.wait().seconds()) + absl::Nanoseconds(request.wait().nanos());
  store_.WaitForChange(request.after_sequence(), std::clamp(wait, absl::ZeroDuration(), kMaxWait));

  const std::unique_ptr<storage::Snapshot> snapshot = store_.kv().GetSnapshot();
  storage::ScanOptions options = storage::ScanOptions::Prefix(keys::kChanges);
  options.snapshot = snapshot.get();
  {
    storage::ScanOptions last = options;
    last.reverse = true;
    const std::unique_ptr<storage::Iterator> it = store_.kv().Scan(last);
    if (it->Valid()) response.set_last_sequence(keys::ParseChange(it->key()));
    FOIA_RETURN_IF_ERROR(it->status());
  }
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> label_sequence,
                        store_.kv().Get(keys::kLabelSequence, snapshot.get()));
  if (label_sequence.has_value()) {
    response.set_label_sequence(static_cast<int64_t>(storage::ReadBigEndian64(*label_sequence)));
  }
  options.begin = keys::Change(request.after_sequence()) + '\0';
  const std::unique_ptr<storage::Iterator> it = store_.kv().Scan(options);
  size_t bytes = 0;
  for (; it->Valid() && response.changes_size() < page_size; it->Next()) {
    FOIA_RETURN_IF_ERROR(AddChange(it->value(), keys::ParseChange(it->key()), *snapshot, response));
    bytes += response.changes().rbegin()->ByteSizeLong();
    if (bytes > kMaxResponseBytes && response.changes_size() > 1) {
      response.mutable_changes()->RemoveLast();
      break;
    }
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

absl::Status Feed::AddChange(std::string_view key, int64_t sequence,
                             const storage::Snapshot& snapshot, v1::ListChangesResponse& response) {
  v1::Change change;
  change.set_sequence(sequence);
  const bool is_page = absl::StartsWith(ToAbsl(key), ToAbsl(keys::kPages));
  const keys::PageRef page = is_page ? keys::ParsePage(key) : keys::PageRef{};
  const std::string document_key = is_page ? keys::Document(page.document) : std::string(key);
  FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredDocument> document,
                        store_.Read<v1::StoredDocument>(document_key, &snapshot));
  if (!document.has_value()) return CorruptRecord(document_key);
  if (is_page) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredPage> stored,
                          store_.Read<v1::StoredPage>(key, &snapshot));
    if (!stored.has_value()) return CorruptRecord(key);
    FOIA_ASSIGN_OR_RETURN(*change.mutable_page(),
                          store_.RenderPage(page.document, page.page, *stored,
                                            document->document().sha256(), true, &snapshot));
  } else {
    *change.mutable_document() = store_.Render(key.substr(keys::kDocuments.size()), *document);
  }
  *response.add_changes() = std::move(change);
  return absl::OkStatus();
}

}  // namespace foia::documents
