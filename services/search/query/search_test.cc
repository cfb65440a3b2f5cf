// The engine against a linear scanner on random corpora, and what the scanner cannot show.
#include "services/search/query/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "storage/kv/key_value_store.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::search {
namespace {

using storage::Field;
using storage::IndexedDocument;
using storage::IndexedPage;
using storage::IndexedRedaction;
using storage::IndexedWord;
using storage::Language;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = Query::Kind;

// ---- The scanner: what a query means, as plainly as can be ----

struct ScannedPage {
  std::string document;
  uint32_t number = 0;
  std::string request;
  storage::AnalyzedPage tokens;
};

using Spans = std::set<std::tuple<uint32_t, uint32_t, uint32_t>>;  // begin, end, width

uint32_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<uint32_t>> d(a.size() + 1, std::vector<uint32_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<uint32_t>(i + j);
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

class Scanner {
 public:
  explicit Scanner(std::vector<ScannedPage> pages) : pages_(std::move(pages)) {}

  // Hits in order: document, page, score.
  std::vector<std::tuple<std::string, uint32_t, double>> Run(const Query& query) const {
    std::vector<std::tuple<std::string, uint32_t, double>> hits;
    for (const ScannedPage& page : pages_) {
      double score = 0;
      if (Matches(query, page, &score)) hits.emplace_back(page.document, page.number, score);
    }
    std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) {
      if (std::abs(std::get<2>(a) - std::get<2>(b)) > 1e-9) return std::get<2>(a) > std::get<2>(b);
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    return hits;
  }

 private:
  bool Matches(const Query& query, const ScannedPage& page, double* score) const {
    switch (query.kind) {
      case Kind::kAnd: {
        double sum = 0;
        for (const Query& child : query.children) {
          double ignored = 0;
          const bool negative = child.kind == Kind::kNot;
          if (Matches(negative ? child.children[0] : child, page, negative ? &ignored : &sum) ==
              negative) {
            return false;
          }
        }
        *score += sum;
        return true;
      }
      case Kind::kOr: {
        bool any = false;
        for (const Query& child : query.children) any = Matches(child, page, score) || any;
        return any;
      }
      case Kind::kFilter:
        if (query.field == "document") return page.document == query.text;
        if (query.field == "request") return page.request == query.text;
        return page.number >= static_cast<uint32_t>(std::stoi(query.text)) &&
               page.number <=
                   static_cast<uint32_t>(std::stoi(query.text.substr(query.text.find('-') + 1)));
      default:
        break;
    }
    const size_t count = Find(query, page.tokens).size();
    if (count == 0) return false;
    double tokens = 0;
    for (const ScannedPage& other : pages_) tokens += other.tokens.length;
    const auto [cached, added] = found_.try_emplace(PrintQuery(query), 0);
    double& found = cached->second;
    for (const ScannedPage& other : pages_) {
      if (added && !Find(query, other.tokens).empty()) ++found;
    }
    const auto n = static_cast<double>(pages_.size());
    const double idf = std::log(1 + (n - found + 0.5) / (found + 0.5));
    const double average = std::max(1.0, tokens / n);
    const double length = std::max<double>(50, page.tokens.length);
    const auto tf = static_cast<double>(count);
    *score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / average));
    return true;
  }

  static Spans Find(const Query& query, const storage::AnalyzedPage& page) {
    Spans spans;
    switch (query.kind) {
      case Kind::kPhrase: {
        std::vector<Spans> elements;
        for (const Query& child : query.children) elements.push_back(Find(child, page));
        for (uint32_t at = 0; at <= page.length; ++at) {
          for (const auto& [end, width] : Chains(query, elements, 0, at, at)) {
            spans.emplace(at, end, width);
          }
        }
        return spans;
      }
      case Kind::kOr:
        for (const Query& child : query.children) spans.merge(Find(child, page));
        return spans;
      case Kind::kNear: {
        std::vector<Spans> found;
        for (const Query& child : query.children) found.push_back(Find(child, page));
        for (size_t i = 0; i < found.size(); ++i) {
          for (const auto& leftmost : found[i]) {
            const uint32_t begin = std::get<0>(leftmost);
            uint32_t end = std::get<1>(leftmost);
            uint32_t width = std::get<2>(leftmost);
            bool complete = true;
            for (size_t j = 0; j < found.size() && complete; ++j) {
              if (j == i) continue;
              // Behind it; lists before win when both begin at one place.
              const auto next = found[j].lower_bound({begin + (j < i ? 1 : 0), 0, 0});
              complete = next != found[j].end();
              if (!complete) break;
              end = std::max(end, std::get<1>(*next));
              width += std::get<2>(*next);
            }
            if (complete && end - begin <= width + query.number) spans.emplace(begin, end, width);
          }
        }
        return spans;
      }
      default:
        break;
    }
    const storage::WordTokens word = storage::AnalyzeWord(query.text);
    if (query.kind == Kind::kTerm && word.parts.size() > 1 &&
        !(query.exact && !word.whole.empty())) {
      Query phrase;
      phrase.kind = Kind::kPhrase;
      for (const std::string& part : word.parts) {
        Query child;
        child.text = part;
        child.exact = query.exact;
        phrase.children.push_back(child);
      }
      return Find(phrase, page);
    }
    const std::string folded = storage::Fold(query.text);
    const std::string english = storage::Stem(word.parts[0], Language::kEnglish);
    const std::string spanish = storage::Stem(word.parts[0], Language::kSpanish);
    for (const storage::Token& token : page.tokens) {
      bool matches = false;
      uint32_t begin = token.value;
      uint32_t width = 1;
      switch (query.kind) {
        case Kind::kTerm:
          if (query.exact) {
            matches = token.field == Field::kExact &&
                      token.term == (word.whole.empty() ? word.parts[0] : word.whole);
            width = static_cast<uint32_t>(word.parts.size());
          } else {
            matches = (token.field == Field::kEnglish && token.term == english) ||
                      (token.field == Field::kSpanish && token.term == spanish);
          }
          break;
        case Kind::kPrefix:
          matches = token.field == Field::kExact && token.term.rfind(folded, 0) == 0;
          break;
        case Kind::kFuzzy:
          matches =
              token.field == Field::kExact && EditDistance(token.term, folded) <= query.number;
          break;
        default: {
          const bool any = query.text == "any" || query.text == "unmarked";
          const std::string code = token.term.substr(0, query.text.size());
          const std::string tail =
              token.term.size() > query.text.size() ? token.term.substr(query.text.size()) : "";
          matches = token.field == (any ? Field::kRedaction : Field::kExemption) &&
                    code == query.text &&
                    (any ? tail.empty() : tail.empty() || !std::isdigit(tail[0]));
          begin = token.value >> 4;
          width = token.value & 15;
          break;
        }
      }
      if (matches) spans.emplace(begin, begin + width, width);
    }
    return spans;
  }

  // Ends and widths of what matches the elements of a phrase from `next` on, behind [from, to).
  static std::set<std::pair<uint32_t, uint32_t>> Chains(const Query& phrase,
                                                        const std::vector<Spans>& elements,
                                                        size_t next, uint32_t from, uint32_t to) {
    if (next == elements.size()) return {{to, 0}};
    std::set<std::pair<uint32_t, uint32_t>> ends;
    const bool same_box = next > 0 && phrase.children[next - 1].kind == Kind::kRedaction &&
                          phrase.children[next].kind == Kind::kRedaction;
    for (const auto& [begin, end, width] : elements[next]) {
      if (begin != to && !(same_box && begin >= from && begin <= to)) continue;
      for (const auto& [last, more] : Chains(phrase, elements, next + 1, begin, end)) {
        ends.emplace(std::max(last, end), width + more);
      }
    }
    return ends;
  }

  const std::vector<ScannedPage> pages_;
  mutable std::map<std::string, double> found_;  // pages that a part of a query is on
};

// ---- A random collection that changes ----

const std::vector<std::string> kLabels = {"public", "firm", "sealed"};
const std::vector<std::string> kWords = {
    "citizen", "Academy", "academies", "record",          "records,",    "recorded", "agent",
    "agents",  "AGENT",   "interview", "2020-ICFO-21220", "2020-ICFO-9", "ICFO",     "(b)(7)(E)",
    "(b)",     "(6)",     "b7C",       "\u2014",          "México",      "mexico",   "the",
    "the",     "the",     "registros"};
const std::vector<std::string> kCodes = {"b6", "b7C", "b7E", "b7E-2", "b1", "k2"};

class Collection {
 public:
  explicit Collection(uint32_t seed) : random_(seed) {}

  uint32_t Pick(size_t below) { return static_cast<uint32_t>(random_() % below); }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Pick(choices.size())];
  }

  // Some changes, to the writer and to the model.
  void Change(storage::IndexWriter& writer) {
    for (uint32_t i = 0, n = 1 + Pick(8); i < n; ++i) {
      const std::string id = "d" + std::to_string(Pick(12));
      const auto document = documents_.find(id);
      const uint32_t choice = Pick(20);
      if (document == documents_.end() || choice == 0) {
        Document& put = documents_[id];
        put.label = Of(kLabels);
        put.request = "r" + std::to_string(Pick(3));
        ASSERT_OK(writer.PutDocument({id, put.label, {"request:" + put.request}}));
      } else if (choice == 1) {
        documents_.erase(document);
        ASSERT_OK(writer.RemoveDocument(id));
      } else if (choice <= 3) {
        const uint32_t page = 1 + Pick(70);
        document->second.pages.erase(page);
        ASSERT_OK(writer.RemovePage(id, page));
      } else {
        IndexedPage page{id, 1 + Pick(Pick(2) == 0 ? 3 : 70), {}, {}};
        for (uint32_t w = 0, words = Pick(40); w < words; ++w) {
          const std::string& text = Of(kWords);
          page.words.push_back(
              {text, text == "registros" ? Language::kSpanish : Language::kEnglish});
        }
        for (uint32_t r = Pick(4); r > 0; --r) {
          IndexedRedaction& redaction = page.redactions.emplace_back();
          redaction.word_position = Pick(page.words.size() + 1);
          for (uint32_t c = Pick(3); c > 0; --c) redaction.codes.push_back(Of(kCodes));
        }
        document->second.pages[page.page] = page;
        ASSERT_OK(writer.PutPage(page));
      }
    }
  }

  Scanner Scan(const std::vector<std::string>& labels) const {
    std::vector<ScannedPage> pages;
    for (const auto& [id, document] : documents_) {
      if (std::find(labels.begin(), labels.end(), document.label) == labels.end()) continue;
      for (const auto& [number, page] : document.pages) {
        pages.push_back(
            {id, number, document.request, storage::AnalyzePage(page.words, page.redactions)});
      }
    }
    return Scanner(std::move(pages));
  }

  // A query text; not all of them parse.
  std::string QueryText(int depth = 0) {
    static const std::vector<std::string> kPlaces = {"citizen",
                                                     "academy",
                                                     "record",
                                                     "agents",
                                                     "=agents",
                                                     "=records",
                                                     "icfo",
                                                     "b7c",
                                                     "b6",
                                                     "mexico",
                                                     "registro",
                                                     "2020-ICFO-21220",
                                                     "=2020-icfo-9",
                                                     "rec*",
                                                     "2020-*",
                                                     "agnet~",
                                                     "recrods~2",
                                                     "[b6]",
                                                     "[b7]",
                                                     "[b7E]",
                                                     "[any]",
                                                     "[unmarked]",
                                                     "exemption:b7E-2",
                                                     "\"citizen academy\"",
                                                     "\"the record\"",
                                                     "=\"the records\"",
                                                     "\"the [b7] agent\"",
                                                     "\"[b6] [b7C]\"",
                                                     "\"agent [any]\"",
                                                     "\"2020-ICFO-21220 the\"",
                                                     "\"the rec*\"",
                                                     "\"(b)(7)(E) the\"",
                                                     "\"citizen agent\"~3",
                                                     "(citizen OR \"the agent\")"};
    static const std::vector<std::string> kFilters = {"page:1",     "page:2-40",   "doc:d1",
                                                      "request:r1", "document:d7", "request:none"};
    switch (depth > 2 ? 0 : Pick(9)) {
      case 0:
      case 1:
      case 2:
        return Of(kPlaces);
      case 3:
        return QueryText(depth + 1) + " " + QueryText(depth + 1);
      case 4:
        return "(" + QueryText(depth + 1) + " OR " + QueryText(depth + 1) + ")";
      case 5:
        return QueryText(depth + 1) + " NOT (" + QueryText(depth + 1) + ")";
      case 6: {
        // Different operands: two equal ones must be found twice, which the scanner does not know.
        const size_t left = Pick(kPlaces.size());
        const size_t right = (left + 1 + Pick(kPlaces.size() - 1)) % kPlaces.size();
        return kPlaces[left] + " NEAR/" + std::to_string(Pick(6)) + " " + kPlaces[right];
      }
      case 7:
        return QueryText(depth + 1) + (Pick(3) == 0 ? " -" : " ") + Of(kFilters);
      default:
        return Of(kFilters) + " " + QueryText(depth + 1);
    }
  }

 private:
  struct Document {
    std::string label;
    std::string request;
    std::map<uint32_t, IndexedPage> pages;
  };
  std::map<std::string, Document> documents_;
  std::mt19937 random_;
};

// ---- On both stores ----

class SearchTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      ASSERT_OK_AND_ASSIGN(store_, storage::OpenRocksDb({directory_ / "kv"}));
    } else {
      store_ = storage::NewMemoryStore();
    }
    ASSERT_OK_AND_ASSIGN(index_, storage::Index::Open(store_.get()));
  }
  void TearDown() override {
    index_.reset();
    store_.reset();
  }

  static IndexedPage MakePage(const std::string& document, uint32_t page, std::string_view text,
                              std::vector<IndexedRedaction> redactions = {}) {
    IndexedPage made{document, page, {}, std::move(redactions)};
    for (size_t i = 0; i < text.size();) {
      const size_t end = std::min(text.find(' ', i), text.size());
      if (end > i) made.words.push_back({std::string(text.substr(i, end - i))});
      i = end + 1;
    }
    return made;
  }

  void Put(const IndexedDocument& document, const std::vector<IndexedPage>& pages) {
    ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
    ASSERT_OK(writer->PutDocument(document));
    for (const IndexedPage& page : pages) ASSERT_OK(writer->PutPage(page));
    ASSERT_OK(writer->Commit());
  }

  SearchResult Run(const std::string& text, std::vector<std::string> labels = {"public"},
                   size_t limit = 1000, size_t offset = 0,
                   std::function<std::vector<size_t>(const std::vector<Hit>&)> mark = {}) {
    const absl::StatusOr<Query> query = ParseQuery(text);
    EXPECT_OK(query);
    auto reader = index_->NewReader();
    EXPECT_OK(reader);
    if (!query.ok() || !reader.ok()) return {};
    absl::StatusOr<SearchResult> result =
        Search(**reader, *query, {std::move(labels), offset, limit, std::move(mark)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SearchResult{};
  }
  // "d1/3 d2/1": the hits in order.
  std::string Hits(const std::string& text, std::vector<std::string> labels = {"public"}) {
    std::string hits;
    for (const Hit& hit : Run(text, std::move(labels)).hits) {
      hits += (hits.empty() ? "" : " ") + hit.document + "/" + std::to_string(hit.page);
    }
    return hits;
  }

  size_t CountKeys() {
    size_t count = 0;
    for (auto it = store_->Scan({}); it->Valid(); it->Next()) ++count;
    return count;
  }

  testing::TempDir directory_;
  std::unique_ptr<storage::KeyValueStore> store_;
  std::unique_ptr<storage::Index> index_;
};

INSTANTIATE_TEST_SUITE_P(Stores, SearchTest, ::testing::Bool(),
                         [](const auto& suite) { return suite.param ? "RocksDb" : "Memory"; });

TEST_P(SearchTest, AgreesWithALinearScanner) {
  size_t found = 0;
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    Collection collection(seed);
    storage::WriteBatch clear;
    index_->Clear(clear);
    ASSERT_OK(store_->Commit(clear));
    for (int commit = 0; commit < 12; ++commit) {
      ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
      for (int i = 0; i < 4; ++i) ASSERT_NO_FATAL_FAILURE(collection.Change(*writer));
      ASSERT_OK(writer->Commit());
    }
    for (const auto& labels : std::vector<std::vector<std::string>>{
             {"public"}, {"firm", "public", "public"}, kLabels, {"unknown"}, {}}) {
      const Scanner scanner = collection.Scan(labels);
      for (int i = 0; i < 30; ++i) {
        const std::string text = collection.QueryText();
        const absl::StatusOr<Query> query = ParseQuery(text);
        if (!query.ok()) continue;
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        const auto expected = scanner.Run(*query);
        const SearchResult result = Run(text, labels);
        std::set<std::string> documents;
        ASSERT_EQ(result.hits.size(), expected.size());
        for (size_t h = 0; h < expected.size(); ++h) {
          EXPECT_NEAR(result.hits[h].score, std::get<2>(expected[h]), 1e-9);
          EXPECT_EQ(result.hits[h].document, std::get<0>(expected[h])) << h;
          EXPECT_EQ(result.hits[h].page, std::get<1>(expected[h])) << h;
          documents.insert(std::get<0>(expected[h]));
        }
        EXPECT_EQ(result.total_pages, expected.size());
        EXPECT_EQ(result.total_documents, documents.size());
        found += expected.size();
        if (HasFailure()) return;
        // The best ten, and the three behind the fourth, are parts of the same order.
        const SearchResult part = Run(text, labels, 3, 4);
        EXPECT_EQ(part.total_pages, expected.size());
        ASSERT_EQ(part.hits.size(), std::min<size_t>(3, std::max<size_t>(expected.size(), 4) - 4));
        for (size_t h = 0; h < part.hits.size(); ++h) {
          EXPECT_EQ(part.hits[h].document, result.hits[h + 4].document);
          EXPECT_EQ(part.hits[h].page, result.hits[h + 4].page);
          EXPECT_EQ(part.hits[h].words, result.hits[h + 4].words);
        }
        // Places of some are the places they have among all.
        const SearchResult third = Run(text, labels, 1000, 0, [](const std::vector<Hit>& hits) {
          std::vector<size_t> marked;
          for (size_t h = 0; h < hits.size(); h += 3) marked.push_back(h);
          return marked;
        });
        ASSERT_EQ(third.hits.size(), result.hits.size());
        for (size_t h = 0; h < third.hits.size(); ++h) {
          const Hit empty;
          const Hit& places = h % 3 == 0 ? result.hits[h] : empty;
          EXPECT_EQ(third.hits[h].page, result.hits[h].page);
          EXPECT_EQ(third.hits[h].words, places.words);
          EXPECT_EQ(third.hits[h].redactions, places.redactions);
        }
      }
    }
  }
  EXPECT_GT(found, 1500u);
}

TEST_P(SearchTest, RemovingEverythingLeavesNothing) {
  Collection collection(7);
  for (int commit = 0; commit < 10; ++commit) {
    ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
    for (int i = 0; i < 4; ++i) ASSERT_NO_FATAL_FAILURE(collection.Change(*writer));
    ASSERT_OK(writer->Commit());
  }
  ASSERT_GT(CountKeys(), 100u);
  ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
  for (int i = 0; i < 12; ++i) ASSERT_OK(writer->RemoveDocument("d" + std::to_string(i)));
  ASSERT_OK(writer->Commit());
  EXPECT_EQ(CountKeys(), 1u);  // the meta record
}

TEST_P(SearchTest, UnseenLabelsChangeNothing) {
  Put({"d1", "public", {}}, {MakePage("d1", 1, "citizen academy"), MakePage("d1", 2, "academy")});
  Put({"d2", "public", {}}, {MakePage("d2", 1, "nothing here")});
  const std::vector<std::string> queries = {"academy", "citizen OR nothing", "acad*",  "acadamy~",
                                            "[any]",   "exemption:b7",       "secret", "acadamey"};
  std::vector<SearchResult> before;
  for (const std::string& query : queries) before.push_back(Run(query));
  Put({"d0", "sealed", {}},
      {MakePage("d0", 1, "academy academic academies secret secrets acadamey", {{0, {"b7E"}}}),
       MakePage("d0", 2, "citizen citizen nothing")});
  for (size_t i = 0; i < queries.size(); ++i) {
    SCOPED_TRACE(queries[i]);
    const SearchResult after = Run(queries[i]);
    EXPECT_EQ(after.total_pages, before[i].total_pages);
    EXPECT_EQ(after.total_documents, before[i].total_documents);
    ASSERT_EQ(after.hits.size(), before[i].hits.size());
    for (size_t h = 0; h < after.hits.size(); ++h) {
      EXPECT_EQ(after.hits[h].document, before[i].hits[h].document);
      EXPECT_EQ(after.hits[h].score, before[i].hits[h].score);
    }
    ASSERT_EQ(after.expansions.size(), before[i].expansions.size());
    for (size_t e = 0; e < after.expansions.size(); ++e) {
      EXPECT_EQ(after.expansions[e].terms, before[i].expansions[e].terms);
    }
    ASSERT_EQ(after.suggestions.size(), before[i].suggestions.size());
    for (size_t s = 0; s < after.suggestions.size(); ++s) {
      EXPECT_EQ(after.suggestions[s].replacement, before[i].suggestions[s].replacement);
    }
  }
  EXPECT_EQ(Hits("secret", {"sealed"}), "d0/1");
  EXPECT_EQ(Hits("academy", {}), "");
}

TEST_P(SearchTest, ANewLabelIsEffectiveAtOnceAndTouchesNoPosting) {
  Put({"d1", "public", {"request:r1"}}, {MakePage("d1", 1, "citizen academy")});
  std::vector<std::string> before;
  for (auto it = store_->Scan(storage::ScanOptions::Prefix("ik")); it->Valid(); it->Next()) {
    before.push_back(std::string(it->key()) + std::string(it->value()));
  }
  Put({"d1", "sealed", {"request:r2"}}, {});
  EXPECT_EQ(Hits("academy"), "");
  EXPECT_EQ(Hits("request:r1", kLabels), "");
  EXPECT_EQ(Hits("academy request:r2", {"sealed"}), "d1/1");
  std::vector<std::string> after;
  for (auto it = store_->Scan(storage::ScanOptions::Prefix("ik")); it->Valid(); it->Next()) {
    after.push_back(std::string(it->key()) + std::string(it->value()));
  }
  EXPECT_EQ(after, before);
}

TEST_P(SearchTest, FiltersTakeTheBeginningOfAnId) {
  Put({"d01jd3v8aa", "public", {"request:r01jd3v8xx"}}, {MakePage("d01jd3v8aa", 1, "academy")});
  Put({"d01jd3v8ab", "public", {"request:r01jd3v8xx"}}, {MakePage("d01jd3v8ab", 1, "academy")});
  Put({"d01jd3v8ac", "sealed", {"request:r01jd3v8yy"}}, {MakePage("d01jd3v8ac", 1, "academy")});
  EXPECT_EQ(Hits("academy request:R01JD3V8X"), "d01jd3v8aa/1 d01jd3v8ab/1");
  EXPECT_EQ(Hits("document:d01jd3v8aa"), "d01jd3v8aa/1");
  EXPECT_EQ(Hits("doc:D01JD3V8AC", {"sealed"}), "d01jd3v8ac/1");
  EXPECT_EQ(Hits("academy -doc:d01jd3v8ab"), "d01jd3v8aa/1");
  // What one may not see makes nothing ambiguous.
  EXPECT_EQ(Hits("request:r01jd3"), "d01jd3v8aa/1 d01jd3v8ab/1");
  EXPECT_EQ(Hits("request:r01jd3v8yy"), "");
  EXPECT_EQ(Hits("request:r01"), "") << "too short to be the beginning of an id";
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<storage::IndexReader> reader, index_->NewReader());
  for (const auto& [text, both] : std::vector<std::pair<std::string, std::string>>{
           {"request:r01jd3v8", "r01jd3v8xx, r01jd3v8yy"},
           {"academy doc:d01jd3", "d01jd3v8aa, d01jd3v8ab"}}) {
    ASSERT_OK_AND_ASSIGN(const Query query, ParseQuery(text));
    SearchOptions options;
    options.labels = kLabels;
    const absl::Status status = Search(*reader, query, options).status();
    EXPECT_EQ(ReasonOf(status), Reason::REASON_AMBIGUOUS_NAME) << text;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(both));
  }
}

TEST_P(SearchTest, AReplacedPageIsFoundByItsNewWordsOnly) {
  Put({"d1", "public", {}},
      {MakePage("d1", 1, "old words", {{1, {"b6"}}}), MakePage("d1", 2, "old page")});
  Put({"d1", "public", {}}, {MakePage("d1", 1, "new words")});
  EXPECT_EQ(Hits("old"), "d1/2");
  EXPECT_EQ(Hits("new"), "d1/1");
  EXPECT_EQ(Hits("[b6]"), "");
  EXPECT_EQ(Hits("ol*"), "d1/2");
}

TEST_P(SearchTest, ACommitIsAllOrNothingAndOneAtATime) {
  ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
  ASSERT_OK(writer->PutDocument({"d1", "public", {}}));
  ASSERT_OK(writer->PutPage(MakePage("d1", 1, "academy")));
  EXPECT_EQ(Hits("academy"), "");
  storage::WriteBatch cursor;
  cursor.Put("cursor", "17");
  EXPECT_THAT(writer->Commit(cursor, {storage::Precondition::KeyEquals("cursor", "16")}),
              testing::StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Hits("academy"), "");
  EXPECT_EQ(CountKeys(), 0u);

  ASSERT_OK_AND_ASSIGN(auto first, index_->NewWriter());
  ASSERT_OK_AND_ASSIGN(auto second, index_->NewWriter());
  ASSERT_OK(first->PutDocument({"d1", "public", {}}));
  ASSERT_OK(second->PutDocument({"d2", "public", {}}));
  ASSERT_OK(first->Commit(cursor));
  EXPECT_THAT(store_->Get("cursor"), testing::IsOkAndHolds(std::optional<std::string>("17")));
  EXPECT_THAT(second->Commit(), testing::StatusIs(absl::StatusCode::kAborted));

  ASSERT_OK_AND_ASSIGN(auto third, index_->NewWriter());
  EXPECT_THAT(third->PutPage(MakePage("none", 1, "x")),
              testing::HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
}

TEST_P(SearchTest, AReaderKeepsItsMoment) {
  Put({"d1", "public", {}}, {MakePage("d1", 1, "academy")});
  ASSERT_OK_AND_ASSIGN(auto reader, index_->NewReader());
  Put({"d2", "public", {}}, {MakePage("d2", 1, "academy")});
  ASSERT_OK_AND_ASSIGN(const Query query, ParseQuery("academy"));
  ASSERT_OK_AND_ASSIGN(const SearchResult result, Search(*reader, query, {{"public"}}));
  EXPECT_EQ(result.total_pages, 1u);
  EXPECT_EQ(Hits("academy"), "d1/1 d2/1");
}

// The halves take the place of two words, so phrases go on behind them.
TEST_P(SearchTest, WordsPartedAtTheEndOfALine) {
  IndexedPage page = MakePage("d1", 1, "the upper sedimen- tation basin is well- known to all");
  page.words[2].ends_line = page.words[6].ends_line = true;
  Put({"d1", "public", {}}, {page});
  const struct {
    std::string query;
    std::vector<WordRange> words;
  } rows[] = {
      {"sedimentation", {{2, 3}}},
      {"sedimentations", {{2, 3}}},
      {"=sedimentation", {{2, 3}}},
      {"sediment*", {{2, 3}}},
      {"sedimantation~", {{2, 3}}},
      {"\"upper sedimentation basin\"", {{1, 4}}},
      {"upper NEAR/0 basin", {}},
      {"upper NEAR/2 basin", {{1, 1}, {4, 4}}},
      {"wellknown", {{6, 7}}},
      {"well-known", {{6, 7}}},
      {"=well-known", {{6, 7}}},
      {"\"is well known to\"", {{5, 8}}},
      {"\"is wellknown to\"", {{5, 8}}},
      {"known", {{7, 7}}},
      {"tationbasin", {}},
  };
  ASSERT_OK_AND_ASSIGN(auto reader, index_->NewReader());
  for (const auto& row : rows) {
    SCOPED_TRACE(row.query);
    ASSERT_OK_AND_ASSIGN(const Query query, ParseQuery(row.query));
    ASSERT_OK_AND_ASSIGN(const SearchResult result, Search(*reader, query, {{"public"}}));
    ASSERT_EQ(result.hits.size(), row.words.empty() ? 0u : 1u);
    if (row.words.empty()) continue;
    EXPECT_EQ(result.hits[0].words, row.words);
  }
}

TEST_P(SearchTest, NewerFormatsAreRefused) {
  Put({"d1", "public", {}}, {});
  storage::WriteBatch batch;
  batch.Put("im", std::string("\x7f\x01\x01", 3));
  ASSERT_OK(store_->Commit(batch));
  EXPECT_THAT(storage::Index::Open(store_.get()).status(),
              testing::HasReason(Reason::REASON_NEWER_FORMAT));
}

TEST_P(SearchTest, ShowsWhereItMatches) {
  // words:        0       1       2       3         4         5        6     7
  Put({"d1", "public", {}},
      {MakePage("d1", 1, "citizen academy \u2014 file 2020-ICFO-21220 (b)(7)(E) the academies",
                {{5, {"b7E", "b6"}}, {6, {"b7C"}}, {8, {}}})});
  const struct {
    std::string query;
    std::vector<WordRange> words;
    std::vector<uint32_t> redactions;
  } cases[] = {
      {"academy", {{1, 1}, {7, 7}}, {}},
      {"=academy", {{1, 1}}, {}},
      {"\"citizen academy\"", {{0, 1}}, {}},
      {"ICFO", {{4, 4}}, {}},
      {"2020-ICFO-21220", {{4, 4}}, {}},
      {"\"academy file\"", {{1, 3}}, {}},
      {"acad*", {{1, 1}, {7, 7}}, {}},
      {"fiel~", {{3, 3}}, {}},
      {"exemption:b7", {}, {0, 1}},
      {"exemption:b6", {}, {0}},
      {"[unmarked]", {}, {2}},
      {"redaction:any", {}, {0, 1, 2}},
      {"\"21220 [b7E] the\"", {{4, 6}}, {0}},
      {"\"citizen academy\" NEAR/6 [b7E]", {{0, 1}}, {0}},
      {"file NEAR/1 icfo", {{3, 4}}, {}},
      {"(b)(7)(E)", {{5, 5}}, {}},
      {"academy AND file -secret", {{1, 1}, {3, 3}, {7, 7}}, {}},
      {"academy NEAR/1 file", {{1, 1}, {3, 3}}, {}},
      {"doc:d1", {}, {}},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.query);
    const SearchResult result = Run(test.query);
    ASSERT_EQ(result.hits.size(), 1u);
    std::vector<WordRange> words = result.hits[0].words;
    if (test.query == "file NEAR/1 icfo") {
      EXPECT_THAT(words, ElementsAre(WordRange{3, 3}, WordRange{4, 4}));
    } else {
      EXPECT_EQ(words, test.words);
    }
    EXPECT_EQ(result.hits[0].redactions, test.redactions);
  }
}

TEST_P(SearchTest, ProximityCountsTheWordsBetween) {
  Put({"d1", "public", {}}, {MakePage("d1", 1, "alpha x x beta x gamma gamma"),
                             MakePage("d1", 2, "beta alpha"), MakePage("d1", 3, "gamma")});
  EXPECT_EQ(Hits("alpha NEAR/1 beta"), "d1/2");
  EXPECT_EQ(Hits("alpha NEAR/2 beta page:1"), "d1/1");
  EXPECT_EQ(Hits("\"beta alpha\"~0"), "d1/2");
  EXPECT_EQ(Hits("\"alpha beta gamma\"~2"), "");
  EXPECT_EQ(Hits("\"alpha beta gamma\"~3"), "d1/1");
  EXPECT_EQ(Hits("\"gamma gamma\"~0"), "d1/1");  // two of them, not one twice
  EXPECT_EQ(Hits("\"gamma gamma gamma\"~9"), "");
}

TEST_P(SearchTest, RedactionsStandBetweenWords) {
  Put({"d1", "public", {}}, {MakePage("d1", 1, "citizen academy attended", {{2, {"b7C", "b6"}}})});
  EXPECT_EQ(Hits("\"academy [b6] attended\""), "d1/1");
  EXPECT_EQ(Hits("\"academy [b6] [b7C] attended\""), "d1/1");
  EXPECT_EQ(Hits("\"academy attended\""), "d1/1");  // it has no characters of its own
  EXPECT_EQ(Hits("\"citizen [b6]\""), "");
  EXPECT_EQ(Hits("b6"), "");
}

TEST_P(SearchTest, SuggestsWhatThereIs) {
  Put({"d1", "public", {}}, {MakePage("d1", 1, "surveillance academy")});
  const SearchResult result = Run("survellance acadmy");
  ASSERT_EQ(result.suggestions.size(), 2u);
  EXPECT_EQ(result.suggestions[0].word, "survellance");
  EXPECT_EQ(result.suggestions[0].replacement, "surveillance");
  EXPECT_EQ(result.suggestions[1].replacement, "academy");
  EXPECT_THAT(Run("surveillance zebra").suggestions, IsEmpty());
}

TEST_P(SearchTest, ExpansionsAreBoundedAndSayWhen) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word" + std::to_string(100 + i) + " ";
  Put({"d1", "public", {}}, {MakePage("d1", 1, text), MakePage("d1", 2, "word150")});
  const SearchResult result = Run("word*");
  ASSERT_EQ(result.expansions.size(), 1u);
  EXPECT_EQ(result.expansions[0].word, "word*");
  EXPECT_EQ(result.expansions[0].terms.size(), kMaxExpansions);
  EXPECT_TRUE(result.expansions[0].cut);
  EXPECT_FALSE(Run("word15*").expansions[0].cut);
}

TEST_P(SearchTest, ShortScrapsDoNotWin) {
  std::string page = "academy academy";
  for (int i = 0; i < 48; ++i) page += " filler";
  Put({"d1", "public", {}}, {MakePage("d1", 1, "academy"), MakePage("d1", 2, page)});
  EXPECT_EQ(Hits("academy"), "d1/2 d1/1");
}

TEST_P(SearchTest, ALargeDocumentWithManyPages) {
  ASSERT_OK_AND_ASSIGN(auto writer, index_->NewWriter());
  ASSERT_OK(writer->PutDocument({"d1", "public", {}}));
  for (uint32_t page = 10000; page > 0; --page) {
    ASSERT_OK(writer->PutPage(MakePage("d1", page, "page n" + std::to_string(page))));
  }
  ASSERT_OK(writer->Commit());
  const SearchResult result = Run("page", {"public"}, 2);
  EXPECT_EQ(result.total_pages, 10000u);
  EXPECT_EQ(result.total_documents, 1u);
  EXPECT_EQ(result.hits[1].page, 2u);
  EXPECT_EQ(Hits("n9999"), "d1/9999");
}

}  // namespace
}  // namespace foia::search
