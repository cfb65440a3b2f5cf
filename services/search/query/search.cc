#include "services/search/query/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/search/query/expansion.h"
#include "services/search/query/spans.h"

namespace foia::search {
namespace {

using storage::DocumentSet;
using storage::Field;
using storage::IndexReader;
using storage::PageId;
using storage::PageInfo;
using storage::PostingList;
using storage::Term;
using Kind = Query::Kind;

constexpr double kK1 = 1.2;
constexpr double kB = 0.75;
constexpr double kMinLength = 50;
constexpr size_t kMaxSuggestions = 3;

struct Scored {
  PageId id;
  double score;
};
using ScoredPages = std::vector<Scored>;  // ascending ids

// What one place of a query reads: all of `terms` are the same to it.
struct Leaf {
  std::vector<Term> terms;
  bool redaction = false;
  uint32_t width = 1;  // positions that a place takes
};

// A restriction to documents and page numbers.
struct Filter {
  bool any_document = true;
  DocumentSet documents;
  uint32_t first_page = 0;
  uint32_t last_page = UINT32_MAX;

  bool Accepts(PageId id) const {
    return id.page >= first_page && id.page <= last_page &&
           (any_document || documents.contains(id.document));
  }
};

absl::Status BadTree() {
  return MakeError(Reason::REASON_INVALID_QUERY, "the query tree is not one that the parser makes",
                   {{"column", "1"}, {"suggestion", "parse the query's text again"}});
}

ScoredPages Intersect(const ScoredPages& a, const ScoredPages& b) {
  ScoredPages both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].id < b[j].id) {
      ++i;
    } else if (b[j].id < a[i].id) {
      ++j;
    } else {
      both.push_back({a[i].id, a[i].score + b[j].score});
      ++i;
      ++j;
    }
  }
  return both;
}

ScoredPages Unite(const ScoredPages& a, const ScoredPages& b) {
  ScoredPages either;
  either.reserve(a.size() + b.size());
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].id < b[j].id)) {
      either.push_back(a[i++]);
    } else if (i == a.size() || b[j].id < a[i].id) {
      either.push_back(b[j++]);
    } else {
      either.push_back({a[i].id, a[i].score + b[j].score});
      ++i;
      ++j;
    }
  }
  return either;
}

void Subtract(const ScoredPages& taken, ScoredPages* from) {
  size_t j = 0;
  std::erase_if(*from, [&](const Scored& page) {
    while (j < taken.size() && taken[j].id < page.id) ++j;
    return j < taken.size() && taken[j].id == page.id;
  });
}

DocumentSet DocumentsOf(const SpanList& list) {
  DocumentSet documents;
  for (const PostingList::Page& page : list.pages) documents.add(page.id.document);
  return documents;
}

class Evaluator {
 public:
  Evaluator(IndexReader& reader, storage::Visible visible)
      : reader_(reader),
        visible_(std::move(visible.documents)),
        page_count_(static_cast<double>(visible.pages)),
        average_length_(visible.pages == 0
                            ? 1
                            : std::max(1.0, static_cast<double>(visible.tokens) /
                                                static_cast<double>(visible.pages))) {}

  absl::StatusOr<SearchResult> Run(const Query& query, const SearchOptions& options) {
    FOIA_ASSIGN_OR_RETURN(ScoredPages pages, Evaluate(query));
    SearchResult result;
    result.total_pages = pages.size();
    for (size_t i = 0; i < pages.size(); ++i) {
      if (i == 0 || pages[i].id.document != pages[i - 1].id.document) ++result.total_documents;
    }
    FOIA_RETURN_IF_ERROR(TakeBest(options, &pages));
    result.hits.reserve(pages.size());
    for (const Scored& page : pages) {
      result.hits.push_back({ids_[page.id.document], page.id.page, page.score, {}, {}});
    }
    std::vector<size_t> marked(pages.size());
    std::iota(marked.begin(), marked.end(), 0);
    if (options.mark) marked = options.mark(result.hits);
    FOIA_RETURN_IF_ERROR(FindPlaces(query, pages, marked, &result.hits));
    result.expansions = std::move(expansions_);
    if (result.total_pages == 0) FOIA_RETURN_IF_ERROR(Suggest(query, &result.suggestions));
    return result;
  }

 private:
  // ---- Which pages ----

  absl::StatusOr<ScoredPages> Evaluate(const Query& query) {
    switch (query.kind) {
      case Kind::kAnd:
        return EvaluateAnd(query);
      case Kind::kOr: {
        ScoredPages all;
        for (const Query& child : query.children) {
          FOIA_ASSIGN_OR_RETURN(const ScoredPages pages, Evaluate(child));
          all = Unite(all, pages);
        }
        return all;
      }
      case Kind::kFilter: {
        FOIA_ASSIGN_OR_RETURN(const Filter filter, Resolve(query));
        return PagesOf({filter});
      }
      case Kind::kNot:
        return BadTree();
      case Kind::kTerm: {
        FOIA_ASSIGN_OR_RETURN(const std::vector<Leaf>* leaves, Leaves(query));
        if (leaves->size() != 1) break;
        return ScoreTerm(leaves->front());
      }
      default:
        break;
    }
    FOIA_ASSIGN_OR_RETURN(const SpanList list, Spans(query, visible_));
    return Score(list.pages);
  }

  absl::StatusOr<ScoredPages> EvaluateAnd(const Query& query) {
    std::vector<Filter> filters;
    std::vector<Filter> excluded;
    std::optional<ScoredPages> pages;
    for (const Query& child : query.children) {
      if (child.kind == Kind::kFilter) {
        FOIA_ASSIGN_OR_RETURN(filters.emplace_back(), Resolve(child));
      } else if (child.kind != Kind::kNot) {
        FOIA_ASSIGN_OR_RETURN(ScoredPages more, Evaluate(child));
        pages = pages.has_value() ? Intersect(*pages, more) : std::move(more);
      } else if (child.children.size() != 1) {
        return BadTree();
      } else if (child.children[0].kind == Kind::kFilter) {
        FOIA_ASSIGN_OR_RETURN(excluded.emplace_back(), Resolve(child.children[0]));
      }
    }
    if (!pages.has_value()) {
      if (filters.empty()) return BadTree();
      FOIA_ASSIGN_OR_RETURN(pages, PagesOf(filters));
    }
    std::erase_if(*pages, [&](const Scored& page) {
      const auto accepts = [&page](const Filter& filter) { return filter.Accepts(page.id); };
      return !std::all_of(filters.begin(), filters.end(), accepts) ||
             std::any_of(excluded.begin(), excluded.end(), accepts);
    });
    for (const Query& child : query.children) {
      if (child.kind != Kind::kNot || child.children[0].kind == Kind::kFilter) continue;
      FOIA_ASSIGN_OR_RETURN(const ScoredPages taken, Evaluate(child.children[0]));
      Subtract(taken, &*pages);
    }
    return *std::move(pages);
  }

  absl::StatusOr<Filter> Resolve(const Query& query) {
    Filter filter;
    if (query.field == "page") {
      const size_t dash = query.text.find('-');
      filter.first_page = static_cast<uint32_t>(std::strtoul(query.text.c_str(), nullptr, 10));
      filter.last_page =
          dash == std::string::npos
              ? filter.first_page
              : static_cast<uint32_t>(std::strtoul(query.text.c_str() + dash + 1, nullptr, 10));
      return filter;
    }
    filter.any_document = false;
    const bool is_document = query.field == "document";
    const std::string tag = is_document ? "" : query.field + ":";
    if (is_document) {
      FOIA_ASSIGN_OR_RETURN(const auto ordinal, reader_.DocumentOrdinal(query.text));
      if (ordinal.has_value()) filter.documents.add(*ordinal);
    } else {
      FOIA_ASSIGN_OR_RETURN(filter.documents, reader_.TaggedDocuments(tag + query.text));
    }
    filter.documents &= visible_;
    const std::string collection = query.field + "s";
    if (!filter.documents.isEmpty() || !MayBeginId(collection, NameIn(collection, query.text))) {
      return filter;
    }
    // No whole id: the beginning of one, among those that the caller may see.
    std::vector<std::string> found;
    const auto visit = [&](std::string_view name, const DocumentSet& documents) {
      const DocumentSet seen = documents & visible_;
      if (seen.isEmpty()) return true;
      found.emplace_back(name.substr(tag.size()));
      filter.documents = seen;
      return found.size() < 2;
    };
    FOIA_RETURN_IF_ERROR(is_document ? reader_.DocumentsBeginning(query.text, visit)
                                     : reader_.TagsBeginning(tag + query.text, visit));
    if (found.size() > 1) return AmbiguousId(collection, query.text, found);
    return filter;
  }

  absl::StatusOr<ScoredPages> PagesOf(const std::vector<Filter>& filters) {
    DocumentSet documents = visible_;
    for (const Filter& filter : filters) {
      if (!filter.any_document) documents &= filter.documents;
    }
    FOIA_ASSIGN_OR_RETURN(const PostingList list, reader_.Pages(documents));
    ScoredPages pages;
    for (const PostingList::Page& page : list.pages) {
      if (std::all_of(filters.begin(), filters.end(),
                      [&page](const Filter& filter) { return filter.Accepts(page.id); })) {
        pages.push_back({page.id, 0});
      }
    }
    return pages;
  }

  // Occurrences are enough to score a word; their positions stay unread.
  absl::StatusOr<ScoredPages> ScoreTerm(const Leaf& leaf) {
    std::vector<PostingList::Page> pages;
    PostingList postings;
    for (const Term& term : leaf.terms) {
      FOIA_RETURN_IF_ERROR(reader_.ReadPostings(term, visible_, false, postings));
      if (pages.empty()) {
        pages.swap(postings.pages);
        continue;
      }
      const auto middle = static_cast<ptrdiff_t>(pages.size());
      pages.insert(pages.end(), postings.pages.begin(), postings.pages.end());
      std::inplace_merge(pages.begin(), pages.begin() + middle, pages.end(),
                         [](const auto& a, const auto& b) { return a.id < b.id; });
      size_t kept = 0;
      for (size_t i = 0; i < pages.size(); ++i) {
        if (kept > 0 && pages[kept - 1].id == pages[i].id) {
          pages[kept - 1].count += pages[i].count;
        } else {
          pages[kept++] = pages[i];
        }
      }
      pages.resize(kept);
    }
    return Score(pages);
  }

  ScoredPages Score(const std::vector<PostingList::Page>& pages) const {
    const auto found = static_cast<double>(pages.size());
    const double weight = std::log(1 + (page_count_ - found + 0.5) / (found + 0.5)) * (kK1 + 1);
    ScoredPages scored;
    scored.reserve(pages.size());
    for (const PostingList::Page& page : pages) {
      const double length = std::max(kMinLength, static_cast<double>(page.length));
      const auto count = static_cast<double>(page.count);
      const double norm = kK1 * (1 - kB + kB * length / average_length_);
      scored.push_back({page.id, weight * count / (count + norm)});
    }
    return scored;
  }

  // ---- Which places on them ----

  // The elements of a leaf query: several when a word has several parts. Found once, over all
  // visible documents.
  absl::StatusOr<const std::vector<Leaf>*> Leaves(const Query& query) {
    const auto [it, added] = leaves_.try_emplace(&query);
    std::vector<Leaf>& leaves = it->second;
    if (!added) return &leaves;
    const storage::WordTokens tokens = storage::AnalyzeWord(query.text);
    switch (query.kind) {
      case Kind::kTerm:
        if (query.exact && !tokens.whole.empty()) {
          leaves.push_back(
              {{{Field::kExact, tokens.whole}}, false, static_cast<uint32_t>(tokens.parts.size())});
          break;
        }
        for (const std::string& part : tokens.parts) {
          Leaf& leaf = leaves.emplace_back();
          if (query.exact) {
            AddWord(Field::kExact, part, &leaf);
          } else {
            AddWord(Field::kEnglish, Stem(part, storage::Language::kEnglish), &leaf);
            AddWord(Field::kSpanish, Stem(part, storage::Language::kSpanish), &leaf);
          }
        }
        break;
      case Kind::kRedaction: {
        Leaf& leaf = leaves.emplace_back();
        leaf.redaction = true;
        if (query.text == storage::kAnyRedaction || query.text == storage::kUnmarkedRedaction) {
          leaf.terms.push_back({Field::kRedaction, query.text});
          break;
        }
        FOIA_ASSIGN_OR_RETURN(const auto codes, ExpandExemption(reader_, visible_, query.text));
        for (const std::string& code : codes) leaf.terms.push_back({Field::kExemption, code});
        break;
      }
      case Kind::kPrefix:
      case Kind::kFuzzy: {
        Leaf& leaf = leaves.emplace_back();
        ExpandedTerms expanded;
        Expansion expansion;
        if (query.kind == Kind::kPrefix) {
          FOIA_ASSIGN_OR_RETURN(
              expanded, ExpandPrefix(reader_, visible_, PrefixText(query.text), kMaxExpansions));
          expansion.word = query.text + "*";
        } else {
          const std::string& word =
              tokens.whole.empty() && !tokens.parts.empty() ? tokens.parts[0] : tokens.whole;
          FOIA_ASSIGN_OR_RETURN(expanded,
                                ExpandFuzzy(reader_, visible_, word, query.number, kMaxExpansions));
          expansion.word = query.text + "~" + std::to_string(query.number);
        }
        for (const std::string& term : expanded.terms) AddWord(Field::kExact, term, &leaf);
        expansion.terms = std::move(expanded.terms);
        expansion.cut = expanded.cut;
        expansions_.push_back(std::move(expansion));
        break;
      }
      default:
        return BadTree();
    }
    return &leaves;
  }

  // A word in one piece, or parted at the end of a line.
  static void AddWord(Field field, const std::string& term, Leaf* leaf) {
    leaf->terms.push_back({field, term});
    leaf->terms.push_back({storage::JoinedField(field), term});
  }

  // Folded, without punctuation before the first letter; what stands between letters is kept for
  // identifiers such as 2020-icfo-2*.
  static std::string PrefixText(const std::string& text) {
    const storage::WordTokens tokens = storage::AnalyzeWord(text);
    const std::string folded = storage::Fold(text);
    if (tokens.parts.empty()) return folded;
    const size_t begin = folded.find(tokens.parts[0]);
    return begin == std::string::npos ? tokens.parts[0] : folded.substr(begin);
  }

  absl::StatusOr<SpanList> LeafSpans(const Leaf& leaf, const DocumentSet& documents) {
    std::vector<SpanList> lists;
    PostingList postings;
    for (const Term& term : leaf.terms) {
      FOIA_RETURN_IF_ERROR(reader_.ReadPostings(term, documents, true, postings));
      lists.push_back(ToSpans(postings, storage::HasSpans(term.field), leaf.width));
    }
    return UniteSpans(std::move(lists));
  }

  absl::StatusOr<SpanList> PhraseSpans(const std::vector<const Leaf*>& leaves,
                                       const DocumentSet& documents) {
    std::vector<SpanList> lists;
    std::vector<bool> redaction;
    for (const Leaf* leaf : leaves) {
      // Only documents with all words so far can have the phrase.
      FOIA_ASSIGN_OR_RETURN(
          SpanList list, LeafSpans(*leaf, lists.empty() ? documents : DocumentsOf(lists.back())));
      lists.push_back(std::move(list));
      redaction.push_back(leaf->redaction);
    }
    return JoinPhrase(lists, redaction);
  }

  absl::StatusOr<SpanList> Spans(const Query& query, const DocumentSet& documents) {
    switch (query.kind) {
      case Kind::kTerm:
      case Kind::kPrefix:
      case Kind::kFuzzy:
      case Kind::kRedaction: {
        FOIA_ASSIGN_OR_RETURN(const std::vector<Leaf>* leaves, Leaves(query));
        if (leaves->size() == 1) return LeafSpans(leaves->front(), documents);
        std::vector<const Leaf*> all;
        for (const Leaf& leaf : *leaves) all.push_back(&leaf);
        return PhraseSpans(all, documents);
      }
      case Kind::kPhrase: {
        std::vector<const Leaf*> all;
        for (const Query& child : query.children) {
          FOIA_ASSIGN_OR_RETURN(const std::vector<Leaf>* leaves, Leaves(child));
          for (const Leaf& leaf : *leaves) all.push_back(&leaf);
        }
        return PhraseSpans(all, documents);
      }
      case Kind::kOr: {
        std::vector<SpanList> lists;
        for (const Query& child : query.children) {
          FOIA_ASSIGN_OR_RETURN(lists.emplace_back(), Spans(child, documents));
        }
        return UniteSpans(std::move(lists));
      }
      case Kind::kNear: {
        std::vector<SpanList> lists;
        std::vector<uint32_t> counts;
        std::vector<const Query*> seen;
        for (const Query& child : query.children) {
          const auto same = std::find_if(seen.begin(), seen.end(),
                                         [&child](const Query* other) { return *other == child; });
          if (same != seen.end()) {
            ++counts[static_cast<size_t>(same - seen.begin())];
            continue;
          }
          seen.push_back(&child);
          counts.push_back(1);
          FOIA_ASSIGN_OR_RETURN(
              SpanList list, Spans(child, lists.empty() ? documents : DocumentsOf(lists.back())));
          lists.push_back(std::move(list));
        }
        return JoinNear(std::move(lists), counts, query.number);
      }
      default:
        return BadTree();
    }
  }

  // ---- The best of them ----

  absl::Status LoadIds(const ScoredPages& pages) {
    for (const Scored& page : pages) {
      const auto [it, added] = ids_.try_emplace(page.id.document);
      if (!added) continue;
      FOIA_ASSIGN_OR_RETURN(storage::IndexedDocument document, reader_.Document(page.id.document));
      it->second = std::move(document.id);
    }
    return absl::OkStatus();
  }

  // Leaves the hits asked for, in their order.
  absl::Status TakeBest(const SearchOptions& options, ScoredPages* pages) {
    if (options.offset >= pages->size() || options.limit == 0) {
      pages->clear();
      return absl::OkStatus();
    }
    const size_t wanted = std::min(options.limit, pages->size() - options.offset);
    const auto last = pages->begin() + static_cast<ptrdiff_t>(options.offset + wanted - 1);
    std::nth_element(pages->begin(), last, pages->end(),
                     [](const Scored& a, const Scored& b) { return a.score > b.score; });
    // Ids decide between equal scores, so all pages as good as the last one stay for now.
    const double bound = last->score;
    std::erase_if(*pages, [bound](const Scored& page) { return page.score < bound; });
    FOIA_RETURN_IF_ERROR(LoadIds(*pages));
    std::sort(pages->begin(), pages->end(), [this](const Scored& a, const Scored& b) {
      if (a.score != b.score) return a.score > b.score;
      if (a.id.document == b.id.document) return a.id.page < b.id.page;
      return ids_[a.id.document] < ids_[b.id.document];
    });
    pages->resize(options.offset + wanted);
    pages->erase(pages->begin(), pages->begin() + static_cast<ptrdiff_t>(options.offset));
    return absl::OkStatus();
  }

  // ---- What to highlight ----

  struct Page {
    Hit* hit;
    PageInfo info;
  };
  using Pages = std::map<PageId, Page>;

  absl::Status FindPlaces(const Query& query, const ScoredPages& found,
                          const std::vector<size_t>& marked, std::vector<Hit>* hits) {
    std::map<uint32_t, Pages> documents;
    for (const size_t i : marked) {
      Page& page = documents[found[i].id.document][found[i].id];
      page.hit = &(*hits)[i];
      FOIA_ASSIGN_OR_RETURN(page.info, reader_.Page(found[i].id));
    }
    for (auto& [ordinal, pages] : documents) {
      DocumentSet only;
      only.add(ordinal);
      FOIA_RETURN_IF_ERROR(Mark(query, only, nullptr, &pages));
    }
    for (const size_t i : marked) Tidy(&(*hits)[i]);
    return absl::OkStatus();
  }

  // Adds the places of `query` to `pages`; only those inside a span of `within` when it is given.
  absl::Status Mark(const Query& query, const DocumentSet& only, const SpanList* within,
                    Pages* pages) {
    if (query.kind == Kind::kNot || query.kind == Kind::kFilter) return absl::OkStatus();
    const bool group = query.kind == Kind::kAnd || query.kind == Kind::kOr;
    SpanList spans;
    if (!group) {
      FOIA_ASSIGN_OR_RETURN(spans, Spans(query, only));
      if (within != nullptr) KeepInside(*within, &spans);
    }
    if (group || query.kind == Kind::kNear || query.kind == Kind::kPhrase) {
      for (const Query& child : query.children) {
        // The words of a phrase are marked as one, below.
        if (query.kind == Kind::kPhrase && child.kind != Kind::kRedaction) continue;
        FOIA_RETURN_IF_ERROR(Mark(child, only, group ? within : &spans, pages));
      }
    }
    if (group || query.kind == Kind::kNear) return absl::OkStatus();
    for (const PostingList::Page& found : spans.pages) {
      const auto page = pages->find(found.id);
      if (page == pages->end()) continue;
      for (uint32_t i = found.first; i < found.first + found.count; ++i) {
        if (query.kind == Kind::kRedaction) {
          FOIA_RETURN_IF_ERROR(MarkRedaction(query, spans.spans[i], &page->second));
        } else if (spans.spans[i].end > spans.spans[i].begin) {
          page->second.hit->words.push_back({page->second.info.WordAt(spans.spans[i].begin),
                                             page->second.info.WordAt(spans.spans[i].end - 1)});
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status MarkRedaction(const Query& query, const Span& span, Page* page) {
    FOIA_ASSIGN_OR_RETURN(const std::vector<Leaf>* leaves, Leaves(query));
    const std::vector<Term>& terms = leaves->front().terms;
    for (size_t i = 0; i < page->info.redaction_positions.size(); ++i) {
      if (page->info.redaction_positions[i] != span.begin) continue;
      const std::vector<std::string>& codes = page->info.redaction_codes[i];
      const bool matches =
          query.text == storage::kAnyRedaction ||
          (query.text == storage::kUnmarkedRedaction && codes.empty()) ||
          std::any_of(codes.begin(), codes.end(), [&terms](const std::string& code) {
            return std::find(terms.begin(), terms.end(), Term{Field::kExemption, code}) !=
                   terms.end();
          });
      if (matches) page->hit->redactions.push_back(static_cast<uint32_t>(i));
    }
    return absl::OkStatus();
  }

  static void KeepInside(const SpanList& windows, SpanList* spans) {
    SpanList kept;
    for (const PostingList::Page& page : spans->pages) {
      const auto window =
          std::lower_bound(windows.pages.begin(), windows.pages.end(), page.id,
                           [](const PostingList::Page& item, PageId id) { return item.id < id; });
      if (window == windows.pages.end() || window->id != page.id) continue;
      const auto first = static_cast<uint32_t>(kept.spans.size());
      for (uint32_t i = page.first; i < page.first + page.count; ++i) {
        const Span& span = spans->spans[i];
        const Span* begin = windows.spans.data() + window->first;
        if (std::any_of(begin, begin + window->count, [&span](const Span& outer) {
              return outer.begin <= span.begin && span.end <= outer.end;
            })) {
          kept.spans.push_back(span);
        }
      }
      kept.pages.push_back(
          {page.id, page.length, first, static_cast<uint32_t>(kept.spans.size()) - first});
    }
    *spans = std::move(kept);
  }

  static void Tidy(Hit* hit) {
    std::sort(hit->words.begin(), hit->words.end(), [](const WordRange& a, const WordRange& b) {
      return a.first != b.first ? a.first < b.first : a.last < b.last;
    });
    std::vector<WordRange> merged;
    for (const WordRange& range : hit->words) {
      if (!merged.empty() && range.first <= merged.back().last) {
        merged.back().last = std::max(merged.back().last, range.last);
      } else {
        merged.push_back(range);
      }
    }
    hit->words = std::move(merged);
    std::vector<uint32_t>& redactions = hit->redactions;
    std::sort(redactions.begin(), redactions.end());
    redactions.erase(std::unique(redactions.begin(), redactions.end()), redactions.end());
  }

  // ---- Did you mean ----

  absl::Status Suggest(const Query& query, std::vector<Suggestion>* suggestions) {
    if (query.kind == Kind::kNot || suggestions->size() == kMaxSuggestions) return absl::OkStatus();
    for (const Query& child : query.children) FOIA_RETURN_IF_ERROR(Suggest(child, suggestions));
    if (query.kind != Kind::kTerm) return absl::OkStatus();
    FOIA_ASSIGN_OR_RETURN(const std::vector<Leaf>* leaves, Leaves(query));
    const storage::WordTokens tokens = storage::AnalyzeWord(query.text);
    for (size_t i = 0; i < leaves->size() && suggestions->size() < kMaxSuggestions; ++i) {
      const std::string& word =
          leaves->size() == 1 && !tokens.whole.empty() ? tokens.whole : tokens.parts[i];
      if (word.size() < 4) continue;
      PostingList postings;
      bool found = false;
      for (const Term& term : (*leaves)[i].terms) {
        FOIA_RETURN_IF_ERROR(reader_.ReadPostings(term, visible_, false, postings));
        found = found || !postings.pages.empty();
      }
      for (uint32_t edits = 1; !found && edits <= (word.size() < 6 ? 1u : 2u); ++edits) {
        FOIA_ASSIGN_OR_RETURN(const ExpandedTerms near,
                              ExpandFuzzy(reader_, visible_, word, edits, 1));
        found = !near.terms.empty();
        if (found) suggestions->push_back({word, near.terms[0]});
      }
    }
    return absl::OkStatus();
  }

  IndexReader& reader_;
  const DocumentSet visible_;
  const double page_count_;
  const double average_length_;
  std::unordered_map<const Query*, std::vector<Leaf>> leaves_;
  std::unordered_map<uint32_t, std::string> ids_;  // documents by ordinal
  std::vector<Expansion> expansions_;
};

}  // namespace

absl::StatusOr<SearchResult> Search(IndexReader& reader, const Query& query,
                                    const SearchOptions& options) {
  FOIA_ASSIGN_OR_RETURN(storage::Visible visible, reader.VisibleDocuments(options.labels));
  return Evaluator(reader, std::move(visible)).Run(query, options);
}

}  // namespace foia::search
