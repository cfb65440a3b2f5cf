#include "ocr/page/box_pass.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ocr/redaction/boxes.h"
#include "ocr/redaction/codes.h"
#include "ocr/redaction/sealing.h"
#include "services/base/crypto.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// A dark bar with a word this long is a heading, not a redaction.
constexpr size_t kWordLetters = 4;
// A word read less surely than this says nothing about a label.
constexpr float kDoubtful = 60;
// A label, scaled to its reading height, looks as if it were scanned at this.
constexpr int kLabelDpi = 300;
// Fewer grey levels than this are one colour; scans and JPEG noise allowed for.
constexpr int kOneColour = 48;

class BoxPassRun {
 public:
  BoxPassRun(const PageContent& content, const Raster& raster, bool use_layer,
             Recognizer& recognizer, const PageOptions& options)
      : content_(content),
        raster_(raster),
        use_layer_(use_layer),
        recognizer_(recognizer),
        options_(options) {}

  // Redaction boxes on the pixels, what they hide, and the codes their labels hold.
  BoxPass Run() {
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
    if (use_layer_) sealing = Seal(boxes);
    for (size_t i = 0; i < found.size(); ++i) {
      if (options_.cheap) {
        if (found[i].dark || found[i].empty) Paint(found[i]);
      } else {
        // An outlined box may as well be a cell of a form, with a code among words that can be
        // seen.
        boxes[i].opaque = ReadBox(found[i], &boxes[i].label) && found[i].dark;
      }
    }
    if (!use_layer_) sealing = Seal(boxes);
    for (const Cover& cover : sealing.covers) Fuse(cover);
    // What a mark is meant to hide is not to be read from the pixels either.
    for (const PaintEvent& paint : content_.paints) {
      if (paint.unapplied) out_.painted.push_back(ToPixels(paint.box));
    }
    return std::move(out_);
  }

 private:
  Rect ToPixels(const Rect& r) const {
    return Convert(content_.transform, r, Space::kDisplayed, Space::kPixels);
  }
  Rect ToDisplayed(const Rect& r) const {
    return Convert(content_.transform, r, Space::kPixels, Space::kDisplayed);
  }

  // With its border, which would be read as a bar.
  void Paint(const FoundBox& found) {
    const float rim = static_cast<float>(content_.transform.dpi()) / 72 * 1.5F;
    out_.painted.push_back(
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
    out_.redactions.push_back(std::move(r));
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
      if (g.invisible || covered || (!out_.hidden.empty() && out_.hidden[i]))
        AppendUtf8(&text, g.code);
    }
    return text;
  }

  // What the text layer shows within a box, when the layer is used.
  std::string VisibleLayerText(const Rect& box) const {
    std::string text;
    if (!use_layer_) return text;
    for (size_t i = 0; i < content_.glyphs.size(); ++i) {
      const Glyph& g = content_.glyphs[i];
      if (!out_.hidden[i] && !g.invisible && g.code > ' ' && Coverage(g.box, box) >= 0.5F) {
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
      for (const ReadWord& w : recognizer_.ReadPage(line, kLabelDpi, Recognizer::Layout::kOneColumn,
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
    Sealing sealing = SealHiddenText(content_, boxes, use_layer_, one_colour);
    out_.hidden = std::move(sealing.sealed);
    if (sealing.characters > 0) {
      out_.sealed.set_characters(sealing.characters);
      out_.sealed.set_keyed_hash(HmacSha256(options_.seal_key, sealing.text));
    }
    return sealing;
  }

  // Joins a cover with the box that the pixels show at its place, or adds it.
  void Fuse(const Cover& cover) {
    for (PageRedaction& r : out_.redactions) {
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
    out_.redactions.push_back(std::move(r));
  }

  const PageContent& content_;
  const Raster& raster_;
  const bool use_layer_;
  Recognizer& recognizer_;
  const PageOptions& options_;
  BoxPass out_;
};

}  // namespace

BoxPass RunBoxPass(const PageContent& content, const Raster& raster, bool use_layer,
                   Recognizer& recognizer, const PageOptions& options) {
  return BoxPassRun(content, raster, use_layer, recognizer, options).Run();
}

}  // namespace foia::ocr
