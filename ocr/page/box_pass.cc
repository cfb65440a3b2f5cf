#include "ocr/page/box_pass.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ocr/page/margin_codes.h"
#include "ocr/redaction/boxes.h"
#include "ocr/redaction/codes.h"
#include "ocr/redaction/sealing.h"
#include "services/base/crypto.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// A dark bar with a word this long is a heading, not a redaction; beside a code so many may stand.
constexpr size_t kWordLetters = 4;
constexpr int kWordsBesideCode = 2;
// A solid box over more of the page is one only with a label; or else a sheet that was not there.
constexpr float kWholePage = 0.9F;
// Paint is white from this luminance on, and over a frame when it covers so much of it and is
// hardly larger.
constexpr float kWhite = 0.9F, kFilled = 0.8F, kHardlyLarger = 1.5F;
// Letters that cover so much of a dark place are what is dark there.
constexpr float kLetters = 0.8F;
// A word read less surely than this says nothing about a label.
constexpr float kDoubtful = 60;
// A label, scaled to its reading height, looks as if it were scanned at this.
constexpr int kLabelDpi = 300;
// Fewer grey levels than this are one colour; scans and JPEG noise allowed for.
constexpr int kOneColour = 48;
// A label has no more lines. A longer line than the second (in its heights) is read from its
// beginning first: that tells a code from what stands in the many cells of a form.
constexpr size_t kMostLines = 6;
constexpr float kBeginning = 3.2F;
// After so many cells without a code, for each with one and once more, the page is a form.
constexpr int kMostCells = 40;

class BoxPassRun {
 public:
  BoxPassRun(const PageContent& content, const Raster& raster, int dpi, const PageViews& views,
             bool use_layer, Recognizer& recognizer, const PageOptions& options)
      : content_(content),
        raster_(raster),
        dpi_(dpi),
        views_(views),
        use_layer_(use_layer),
        recognizer_(recognizer),
        options_(options) {}

  // Redaction boxes on the pixels, what they hide, and the codes their labels hold.
  BoxPass Run() {
    FoundBoxes all = FindBoxes(raster_, dpi_);
    out_.enclosed = std::move(all.frames);
    const std::vector<FoundBox>& found = all.boxes;
    std::vector<PixelBox> boxes;
    for (const FoundBox& box : found) {
      PixelBox pixels;
      pixels.box = ToDisplayed(box.box);
      pixels.opaque = box.kind == pb::REDACTION_KIND_SOLID;
      pixels.grey = static_cast<float>(raster_.MedianGrey(box.box)) / 255;
      boxes.push_back(std::move(pixels));
    }
    Sealing sealing;
    // Labels are read from the layer that is used, once it is known what of it can be seen; the
    // other layer is judged by the labels that the pixels show.
    if (use_layer_) sealing = Seal(boxes);
    for (size_t i = 0; i < found.size(); ++i) {
      if (options_.cheap) {
        if (found[i].kind == pb::REDACTION_KIND_SOLID || found[i].empty) Paint(found[i].box);
      } else {
        // An outlined box may as well be a cell of a form, with a code among words that can be
        // seen.
        boxes[i].opaque =
            ReadBox(found[i], &boxes[i].label) && found[i].kind != pb::REDACTION_KIND_OUTLINE;
      }
    }
    if (!use_layer_ && !options_.cheap) ReadMarks(all.marks);
    if (!use_layer_) sealing = Seal(boxes);
    for (const Cover& cover : sealing.covers) Fuse(cover);
    // What a mark is meant to hide is not to be read from the pixels either.
    for (const PaintEvent& paint : content_.paints) {
      if (paint.unapplied) out_.painted.push_back(ToPixels(paint.box));
    }
    return std::move(out_);
  }

  LabelReading ReadAt(const Rect& box) {
    const float rim = static_cast<float>(dpi_) / 72 * 2;
    Label label = ReadLabel({box.x0 - rim, box.y0 - rim, box.x1 + rim, box.y1 + rim}, true);
    return {std::move(label.parsed), label.confidence};
  }

 private:
  Rect ToPixels(const Rect& r) const {
    return Convert(content_.transform, r, Space::kDisplayed, Space::kPixels);
  }
  Rect ToDisplayed(const Rect& r) const {
    return Convert(content_.transform, r, Space::kPixels, Space::kDisplayed);
  }

  // With its border, which would be read as a bar.
  void Paint(const Rect& box) {
    const float rim = static_cast<float>(dpi_) / 72 * 1.5F;
    out_.painted.push_back({box.x0 - rim, box.y0 - rim, box.x1 + rim, box.y1 + rim});
  }

  // What stands in a box of the pixels.
  struct Label {
    std::string text;
    ParsedCodes parsed;
    float confidence = 1;  // 0 to 1
    bool any = false;      // something stands there, legible or not
    bool words = false;    // other words than codes
  };

  std::vector<Raster> LinesIn(const Rect& box, bool dots) {
    if (dots) {
      return LabelLines(WithoutDots(raster_.Crop(box), dpi_), {0, 0, box.width(), box.height()},
                        dpi_);
    }
    std::vector<Raster> lines = LabelLines(raster_, box, dpi_);
    if (lines.empty()) return lines;
    if (!finer_.has_value()) finer_ = views_.finer();
    if (finer_->empty()) return lines;
    const float scale = static_cast<float>(finer_->width()) / static_cast<float>(raster_.width());
    return LabelLines(*finer_, {box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale},
                      static_cast<int>(static_cast<float>(dpi_) * scale));
  }

  // `words`: whether it matters what else than codes it may say.
  Label ReadLabel(const Rect& box, bool words, bool dots = false) {
    Label label;
    std::vector<Raster> lines = LinesIn(box, dots);
    label.any = !lines.empty();
    if (lines.size() > kMostLines) {
      if (!words) return label;
      lines.resize(kMostLines);
    }
    for (const Raster& line : lines) {
      if (!words && !BeginsAsCode(line)) return label;
      const ReadWord read = recognizer_.ReadLabel(line);
      label.text += read.text + "\n";
      label.confidence = std::min(label.confidence, read.confidence / 100);
      label.parsed = ParseCodes(label.text, CodeContext::kZone);
      if (!words && !label.parsed.complete) return label;
    }
    if (words && label.any && !label.parsed.complete) {
      LabelWords read = WordsOf(lines);
      // A label as a whole is hardly read by chance.
      ParsedCodes parsed = ParseCodes(read.all, CodeContext::kText);
      const bool is_label = parsed.complete || parsed.says_withheld;
      if (is_label || read.letters >= kWordLetters) {
        label.text = is_label ? std::move(read.all) : std::move(read.sure);
        label.parsed = is_label ? std::move(parsed) : ParseCodes(label.text, CodeContext::kText);
        label.words = !is_label;
      }
    }
    return label;
  }

  bool BeginsAsCode(const Raster& line) {
    const auto height = static_cast<float>(line.height());
    const Raster beginning = line.Crop({0, 0, kBeginning * height, height});
    if (2 * line.width() < 3 * beginning.width()) return true;  // as soon read as a whole
    const ParsedCodes parsed =
        ParseCodes(recognizer_.ReadLabel(beginning).text, CodeContext::kZone);
    return parsed.truncated || !parsed.codes.empty();
  }

  // False: it is no redaction, but a heading or a cell. `shown`: the label.
  bool ReadBox(const FoundBox& found, std::string* shown) {
    PageRedaction r;
    r.kind = found.kind;
    r.box = ToDisplayed(found.box);
    r.at = found.box;
    r.origins = {pb::REDACTION_ORIGIN_RASTER};
    r.confidence = found.confidence;
    const bool solid = found.kind == pb::REDACTION_KIND_SOLID;
    const bool known = std::any_of(
        out_.redactions.begin(), out_.redactions.end(), [&](const PageRedaction& other) {
          return other.kind == pb::REDACTION_KIND_GREY && Coverage(r.at, other.at) > 0.5F;
        });
    if (known) return false;
    if (found.cell) out_.cells.push_back(found.box);
    if (solid && IsLetter(r.box)) return false;
    if (found.empty && !HidesSomething(r.box)) {
      if (!IsField(r.box)) out_.frames.push_back(std::move(r));
      return false;
    }
    Label label;
    label.text = VisibleLayerText(r.box);
    if (label.text.empty()) {
      const bool form = cells_ >= kMostCells * (labels_ + 1);
      if (solid || found.empty || found.page_wide || !(form || found.cell)) {
        label = ReadLabel(found.box, solid, found.dots);
      }
    } else {
      label.parsed = ParseCodes(label.text, CodeContext::kZone);
      label.any = true;
      label.words = !label.parsed.complete;
    }
    *shown = label.text;
    const ParsedCodes& parsed = label.parsed;
    const bool says_withheld = parsed.says_withheld;
    // What the file holds below.
    const std::string hidden = HiddenText(r.box);
    const bool hides = hidden.size() >= kWordLetters && !SameReading(hidden, label.text);
    const bool coded =
        solid ? !parsed.codes.empty() && parsed.other_words <= kWordsBesideCode : parsed.complete;
    const bool sheet = found.box.area() > kWholePage * static_cast<float>(raster_.width()) *
                                              static_cast<float>(raster_.height());
    // Light text on a dark bar, or text in a frame or on grey; or a bar in a colour.
    const auto decoration = [&] {
      return (label.words && !hides) || sheet || (hidden.empty() && views_.is_coloured(r.box));
    };
    const bool is_redaction = solid ? coded || says_withheld || !decoration()
                                    : found.empty || (!found.cell && (coded || says_withheld));
    if (!is_redaction) {
      if (!solid && !label.words) ++cells_;
      if (!solid && !found.cell) out_.frames.push_back(std::move(r));
      return false;
    }
    if (!solid && !found.empty) ++labels_;
    for (const ParsedCode& code : parsed.codes) {
      AddOnce({code.code, code.raw, code.statute, label.confidence}, &r.codes);
    }
    r.code_status = parsed.truncated              ? pb::CODE_STATUS_TRUNCATED
                    : !parsed.codes.empty()       ? pb::CODE_STATUS_READ
                    : label.any && !says_withheld ? pb::CODE_STATUS_UNREADABLE
                                                  : pb::CODE_STATUS_NONE;
    out_.redactions.push_back(std::move(r));
    Paint(found.box);
    return true;
  }

  // Codes that stand in the margin, beside boxes without one.
  void ReadMarks(const std::vector<Rect>& marks) {
    const bool bare = std::any_of(out_.redactions.begin(), out_.redactions.end(),
                                  [](const PageRedaction& r) { return r.codes.empty(); });
    if (!bare) return;
    const float rim = static_cast<float>(dpi_) / 72 * 2;
    for (Rect mark : marks) {
      const Label label =
          ReadLabel({mark.x0 - rim, mark.y0 - rim, mark.x1 + rim, mark.y1 + rim}, false);
      if (!label.parsed.complete || label.parsed.truncated) continue;
      // As high as with the brackets that are printed.
      if (label.text.find('(') == std::string::npos) mark.y1 += kBracketDescent * mark.height();
      for (const ParsedCode& code : label.parsed.codes) {
        PageWord word;
        const bool last = &code == &label.parsed.codes.back();
        word.text = PrintedCode(code.code) + (last ? "" : ";");
        word.at = mark;
        word.box = ToDisplayed(mark);
        word.confidence = 100 * label.confidence;
        word.source = pb::WORD_SOURCE_BOX;
        word.line = -1;
        out_.marks.push_back(std::move(word));
      }
      Paint(mark);
    }
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
    int line = -1;
    bool blank = false;
    for (size_t i = 0; i < content_.glyphs.size(); ++i) {
      const Glyph& g = content_.glyphs[i];
      blank |= g.code <= ' ' || g.line != line;
      if (g.code <= ' ' || out_.hidden[i] || g.invisible || Coverage(g.box, box) < 0.5F) continue;
      if (!text.empty() && blank) text += ' ';
      AppendUtf8(&text, g.code);
      line = g.line;
      blank = false;
    }
    return text;
  }

  // Whether what looks solid is the stroke of a letter of the layer, or a few heavy ones.
  bool IsLetter(const Rect& box) const {
    const auto under = [&](const PaintEvent& p) {
      return p.kind != PaintEvent::Kind::kImage && p.grey < kWhite && Coverage(box, p.box) > 0.5F;
    };
    if (std::any_of(content_.paints.begin(), content_.paints.end(), under)) return false;
    if (!use_layer_) return false;
    float covered = 0;
    for (size_t i = 0; i < content_.glyphs.size(); ++i) {
      const Glyph& g = content_.glyphs[i];
      const bool is_block = g.code >= 0x2580 && g.code <= 0x25FF;
      if (!out_.hidden[i] && !g.invisible && !is_block && g.code > ' ') {
        covered += Coverage(box, g.box);
      }
    }
    return covered > kLetters;
  }

  bool IsField(const Rect& box) const {
    return std::any_of(content_.fields.begin(), content_.fields.end(),
                       [&](const Rect& field) { return Coverage(box, field) > kFilled; });
  }

  // Whether an empty frame may hide anything: one that was drawn lets what lies below be seen
  // unless it was filled, and what is filled is not the field of a form.
  bool HidesSomething(const Rect& box) const {
    if (IsField(box)) return false;
    float scanned = 0;
    for (const PlacedImage& image : content_.images) scanned += Coverage(box, image.box);
    return scanned > kFilled ||
           std::any_of(content_.paints.begin(), content_.paints.end(), [&](const PaintEvent& p) {
             return p.grey >= kWhite && p.kind != PaintEvent::Kind::kImage &&
                    Coverage(box, p.box) > kFilled && p.box.area() < kHardlyLarger * box.area();
           });
  }

  struct LabelWords {
    std::string all, sure;
    size_t letters = 0;  // of the longer ones that are sure
  };

  LabelWords WordsOf(const std::vector<Raster>& lines) {
    LabelWords words;
    for (const Raster& line : lines) {
      for (const ReadWord& w : recognizer_.ReadPage(line, kLabelDpi, Recognizer::Layout::kOneColumn,
                                                    options_.soft_limit_ms)) {
        words.all += w.text + " ";
        if (w.confidence < kDoubtful) continue;
        words.sure += w.text + " ";
        const auto n = static_cast<size_t>(std::count_if(w.text.begin(), w.text.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }));
        if (n >= kWordLetters) words.letters += n;
      }
    }
    return words;
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
  const int dpi_;
  const PageViews& views_;
  std::optional<Raster> finer_;  // once it was asked for
  const bool use_layer_;
  Recognizer& recognizer_;
  const PageOptions& options_;
  BoxPass out_;
  int cells_ = 0, labels_ = 0;  // frames and grey areas that were read: without, with a code
};

}  // namespace

BoxPass RunBoxPass(const PageContent& content, const Raster& raster, int dpi,
                   const PageViews& views, bool use_layer, Recognizer& recognizer,
                   const PageOptions& options) {
  return BoxPassRun(content, raster, dpi, views, use_layer, recognizer, options).Run();
}

LabelReading ReadLabelAt(const Rect& box, const PageContent& content, const Raster& raster, int dpi,
                         const PageViews& views, Recognizer& recognizer,
                         const PageOptions& options) {
  return BoxPassRun(content, raster, dpi, views, false, recognizer, options).ReadAt(box);
}

}  // namespace foia::ocr
