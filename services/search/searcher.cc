#include "services/search/searcher.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ocr/pdf/geometry.h"
#include "services/access/policy.h"
#include "services/base/error.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/search/query/query.h"
#include "services/search/query/search.h"
#include "services/search/query/snippet.h"

namespace foia::search {
namespace {

namespace dv1 = documents::v1;

constexpr int kStandardDocuments = 10;
constexpr int kMostDocuments = 100;
constexpr int kStandardHits = 5;
constexpr int kMostHits = 50;
constexpr size_t kSnippetWords = 30;

// The documents of a result, best first, with their hits in order.
struct Group {
  std::string document;  // documents/{document}
  std::vector<size_t> hits;
};

std::vector<Group> GroupByDocument(const std::vector<Hit>& hits) {
  std::vector<Group> groups;
  std::map<std::string_view, size_t> position;
  for (size_t i = 0; i < hits.size(); ++i) {  // by score, so groups come in order of their best
    const auto [found, is_new] = position.try_emplace(hits[i].document, groups.size());
    if (is_new) groups.push_back({absl::StrCat("documents/", hits[i].document), {}});
    groups[found->second].hits.push_back(i);
  }
  return groups;
}

template <typename Message>
absl::StatusOr<Message> ReadShown(storage::KeyValueStore& store, const std::string& key) {
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store.Get(key));
  Message message;
  if (bytes.has_value() && !message.ParseFromString(*bytes)) {
    return MakeError(Reason::REASON_DATA_CORRUPT, "a search result's page cannot be read");
  }
  return message;
}

// The page may be newer than the hit, or gone: places that it does not have are left out.
void FillHit(const Hit& hit, const dv1::PageRecord& page, v1::PageHit& result) {
  result.set_page(static_cast<int32_t>(hit.page));
  result.set_score(hit.score);
  result.set_width(page.width());
  result.set_height(page.height());
  std::vector<std::string_view> words;
  for (const dv1::Word& word : page.words()) words.push_back(word.text());
  const auto count = static_cast<uint32_t>(words.size());
  std::vector<WordRange> matches;
  for (const WordRange& range : hit.words) {
    if (range.last < count) matches.push_back(range);
  }
  std::vector<const dv1::Redaction*> redactions;
  for (const uint32_t redaction : hit.redactions) {
    if (redaction < static_cast<uint32_t>(page.redactions_size())) {
      redactions.push_back(&page.redactions(static_cast<int>(redaction)));
    }
  }
  if (matches.empty() && !redactions.empty() && count > 0) {
    // Only a redaction matched: show what stands around it.
    const auto at = static_cast<uint32_t>(redactions.front()->word_position());
    matches.push_back({std::min(at, count - 1), std::min(at, count - 1)});
  }
  const Snippet snippet = MakeSnippet(words, matches, kSnippetWords);
  result.set_snippet(snippet.text);
  if (!hit.words.empty()) {
    for (const Snippet::Highlight& highlight : snippet.highlights) {
      v1::Span& span = *result.add_highlights();
      span.set_begin(static_cast<int32_t>(highlight.offset));
      span.set_end(static_cast<int32_t>(highlight.offset + highlight.size));
    }
  }
  auto add_box = [&page, &result](const dv1::Box& box) {
    *result.add_word_boxes() = ocr::ToBox(ocr::Convert(
        page.transform(), ocr::FromBox(box), ocr::Space::kStored, ocr::Space::kDisplayed));
  };
  for (const WordRange& range : hit.words) {
    for (uint32_t i = range.first; i <= range.last && i < count; ++i) {
      add_box(page.words(static_cast<int>(i)).box());
    }
  }
  for (const dv1::Redaction* redaction : redactions) add_box(redaction->box());
  std::set<std::string> codes;
  for (const dv1::Redaction& redaction : page.redactions()) {
    for (const dv1::ExemptionCode& code : redaction.codes()) codes.insert(code.code());
  }
  for (const std::string& code : codes) result.add_codes(code);
}

std::string SuggestionFor(std::string_view query, const SearchResult& result) {
  std::string suggestion(query);
  for (const auto& [word, replacement] : result.suggestions) {
    suggestion = absl::StrReplaceAll(suggestion, {{word, replacement}});
  }
  return suggestion == query ? "" : suggestion;
}

}  // namespace

absl::StatusOr<v1::SearchResponse> Searcher::Search(const Principal& caller,
                                                    const v1::SearchRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const int document_limit,
                        PageSize(request.page_size(), kStandardDocuments, kMostDocuments));
  FOIA_ASSIGN_OR_RETURN(const int hit_limit,
                        PageSize(request.hits_per_document(), kStandardHits, kMostHits));
  const std::string list = absl::StrCat("search/", request.request(), "/", request.query());
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, request.page_token()));
  size_t first = 0;
  if (!last.empty() && !absl::SimpleAtoi(last, &first)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }
  FOIA_ASSIGN_OR_RETURN(Query query, ParseQuery(request.query()));
  v1::SearchResponse response;
  response.set_understood_query(PrintQuery(query));
  if (!request.request().empty()) {
    const std::string id = request.request().substr(request.request().rfind('/') + 1);
    Query filter;
    filter.kind = Query::Kind::kFilter;
    filter.text = absl::AsciiStrToLower(id);
    filter.field = "request";
    Query both;
    both.kind = Query::Kind::kAnd;
    both.children.push_back(std::move(query));
    both.children.push_back(std::move(filter));
    query = std::move(both);
  }
  SearchOptions options;
  for (const auto& [label, role] : caller.roles()) options.labels.push_back(label);
  options.limit = std::numeric_limits<size_t>::max();
  std::vector<Group> groups;
  size_t end = 0;
  options.mark = [&](const std::vector<Hit>& hits) {
    groups = GroupByDocument(hits);
    end = std::min(groups.size(), first + static_cast<size_t>(document_limit));
    std::vector<size_t> marked;
    for (size_t i = first; i < end; ++i) {
      std::vector<size_t>& shown = groups[i].hits;
      marked.insert(marked.end(), shown.begin(),
                    shown.begin() + std::min<ptrdiff_t>(std::ssize(shown), hit_limit));
    }
    return marked;
  };
  FOIA_RETURN_IF_ERROR(indexer_->AwaitLabels());
  FOIA_ASSIGN_OR_RETURN(const auto reader, index_->NewReader());
  FOIA_ASSIGN_OR_RETURN(const SearchResult result, search::Search(*reader, query, options));
  response.set_total_pages(static_cast<int64_t>(result.total_pages));
  response.set_total_documents(static_cast<int64_t>(result.total_documents));
  if (result.total_pages == 0) response.set_suggestion(SuggestionFor(request.query(), result));

  for (size_t i = first; i < end; ++i) {
    v1::DocumentHit& document = *response.add_documents();
    FOIA_ASSIGN_OR_RETURN(const dv1::Document shown,
                          ReadShown<dv1::Document>(*store_, ShownDocumentKey(groups[i].document)));
    document.set_document(groups[i].document);
    document.set_request(shown.request());
    document.set_file_name(shown.file_name());
    document.set_score(result.hits[groups[i].hits.front()].score);
    document.set_total_hits(static_cast<int32_t>(groups[i].hits.size()));
    for (size_t h = 0; h < groups[i].hits.size() && h < static_cast<size_t>(hit_limit); ++h) {
      const Hit& hit = result.hits[groups[i].hits[h]];
      FOIA_ASSIGN_OR_RETURN(
          const dv1::PageRecord page,
          ReadShown<dv1::PageRecord>(*store_,
                                     ShownPageKey(groups[i].document, static_cast<int>(hit.page))));
      FillHit(hit, page, *document.add_hits());
    }
  }
  if (end < groups.size()) response.set_next_page_token(MakePageToken(list, absl::StrCat(end)));
  return response;
}

absl::StatusOr<v1::GetIndexStatusResponse> Searcher::GetIndexStatus(
    const Principal& caller, const v1::GetIndexStatusRequest&) {
  FOIA_RETURN_IF_ERROR(access::CheckOperator(caller));
  v1::GetIndexStatusResponse response;
  FOIA_ASSIGN_OR_RETURN(const Indexer::Counts counts, indexer_->Count());
  response.set_documents(counts.documents);
  response.set_pages(counts.pages);
  response.set_applied_sequence(indexer_->applied_sequence());
  response.set_last_sequence(indexer_->last_sequence());
  return response;
}

}  // namespace foia::search
