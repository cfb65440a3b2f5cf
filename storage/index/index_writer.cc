#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "services/base/status.h"
#include "storage/index/internal.h"

namespace foia::storage {
namespace {

// Pages of one commit that share posting keys. More makes removal slower, fewer makes more keys.
constexpr uint32_t kChunkPages = 64;

class Writer final : public IndexWriter {
 public:
  Writer(KeyValueStore* store, Keys keys, std::optional<std::string> stored_meta, MetaValue meta)
      : store_(store), keys_(std::move(keys)), stored_meta_(std::move(stored_meta)), meta_(meta) {}

  absl::Status PutDocument(const IndexedDocument& document) override {
    FOIA_ASSIGN_OR_RETURN(Document * current, Find(document.id));
    if (current->exists) {
      FOIA_RETURN_IF_ERROR(Unlist(*current));
    } else {
      current->exists = true;
      current->ordinal = meta_.next_ordinal++;
      current->value = {};
      current->chunk_room = 0;
    }
    current->value.document = document;
    std::vector<std::string>& tags = current->value.document.tags;
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return List(*current);
  }

  absl::Status RemoveDocument(std::string_view id) override {
    FOIA_ASSIGN_OR_RETURN(Document * document, Find(id));
    if (!document->exists) return absl::OkStatus();
    std::vector<uint32_t> pages;
    for (auto it = store_->Scan(ScanOptions::Prefix(keys_.Of(Family::kPage, document->ordinal)));;
         it->Next()) {
      if (!it->Valid()) {
        FOIA_RETURN_IF_ERROR(it->status());
        break;
      }
      pages.push_back(ReadBigEndian32(it->key().substr(it->key().size() - 4)));
    }
    for (auto it = pages_.lower_bound({document->ordinal, 0});
         it != pages_.end() && it->first.document == document->ordinal; ++it) {
      pages.push_back(it->first.page);
    }
    for (uint32_t page : pages) FOIA_RETURN_IF_ERROR(ErasePage(*document, page));
    FOIA_RETURN_IF_ERROR(Unlist(*document));
    removed_ordinals_.push_back(document->ordinal);
    document->exists = false;
    return absl::OkStatus();
  }

  absl::Status PutPage(const IndexedPage& page) override {
    FOIA_ASSIGN_OR_RETURN(Document * document, Find(page.document));
    if (!document->exists) {
      return MakeError(Reason::REASON_DOCUMENT_NOT_FOUND,
                       "the index has no document '" + page.document + "'",
                       {{"document", page.document}});
    }
    FOIA_RETURN_IF_ERROR(ErasePage(*document, page.page));
    if (document->chunk_room == 0) {
      document->chunk = document->value.next_chunk++;
      document->chunk_room = kChunkPages;
    }
    --document->chunk_room;

    AnalyzedPage analyzed = AnalyzePage(page.words, page.redactions);
    std::vector<Token>& tokens = analyzed.tokens;
    std::sort(tokens.begin(), tokens.end(), [](const Token& a, const Token& b) {
      if (a.field != b.field) return a.field < b.field;
      if (const int order = a.term.compare(b.term); order != 0) return order < 0;
      return a.value < b.value;
    });
    std::string terms;
    AppendVarint(document->chunk, terms);
    std::vector<uint32_t> values;
    std::string_view previous;
    for (size_t i = 0; i < tokens.size();) {
      const Token& token = tokens[i];
      values.clear();
      for (; i < tokens.size() && tokens[i].field == token.field && tokens[i].term == token.term;
           ++i) {
        if (values.empty() || values.back() != tokens[i].value) values.push_back(tokens[i].value);
      }
      AppendPosting(
          page.page, analyzed.length, values,
          postings_[keys_.Postings(token.field, token.term, document->ordinal, document->chunk)]);
      // Front coding: terms ascend within a field, so neighbours share their beginning.
      const auto [mismatch, unused] =
          std::mismatch(previous.begin(), previous.end(), token.term.begin(), token.term.end());
      const auto shared = static_cast<size_t>(mismatch - previous.begin());
      terms += static_cast<char>(token.field);
      AppendVarint(shared, terms);
      AppendString(std::string_view(token.term).substr(shared), terms);
      previous = token.term;
    }
    pages_[{document->ordinal, page.page}] = {EncodePage(analyzed, page.redactions),
                                              std::move(terms)};
    FOIA_ASSIGN_OR_RETURN(StatsValue * stats, LabelStats(document->value.document.label));
    stats->pages += 1;
    stats->tokens += analyzed.length;
    document->value.pages += 1;
    document->value.tokens += analyzed.length;
    return absl::OkStatus();
  }

  absl::Status RemovePage(std::string_view id, uint32_t page) override {
    FOIA_ASSIGN_OR_RETURN(Document * document, Find(id));
    return document->exists ? ErasePage(*document, page) : absl::OkStatus();
  }

  absl::Status Commit(const WriteBatch& with,
                      const std::vector<Precondition>& preconditions) override {
    WriteBatch batch;
    const auto put = [&batch](const std::string& key, const std::string& value) {
      if (value.empty()) {
        batch.Delete(key);
      } else {
        batch.Put(key, value);
      }
    };
    const std::string meta_key = keys_.Of(Family::kMeta);
    ++meta_.generation;
    batch.Put(meta_key, meta_.Encode());
    for (uint32_t ordinal : removed_ordinals_) batch.Delete(keys_.Of(Family::kDocument, ordinal));
    for (const auto& [id, document] : documents_) {
      std::string ordinal;
      if (document.exists) {
        AppendBigEndian32(document.ordinal, ordinal);
        batch.Put(keys_.Of(Family::kDocument, document.ordinal), document.value.Encode());
      }
      put(keys_.Of(Family::kOrdinal, id), ordinal);
    }
    for (const auto& [key, set] : sets_) put(key, set.isEmpty() ? "" : EncodeSet(set));
    for (const auto& [label, stats] : stats_) {
      put(keys_.Of(Family::kLabelStats, label), stats.pages == 0 ? "" : stats.Encode());
    }
    for (const auto& [id, page] : pages_) {
      put(keys_.Of(Family::kPage, id), page.record);
      put(keys_.Of(Family::kPageTerms, id), page.terms);
    }
    for (const auto& [key, chunk] : postings_) put(key, chunk);
    batch.Append(with);
    std::vector<Precondition> all = preconditions;
    all.push_back({meta_key, stored_meta_});
    return store_->Commit(batch, all);
  }

 private:
  struct Document {
    bool exists = false;
    uint32_t ordinal = 0;
    DocumentValue value;
    uint32_t chunk = 0;
    uint32_t chunk_room = 0;  // pages that the chunk may still take
  };
  struct Page {
    std::string record;  // empty: the page is removed
    std::string terms;
  };

  // The document as it is with all pending changes.
  absl::StatusOr<Document*> Find(std::string_view id) {
    const auto [it, added] = documents_.try_emplace(std::string(id));
    Document& document = it->second;
    if (!added) return &document;
    FOIA_ASSIGN_OR_RETURN(const auto ordinal, store_->Get(keys_.Of(Family::kOrdinal, id)));
    if (!ordinal.has_value()) return &document;
    if (ordinal->size() != 4) return CorruptIndex("document ordinal");
    document.exists = true;
    document.ordinal = ReadBigEndian32(*ordinal);
    FOIA_ASSIGN_OR_RETURN(const auto value,
                          store_->Get(keys_.Of(Family::kDocument, document.ordinal)));
    FOIA_ASSIGN_OR_RETURN(document.value, DocumentValue::Decode(value.value_or("")));
    return &document;
  }

  // Puts a document into the sets and sums of its label and tags, or takes it out.
  absl::Status List(const Document& document) { return Change(document, true); }
  absl::Status Unlist(const Document& document) { return Change(document, false); }
  absl::Status Change(const Document& document, bool add) {
    const auto change = [&](const std::string& key) -> absl::Status {
      const auto [it, loaded] = sets_.try_emplace(key);
      if (loaded) {
        FOIA_ASSIGN_OR_RETURN(const auto bytes, store_->Get(key));
        if (bytes.has_value()) {
          FOIA_ASSIGN_OR_RETURN(it->second, DecodeSet(*bytes));
        }
      }
      if (add) {
        it->second.add(document.ordinal);
      } else {
        it->second.remove(document.ordinal);
      }
      return absl::OkStatus();
    };
    const DocumentValue& value = document.value;
    FOIA_RETURN_IF_ERROR(change(keys_.Of(Family::kLabelDocuments, value.document.label)));
    for (const std::string& tag : value.document.tags) {
      FOIA_RETURN_IF_ERROR(change(keys_.Of(Family::kTag, tag)));
    }
    FOIA_ASSIGN_OR_RETURN(StatsValue * stats, LabelStats(value.document.label));
    stats->pages += add ? value.pages : 0 - value.pages;
    stats->tokens += add ? value.tokens : 0 - value.tokens;
    return absl::OkStatus();
  }

  absl::StatusOr<StatsValue*> LabelStats(const std::string& label) {
    const auto [it, added] = stats_.try_emplace(label);
    if (added) {
      FOIA_ASSIGN_OR_RETURN(const auto bytes, store_->Get(keys_.Of(Family::kLabelStats, label)));
      if (bytes.has_value()) {
        FOIA_ASSIGN_OR_RETURN(it->second, StatsValue::Decode(*bytes));
      }
    }
    return &it->second;
  }

  // Takes a page and its postings out.
  absl::Status ErasePage(Document& document, uint32_t number) {
    const PageId id{document.ordinal, number};
    const auto [it, added] = pages_.try_emplace(id);
    Page& page = it->second;
    if (added) {
      FOIA_ASSIGN_OR_RETURN(auto record, store_->Get(keys_.Of(Family::kPage, id)));
      if (record.has_value()) {
        FOIA_ASSIGN_OR_RETURN(auto terms, store_->Get(keys_.Of(Family::kPageTerms, id)));
        page = {std::move(*record), std::move(terms).value_or("")};
      }
    }
    if (page.record.empty()) {
      if (added) pages_.erase(it);
      return absl::OkStatus();
    }
    FOIA_ASSIGN_OR_RETURN(const PageInfo info, DecodePage(page.record, false));
    Decoder in(page.terms);
    const uint32_t chunk = in.Varint();
    std::string term;
    while (in.ok() && !in.done()) {
      const auto field = static_cast<Field>(in.Varint());
      const uint32_t shared = in.Varint();
      if (shared > term.size()) return CorruptIndex("term list");
      term.resize(shared);
      term += in.String();
      FOIA_RETURN_IF_ERROR(
          ErasePostings(keys_.Postings(field, term, document.ordinal, chunk), number));
    }
    if (!in.ok()) return CorruptIndex("term list");
    page = {};
    FOIA_ASSIGN_OR_RETURN(StatsValue * stats, LabelStats(document.value.document.label));
    stats->pages -= 1;
    stats->tokens -= info.length;
    document.value.pages -= 1;
    document.value.tokens -= info.length;
    return absl::OkStatus();
  }

  absl::Status ErasePostings(std::string key, uint32_t page) {
    const auto [it, added] = postings_.try_emplace(std::move(key));
    if (added) {
      FOIA_ASSIGN_OR_RETURN(auto bytes, store_->Get(it->first));
      it->second = std::move(bytes).value_or("");
    }
    if (!ErasePosting(page, it->second)) return CorruptIndex("posting list");
    return absl::OkStatus();
  }

  KeyValueStore* store_;
  const Keys keys_;
  const std::optional<std::string> stored_meta_;  // as it was when the writer was made
  MetaValue meta_;
  // Pending changes; an empty value means that the key goes.
  std::map<std::string, Document, std::less<>> documents_;
  std::vector<uint32_t> removed_ordinals_;
  std::map<std::string, DocumentSet> sets_;
  std::map<std::string, StatsValue> stats_;
  std::map<PageId, Page> pages_;
  std::unordered_map<std::string, std::string> postings_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<IndexWriter>> NewIndexWriter(KeyValueStore* store,
                                                            const Keys& keys) {
  FOIA_ASSIGN_OR_RETURN(std::optional<std::string> stored, store->Get(keys.Of(Family::kMeta)));
  MetaValue meta;
  if (stored.has_value()) {
    FOIA_ASSIGN_OR_RETURN(meta, MetaValue::Decode(*stored));
  }
  return std::make_unique<Writer>(store, keys, std::move(stored), meta);
}

}  // namespace foia::storage
