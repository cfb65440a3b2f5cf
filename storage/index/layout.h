// Keys and values of the index, as docs/formats/index.md describes them. Internal to storage/index.
#ifndef FOIA_STORAGE_INDEX_LAYOUT_H_
#define FOIA_STORAGE_INDEX_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "storage/index/coding.h"
#include "storage/index/index.h"

namespace foia::storage {

inline constexpr uint64_t kIndexFormat = 2;

// Families of keys: the byte behind the index's prefix.
enum class Family : char {
  kMeta = 'm',
  kOrdinal = 'i',
  kDocument = 'd',
  kLabelDocuments = 'l',
  kLabelStats = 's',
  kTag = 't',
  kPage = 'p',
  kPageTerms = 'r',
  kPostings = 'k',
};

class Keys {
 public:
  explicit Keys(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string Of(Family family, std::string_view rest = {}) const {
    std::string key;
    key.reserve(prefix_.size() + 1 + rest.size());
    key += prefix_;
    key += static_cast<char>(family);
    key += rest;
    return key;
  }
  std::string Of(Family family, uint32_t ordinal) const {
    std::string key = Of(family);
    AppendBigEndian32(ordinal, key);
    return key;
  }
  std::string Of(Family family, PageId id) const {
    std::string key = Of(family, id.document);
    AppendBigEndian32(id.page, key);
    return key;
  }
  // All postings of a term; postings of one document; of one chunk.
  std::string Postings(Field field, std::string_view term) const {
    std::string key;
    key.reserve(prefix_.size() + 11 + term.size());
    key += prefix_;
    key += static_cast<char>(Family::kPostings);
    key += static_cast<char>(field);
    key += term;
    key += '\0';
    return key;
  }
  std::string Postings(Field field, std::string_view term, uint32_t document,
                       uint32_t chunk) const {
    std::string key = Postings(field, term);
    AppendBigEndian32(document, key);
    AppendBigEndian32(chunk, key);
    return key;
  }
  const std::string& prefix() const { return prefix_; }

 private:
  std::string prefix_;
};

inline absl::Status CorruptIndex(std::string_view what) {
  return MakeError(Reason::REASON_DATA_CORRUPT,
                   "the search index has a damaged " + std::string(what) +
                       "; delete the search folder and it is built again",
                   {{"part", std::string(what)}});
}

struct MetaValue {
  uint64_t format = kIndexFormat;
  uint64_t generation = 0;
  uint32_t next_ordinal = 0;

  std::string Encode() const {
    std::string out;
    AppendVarint(format, out);
    AppendVarint(generation, out);
    AppendVarint(next_ordinal, out);
    return out;
  }
  static absl::StatusOr<MetaValue> Decode(std::string_view bytes) {
    Decoder in(bytes);
    MetaValue meta;
    meta.format = in.Varint64();
    if (in.ok() && meta.format > kIndexFormat) {
      return MakeError(Reason::REASON_NEWER_FORMAT,
                       "the search index has format " + std::to_string(meta.format) +
                           ", this program knows " + std::to_string(kIndexFormat),
                       {{"format", std::to_string(meta.format)}});
    }
    meta.generation = in.Varint64();
    meta.next_ordinal = in.Varint();
    if (!in.ok()) return CorruptIndex("meta record");
    return meta;
  }
};

struct DocumentValue {
  IndexedDocument document;
  uint32_t next_chunk = 0;
  uint64_t pages = 0;
  uint64_t tokens = 0;

  std::string Encode() const {
    std::string out;
    AppendString(document.id, out);
    AppendString(document.label, out);
    AppendVarint(document.tags.size(), out);
    for (const std::string& tag : document.tags) AppendString(tag, out);
    AppendVarint(next_chunk, out);
    AppendVarint(pages, out);
    AppendVarint(tokens, out);
    return out;
  }
  static absl::StatusOr<DocumentValue> Decode(std::string_view bytes) {
    Decoder in(bytes);
    DocumentValue value;
    value.document.id = in.String();
    value.document.label = in.String();
    for (uint64_t left = in.Varint64(); left > 0 && in.ok(); --left) {
      value.document.tags.emplace_back(in.String());
    }
    value.next_chunk = in.Varint();
    value.pages = in.Varint64();
    value.tokens = in.Varint64();
    if (!in.ok()) return CorruptIndex("document record");
    return value;
  }
};

struct StatsValue {
  uint64_t pages = 0;
  uint64_t tokens = 0;

  std::string Encode() const {
    std::string out;
    AppendVarint(pages, out);
    AppendVarint(tokens, out);
    return out;
  }
  static absl::StatusOr<StatsValue> Decode(std::string_view bytes) {
    Decoder in(bytes);
    StatsValue stats{in.Varint64(), in.Varint64()};
    if (!in.ok()) return CorruptIndex("label record");
    return stats;
  }
};

inline std::string EncodeSet(const DocumentSet& set) {
  std::string out(set.getSizeInBytes(), '\0');
  set.write(out.data());
  return out;
}

inline absl::StatusOr<DocumentSet> DecodeSet(std::string_view bytes) {
  // The library reports damage by an exception.
  try {
    return DocumentSet::readSafe(bytes.data(), bytes.size());
  } catch (const std::exception&) {
    return CorruptIndex("document set");
  }
}

inline std::string EncodePage(const AnalyzedPage& page,
                              const std::vector<IndexedRedaction>& redactions) {
  std::string out;
  AppendVarint(page.length, out);
  AppendVarint(page.breaks.size(), out);
  for (const auto& [position, word] : page.breaks) {
    AppendVarint(position, out);
    AppendVarint(word, out);
  }
  AppendVarint(redactions.size(), out);
  for (size_t i = 0; i < redactions.size(); ++i) {
    AppendVarint(page.redaction_positions[i], out);
    AppendVarint(redactions[i].codes.size(), out);
    for (const std::string& code : redactions[i].codes) AppendString(code, out);
  }
  return out;
}

// Only the length when `all` is false.
inline absl::StatusOr<PageInfo> DecodePage(std::string_view bytes, bool all) {
  Decoder in(bytes);
  PageInfo page;
  page.length = in.Varint();
  if (all) {
    for (uint64_t left = in.Varint64(); left > 0 && in.ok(); --left) {
      const uint32_t position = in.Varint();
      page.breaks.push_back({position, in.Varint()});
    }
    for (uint64_t left = in.Varint64(); left > 0 && in.ok(); --left) {
      page.redaction_positions.push_back(in.Varint());
      std::vector<std::string>& codes = page.redaction_codes.emplace_back();
      for (uint64_t code = in.Varint64(); code > 0 && in.ok(); --code) {
        codes.emplace_back(in.String());
      }
    }
  }
  if (!in.ok()) return CorruptIndex("page record");
  return page;
}

// Adds a page to a chunk of postings. `values` ascend.
inline void AppendPosting(uint32_t page, uint32_t length, const std::vector<uint32_t>& values,
                          std::string& chunk) {
  AppendVarint(page, chunk);
  AppendVarint(length, chunk);
  AppendVarint(values.size(), chunk);
  uint32_t previous = 0;
  for (uint32_t value : values) {
    AppendVarint(value - previous, chunk);
    previous = value;
  }
}

// Takes a page out of a chunk of postings; false when the chunk is damaged or lacks the page.
inline bool ErasePosting(uint32_t page, std::string& chunk) {
  Decoder in(chunk);
  while (!in.done()) {
    const auto begin = static_cast<size_t>(in.position() - chunk.data());
    const uint32_t number = in.Varint();
    in.Varint();
    in.SkipVarints(in.Varint());
    if (!in.ok()) return false;
    if (number == page) {
      const auto end = static_cast<size_t>(in.position() - chunk.data());
      chunk.erase(begin, end - begin);
      return true;
    }
  }
  return false;
}

}  // namespace foia::storage

#endif  // FOIA_STORAGE_INDEX_LAYOUT_H_
