#include <algorithm>
#include <set>
#include <utility>

#include "services/base/status.h"
#include "storage/index/internal.h"

namespace foia::storage {
namespace {

// A posting key ends with NUL, document, chunk.
constexpr size_t kKeyTail = 9;

class Cursor final : public TermCursor {
 public:
  Cursor(std::unique_ptr<Iterator> it, std::string prefix)
      : it_(std::move(it)), prefix_(std::move(prefix)) {}

  bool Seek(std::string_view text) override {
    std::string key = prefix_;
    key += text;
    it_->Seek(key);
    if (!it_->Valid() || it_->key().size() < prefix_.size() + kKeyTail) return false;
    term_ = it_->key().substr(prefix_.size(), it_->key().size() - prefix_.size() - kKeyTail);
    return true;
  }
  std::string_view term() const override { return term_; }
  uint64_t CountDocuments(const DocumentSet& documents) override {
    uint64_t count = 0;
    uint32_t previous = 0;
    const size_t size = prefix_.size() + term_.size() + kKeyTail;
    for (; it_->Valid(); it_->Next()) {
      const std::string_view key = it_->key();
      if (key.size() != size || key.substr(prefix_.size(), term_.size()) != term_) break;
      const uint32_t document = ReadBigEndian32(key.substr(size - 8));
      if (count > 0 && document == previous) continue;
      if (!documents.contains(document)) continue;
      previous = document;
      ++count;
    }
    return count;
  }
  absl::Status status() const override { return it_->status(); }

 private:
  std::unique_ptr<Iterator> it_;
  const std::string prefix_;
  std::string term_;
};

class Reader final : public IndexReader {
 public:
  Reader(KeyValueStore* store, Keys keys, std::unique_ptr<Snapshot> snapshot)
      : store_(store), keys_(std::move(keys)), snapshot_(std::move(snapshot)) {}

  absl::Status LoadMeta() {
    FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(keys_.Of(Family::kMeta)));
    if (bytes.has_value()) {
      FOIA_ASSIGN_OR_RETURN(meta_, MetaValue::Decode(*bytes));
    }
    return absl::OkStatus();
  }

  uint64_t generation() const override { return meta_.generation; }

  absl::StatusOr<Visible> VisibleDocuments(const std::vector<std::string>& labels) override {
    Visible visible;
    for (const std::string& label : std::set<std::string>(labels.begin(), labels.end())) {
      FOIA_ASSIGN_OR_RETURN(const DocumentSet set,
                            LoadSet(keys_.Of(Family::kLabelDocuments, label)));
      visible.documents |= set;
      FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(keys_.Of(Family::kLabelStats, label)));
      if (bytes.has_value()) {
        FOIA_ASSIGN_OR_RETURN(const StatsValue stats, StatsValue::Decode(*bytes));
        visible.pages += stats.pages;
        visible.tokens += stats.tokens;
      }
    }
    return visible;
  }

  absl::StatusOr<std::optional<uint32_t>> DocumentOrdinal(std::string_view id) override {
    FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(keys_.Of(Family::kOrdinal, id)));
    if (!bytes.has_value()) return std::nullopt;
    if (bytes->size() != 4) return CorruptIndex("document ordinal");
    return ReadBigEndian32(*bytes);
  }

  absl::StatusOr<IndexedDocument> Document(uint32_t ordinal) override {
    FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(keys_.Of(Family::kDocument, ordinal)));
    FOIA_ASSIGN_OR_RETURN(DocumentValue value, DocumentValue::Decode(bytes.value_or("")));
    return std::move(value.document);
  }

  absl::StatusOr<DocumentSet> TaggedDocuments(std::string_view tag) override {
    return LoadSet(keys_.Of(Family::kTag, tag));
  }

  absl::Status DocumentsBeginning(std::string_view prefix, const Visit& visit) override {
    ScanOptions range = ScanOptions::Prefix(keys_.Of(Family::kOrdinal, prefix));
    range.snapshot = snapshot_.get();
    const size_t id_begin = keys_.Of(Family::kOrdinal).size();
    const std::unique_ptr<Iterator> it = store_->Scan(range);
    for (; it->Valid(); it->Next()) {
      if (it->value().size() != 4) return CorruptIndex("document ordinal");
      DocumentSet document;
      document.add(ReadBigEndian32(it->value()));
      if (!visit(it->key().substr(id_begin), document)) break;
    }
    return it->status();
  }

  absl::Status TagsBeginning(std::string_view prefix, const Visit& visit) override {
    ScanOptions range = ScanOptions::Prefix(keys_.Of(Family::kTag, prefix));
    range.snapshot = snapshot_.get();
    const size_t tag_begin = keys_.Of(Family::kTag).size();
    const std::unique_ptr<Iterator> it = store_->Scan(range);
    for (; it->Valid(); it->Next()) {
      FOIA_ASSIGN_OR_RETURN(const DocumentSet documents, LoadSet(std::string(it->key())));
      if (!visit(it->key().substr(tag_begin), documents)) break;
    }
    return it->status();
  }

  absl::Status ReadPostings(const Term& term, const DocumentSet& documents, bool with_values,
                            PostingList& postings) override {
    postings.pages.clear();
    postings.values.clear();
    if (documents.isEmpty()) return absl::OkStatus();
    ScanOptions range;
    range.snapshot = snapshot_.get();
    range.begin = keys_.Postings(term.field, term.text);
    const size_t size = range.begin.size() + 8;
    range.end = range.begin;
    const uint32_t last = documents.maximum();
    AppendBigEndian32(documents.minimum(), range.begin);
    AppendBigEndian32(last, range.end);
    range.end = PrefixEnd(range.end);

    bool sorted = true;
    std::unique_ptr<Iterator> it = store_->Scan(range);
    for (; it->Valid(); it->Next()) {
      if (it->key().size() != size) return CorruptIndex("posting key");
      const uint32_t document = ReadBigEndian32(it->key().substr(size - 8));
      if (!documents.contains(document)) continue;
      Decoder in(it->value());
      while (!in.done()) {
        PostingList::Page page;
        page.id = {document, in.Varint()};
        page.length = in.Varint();
        page.count = in.Varint();
        if (with_values) {
          page.first = static_cast<uint32_t>(postings.values.size());
          uint32_t value = 0;
          for (uint32_t i = 0; i < page.count && in.ok(); ++i) {
            postings.values.push_back(value += in.Varint());
          }
        } else {
          in.SkipVarints(page.count);
        }
        if (!in.ok()) return CorruptIndex("posting list");
        sorted = sorted && (postings.pages.empty() || postings.pages.back().id < page.id);
        postings.pages.push_back(page);
      }
    }
    // Pages of a document may have come in any order and in several commits.
    if (!sorted) {
      std::sort(postings.pages.begin(), postings.pages.end(),
                [](const PostingList::Page& a, const PostingList::Page& b) { return a.id < b.id; });
    }
    return it->status();
  }

  std::unique_ptr<TermCursor> Terms(Field field) override {
    std::string prefix = keys_.Of(Family::kPostings);
    prefix += static_cast<char>(field);
    ScanOptions range = ScanOptions::Prefix(prefix);
    range.snapshot = snapshot_.get();
    return std::make_unique<Cursor>(store_->Scan(range), std::move(prefix));
  }

  absl::StatusOr<PostingList> Pages(const DocumentSet& documents) override {
    PostingList list;
    ScanOptions range = ScanOptions::Prefix(keys_.Of(Family::kPage));
    range.snapshot = snapshot_.get();
    std::unique_ptr<Iterator> it = store_->Scan(range);
    for (uint32_t document : documents) {
      const std::string prefix = keys_.Of(Family::kPage, document);
      for (it->Seek(prefix); it->Valid() && it->key().substr(0, prefix.size()) == prefix;
           it->Next()) {
        FOIA_ASSIGN_OR_RETURN(const PageInfo info, DecodePage(it->value(), false));
        PostingList::Page page;
        page.id = {document, ReadBigEndian32(it->key().substr(prefix.size()))};
        page.length = info.length;
        list.pages.push_back(page);
      }
    }
    FOIA_RETURN_IF_ERROR(it->status());
    return list;
  }

  absl::StatusOr<PageInfo> Page(PageId id) override {
    FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(keys_.Of(Family::kPage, id)));
    return DecodePage(bytes.value_or(""), true);
  }

 private:
  absl::StatusOr<std::optional<std::string>> Get(const std::string& key) {
    return store_->Get(key, snapshot_.get());
  }
  absl::StatusOr<DocumentSet> LoadSet(const std::string& key) {
    FOIA_ASSIGN_OR_RETURN(const auto bytes, Get(key));
    if (!bytes.has_value()) return DocumentSet();
    return DecodeSet(*bytes);
  }

  KeyValueStore* store_;
  const Keys keys_;
  const std::unique_ptr<Snapshot> snapshot_;
  MetaValue meta_;
};

}  // namespace

uint32_t PageInfo::WordAt(uint32_t position) const {
  const auto next = std::upper_bound(
      breaks.begin(), breaks.end(), position,
      [](uint32_t at, const AnalyzedPage::Break& item) { return at < item.position; });
  if (next == breaks.begin()) return position;
  const AnalyzedPage::Break& last = *std::prev(next);
  return last.word + (position - last.position);
}

absl::StatusOr<std::unique_ptr<IndexReader>> NewIndexReader(KeyValueStore* store,
                                                            const Keys& keys) {
  auto reader = std::make_unique<Reader>(store, keys, store->GetSnapshot());
  FOIA_RETURN_IF_ERROR(reader->LoadMeta());
  return reader;
}

absl::StatusOr<std::unique_ptr<Index>> Index::Open(KeyValueStore* store, std::string prefix) {
  FOIA_RETURN_IF_ERROR(NewIndexReader(store, Keys(prefix)).status());
  return std::unique_ptr<Index>(new Index(store, std::move(prefix)));
}

absl::StatusOr<bool> Index::IsOutdated() const {
  FOIA_ASSIGN_OR_RETURN(const auto bytes, store_->Get(Keys(prefix_).Of(Family::kMeta)));
  if (!bytes.has_value()) return false;
  FOIA_ASSIGN_OR_RETURN(const MetaValue meta, MetaValue::Decode(*bytes));
  return meta.format < kIndexFormat;
}

absl::StatusOr<std::unique_ptr<IndexWriter>> Index::NewWriter() {
  return NewIndexWriter(store_, Keys(prefix_));
}

absl::StatusOr<std::unique_ptr<IndexReader>> Index::NewReader() {
  return NewIndexReader(store_, Keys(prefix_));
}

void Index::Clear(WriteBatch& batch) const { batch.DeleteRange(prefix_, PrefixEnd(prefix_)); }

}  // namespace foia::storage
