#include "ocr/page/margin_codes.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "ocr/redaction/codes.h"

namespace foia::ocr {
namespace {

// Codes stacked with at most this leading (heights of a bracket) belong together; when each stands
// beside a box of its own, only with the tight one. It does when their middles are no farther apart
// than this share of its height.
constexpr float kTightLeading = 1.35F, kStackLeading = 1.7F, kLevel = 0.4F;
// A stack farther from a box than this (points) is another one's.
constexpr float kReach = 60;
// Read from beside the box, not from within.
constexpr float kMarginConfidence = 0.8F;

using Codes = std::vector<PageCode>;

// Codes of one line of the margin, or of several close to one another.
struct Stack {
  Rect box;
  Rect last;  // its last line
  int lines = 1;
  Codes codes;  // of one line repeated ones, too
};

float Middle(const Rect& r) { return (r.y0 + r.y1) / 2; }

bool Beside(const Rect& mark, const Rect& box) {
  return Middle(mark) >= box.y0 && Middle(mark) <= box.y1;
}

// The lines of codes in the margins, downwards.
std::vector<Stack> MarginLines(const std::vector<PageWord>& words, float width) {
  std::vector<Stack> marks;
  for (const PageWord& w : words) {
    if (!(w.at.x0 >= kRightMargin * width || w.at.x1 <= kLeftMargin * width)) continue;
    if (!std::isfinite(Middle(w.at))) continue;
    const ParsedCodes parsed = ParseCodes(w.text, CodeContext::kZone);
    if (!parsed.complete) continue;
    Stack mark;
    mark.box = w.at;
    if (w.text.find('(') == std::string::npos) mark.box.y1 += kBracketDescent * w.at.height();
    for (const ParsedCode& c : parsed.codes) {
      mark.codes.push_back({c.code, c.raw, c.statute, kMarginConfidence * w.confidence / 100});
    }
    marks.push_back(std::move(mark));
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Stack& a, const Stack& b) { return Middle(a.box) < Middle(b.box); });
  std::vector<Stack> lines;
  for (auto from = marks.begin(); from != marks.end();) {
    const auto to = std::find_if(std::next(from), marks.end(),
                                 [&](const Stack& mark) { return !Beside(mark.box, from->box); });
    std::stable_sort(from, to, [](const Stack& a, const Stack& b) { return a.box.x0 < b.box.x0; });
    Stack line;
    for (; from != to; ++from) {
      line.box = Union(line.box, from->box);
      line.codes.insert(line.codes.end(), from->codes.begin(), from->codes.end());
    }
    line.last = line.box;
    lines.push_back(std::move(line));
  }
  return lines;
}

bool SameCodes(const Stack& a, const Stack& b) {
  return std::equal(a.codes.begin(), a.codes.end(), b.codes.begin(), b.codes.end(),
                    [](const PageCode& x, const PageCode& y) { return x.code == y.code; });
}

// What each of `count` redactions on the line of `codes` is withheld for, when that can be told:
// there are as many claims. (b)(6) and (b)(7)(C) side by side are one, for the privacy of one
// person.
std::vector<Codes> OneForEach(const Codes& codes, size_t count) {
  std::vector<Codes> claims;
  for (const PageCode& code : codes) {
    const std::string last =
        !claims.empty() && claims.back().size() == 1 ? claims.back()[0].code : std::string();
    const bool pair = (last == "b6" && code.code == "b7C") || (last == "b7C" && code.code == "b6");
    if (!pair) claims.emplace_back();
    claims.back().push_back(code);
  }
  if (claims.size() != count) claims.clear();
  return claims;
}

}  // namespace

void AddOnce(PageCode code, Codes* codes) {
  const bool known =
      std::any_of(codes->begin(), codes->end(), [&](const auto& c) { return c.code == code.code; });
  if (!known) codes->push_back(std::move(code));
}

void AssignMarginCodes(const std::vector<PageWord>& words, float width, int dpi,
                       std::vector<PageRedaction>* redactions) {
  std::vector<PageRedaction*> bare;
  for (PageRedaction& r : *redactions) {
    if (r.codes.empty()) bare.push_back(&r);
  }
  std::sort(bare.begin(), bare.end(),
            [](const auto* a, const auto* b) { return a->at.x0 < b->at.x0; });
  std::vector<Stack> stacks;
  for (Stack& line : MarginLines(words, width)) {
    const auto has_box = [&](const Rect& mark) {
      return std::any_of(bare.begin(), bare.end(), [&](const auto* r) {
        return std::abs(Middle(mark) - Middle(r->at)) <= kLevel * mark.height();
      });
    };
    const bool own = !stacks.empty() && has_box(line.box) && has_box(stacks.back().last);
    const float leading = own ? kTightLeading : kStackLeading;
    if (!stacks.empty() && Middle(line.box) - Middle(stacks.back().last) <=
                               leading * std::max(line.box.height(), stacks.back().last.height())) {
      Stack& stack = stacks.back();
      stack.box = Union(stack.box, line.box);
      stack.codes.insert(stack.codes.end(), line.codes.begin(), line.codes.end());
      stack.last = line.box;
      ++stack.lines;
    } else {
      stacks.push_back(std::move(line));
    }
  }
  const auto give = [](const Codes& codes, PageRedaction* r) {
    for (const PageCode& code : codes) AddOnce(code, &r->codes);
    r->code_status = documents::v1::CODE_STATUS_READ;
    r->codes_are_words = true;
  };
  for (const Stack& stack : stacks) {
    if (stack.lines > 1) continue;
    std::vector<PageRedaction*> row;
    for (PageRedaction* r : bare) {
      if (r->codes.empty() && Beside(stack.box, r->at)) row.push_back(r);
    }
    const std::vector<Codes> claims = OneForEach(stack.codes, row.size());
    for (size_t i = 0; i < claims.size(); ++i) give(claims[i], row[i]);
  }
  // Stacks that all say the same stand for every box of the page.
  const bool same = stacks.size() > 1 && stacks.front().lines > 1 &&
                    std::all_of(stacks.begin(), stacks.end(),
                                [&](const Stack& s) { return SameCodes(s, stacks[0]); });
  const float reach =
      same ? std::numeric_limits<float>::max() : kReach * static_cast<float>(dpi) / 72;
  for (PageRedaction* r : bare) {
    if (!r->codes.empty()) continue;
    const Stack* best = nullptr;
    float best_distance = reach;
    for (const Stack& stack : stacks) {
      // None on the box's own lines, else from middle to middle.
      const float distance =
          Beside(stack.box, r->at) ? 0 : std::abs(Middle(stack.box) - Middle(r->at));
      if (distance < best_distance || (best == nullptr && distance <= best_distance)) {
        best = &stack;
        best_distance = distance;
      }
    }
    if (best != nullptr) give(best->codes, r);
  }
}

}  // namespace foia::ocr
