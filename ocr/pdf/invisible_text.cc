#include "ocr/pdf/invisible_text.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "absl/strings/str_format.h"
#include "ocr/pdf/geometry.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// A box of several lines' height holds one line of label.
constexpr float kTallestLabelPoints = 24;

// Less than this many pixels is no word's size.
constexpr float kSmallest = 0.1F;

// Words shown at one place: one word, or the codes of one box.
struct Run {
  std::string text;
  Rect at;  // pixels
  bool label = false;
};
struct RunLine {
  std::vector<Run> runs;
  float top = 0, bottom = 0;  // of its words without labels
  int block = 0;
  float height() const { return bottom - top; }
};

bool Finite(const Rect& r) {
  return std::isfinite(r.x0) && std::isfinite(r.y0) && std::isfinite(r.x1) && std::isfinite(r.y1);
}

std::vector<RunLine> RunsOf(const pb::PageRecord& record) {
  std::vector<RunLine> lines;
  int line = -1;
  Rect last;
  for (const pb::Word& word : record.words()) {
    const bool label = word.source() == pb::WORD_SOURCE_BOX;
    if (!label && word.source() != pb::WORD_SOURCE_OCR) continue;
    const Rect at = LevelBox(record.transform(), FromBox(word.box()));
    if (!Finite(at) || at.width() < kSmallest || at.height() < kSmallest || word.text().empty()) {
      continue;
    }
    if (lines.empty() || word.line() != line) {
      lines.emplace_back();
      line = word.line();
      const bool known = line >= 0 && line < record.lines_size();
      lines.back().block = known ? record.lines(line).block() : 0;
    } else if (label && lines.back().runs.back().label && at == last) {
      lines.back().runs.back().text += " " + word.text();
      continue;
    }
    RunLine& current = lines.back();
    current.runs.push_back({word.text(), at, label});
    last = at;
    if (label) continue;
    const bool first = current.height() <= 0;
    current.top = first ? at.y0 : std::min(current.top, at.y0);
    current.bottom = first ? at.y1 : std::max(current.bottom, at.y1);
  }
  return lines;
}

// Viewers take lines of other sizes for other paragraphs: within a block those of about the middle
// height get it.
std::vector<float> Sizes(const std::vector<RunLine>& lines) {
  std::vector<float> sizes;
  for (size_t i = 0; i < lines.size();) {
    size_t end = i;
    std::vector<float> heights;
    for (; end < lines.size() && lines[end].block == lines[i].block; ++end) {
      if (lines[end].height() > 0) heights.push_back(lines[end].height());
    }
    std::sort(heights.begin(), heights.end());
    const float middle = heights.empty() ? 0 : heights[heights.size() / 2];
    for (; i < end; ++i) {
      const float own = lines[i].height();
      sizes.push_back(own <= 0 || (own > 0.7F * middle && own < 1.4F * middle) ? middle : own);
    }
  }
  return sizes;
}

}  // namespace

std::string InvisibleText(const pb::PageRecord& record, std::string_view font,
                          InvisibleCodes* codes) {
  const std::vector<RunLine> lines = RunsOf(record);
  if (lines.empty()) return {};
  const std::vector<float> sizes = Sizes(lines);
  const auto dpi = static_cast<float>(std::max(record.transform().dpi(), 72));
  // Text is placed in pixels of the level raster, y upwards.
  const Matrix m = PixelsToUserSpace(record.transform());
  for (const double v : {m.a, m.b, m.c, m.d, m.e, m.f}) {
    if (!std::isfinite(v)) return {};
  }
  // Of a skewed page each word is level by itself: Poppler breaks words that climb. What m turns,
  // beyond quarter turns, is turned back about the middle of the word.
  const double turned = std::atan2(m.b, m.a);
  const double quarter = std::numbers::pi / 2;
  const double back = std::round(turned / quarter) * quarter - turned;
  const double along = std::cos(back), across = std::sin(back);
  std::string out = absl::StrFormat("q %.7f %.7f %.7f %.7f %.4f %.4f cm BT 3 Tr\n", m.a, m.b, -m.c,
                                    -m.d, m.e, m.f);
  for (size_t i = 0; i < lines.size(); ++i) {
    for (const Run& run : lines[i].runs) {
      float size = sizes[i], middle = (lines[i].top + lines[i].bottom) / 2;
      if (run.label || size <= 0) {
        const float tallest = size > 0 ? size : kTallestLabelPoints * dpi / 72;
        size = std::min(run.at.height(), tallest);
        middle = (run.at.y0 + run.at.y1) / 2;
      }
      const InvisibleCodes::Encoded text = codes->Encode(run.text);
      const double em = static_cast<double>(size);
      const double scale =
          100 * static_cast<double>(run.at.width()) / (kInvisibleAdvance * em * text.characters);
      // From the middle of the box down to the line on which letters stand.
      const double base =
          static_cast<double>(middle) + em * ((kInvisibleAscent - kInvisibleDescent) / 2);
      const bool more = &run != &lines[i].runs.back();
      const double half = static_cast<double>(run.at.width()) / 2;
      absl::StrAppendFormat(
          &out, "/%s %.2f Tf %.2f Tz %.5f %.5f %.5f %.5f %.2f %.2f Tm <%s%s> Tj\n", font, em, scale,
          along, across, -across, along, static_cast<double>(run.at.x0) + half * (1 - along),
          -base - half * across, text.hex, more ? "0020" : "");
    }
  }
  return out + "ET Q\n";
}

}  // namespace foia::ocr
