#include "ocr/page/margin_codes.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ocr/redaction/codes.h"

namespace foia::ocr {
namespace {

// Where the margins begin, as shares of the width.
constexpr float kRightMargin = 0.85F, kLeftMargin = 0.12F;
// Codes stacked with at most this leading (heights of a bracket) belong together; when each stands
// beside a box of its own, only with the tight one.
constexpr float kTightLeading = 1.35F, kStackLeading = 1.7F;
// A stack farther from a box than this (points) is another one's.
constexpr float kReach = 60;
// Read from beside the box, not from within.
constexpr float kMarginConfidence = 0.8F;

struct Stack {
  Rect box;
  Rect last;  // of its codes
  std::vector<PageCode> codes;
};

float Middle(const Rect& r) { return (r.y0 + r.y1) / 2; }

void Add(const std::vector<PageCode>& codes, std::vector<PageCode>* to) {
  for (const PageCode& code : codes) {
    const bool known =
        std::any_of(to->begin(), to->end(), [&](const PageCode& c) { return c.code == code.code; });
    if (!known) to->push_back(code);
  }
}

}  // namespace

void AssignMarginCodes(const std::vector<PageWord>& words, float width, int dpi,
                       std::vector<PageRedaction>* redactions) {
  std::vector<Stack> marks;
  for (const PageWord& w : words) {
    if (w.at.x0 < kRightMargin * width && w.at.x1 > kLeftMargin * width) continue;
    const ParsedCodes parsed = ParseCodes(w.text, CodeContext::kZone);
    if (!parsed.complete) continue;
    Stack mark;
    mark.box = w.at;
    if (w.text.find('(') == std::string::npos) mark.box.y1 += kBracketDescent * w.at.height();
    for (const ParsedCode& c : parsed.codes) {
      mark.codes.push_back({c.code, c.raw, kMarginConfidence * w.confidence / 100});
    }
    marks.push_back(std::move(mark));
  }
  if (marks.empty()) return;
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Stack& a, const Stack& b) { return a.box.y0 < b.box.y0; });
  const auto beside = [](const Rect& mark, const Rect& box) {
    return Middle(mark) >= box.y0 && Middle(mark) <= box.y1;
  };
  std::vector<Stack> stacks;
  for (const Stack& mark : marks) {
    const bool has_box = std::any_of(
        redactions->begin(), redactions->end(),
        [&](const PageRedaction& r) { return r.codes.empty() && beside(mark.box, r.at); });
    const float leading = has_box ? kTightLeading : kStackLeading;
    if (!stacks.empty() && Middle(mark.box) - Middle(stacks.back().last) <=
                               leading * std::max(mark.box.height(), stacks.back().last.height())) {
      stacks.back().box = Union(stacks.back().box, mark.box);
      Add(mark.codes, &stacks.back().codes);
    } else {
      stacks.push_back(mark);
    }
    stacks.back().last = mark.box;
  }
  const float reach = kReach * static_cast<float>(dpi) / 72;
  for (PageRedaction& r : *redactions) {
    if (!r.codes.empty()) continue;
    const Stack* best = nullptr;
    float best_distance = reach;
    for (const Stack& stack : stacks) {
      // None on the box's own lines, else from middle to middle.
      const float distance =
          beside(stack.box, r.at) ? 0 : std::abs(Middle(stack.box) - Middle(r.at));
      if (distance < best_distance || (best == nullptr && distance <= best_distance)) {
        best = &stack;
        best_distance = distance;
      }
    }
    if (best == nullptr) continue;
    r.codes = best->codes;
    r.code_status = documents::v1::CODE_STATUS_READ;
    r.codes_in_margin = true;
  }
}

}  // namespace foia::ocr
