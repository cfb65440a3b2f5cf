#include "ocr/page/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/page/engine.h"
#include "ocr/page/layer_gate.h"
#include "ocr/redaction/boxes.h"
#include "ocr/redaction/codes.h"
#include "ocr/redaction/sealing.h"
#include "services/base/crypto.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kMinDpi = 150, kMaxDpi = 300, kVectorDpi = 200;
// Less ink than this is an empty page.
constexpr double kBlankInk = 0.0005;
// A first reading below this may be of a turned page.
constexpr float kDoubtful = 60;
constexpr float kClearlyBetter = 10;
// More ink than this should give words.
constexpr double kTextInk = 0.004;

class Stopwatch {
 public:
  int Lap() {
    const auto now = std::chrono::steady_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_).count();
    last_ = now;
    return static_cast<int>(ms);
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

float MeanConfidence(const std::vector<ReadWord>& words) {
  float sum = 0, weight = 0;
  for (const ReadWord& w : words) {
    const auto length = static_cast<float>(w.text.size());
    sum += w.confidence * length;
    weight += length;
  }
  return weight > 0 ? sum / weight : 0;
}

// One colour, as a redaction or empty paper shows it; scans and JPEG noise allowed for.
bool Uniform(const Raster& page, const Rect& pixels) {
  const double dark = page.DarkShare(pixels);
  return dark <= 0.02 || dark >= 0.97;
}

class PageReader {
 public:
  PageReader(Document& document, int page, Recognizer& recognizer, const PageOptions& options)
      : document_(document), page_(page), recognizer_(recognizer), options_(options) {}

  pb::PageRecord Run() {
    record_.set_format(1);
    *record_.mutable_engine() = EngineOf(options_.languages);
    absl::StatusOr<PageContent> content = document_.ReadContent(page_);
    if (!content.ok()) return Give(pb::PAGE_STATE_DAMAGED, content.status());
    content_ = *std::move(content);
    const Rect sheet = DisplayedPage(content_.transform);
    record_.set_width(sheet.width());
    record_.set_height(sheet.height());
    const pb::LayerVerdict layer = JudgeLayer(content_);
    record_.set_layer_verdict(layer);
    record_.mutable_timings()->set_vector_ms(watch_.Lap());

    int dpi = ChooseDpi();
    absl::StatusOr<Raster> raster = document_.Render(page_, &dpi);
    if (!raster.ok()) return Give(pb::PAGE_STATE_DAMAGED, raster.status());
    raster_ = *std::move(raster);
    content_.transform.set_dpi(dpi);
    record_.mutable_timings()->set_raster_ms(watch_.Lap());

    const bool use_layer = layer == pb::LAYER_VERDICT_GOOD;
    if (raster_.InkShare() < kBlankInk && content_.glyphs.empty()) {
      record_.set_state(pb::PAGE_STATE_BLANK);
      *record_.mutable_transform() = content_.transform;
      return std::move(record_);
    }
    if (!use_layer) Straighten();
    record_.mutable_timings()->set_prepare_ms(watch_.Lap());

    FindRedactions();
    Seal();
    record_.mutable_timings()->set_box_ms(watch_.Lap());

    std::vector<PageWord> words = use_layer ? LayerWords(content_, sealed_) : Recognize();
    if (!use_layer) KeepOtherLayer();
    record_.mutable_timings()->set_ocr_ms(watch_.Lap());

    *record_.mutable_transform() = content_.transform;
    Assemble(std::move(words), std::move(redactions_), &record_);
    record_.set_state(record_.words().empty() && record_.redactions().empty() &&
                              raster_.InkShare() < kBlankInk
                          ? pb::PAGE_STATE_BLANK
                          : pb::PAGE_STATE_DONE);
    return std::move(record_);
  }

 private:
  pb::PageRecord Give(pb::PageState state, const absl::Status& why) {
    record_.set_state(state);
    record_.set_state_reason(std::string(why.message()));
    return std::move(record_);
  }

  int ChooseDpi() const {
    if (options_.cheap) return kMinDpi;
    if (content_.image_share < 0.3 || content_.image_dpi == 0) return kVectorDpi;
    return std::clamp(content_.image_dpi, kMinDpi, kMaxDpi);
  }

  Rect ToPixels(const Rect& r) const {
    return Convert(content_.transform, r, Space::kDisplayed, Space::kPixels);
  }
  Rect ToDisplayed(const Rect& r) const {
    return Convert(content_.transform, r, Space::kPixels, Space::kDisplayed);
  }

  void Turn(int quarters) {
    if (quarters == 0) return;
    Raster turned = raster_.QuarterTurned(quarters);
    if (turned.empty()) return;
    raster_ = std::move(turned);
    content_.transform.set_upright_quarter_turns(
        (content_.transform.upright_quarter_turns() + quarters) % 4);
  }

  void Level() {
    const double degrees = raster_.FindSkew();
    if (degrees == 0) return;
    Raster level = raster_.Rotated(degrees);
    if (level.empty()) return;
    raster_ = std::move(level);
    content_.transform.set_deskew_degrees(static_cast<float>(degrees));
  }

  void Straighten() {
    bool sure = false;
    const int turns = raster_.GuessQuarterTurns(&sure);
    if (sure) Turn(turns);
    Level();
  }

  // Redaction boxes on the pixels, and the codes their labels hold.
  void FindRedactions() {
    if (options_.cheap) return;
    for (const FoundBox& found : FindBoxes(raster_, content_.transform.dpi())) {
      PageRedaction r;
      r.kind = found.kind;
      r.box = ToDisplayed(found.box);
      r.origins = {pb::REDACTION_ORIGIN_RASTER};
      r.confidence = found.confidence;
      std::string label;
      float confidence = 0;
      int lines = 0;
      for (const Raster& line : LabelLines(raster_, found, content_.transform.dpi())) {
        const ReadWord read = recognizer_.ReadLabel(line);
        label += read.text + "\n";
        confidence += read.confidence;
        ++lines;
      }
      const ParsedCodes parsed = ParseCodes(label, CodeContext::kZone);
      if (found.kind == pb::REDACTION_KIND_OUTLINE && parsed.codes.empty()) continue;
      for (const ParsedCode& code : parsed.codes) {
        r.codes.push_back({code.code, code.raw, confidence / (100 * static_cast<float>(lines))});
      }
      r.code_status = parsed.truncated        ? pb::CODE_STATUS_TRUNCATED
                      : !parsed.codes.empty() ? pb::CODE_STATUS_READ
                      : lines > 0             ? pb::CODE_STATUS_UNREADABLE
                                              : pb::CODE_STATUS_NONE;
      redactions_.push_back(std::move(r));
      // With its border, which would be read as a bar.
      const float rim = static_cast<float>(content_.transform.dpi()) / 72 * 1.5F;
      painted_.push_back(
          {found.box.x0 - rim, found.box.y0 - rim, found.box.x1 + rim, found.box.y1 + rim});
    }
  }

  void Seal() {
    std::vector<Rect> boxes;
    for (const PageRedaction& r : redactions_) boxes.push_back(r.box);
    Sealing sealing = SealHiddenText(
        content_, boxes, [this](const Rect& r) { return Uniform(raster_, ToPixels(r)); });
    sealed_ = std::move(sealing.sealed);
    if (sealing.characters > 0) {
      record_.mutable_sealed()->set_characters(sealing.characters);
      record_.mutable_sealed()->set_keyed_hash(HmacSha256(options_.seal_key, sealing.text));
    }
    for (const Cover& cover : sealing.covers) Fuse(cover);
    // What a mark is meant to hide is not to be read from the pixels either.
    for (const PaintEvent& paint : content_.paints) {
      if (paint.unapplied) painted_.push_back(ToPixels(paint.box));
    }
  }

  // Joins a cover with the box that the pixels show at its place, or adds it.
  void Fuse(const Cover& cover) {
    for (PageRedaction& r : redactions_) {
      if (IntersectionOverUnion(r.box, cover.box) < 0.5F && Coverage(cover.box, r.box) < 0.8F) {
        continue;
      }
      if (std::find(r.origins.begin(), r.origins.end(), cover.origin) == r.origins.end()) {
        r.origins.push_back(cover.origin);
      }
      r.recoverable_chars += cover.recoverable_chars;
      return;
    }
    if (cover.recoverable_chars == 0 && cover.origin != pb::REDACTION_ORIGIN_ANNOTATION) return;
    PageRedaction r;
    r.kind = cover.kind;
    r.box = cover.box;
    r.origins = {cover.origin};
    r.code_status = pb::CODE_STATUS_NONE;
    r.recoverable_chars = cover.recoverable_chars;
    r.confidence = 0.9F;
    redactions_.push_back(std::move(r));
  }

  std::vector<PageWord> Recognize() {
    for (const Rect& box : painted_) raster_.Fill(box, 255);
    const auto layout =
        options_.cheap ? Recognizer::Layout::kOneColumn : Recognizer::Layout::kAutomatic;
    std::vector<ReadWord> read =
        recognizer_.ReadPage(raster_, content_.transform.dpi(), layout, options_.soft_limit_ms);
    float confidence = MeanConfidence(read);
    if (confidence < kDoubtful && !options_.cheap && raster_.InkShare() > kTextInk) {
      // Perhaps the page lies on its side or on its head: the best of the other three, if better.
      int best = 0;
      for (int turns = 1; turns < 4 && confidence < kDoubtful; ++turns) {
        const Raster turned = raster_.QuarterTurned(turns);
        std::vector<ReadWord> again =
            recognizer_.ReadPage(turned, content_.transform.dpi(), layout, options_.soft_limit_ms);
        if (MeanConfidence(again) < confidence + kClearlyBetter) continue;
        confidence = MeanConfidence(again);
        read = std::move(again);
        best = turns;
      }
      Turn(best);
    }
    record_.set_mean_confidence(confidence);
    std::vector<PageWord> words;
    for (ReadWord& w : read) {
      PageWord word;
      word.text = std::move(w.text);
      word.box = ToDisplayed(w.box);
      word.confidence = w.confidence;
      word.source = pb::WORD_SOURCE_OCR;
      word.line = w.line;
      word.block = w.block;
      words.push_back(std::move(word));
    }
    return words;
  }

  // The layer that was not used, without what is sealed.
  void KeepOtherLayer() {
    for (const PageWord& w : LayerWords(content_, sealed_)) {
      pb::Word* word = record_.add_other_layer_words();
      word->set_text(w.text);
      *word->mutable_box() =
          ToBox(Convert(content_.transform, w.box, Space::kDisplayed, Space::kStored));
      word->set_confidence(w.confidence);
      word->set_source(w.source);
    }
  }

  Document& document_;
  const int page_;
  Recognizer& recognizer_;
  const PageOptions& options_;
  Stopwatch watch_;
  pb::PageRecord record_;
  PageContent content_;
  Raster raster_;
  std::vector<PageRedaction> redactions_;  // displayed space
  std::vector<Rect> painted_;              // pixels that recognition must not see
  std::vector<bool> sealed_;
};

}  // namespace

pb::PageRecord ReadPage(Document& document, int page, Recognizer& recognizer,
                        const PageOptions& options) {
  return PageReader(document, page, recognizer, options).Run();
}

}  // namespace foia::ocr
