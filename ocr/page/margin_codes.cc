#include "ocr/page/margin_codes.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ocr/redaction/codes.h"

namespace foia::ocr {
namespace {

// Where the margins begin, as shares of the width.
constexpr float kRightMargin = 0.85F, kLeftMargin = 0.12F;
// Codes stacked with at most this leading (line heights) belong together.
constexpr float kStackLeading = 1.7F;
// A stack farther from a box than this (points) is another one's.
constexpr float kReach = 60;
// Read from beside the box, not from within.
constexpr float kMarginConfidence = 0.8F;

struct Stack {
  Rect box;
  float line_bottom = 0, line_height = 0;
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
    for (const ParsedCode& c : parsed.codes) {
      mark.codes.push_back({c.code, c.raw, kMarginConfidence * w.confidence / 100});
    }
    marks.push_back(std::move(mark));
  }
  if (marks.empty()) return;
  std::sort(marks.begin(), marks.end(),
            [](const Stack& a, const Stack& b) { return a.box.y0 < b.box.y0; });
  std::vector<Stack> stacks;
  for (const Stack& mark : marks) {
    Stack* last = stacks.empty() ? nullptr : &stacks.back();
    const float height = mark.box.height();
    if (last != nullptr && Middle(mark.box) - Middle({0, last->line_bottom - last->line_height, 0,
                                                      last->line_bottom}) <=
                               kStackLeading * std::max(height, last->line_height)) {
      last->box = Union(last->box, mark.box);
      Add(mark.codes, &last->codes);
    } else {
      stacks.push_back(mark);
      last = &stacks.back();
    }
    last->line_bottom = mark.box.y1;
    last->line_height = height;
  }
  const float reach = kReach * static_cast<float>(dpi) / 72;
  for (PageRedaction& r : *redactions) {
    if (!r.codes.empty()) continue;
    const Stack* best = nullptr;
    float best_distance = reach;
    for (const Stack& stack : stacks) {
      // None on the box's own lines, else from middle to middle.
      const bool beside = Middle(stack.box) >= r.at.y0 && Middle(stack.box) <= r.at.y1;
      const float distance = beside ? 0 : std::abs(Middle(stack.box) - Middle(r.at));
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
