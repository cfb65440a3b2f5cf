#include "services/search/indexer.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::search {
namespace {

namespace dv1 = documents::v1;

constexpr std::string_view kCursorKey = "cursor";
constexpr std::string_view kCountsKey = "counts";
constexpr std::string_view kShownPrefix = "shown/";
// Pages are held in memory until the commit.
constexpr int kChangesPerCommit = 200;
constexpr absl::Duration kWait = absl::Seconds(1);
constexpr absl::Duration kPauseAfterError = absl::Seconds(1);
constexpr absl::Duration kLabelWait = absl::Seconds(5);

// documents/{document} of documents/{document}/pages/{page}
std::string DocumentOf(const dv1::Page& page) {
  return page.name().substr(0, page.name().find("/pages/"));
}

// The index knows documents and requests by id, as people write them in filters: document:d01...,
// request:r01...
std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

// What a search result needs of a page: words with boxes, codes, and how to place them.
dv1::PageRecord ShownPart(const dv1::PageRecord& record) {
  dv1::PageRecord shown;
  shown.set_width(record.width());
  shown.set_height(record.height());
  *shown.mutable_transform() = record.transform();
  for (const dv1::Word& word : record.words()) {
    dv1::Word& copy = *shown.add_words();
    copy.set_text(word.text());
    *copy.mutable_box() = word.box();
  }
  *shown.mutable_redactions() = record.redactions();
  return shown;
}

storage::IndexedPage ToIndexed(const std::string& document, const dv1::Page& source) {
  const dv1::PageRecord& record = source.record();
  storage::IndexedPage page;
  page.document = document;
  page.page = static_cast<uint32_t>(source.number());
  for (int i = 0; i < record.words_size(); ++i) {
    const dv1::Word& word = record.words(i);
    const bool spanish = word.language() == "es" || word.language() == "spa";
    page.words.push_back(
        {word.text(), spanish ? storage::Language::kSpanish : storage::Language::kEnglish,
         i + 1 < record.words_size() && record.words(i + 1).line() != word.line()});
  }
  for (const dv1::Redaction& redaction : record.redactions()) {
    storage::IndexedRedaction indexed;
    indexed.word_position = static_cast<uint32_t>(redaction.word_position());
    for (const dv1::ExemptionCode& code : redaction.codes()) indexed.codes.push_back(code.code());
    page.redactions.push_back(std::move(indexed));
  }
  return page;
}

}  // namespace

std::string ShownDocumentKey(std::string_view document) {
  return absl::StrCat(ToAbsl(kShownPrefix), ToAbsl(document));
}

std::string ShownPageKey(std::string_view document, int page) {
  std::string key = absl::StrCat(ToAbsl(kShownPrefix), ToAbsl(document), "/");
  storage::AppendBigEndian32(static_cast<uint32_t>(page), key);
  return key;
}

absl::Status Indexer::StartAgain() {
  storage::WriteBatch batch;
  index_->Clear(batch);
  batch.DeleteRange(kShownPrefix, storage::PrefixEnd(kShownPrefix));
  batch.Delete(kCursorKey);
  batch.Delete(kCountsKey);
  Log(Severity::kInfo, "index_rebuild");
  return store_->Commit(batch);
}

absl::StatusOr<int> Indexer::ApplyOnce(absl::Duration wait) {
  FOIA_ASSIGN_OR_RETURN(const bool outdated, index_->IsOutdated());
  if (outdated) FOIA_RETURN_IF_ERROR(StartAgain());
  dv1::ListChangesRequest cursor;
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_->Get(kCursorKey));
  if (stored.has_value() && !cursor.ParseFromString(*stored)) {
    return MakeError(Reason::REASON_DATA_CORRUPT, "the index' cursor cannot be read");
  }
  applied_ = cursor.after_sequence();
  dv1::ListChangesRequest request = cursor;
  request.set_page_size(kChangesPerCommit);
  *request.mutable_wait() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(absl::ToInt64Milliseconds(wait));
  const absl::StatusOr<dv1::ListChangesResponse> changes = list_changes_(request);
  if (ReasonOf(changes.status()) == Reason::REASON_EPOCH_CHANGED) {
    FOIA_RETURN_IF_ERROR(StartAgain());
    return ApplyOnce(wait);
  }
  FOIA_RETURN_IF_ERROR(changes.status());
  last_ = changes->last_sequence();
  if (changes->changes().empty()) return 0;
  FOIA_RETURN_IF_ERROR(Apply(*changes, cursor));
  return changes->changes_size();
}

absl::Status Indexer::Apply(const dv1::ListChangesResponse& changes,
                            const dv1::ListChangesRequest& old_cursor) {
  FOIA_ASSIGN_OR_RETURN(const auto writer, index_->NewWriter());
  storage::WriteBatch batch;
  FOIA_ASSIGN_OR_RETURN(Counts counts, Count());
  // How many more there are with the change; the feed has each entity once in a response.
  const auto grows = [this](const std::string& key, bool stays) -> absl::StatusOr<int64_t> {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> known, store_->Get(key));
    return int64_t{stays} - int64_t{known.has_value()};
  };
  for (const dv1::Change& change : changes.changes()) {
    if (change.has_document()) {
      const dv1::Document& document = change.document();
      FOIA_RETURN_IF_ERROR(
          writer->PutDocument({IdOf(document.name()),
                               document.label(),
                               {absl::StrCat("request:", IdOf(document.request()))}}));
      const std::string key = ShownDocumentKey(document.name());
      FOIA_ASSIGN_OR_RETURN(const int64_t more, grows(key, true));
      counts.documents += more;
      batch.Put(key, document.SerializeAsString());
    } else if (change.has_page()) {
      const std::string name = DocumentOf(change.page());
      const std::string document = IdOf(name);
      const std::string key = ShownPageKey(name, change.page().number());
      const bool done = change.page().state() == dv1::PAGE_STATE_DONE;
      FOIA_ASSIGN_OR_RETURN(const int64_t more, grows(key, done));
      counts.pages += more;
      if (!done) {
        FOIA_RETURN_IF_ERROR(
            writer->RemovePage(document, static_cast<uint32_t>(change.page().number())));
        batch.Delete(key);
        continue;
      }
      const storage::IndexedPage page = ToIndexed(document, change.page());
      absl::Status status = writer->PutPage(page);
      if (ReasonOf(status) == Reason::REASON_DOCUMENT_NOT_FOUND) {
        // Its document comes later in the feed. Until then it has no label, so nobody sees it.
        FOIA_RETURN_IF_ERROR(writer->PutDocument({document, "", {}}));
        status = writer->PutPage(page);
      }
      FOIA_RETURN_IF_ERROR(status);
      batch.Put(key, ShownPart(change.page().record()).SerializeAsString());
    }
  }
  dv1::ListChangesRequest cursor = old_cursor;
  cursor.set_epoch(changes.epoch());
  cursor.set_after_sequence(changes.changes(changes.changes_size() - 1).sequence());
  batch.Put(kCursorKey, cursor.SerializeAsString());
  std::string count_bytes;
  storage::AppendBigEndian64(static_cast<uint64_t>(counts.documents), count_bytes);
  storage::AppendBigEndian64(static_cast<uint64_t>(counts.pages), count_bytes);
  batch.Put(kCountsKey, count_bytes);
  FOIA_RETURN_IF_ERROR(writer->Commit(batch));
  std::lock_guard lock(mutex_);
  applied_ = cursor.after_sequence();
  wake_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<Indexer::Counts> Indexer::Count() const {
  Counts counts;
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_->Get(kCountsKey));
  if (stored.has_value() && stored->size() == 2 * sizeof(uint64_t)) {
    counts.documents = static_cast<int64_t>(storage::ReadBigEndian64(*stored));
    counts.pages = static_cast<int64_t>(
        storage::ReadBigEndian64(std::string_view(*stored).substr(sizeof(uint64_t))));
    return counts;
  }
  // Nothing was applied yet, or by a foiad that did not count.
  auto it = store_->Scan(storage::ScanOptions::Prefix(kShownPrefix));
  for (; it->Valid(); it->Next()) {
    const bool is_page = std::count(it->key().begin(), it->key().end(), '/') > 2;
    ++(is_page ? counts.pages : counts.documents);
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return counts;
}

absl::Status Indexer::AwaitLabels() {
  dv1::ListChangesRequest request;
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_->Get(kCursorKey));
  if (!stored.has_value()) return absl::OkStatus();  // the index is empty
  if (!request.ParseFromString(*stored)) {
    return MakeError(Reason::REASON_DATA_CORRUPT, "the index' cursor cannot be read");
  }
  request.set_after_sequence(std::numeric_limits<int64_t>::max());  // only how far the feed is
  const absl::StatusOr<dv1::ListChangesResponse> feed = list_changes_(request);
  if (ReasonOf(feed.status()) == Reason::REASON_EPOCH_CHANGED) {
    return MakeError(Reason::REASON_TIMEOUT, "the index is about to be built again");
  }
  FOIA_RETURN_IF_ERROR(feed.status());
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, absl::ToChronoMilliseconds(kLabelWait),
                 [&] { return stopping_ || applied_.load() >= feed->label_sequence(); });
  if (applied_.load() >= feed->label_sequence()) return absl::OkStatus();
  return MakeError(Reason::REASON_TIMEOUT,
                   "a document's label has changed and the index does not follow yet");
}

void Indexer::Run() {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    const absl::StatusOr<int> applied = ApplyOnce(kWait);
    if (applied.ok()) continue;
    std::unique_lock lock(mutex_);
    if (stopping_) return;  // the feed goes away first
    Log(Severity::kWarning, "index_waits", {{"status", applied.status().ToString()}});
    wake_.wait_for(lock, absl::ToChronoMilliseconds(kPauseAfterError),
                   [this] { return stopping_; });
  }
}

void Indexer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

}  // namespace foia::search
