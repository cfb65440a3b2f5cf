// An inverted index with positions over a KeyValueStore. Pages are found, documents carry the
// access label. docs/formats/index.md has the keys.
//
//   ASSIGN auto index = Index::Open(store);
//   ASSIGN auto writer = index->NewWriter();
//   writer->PutDocument({"d01", label, {"request:r01"}});
//   writer->PutPage({"d01", 1, words, redactions});
//   writer->Commit(cursor_batch);             // all of it and the cursor, or nothing
//
//   ASSIGN auto reader = index->NewReader();  // one consistent moment
//   ASSIGN auto visible = reader->VisibleDocuments(labels);
//   reader->ReadPostings({Field::kExact, "academy"}, visible.documents, true, postings);
//
// Whoever reads must pass a set of visible documents: nothing of another document is ever returned,
// neither its postings nor a term that only it has.
//
// Thread-safety: Index is safe for concurrent use; any number of readers beside one writer. Two
// writers at once are detected: the second Commit is ABORTED. Readers and writers belong to one
// thread each. Errors: DATA_CORRUPT for values that do not decode, else what the store returns.
#ifndef FOIA_STORAGE_INDEX_INDEX_H_
#define FOIA_STORAGE_INDEX_INDEX_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <roaring/roaring.hh>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/index/analyzer.h"
#include "storage/kv/key_value_store.h"

namespace foia::storage {

// Documents by ordinal: small numbers given in order of arrival, never used twice.
using DocumentSet = Roaring;

struct PageId {
  uint32_t document = 0;  // ordinal
  uint32_t page = 0;      // number of the page in the document, as the caller counts
  friend auto operator<=>(const PageId&, const PageId&) = default;
};

struct IndexedDocument {
  std::string id;
  std::string label;              // access label, opaque here
  std::vector<std::string> tags;  // for filters, such as "request:r01"
};

struct IndexedPage {
  std::string document;  // id; must have been put before
  uint32_t page = 0;
  std::vector<IndexedWord> words;  // reading order
  std::vector<IndexedRedaction> redactions;
};

struct Term {
  Field field = Field::kExact;
  std::string text;
  friend auto operator<=>(const Term&, const Term&) = default;
};

// The pages of one term in ascending order.
struct PostingList {
  struct Page {
    PageId id;
    uint32_t length = 0;  // positions on the page
    uint32_t first = 0;   // index into `values`
    uint32_t count = 0;   // occurrences
  };
  std::vector<Page> pages;
  std::vector<uint32_t> values;  // Token::value, ascending per page; empty when not asked for
};

// What is known of a page without its text.
struct PageInfo {
  uint32_t length = 0;
  std::vector<AnalyzedPage::Break> breaks;
  std::vector<uint32_t> redaction_positions;
  std::vector<std::vector<std::string>> redaction_codes;

  // Index of the word that the position belongs to.
  uint32_t WordAt(uint32_t position) const;
};

struct Visible {
  DocumentSet documents;
  uint64_t pages = 0;
  uint64_t tokens = 0;  // sum of the pages' lengths
};

// Collects changes and commits them together. After an error drop the writer and start again from
// the last commit. Everything pending stays in memory: commit every few hundred pages.
class IndexWriter {
 public:
  virtual ~IndexWriter() = default;

  // Adds a document or changes its label and tags; its pages are not touched.
  virtual absl::Status PutDocument(const IndexedDocument& document) = 0;
  // Removes a document and its pages; OK when there is none.
  virtual absl::Status RemoveDocument(std::string_view id) = 0;
  // Adds a page, or replaces all that was known of it. DOCUMENT_NOT_FOUND without its document.
  virtual absl::Status PutPage(const IndexedPage& page) = 0;
  // OK when there is none.
  virtual absl::Status RemovePage(std::string_view document, uint32_t page) = 0;

  // Writes all changes and `with` in one batch; call it once. ABORTED when a precondition fails or
  // another writer has committed since this one was made.
  virtual absl::Status Commit(const WriteBatch& with = {},
                              const std::vector<Precondition>& preconditions = {}) = 0;
};

// Walks the terms of a field in byte order.
class TermCursor {
 public:
  virtual ~TermCursor() = default;
  // Goes to the first term at or behind `text`; false at the end of the field.
  virtual bool Seek(std::string_view text) = 0;
  bool Next() { return Seek(std::string(term()) + '\x01'); }
  virtual std::string_view term() const = 0;
  // How many of the documents have the current term. Ask before showing a term: 0 means it is
  // nobody's business. Moves the cursor within the term only.
  virtual uint64_t CountDocuments(const DocumentSet& documents) = 0;
  virtual absl::Status status() const = 0;
};

class IndexReader {
 public:
  virtual ~IndexReader() = default;

  // Grows with each commit.
  virtual uint64_t generation() const = 0;

  virtual absl::StatusOr<Visible> VisibleDocuments(const std::vector<std::string>& labels) = 0;
  // Ordinals are meaningful within one index only; nullopt when there is no such document.
  virtual absl::StatusOr<std::optional<uint32_t>> DocumentOrdinal(std::string_view id) = 0;
  virtual absl::StatusOr<IndexedDocument> Document(uint32_t ordinal) = 0;
  virtual absl::StatusOr<DocumentSet> TaggedDocuments(std::string_view tag) = 0;
  // What begins with `prefix`, in order, until `visit(id or tag, documents)` returns false.
  using Visit = std::function<bool(std::string_view, const DocumentSet&)>;
  virtual absl::Status DocumentsBeginning(std::string_view prefix, const Visit& visit) = 0;
  virtual absl::Status TagsBeginning(std::string_view prefix, const Visit& visit) = 0;

  // Replaces `postings` by those of the pages of `documents`.
  virtual absl::Status ReadPostings(const Term& term, const DocumentSet& documents,
                                    bool with_values, PostingList& postings) = 0;
  virtual std::unique_ptr<TermCursor> Terms(Field field) = 0;
  // All pages of the documents with their lengths, in ascending order; no occurrences.
  virtual absl::StatusOr<PostingList> Pages(const DocumentSet& documents) = 0;
  virtual absl::StatusOr<PageInfo> Page(PageId id) = 0;
};

class Index {
 public:
  // All keys start with `prefix`, so the store can hold other things beside the index. The store
  // must outlive the index. NEWER_FORMAT when a newer program wrote it.
  static absl::StatusOr<std::unique_ptr<Index>> Open(KeyValueStore* store,
                                                     std::string prefix = "i");

  // An older program has written it, by other rules for words: Clear it and put all pages again.
  absl::StatusOr<bool> IsOutdated() const;

  absl::StatusOr<std::unique_ptr<IndexWriter>> NewWriter();
  absl::StatusOr<std::unique_ptr<IndexReader>> NewReader();
  // Deletes everything; commit it alone, before a rebuild.
  void Clear(WriteBatch& batch) const;

 private:
  Index(KeyValueStore* store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}

  KeyValueStore* store_;
  std::string prefix_;
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_INDEX_INDEX_H_
