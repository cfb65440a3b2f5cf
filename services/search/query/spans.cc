#include "services/search/query/spans.h"

#include <algorithm>
#include <utility>

namespace foia::search {
namespace {

using Page = storage::PostingList::Page;

// Calls `visit(indices)` for each page that is in all lists; indices[i] is its place in list i.
template <typename Visit>
void ForEachCommonPage(const std::vector<SpanList>& lists, Visit visit) {
  std::vector<size_t> at(lists.size(), 0);
  while (true) {
    storage::PageId highest;
    for (size_t i = 0; i < lists.size(); ++i) {
      if (at[i] == lists[i].pages.size()) return;
      highest = std::max(highest, lists[i].pages[at[i]].id);
    }
    bool common = true;
    for (size_t i = 0; i < lists.size(); ++i) {
      const std::vector<Page>& pages = lists[i].pages;
      while (at[i] < pages.size() && pages[at[i]].id < highest) ++at[i];
      if (at[i] == pages.size()) return;
      common = common && pages[at[i]].id == highest;
    }
    if (!common) continue;
    visit(at);
    for (size_t& index : at) ++index;
  }
}

// Ends a page whose spans were added behind list->spans[first]: puts them in order, equal ones
// once. Leaves a page without spans out.
void FinishPage(const Page& page, size_t first, SpanList* list) {
  const auto begin = list->spans.begin() + static_cast<ptrdiff_t>(first);
  std::sort(begin, list->spans.end());
  list->spans.erase(std::unique(begin, list->spans.end()), list->spans.end());
  const size_t count = list->spans.size() - first;
  if (count == 0) return;
  list->pages.push_back(
      {page.id, page.length, static_cast<uint32_t>(first), static_cast<uint32_t>(count)});
}

}  // namespace

SpanList ToSpans(const storage::PostingList& postings, bool packed, uint32_t width) {
  SpanList list;
  list.pages = postings.pages;
  list.spans.reserve(postings.values.size());
  for (uint32_t value : postings.values) {
    if (packed) {
      const uint32_t own = value & storage::kMaxLabelWidth;
      list.spans.push_back({value >> 4, (value >> 4) + own, own});
    } else {
      list.spans.push_back({value, value + width, width});
    }
  }
  return list;
}

SpanList UniteSpans(std::vector<SpanList> lists) {
  std::erase_if(lists, [](const SpanList& list) { return list.pages.empty(); });
  if (lists.empty()) return {};
  if (lists.size() == 1) return std::move(lists[0]);
  // (page, list) in order of pages.
  std::vector<std::pair<const Page*, const SpanList*>> entries;
  for (const SpanList& list : lists) {
    for (const Page& page : list.pages) entries.emplace_back(&page, &list);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first->id < b.first->id; });
  SpanList united;
  for (size_t i = 0; i < entries.size();) {
    const Page& page = *entries[i].first;
    const size_t first = united.spans.size();
    for (; i < entries.size() && entries[i].first->id == page.id; ++i) {
      const auto [entry, list] = entries[i];
      const auto begin = list->spans.begin() + entry->first;
      united.spans.insert(united.spans.end(), begin, begin + entry->count);
    }
    FinishPage(page, first, &united);
  }
  return united;
}

SpanList JoinPhrase(const std::vector<SpanList>& lists, const std::vector<bool>& redaction) {
  struct Chain {
    Span all;
    Span last;
  };
  SpanList joined;
  std::vector<Chain> chains;
  std::vector<Chain> longer;
  ForEachCommonPage(lists, [&](const std::vector<size_t>& at) {
    chains.clear();
    for (size_t i = 0; i < lists.size(); ++i) {
      const Page& page = lists[i].pages[at[i]];
      const Span* spans = lists[i].spans.data() + page.first;
      if (i == 0) {
        for (uint32_t j = 0; j < page.count; ++j) chains.push_back({spans[j], spans[j]});
        continue;
      }
      const bool same_box = redaction[i] && redaction[i - 1];
      longer.clear();
      for (const Chain& chain : chains) {
        const uint32_t from = same_box ? chain.last.begin : chain.last.end;
        const Span* next = std::lower_bound(
            spans, spans + page.count, from,
            [](const Span& span, uint32_t position) { return span.begin < position; });
        for (; next != spans + page.count && next->begin <= chain.last.end; ++next) {
          longer.push_back(
              {{chain.all.begin, std::max(chain.all.end, next->end), chain.all.width + next->width},
               *next});
        }
      }
      chains.swap(longer);
    }
    const size_t first = joined.spans.size();
    for (const Chain& chain : chains) joined.spans.push_back(chain.all);
    FinishPage(lists[0].pages[at[0]], first, &joined);
  });
  return joined;
}

SpanList JoinNear(std::vector<SpanList> lists, const std::vector<uint32_t>& counts,
                  uint32_t distance) {
  // Where n spans of a list are needed, n neighbours become one.
  for (size_t i = 0; i < lists.size(); ++i) {
    const uint32_t needed = counts[i];
    if (needed < 2) continue;
    SpanList grouped;
    for (const Page& page : lists[i].pages) {
      const Span* spans = lists[i].spans.data() + page.first;
      const size_t first = grouped.spans.size();
      for (uint32_t j = 0; j + needed <= page.count; ++j) {
        Span group = spans[j];
        for (uint32_t k = 1; k < needed; ++k) {
          group.end = std::max(group.end, spans[j + k].end);
          group.width += spans[j + k].width;
        }
        grouped.spans.push_back(group);
      }
      FinishPage(page, first, &grouped);
    }
    lists[i] = std::move(grouped);
  }
  SpanList joined;
  std::vector<uint32_t> next(lists.size());
  ForEachCommonPage(lists, [&](const std::vector<size_t>& at) {
    std::fill(next.begin(), next.end(), 0);
    const size_t first = joined.spans.size();
    while (true) {
      // The window over the current span of each list; the leftmost then moves on.
      Span window{UINT32_MAX, 0, 0};
      size_t leftmost = 0;
      for (size_t i = 0; i < lists.size(); ++i) {
        const Span& span = lists[i].spans[lists[i].pages[at[i]].first + next[i]];
        if (span.begin < window.begin) {
          window.begin = span.begin;
          leftmost = i;
        }
        window.end = std::max(window.end, span.end);
        window.width += span.width;
      }
      if (window.end - window.begin <= uint64_t{window.width} + distance) {
        joined.spans.push_back(window);
      }
      if (++next[leftmost] == lists[leftmost].pages[at[leftmost]].count) break;
    }
    FinishPage(lists[0].pages[at[0]], first, &joined);
  });
  return joined;
}

}  // namespace foia::search
