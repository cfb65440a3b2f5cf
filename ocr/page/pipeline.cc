#include "ocr/page/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ocr/page/assemble.h"
#include "ocr/page/engine.h"
#include "ocr/page/layer_gate.h"
#include "ocr/page/margin_codes.h"
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
// A dark bar with a word this long is a heading, not a redaction.
constexpr size_t kWordLetters = 4;
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

// Fewer grey levels than this are one colour; scans and JPEG noise allowed for.
constexpr int kOneColour = 48;

class PageReader {
 public:
  PageReader(Document& document, int page, Recognizer& recognizer, const PageOptions& options)
      : document_(document), page_(page), recognizer_(recognizer), options_(options) {}

  pb::PageRecord Run() {
    record_.set_format(1);
    *record_.mutable_engine() = EngineOf(recognizer_, options_.cheap);
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
    const bool blank = raster_.InkShare() < kBlankInk;
    if (blank && content_.glyphs.empty()) {
      *record_.mutable_transform() = content_.transform;
      return Empty();
    }
    if (!use_layer) Straighten();
    record_.mutable_timings()->set_prepare_ms(watch_.Lap());

    FindRedactions();
    record_.mutable_timings()->set_box_ms(watch_.Lap());

    std::vector<PageWord> words = use_layer ? LayerWords(content_, sealed_) : Recognize();
    record_.mutable_timings()->set_ocr_ms(watch_.Lap());

    *record_.mutable_transform() = content_.transform;
    if (use_layer) {
      for (PageWord& w : words) w.at = ToPixels(w.box);
    }
    for (PageRedaction& r : redactions_) r.at = ToPixels(r.box);
    AssignMarginCodes(words, static_cast<float>(raster_.width()), content_.transform.dpi(),
                      &redactions_);
    Assemble(std::move(words), std::move(redactions_), &record_);
    if (blank && record_.words().empty() && record_.redactions().empty()) return Empty();
    record_.set_state(pb::PAGE_STATE_DONE);
    return std::move(record_);
  }

 private:
  // Nothing is on the page, or nothing is left of it.
  pb::PageRecord Empty() {
    record_.set_state(content_.damaged ? pb::PAGE_STATE_DAMAGED : pb::PAGE_STATE_BLANK);
    if (content_.damaged) record_.set_state_reason("the file is broken; this page shows nothing");
    return std::move(record_);
  }
  pb::PageRecord Give(pb::PageState state, const absl::Status& why) {
    record_.set_state(state);
    record_.set_state_reason(std::string(why.message()));
    return std::move(record_);
  }

  int ChooseDpi() const {
    if (options_.cheap) return kMinDpi;
    if (content_.image_share < 0.3 || content_.image_dpi == 0) {
      // Boxes are all that is looked for where the layer gives the text.
      return record_.layer_verdict() == pb::LAYER_VERDICT_GOOD ? kMinDpi : kVectorDpi;
    }
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

  // Redaction boxes on the pixels, what they hide, and the codes their labels hold.
  void FindRedactions() {
    const std::vector<FoundBox> found = FindBoxes(raster_, content_.transform.dpi());
    std::vector<PixelBox> boxes;
    for (const FoundBox& box : found) {
      PixelBox pixels;
      pixels.box = ToDisplayed(box.box);
      pixels.opaque = box.dark;
      pixels.grey = static_cast<float>(raster_.MedianGrey(box.box)) / 255;
      boxes.push_back(std::move(pixels));
    }
    Sealing sealing;
    // Labels are read from the layer that is used, once it is known what of it can be seen; the
    // other layer is judged by the labels that the pixels show.
    const bool use_layer = record_.layer_verdict() == pb::LAYER_VERDICT_GOOD;
    if (use_layer) sealing = Seal(boxes);
    for (size_t i = 0; i < found.size(); ++i) {
      if (options_.cheap) {
        if (found[i].dark || found[i].empty) Paint(found[i]);
      } else {
        // An outlined box may as well be a cell of a form, with a code among words that can be
        // seen.
        boxes[i].opaque = ReadBox(found[i], &boxes[i].label) && found[i].dark;
      }
    }
    if (!use_layer) sealing = Seal(boxes);
    for (const Cover& cover : sealing.covers) Fuse(cover);
    // What a mark is meant to hide is not to be read from the pixels either.
    for (const PaintEvent& paint : content_.paints) {
      if (paint.unapplied) painted_.push_back(ToPixels(paint.box));
    }
  }

  // With its border, which would be read as a bar.
  void Paint(const FoundBox& found) {
    const float rim = static_cast<float>(content_.transform.dpi()) / 72 * 1.5F;
    painted_.push_back(
        {found.box.x0 - rim, found.box.y0 - rim, found.box.x1 + rim, found.box.y1 + rim});
  }

  // False: it is no redaction, but a heading or a cell. `shown`: the label.
  bool ReadBox(const FoundBox& found, std::string* shown) {
    PageRedaction r;
    r.kind = found.kind;
    r.box = ToDisplayed(found.box);
    r.origins = {pb::REDACTION_ORIGIN_RASTER};
    r.confidence = found.confidence;
    float confidence = 1;
    std::string label = VisibleLayerText(r.box);
    bool labelled = !label.empty(), heading = labelled;
    if (!labelled) {
      const std::vector<Raster> lines = LabelLines(raster_, found, content_.transform.dpi());
      labelled = !lines.empty();
      for (const Raster& line : lines) {
        const ReadWord read = recognizer_.ReadLabel(line);
        label += read.text + "\n";
        confidence = std::min(confidence, read.confidence / 100);
      }
      if (labelled && ParseCodes(label, CodeContext::kZone).codes.empty()) {
        const std::string words = WordsOf(lines);
        heading = !words.empty();
        if (heading) label = words;
      }
    }
    *shown = label;
    const ParsedCodes parsed = ParseCodes(label, CodeContext::kZone);
    const bool says_redacted = SaysRedacted(label);
    if (says_redacted) heading = false;
    // Nor is it a heading when the file holds other words below.
    const std::string hidden = HiddenText(r.box);
    if (hidden.size() >= kWordLetters && !SameReading(hidden, label)) heading = false;
    // Text in a frame, or light text on a dark bar.
    if (found.kind == pb::REDACTION_KIND_OUTLINE ? !found.empty && !parsed.complete
                                                 : heading && parsed.codes.empty()) {
      return false;
    }
    for (const ParsedCode& code : parsed.codes) {
      r.codes.push_back({code.code, code.raw, confidence});
    }
    r.code_status = parsed.truncated             ? pb::CODE_STATUS_TRUNCATED
                    : !parsed.codes.empty()      ? pb::CODE_STATUS_READ
                    : labelled && !says_redacted ? pb::CODE_STATUS_UNREADABLE
                                                 : pb::CODE_STATUS_NONE;
    redactions_.push_back(std::move(r));
    Paint(found);
    return true;
  }

  // What the file holds within a box, but the page does not show.
  std::string HiddenText(const Rect& box) const {
    std::string text;
    for (size_t i = 0; i < content_.glyphs.size(); ++i) {
      const Glyph& g = content_.glyphs[i];
      if (g.code <= ' ' || Coverage(g.box, box) < 0.5F) continue;
      const bool covered =
          std::any_of(content_.paints.begin(), content_.paints.end(), [&](const PaintEvent& p) {
            return p.sequence > g.sequence && Coverage(g.box, p.box) >= 0.5F;
          });
      if (g.invisible || covered || (!sealed_.empty() && sealed_[i])) AppendUtf8(&text, g.code);
    }
    return text;
  }

  // What the text layer shows within a box, when the layer is used.
  std::string VisibleLayerText(const Rect& box) const {
    std::string text;
    if (record_.layer_verdict() != pb::LAYER_VERDICT_GOOD) return text;
    for (size_t i = 0; i < content_.glyphs.size(); ++i) {
      const Glyph& g = content_.glyphs[i];
      if (!sealed_[i] && !g.invisible && g.code > ' ' && Coverage(g.box, box) >= 0.5F) {
        AppendUtf8(&text, g.code);
      }
    }
    return text;
  }

  // The words of a label; empty when it is rather an unreadable code.
  std::string WordsOf(const std::vector<Raster>& lines) {
    std::string words;
    size_t letters = 0;
    for (const Raster& line : lines) {
      for (const ReadWord& w : recognizer_.ReadPage(line, kMaxDpi, Recognizer::Layout::kOneColumn,
                                                    options_.soft_limit_ms)) {
        if (w.confidence < kDoubtful) continue;
        words += w.text + " ";
        const auto n = static_cast<size_t>(std::count_if(w.text.begin(), w.text.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }));
        if (n >= kWordLetters) letters += n;
      }
    }
    return letters >= kWordLetters ? words : std::string();
  }

  Sealing Seal(const std::vector<PixelBox>& boxes) {
    const auto one_colour = [this](const Rect& r) -> std::optional<float> {
      const Rect at = ToPixels(r);
      if (raster_.GreySpread(at) >= kOneColour) return std::nullopt;
      return static_cast<float>(raster_.MedianGrey(at)) / 255;
    };
    Sealing sealing = SealHiddenText(content_, boxes,
                                     record_.layer_verdict() == pb::LAYER_VERDICT_GOOD, one_colour);
    sealed_ = std::move(sealing.sealed);
    if (sealing.characters > 0) {
      record_.mutable_sealed()->set_characters(sealing.characters);
      record_.mutable_sealed()->set_keyed_hash(HmacSha256(options_.seal_key, sealing.text));
    }
    return sealing;
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
    // A box of the pixels alone that was no redaction is a heading or a cell.
    if (cover.origin == pb::REDACTION_ORIGIN_RASTER && !options_.cheap) return;
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
      word.at = w.box;
      word.box = ToDisplayed(w.box);
      word.confidence = w.confidence;
      word.source = pb::WORD_SOURCE_OCR;
      word.line = w.line;
      word.block = w.block;
      words.push_back(std::move(word));
    }
    return words;
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
