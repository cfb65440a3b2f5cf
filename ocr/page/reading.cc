#include "ocr/page/reading.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "ocr/page/language.h"

namespace foia::ocr {
namespace {

// Letters (of x) that the recognizer reads best are so high, in pixels; larger ones cost time, and
// the dirt of a copy is read with them (docs/measurements.md).
constexpr double kLetterPixels = 18;
// A little smaller is not worth the blur.
constexpr double kWorthShrinking = 0.9;
constexpr double kMinDpi = 150, kUnknownPrintDpi = 200;
// Points a side of the sample, and by how much the best way to turn it must win.
constexpr double kSample = 200;
constexpr float kSampleMargin = 1.4F;
// What counts in a sample: turned text gives short and unsure words.
constexpr size_t kSampleWord = 4;
constexpr float kSureWord = 60;
// Below this mean confidence a page is read again, which must give so much more and may lose so
// little.
constexpr float kWornReading = 80, kRetryMargin = 1.05F, kMayBeLost = 0.01F;
// Lines that make a column, the widest gap between words, in heights of the line, and how much of
// its box a word has in common with itself in another reading.
constexpr int kColumnLines = 3;
constexpr float kWordGap = 1.2F, kSamePlace = 0.5F;
// A foreign reading counts unless it is less sure by more than this: its function words speak for
// it. Without them it must be surer by the second.
constexpr float kForeignBonus = 5, kClearlyBetter = 10;

Rect Around(const std::vector<ReadWord>& words, size_t begin, size_t end) {
  Rect box;
  for (size_t i = begin; i < end; ++i) box = Union(box, words[i].box);
  // Accents and descenders that were not read.
  const float rim = 0.25F * box.height();
  return {box.x0 - rim, box.y0 - rim, box.x1 + rim, box.y1 + rim};
}

// Letters of longer words that are sure.
float SureLetters(const std::vector<ReadWord>& words) {
  size_t letters = 0;
  for (const ReadWord& w : words) {
    if (w.text.size() >= kSampleWord && w.confidence >= kSureWord) letters += w.text.size();
  }
  return static_cast<float>(letters);
}

// Whether layout analysis has torn a line apart: into pieces of two blocks, no wider apart than
// words.
bool HasTornLine(const std::vector<ReadWord>& words) {
  const std::vector<TextLine> lines = LinesOf(words);
  std::vector<Rect> boxes;
  for (const TextLine& line : lines) {
    Rect box;
    for (size_t i = line.begin; i < line.end; ++i) box = Union(box, words[i].box);
    boxes.push_back(box);
  }
  const auto torn = [&](size_t left, size_t right) {
    if (words[lines[left].begin].block == words[lines[right].begin].block) return false;
    const Rect &a = boxes[left], &b = boxes[right];
    const float height = std::min(a.height(), b.height());
    const float common = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
    const float gap = b.x0 - a.x1;
    return 2 * common > height && gap > -height && gap < kWordGap * height;
  };
  for (size_t a = 0; a < lines.size(); ++a) {
    for (size_t b = 0; b < lines.size(); ++b) {
      if (torn(a, b)) return true;
    }
  }
  return false;
}

// Whether two blocks of several lines stand beside each other.
bool HasColumns(const std::vector<ReadWord>& words) {
  std::vector<Rect> blocks;
  for (size_t begin = 0, end = 0; begin < words.size(); begin = end) {
    while (end < words.size() && words[end].block == words[begin].block) ++end;
    if (words[end - 1].line - words[begin].line < kColumnLines) continue;
    Rect box;
    for (size_t i = begin; i < end; ++i) box = Union(box, words[i].box);
    for (const Rect& other : blocks) {
      const float common = std::min(box.y1, other.y1) - std::max(box.y0, other.y0);
      const bool apart = box.x0 > other.x1 || box.x1 < other.x0;
      if (apart && 2 * common > std::min(box.height(), other.height())) return true;
    }
    blocks.push_back(box);
  }
  return false;
}

// Replaces `words` by another reading that has `margin` times as many sure letters, and loses none
// of theirs to speak of. Returns whether it did.
bool KeepBetter(std::vector<ReadWord> again, float margin, std::vector<ReadWord>* words) {
  const float before = SureLetters(*words);
  if (SureLetters(again) < margin * before) return false;
  std::vector<ReadWord> lost = *words;
  std::erase_if(lost, [&](const ReadWord& w) {
    return std::any_of(again.begin(), again.end(), [&](const ReadWord& other) {
      return Coverage(w.box, other.box) > kSamePlace;
    });
  });
  if (SureLetters(lost) > kMayBeLost * before) return false;
  *words = std::move(again);
  return true;
}

// Adds words to a page, their lines and blocks counted on.
void Append(std::vector<ReadWord> from, std::vector<ReadWord>* to) {
  int line = -1, block = -1;
  int last_line = to->empty() ? -1 : to->back().line;
  int last_block = to->empty() ? -1 : to->back().block;
  for (ReadWord& w : from) {
    if (std::exchange(line, w.line) != w.line) ++last_line;
    if (std::exchange(block, w.block) != w.block) ++last_block;
    w.line = last_line;
    w.block = last_block;
    to->push_back(std::move(w));
  }
}

}  // namespace

PageReading::PageReading(const Raster& page, int dpi, Recognizer& recognizer,
                         const PageOptions& options)
    : page_(page), dpi_(dpi), recognizer_(recognizer), options_(options) {
  const int height = page_.LetterHeight(dpi_);
  const double wanted = height == 0 ? kUnknownPrintDpi / dpi_ : kLetterPixels / height;
  scale_ = std::max(wanted, kMinDpi / dpi_);
  if (scale_ > kWorthShrinking) scale_ = 1;
}

std::vector<ReadWord> PageReading::Read() {
  return Read(page_,
              options_.cheap ? Recognizer::Layout::kOneColumn : Recognizer::Layout::kAutomatic, {});
}

std::vector<ReadWord> PageReading::Read(const Raster& pixels, Recognizer::Layout layout,
                                        std::string_view language) {
  const Raster shrunk = scale_ < 1 ? pixels.Shrunk(scale_) : Raster();
  if (shrunk.empty()) {
    return recognizer_.ReadPage(pixels, dpi_, layout, options_.soft_limit_ms, language);
  }
  std::vector<ReadWord> words = recognizer_.ReadPage(shrunk, static_cast<int>(dpi_ * scale_),
                                                     layout, options_.soft_limit_ms, language);
  const auto back = static_cast<float>(1 / scale_);
  for (ReadWord& w : words) {
    w.box = {w.box.x0 * back, w.box.y0 * back, w.box.x1 * back, w.box.y1 * back};
  }
  return words;
}

std::vector<ReadWord> PageReading::ReadSample() {
  const Raster sample = page_.Crop(page_.DensestText(dpi_, kSample));
  if (sample.empty()) return {};
  return Read(sample, Recognizer::Layout::kOneColumn, {});
}

int PageReading::TurnsOfSample() {
  const Raster sample = page_.Crop(page_.DensestText(dpi_, kSample));
  if (sample.empty()) return 0;
  std::array<float, 4> scores{};
  for (int turns = 0; turns < 4; ++turns) {
    scores[static_cast<size_t>(turns)] =
        SureLetters(Read(sample.QuarterTurned(turns), Recognizer::Layout::kOneColumn, {}));
  }
  const auto best = std::max_element(scores.begin(), scores.end());
  for (auto it = scores.begin(); it != scores.end(); ++it) {
    if (it != best && *it * kSampleMargin > *best) return 0;
  }
  return static_cast<int>(best - scores.begin());
}

bool RunsDown(const std::vector<ReadWord>& words) {
  size_t down = 0, across = 0;
  for (const ReadWord& w : words) {
    if (w.text.size() < kSampleWord) continue;
    (w.box.height() > w.box.width() ? down : across) += w.text.size();
  }
  return down > across;
}

void PageReading::Retry(std::vector<ReadWord>* words) {
  if (MeanConfidence(*words) < kWornReading && scale_ < 1) {
    const double scale = std::exchange(scale_, 1);
    if (!KeepBetter(Read(page_, Recognizer::Layout::kAutomatic, {}), kRetryMargin, words)) {
      scale_ = scale;
    }
  }
  if (HasColumns(*words)) return;
  const bool torn = HasTornLine(*words);
  if (torn || MeanConfidence(*words) < kWornReading) {
    KeepBetter(Read(page_, Recognizer::Layout::kOneColumn, {}), torn ? 1 : kRetryMargin, words);
  }
}

void PageReading::ReadForeignLines(std::vector<ReadWord>* words) {
  const std::vector<std::string> packs = absl::StrSplit(recognizer_.languages(), '+');
  const std::vector<TextLine> lines = LinesOf(*words);
  const std::vector<int> languages = LanguagesOfLines(lines, packs);
  if (languages.empty() || languages.front() < 0) return ReadInOtherLanguage(packs, words);
  std::vector<ReadWord> out;
  for (size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
    std::vector<Rect> boxes;
    for (; end < lines.size() && languages[end] == languages[begin]; ++end) {
      boxes.push_back(Around(*words, lines[end].begin, lines[end].end));
    }
    std::vector<ReadWord> run(words->begin() + static_cast<ptrdiff_t>(lines[begin].begin),
                              words->begin() + static_cast<ptrdiff_t>(lines[end - 1].end));
    const std::string& pack = packs[static_cast<size_t>(languages[begin])];
    if (languages[begin] > 0) {
      std::vector<ReadWord> again = Read(page_.Only(boxes), Recognizer::Layout::kAutomatic, pack);
      if (MeanConfidence(again) + kForeignBonus > MeanConfidence(run)) run = std::move(again);
    }
    for (ReadWord& w : run) w.language = LanguageTag(pack);
    Append(std::move(run), &out);
  }
  *words = std::move(out);
}

void PageReading::ReadInOtherLanguage(const std::vector<std::string>& packs,
                                      std::vector<ReadWord>* words) {
  for (size_t i = 1; i < packs.size() && MeanConfidence(*words) < kDoubtfulReading; ++i) {
    std::vector<ReadWord> again = Read(page_, Recognizer::Layout::kAutomatic, packs[i]);
    if (MeanConfidence(again) < MeanConfidence(*words) + kClearlyBetter) continue;
    for (ReadWord& w : again) w.language = LanguageTag(packs[i]);
    *words = std::move(again);
  }
}

}  // namespace foia::ocr
