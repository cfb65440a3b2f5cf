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

int PageReading::TurnsOfSample() {
  const Raster sample = page_.Crop(page_.DensestText(dpi_, kSample));
  if (sample.empty()) return 0;
  std::array<float, 4> scores{};
  for (int turns = 0; turns < 4; ++turns) {
    for (const ReadWord& w :
         Read(sample.QuarterTurned(turns), Recognizer::Layout::kOneColumn, {})) {
      if (w.text.size() < kSampleWord || w.confidence < kSureWord) continue;
      scores[static_cast<size_t>(turns)] += static_cast<float>(w.text.size());
    }
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
