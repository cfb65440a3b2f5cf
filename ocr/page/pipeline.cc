#include "ocr/page/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ocr/page/assemble.h"
#include "ocr/page/box_pass.h"
#include "ocr/page/engine.h"
#include "ocr/page/label_words.h"
#include "ocr/page/layer_gate.h"
#include "ocr/page/layer_sense.h"
#include "ocr/page/margin_codes.h"
#include "ocr/page/reading.h"
#include "ocr/raster/contrast.h"
#include "ocr/redaction/codes.h"
#include "ocr/redaction/sealing.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kMinDpi = 150, kMaxDpi = 300, kVectorDpi = 200;
// A page of which so much is under images is a scan, as far as its resolution goes.
constexpr double kScanned = 0.3;
// For the colours of boxes; and the least difference of red, green and blue in one.
constexpr int kColourDpi = 72, kStrongColour = 60;
// What is darker than this, in its darkest colour, is ink.
constexpr int kInk = 225;
// The longest paper, in points, and the long side of the usual one, in inches.
constexpr double kLongestPaper = 17 * 72;
constexpr int kLongSide = 11;
// Pixels of x below which letters are drawn larger.
constexpr int kSmallPrint = 12;
// In points: smaller pictures are bullets, rules and emblems.
constexpr float kPictureWidth = 24, kPictureHeight = 8;
constexpr size_t kMostPictures = 100;
// Less ink than the first is no letter; up to the second it may all be dirt, so that only words
// read surely count.
constexpr double kBlankInk = 0.00002, kHardlyInk = 0.0005;
// What is read less surely than this beside boxes over more of a page than that is the noise of the
// paper.
constexpr float kNoiseReading = 40, kMuchBoxed = 0.3F;
constexpr float kSureWord = 60;
// Letters of sure words in the dictionary that make a reading of faint or turned print one; so many
// faint letters that cannot be read are no dirt.
// Of what is read beside other print; the back of a sheet gives words, too.
constexpr double kPrintShare = 0.75;
constexpr size_t kConvincing = 12, kConvincingWord = 4;
// Above this mean confidence print is not read from behind.
constexpr float kSureReading = 85;
constexpr int kMuchPrint = 60;
// With less faint print the rest of a page is read as it is first: it may be the back of the sheet.
constexpr int kMostlyFaint = 4;
constexpr char kXfaForm[] = "the contents are an XFA form, which is kept, not read";
// Of a layer's word that is compared with its pixels, points around it.
constexpr float kCompareRim = 1.5F;

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

// Share of the pixels of `place` that are in a colour, however dark, of all or of those that are no
// paper; `sheet` is all that is shown.
double ColouredShare(const ColourPage& page, const Rect& place, const Rect& sheet, bool of_ink) {
  if (page.grey) return 0;
  const auto at = [](float x, float size, int pixels) {
    return std::clamp(static_cast<int>(x / size * static_cast<float>(pixels)), 0, pixels);
  };
  const int x0 = at(place.x0, sheet.width(), page.width),
            x1 = at(place.x1, sheet.width(), page.width);
  const int y0 = at(place.y0, sheet.height(), page.height);
  const int y1 = at(place.y1, sheet.height(), page.height);
  int all = 0, coloured = 0;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const auto* rgb =
          reinterpret_cast<const unsigned char*>(page.rgb.data()) +
          3 * (static_cast<size_t>(y) * static_cast<size_t>(page.width) + static_cast<size_t>(x));
      const auto [least, most] = std::minmax({rgb[0], rgb[1], rgb[2]});
      if (of_ink && least > kInk) continue;
      ++all;
      if (most - least > kStrongColour) ++coloured;
    }
  }
  return all == 0 ? 0 : static_cast<double>(coloured) / all;
}

class PageReader {
 public:
  // What an earlier attempt has found out about the page.
  struct Known {
    int turns = -1;              // quarter turns that put it upright; -1: not known
    bool shows_through = false;  // what is faint on it is the back of the sheet
  };

  PageReader(Document& document, int page, Recognizer& recognizer, const PageOptions& options)
      : PageReader(document, page, recognizer, options, Known()) {}
  PageReader(Document& document, int page, Recognizer& recognizer, const PageOptions& options,
             const Known& known)
      : document_(document),
        page_(page),
        recognizer_(recognizer),
        options_(options),
        known_(known) {}

  pb::PageRecord Run() {
    record_.set_format(1);
    *record_.mutable_engine() = EngineOf(recognizer_, options_.cheap);
    absl::StatusOr<PageContent> content = document_.ReadContent(page_);
    if (!content.ok()) return Give(pb::PAGE_STATE_DAMAGED, content.status());
    content_ = *std::move(content);
    const Rect sheet = DisplayedPage(content_.transform);
    record_.set_width(sheet.width());
    record_.set_height(sheet.height());
    if (content_.xfa_notice) {
      *record_.mutable_transform() = content_.transform;
      record_.set_state(pb::PAGE_STATE_UNSUPPORTED);
      record_.set_state_reason(absl::StrCat(kXfaForm, "; the page says only that"));
      return std::move(record_);
    }
    pb::LayerVerdict layer = JudgeLayer(content_);
    if (layer == pb::LAYER_VERDICT_GOOD && !options_.cheap && LayerIsContradicted()) {
      layer = pb::LAYER_VERDICT_BROKEN_ENCODING;
    }
    record_.set_layer_verdict(layer);
    const bool use_layer = layer == pb::LAYER_VERDICT_GOOD;
    if (use_layer) document_.FindUnseen(page_, &content_);
    if (use_layer && !options_.cheap) pictures_ = Pictures();
    record_.mutable_timings()->set_vector_ms(watch_.Lap());

    int dpi = ChooseDpi();
    if (const absl::Status drawn = DrawPage(&dpi); !drawn.ok()) {
      return Give(pb::PAGE_STATE_DAMAGED, drawn);
    }
    if (dpi == kVectorDpi && !use_layer && IsSmallPrint(dpi)) {
      int larger = kMaxDpi;
      if (DrawPage(&larger).ok()) dpi = larger;
    }
    content_.transform.set_dpi(dpi);
    print_dpi_ = PrintDpi(dpi);
    if (!use_layer && !options_.cheap) NormaliseColours();
    if (!use_layer) {
      InvertNegatives(&raster_, print_dpi_, [this](const Raster& area) { return IsPrint(area); });
    }
    if (raster_.IsShaded()) raster_.EvenOut(print_dpi_);
    if (!use_layer && !known_.shows_through) DarkenFaintPrint();
    raster_.Despeckle(print_dpi_);
    record_.mutable_timings()->set_raster_ms(watch_.Lap());

    const double ink = raster_.InkShare(print_dpi_);
    if (ink < kBlankInk && content_.glyphs.empty()) {
      *record_.mutable_transform() = content_.transform;
      return Empty();
    }
    if (use_layer) {
      Turn((4 - LayerTurns(content_)) % 4);
    } else {
      Straighten();
    }
    record_.mutable_timings()->set_prepare_ms(watch_.Lap());

    boxes_ = RunBoxPass(content_, raster_, print_dpi_, Views(), use_layer, recognizer_, options_);
    if (boxes_.sealed.characters() > 0) *record_.mutable_sealed() = boxes_.sealed;
    record_.mutable_timings()->set_box_ms(watch_.Lap());

    std::vector<PageWord> words;
    if (use_layer) {
      words = LayerWords(content_, boxes_.hidden);
      TagLanguages(&words);
      for (PageWord& w : words) {
        w.at = ToPixels(w.box);
        w.turns = (w.turns + content_.transform.upright_quarter_turns()) % 4;
      }
      ReadPictures(&words);
    } else {
      for (const Rect& box : boxes_.painted) raster_.Fill(box, 255);
      const bool mostly_boxed = BoxedShare() > kMuchBoxed;
      const double print = mostly_boxed ? raster_.InkShare(print_dpi_) : ink;
      if (mostly_boxed && print < kHardlyInk) raster_.WhitenPaper();
      PageReading reading(raster_, print_dpi_, recognizer_, options_);
      std::vector<ReadWord> read;
      if (!mostly_boxed || print >= kBlankInk) read = reading.Read();
      const bool noise = mostly_boxed && MeanConfidence(read) < kNoiseReading;
      if (noise) KeepSure(&read);
      if (known_.turns < 0 && !options_.cheap) {
        // Perhaps it lies on its side or on its head after all. Tesseract reads lines that run down
        // the page, too, but their order and what is found beside them is then a turned page's.
        const bool doubtful = MeanConfidence(read) < kDoubtfulReading || RunsDown(read);
        const int turns = doubtful ? reading.TurnsOfSample() : 0;
        if (turns > 0) return Turned(turns).Run();
      }
      if (faint_ > 0 && !options_.cheap && MeanConfidence(read) < kSureReading &&
          ShowsThrough(raster_)) {
        Known known = known_;
        known.shows_through = true;
        return PageReader(document_, page_, recognizer_, options_, known).Run();
      }
      if (!options_.cheap && !noise) {
        if (faint_ == 0 || IsConvincing(read)) reading.Retry(&read);
        reading.ReadForeignLines(&read);
      }
      const bool doubtful_ink = ink < kHardlyInk || (faint_ > 0 && !IsConvincing(read));
      if (doubtful_ink) KeepSure(&read);
      words = ToPageWords(std::move(read));
      if (!options_.cheap && !known_.shows_through) ReadRest(&words);
    }
    record_.mutable_timings()->set_ocr_ms(watch_.Lap());

    *record_.mutable_transform() = content_.transform;
    for (PageWord& w : boxes_.marks) words.push_back(std::move(w));
    for (PageRedaction& r : boxes_.redactions) {
      if (r.at.empty()) r.at = ToPixels(r.box);
    }
    // A picture that cannot be decoded is drawn in black: no redaction.
    if (words.empty() && !record_.has_sealed() && document_.page_has_losses()) return Empty();
    FindCodes(&words);
    RateQuality(words);
    Assemble(std::move(words), std::move(boxes_.redactions), boxes_.enclosed, &record_);
    if (record_.words().empty() && record_.redactions().empty() &&
        (faint_ > 0 ? faint_ < kMuchPrint : ink < kHardlyInk)) {
      return Empty();
    }
    if (!use_layer) {
      KeepOtherLayer(LayerWords(content_, boxes_.hidden), content_.paints, boxes_.painted,
                     &record_);
    }
    record_.set_state(pb::PAGE_STATE_DONE);
    if (document_.page_has_losses()) {
      record_.set_state_reason("the file is broken; part of this page could not be read");
    } else if (content_.xfa_unread) {
      record_.set_state_reason(kXfaForm);
    }
    return std::move(record_);
  }

 private:
  // Nothing is on the page, or nothing is left of it.
  pb::PageRecord Empty() {
    const bool damaged = content_.repaired || document_.page_has_losses();
    record_.set_state(damaged ? pb::PAGE_STATE_DAMAGED : pb::PAGE_STATE_BLANK);
    if (damaged) record_.set_state_reason("the file is broken; this page shows nothing");
    return std::move(record_);
  }
  pb::PageRecord Give(pb::PageState state, const absl::Status& why) {
    record_.set_state(state);
    record_.set_state_reason(std::string(why.message()));
    return std::move(record_);
  }

  int ChooseDpi() const {
    if (options_.cheap && !IsOversized()) return kMinDpi;
    if (record_.layer_verdict() == pb::LAYER_VERDICT_GOOD) {
      // Boxes are all that is looked for where the layer gives the text, but for pictures.
      int dpi = kMinDpi;
      for (const PlacedImage& picture : pictures_) dpi = std::max(dpi, picture.dpi);
      return std::min(dpi, kMaxDpi);
    }
    if (content_.image_share < kScanned || content_.image_dpi == 0) return kVectorDpi;
    return IsOversized() ? content_.image_dpi : std::clamp(content_.image_dpi, kMinDpi, kMaxDpi);
  }

  // A sheet that is too large to be of paper, since its picture does not tell its resolution, or
  // tells a wrong one.
  bool IsOversized() const {
    return content_.image_share >= kScanned && content_.image_dpi < kMinDpi &&
           std::max(record_.width(), record_.height()) > kLongestPaper;
  }

  // The resolution at which letters have the usual size, of a page drawn at `dpi`.
  int PrintDpi(int dpi) const {
    if (!IsOversized()) return dpi;
    const int longer = std::max(raster_.width(), raster_.height());
    return std::clamp(longer / kLongSide, kMinDpi, kMaxDpi);
  }

  absl::Status DrawPage(int* dpi) {
    absl::StatusOr<Raster> raster = document_.Render(page_, dpi);
    if (!raster.ok()) return raster.status();
    raster_ = *std::move(raster);
    return absl::OkStatus();
  }

  // Of a page that is drawn and can be had at any size.
  bool IsSmallPrint(int dpi) const {
    if (content_.image_share >= kScanned) return false;
    const int height = raster_.LetterHeight(dpi);
    return height > 0 && height < kSmallPrint;
  }

  // Those among the text that are large enough to hold some, too. Of very many what they cover.
  std::vector<PlacedImage> Pictures() const {
    std::vector<PlacedImage> pictures;
    for (const PlacedImage& image : content_.images) {
      if (image.box.width() < kPictureWidth || image.box.height() < kPictureHeight) continue;
      if (pictures.size() == kMostPictures) {
        pictures.back().box = Union(pictures.back().box, image.box);
        pictures.back().dpi = std::max(pictures.back().dpi, image.dpi);
      } else {
        pictures.push_back(image);
      }
    }
    return pictures;
  }

  // Whether what a layer says is something else than what the page shows.
  bool LayerIsContradicted() {
    // What is covered or drawn without ink cannot be compared.
    std::vector<bool> unseen;
    for (const Glyph& g : content_.glyphs) {
      unseen.push_back(
          g.invisible || g.clipped ||
          std::any_of(content_.paints.begin(), content_.paints.end(), [&](const PaintEvent& p) {
            return p.sequence > g.sequence && Coverage(g.box, p.box) > 0.5F;
          }));
    }
    const std::vector<PageWord> words = LayerWords(content_, unseen);
    const KnowsWord knows = [this](std::string_view word) { return recognizer_.Knows(word); };
    const std::vector<std::vector<WordRun>> parts = WordsToCompare(words, knows);
    int dpi = kVectorDpi;
    if (parts.empty() || !DrawPage(&dpi).ok()) return false;
    PageTransform transform = content_.transform;
    transform.set_dpi(dpi);
    return std::any_of(parts.begin(), parts.end(), [&](const std::vector<WordRun>& runs) {
      return PartIsContradicted(words, runs, transform, knows);
    });
  }

  bool PartIsContradicted(const std::vector<PageWord>& words, const std::vector<WordRun>& runs,
                          const PageTransform& transform, const KnowsWord& knows) {
    const int dpi = transform.dpi();
    std::vector<Comparison> comparisons;
    for (const WordRun& run : runs) {
      std::string text, read;
      Rect box;
      for (size_t i = run.begin; i < run.end; ++i) {
        text += words[i].text;
        box = Union(box, words[i].box);
      }
      box = {box.x0 - kCompareRim, box.y0 - kCompareRim, box.x1 + kCompareRim,
             box.y1 + kCompareRim};
      Raster place = raster_.Crop(Convert(transform, box, Space::kDisplayed, Space::kPixels));
      if (place.empty()) continue;
      place.AddBorder(dpi / 10, 255);
      const std::vector<ReadWord> seen =
          recognizer_.ReadPage(place, dpi, Recognizer::Layout::kOneColumn, options_.soft_limit_ms);
      for (const ReadWord& w : seen) read += (read.empty() ? "" : " ") + w.text;
      comparisons.push_back(CompareWord(text, read, MeanConfidence(seen), knows));
    }
    return IsContradicted(comparisons);
  }

  // Print below a marker, or on coloured paper, is dark on white afterwards.
  void NormaliseColours() {
    const ColourPage& small = Colours();
    if (small.grey || !HasMarkers(small.rgb)) return;
    int dpi = content_.transform.dpi();
    const absl::StatusOr<ColourPage> drawn = document_.Draw(page_, &dpi);
    if (drawn.ok()) LiftMarkers(drawn->rgb, &raster_, print_dpi_);
  }

  // A page whose print is faint becomes as dark as any other.
  void DarkenFaintPrint() {
    FaintPrint print = FindFaintPrint(raster_, print_dpi_, {});
    if (print.darkened.empty() || print.faint < kMostlyFaint * print.dark) return;
    faint_ = print.faint;
    raster_ = std::move(print.darkened);
  }

  // Whether an area turned from white on black holds words, and not the labels of a redaction.
  bool IsPrint(const Raster& area) {
    PageReading reading(area, print_dpi_, recognizer_, options_);
    const std::vector<ReadWord> read = reading.ReadSample();
    std::string text;
    for (const ReadWord& w : read) text += w.text + " ";
    return IsConvincing(read) && !SaysRedacted(text) &&
           ParseCodes(text, CodeContext::kText).codes.empty();
  }

  // Whether words of a language were read, and not what dirt looks like: of short words, any
  // letters make one.
  bool IsConvincing(const std::vector<ReadWord>& read, double share = 0.5) const {
    size_t known = 0, all = 0;
    for (const ReadWord& w : read) {
      const size_t end = w.text.find_last_not_of(".,;:)'\"") + 1;
      if (end < kConvincingWord) continue;
      all += end;
      if (w.confidence < kSureWord) continue;
      if (recognizer_.Knows(std::string_view(w.text).substr(0, end))) known += end;
    }
    return known >= kConvincing && static_cast<double>(known) >= share * static_cast<double>(all);
  }

  // Whether print is that of the back of the sheet.
  bool ShowsThrough(const Raster& print) {
    const Raster mirrored = print.Mirrored();
    return !mirrored.empty() &&
           IsConvincing(PageReading(mirrored, print_dpi_, recognizer_, options_).ReadSample());
  }

  // How much of the page was painted over; boxes overlap little.
  float BoxedShare() const {
    float area = 0;
    for (const Rect& box : boxes_.painted) area += box.area();
    return area / (static_cast<float>(raster_.width()) * static_cast<float>(raster_.height()));
  }

  static void KeepSure(std::vector<ReadWord>* read) {
    std::erase_if(*read, [](const ReadWord& w) { return w.confidence < kSureWord; });
  }

  // Adds the words of a page that are fainter than most: below a dark stamp, in pencil. What cannot
  // be read counts as ink that is in no word.
  void ReadRest(std::vector<PageWord>* words) {
    std::vector<Rect> known = boxes_.painted;
    for (const PageWord& w : *words) known.push_back(w.at);
    FaintPrint rest = FindFaintPrint(raster_, print_dpi_, known);
    if (rest.darkened.empty()) return;
    PageReading reading(rest.darkened, print_dpi_, recognizer_, options_);
    const std::vector<ReadWord> sample = reading.ReadSample();
    if (MeanConfidence(sample) >= kDoubtfulReading && IsConvincing(sample, kPrintShare)) {
      std::vector<ReadWord> read = reading.Read();
      KeepSure(&read);
      if (IsConvincing(read, kPrintShare)) AppendRead(std::move(read), words);
    } else if (rest.faint < kMuchPrint || ShowsThrough(rest.darkened)) {
      return;
    }
    raster_.Darken(rest.darkened);
  }

  // Adds words on lines and in blocks of their own.
  void AppendRead(std::vector<ReadWord> read, std::vector<PageWord>* words) const {
    int line = 0, block = 0;
    for (const PageWord& w : *words) {
      line = std::max(line, w.line + 1);
      block = std::max(block, w.block + 1);
    }
    for (PageWord& w : ToPageWords(std::move(read))) {
      w.line += line;
      w.block += block;
      words->push_back(std::move(w));
    }
  }

  // Adds what pictures say beside the words of the layer that stand on them.
  void ReadPictures(std::vector<PageWord>* words) {
    if (pictures_.empty()) return;
    std::vector<Rect> places;
    for (const PlacedImage& picture : pictures_) places.push_back(ToPixels(picture.box));
    Raster pictures = raster_.Only(places);
    for (const Rect& box : boxes_.painted) pictures.Fill(box, 255);
    // A layer's word does not always cover all of what the picture shows of it.
    const auto rim = static_cast<float>(print_dpi_) / 72;
    for (const PageWord& w : *words) {
      pictures.Fill({w.at.x0 - rim, w.at.y0 - rim, w.at.x1 + rim, w.at.y1 + rim}, 255);
    }
    if (pictures.empty() || pictures.InkShare(print_dpi_) < kBlankInk) return;
    PageReading reading(pictures, print_dpi_, recognizer_, options_);
    std::vector<ReadWord> read = reading.Read();
    reading.ReadForeignLines(&read);
    // Whatever else is in a photo does not read surely.
    KeepSure(&read);
    AppendRead(std::move(read), words);
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
    int turns = known_.turns;
    if (turns < 0) {
      bool sure = false;
      turns = raster_.GuessQuarterTurns(&sure);
      if (!sure) turns = 0;
    }
    Turn(turns);
    Level();
  }

  // The codes that are words of the page, and whose they are.
  void FindCodes(std::vector<PageWord>* words) {
    std::vector<PageRedaction>& redactions = boxes_.redactions;
    if (std::optional<PageRedaction> sheet = WithheldSheet(*words, redactions); sheet.has_value()) {
      std::erase_if(redactions, [](const PageRedaction& r) {
        return r.codes.empty() && r.recoverable_chars == 0;
      });
      redactions.push_back(*std::move(sheet));
      return;
    }
    const auto width = static_cast<float>(raster_.width());
    std::function<LabelReading(const Rect&)> read;
    if (record_.layer_verdict() != pb::LAYER_VERDICT_GOOD && !options_.cheap) {
      read = [this](const Rect& place) {
        return ReadLabelAt(place, content_, raster_, print_dpi_, Views(), recognizer_, options_);
      };
    }
    FindLabelWords({content_, boxes_.cells, boxes_.frames, width, print_dpi_, read,
                    [this](const Rect& place) { return IsColoured(place, true); }},
                   words, &redactions);
    AssignMarginCodes(*words, width, print_dpi_, &redactions);
  }

  // The pixels as they are now, but more of them, of a page that can be had at any size.
  Raster Finer() {
    const PageTransform& t = content_.transform;
    if (content_.image_share >= kScanned || t.dpi() >= kMaxDpi) return Raster();
    int dpi = kMaxDpi;
    absl::StatusOr<Raster> page = document_.Render(page_, &dpi);
    if (!page.ok() || dpi <= t.dpi()) return Raster();
    if (t.upright_quarter_turns() != 0) *page = page->QuarterTurned(t.upright_quarter_turns());
    if (t.deskew_degrees() != 0) *page = page->Rotated(static_cast<double>(t.deskew_degrees()));
    return *std::move(page);
  }

  PageViews Views() {
    return {[this] { return Finer(); },
            [this](const Rect& place) { return IsColoured(place, false); }};
  }

  const ColourPage& Colours() {
    if (!colours_.has_value()) {
      int dpi = kColourDpi;
      absl::StatusOr<ColourPage> drawn = document_.Draw(page_, &dpi);
      colours_ = drawn.ok() ? *std::move(drawn) : ColourPage();
    }
    return *colours_;
  }

  // Whether most of a place, or of the ink there, is in a colour.
  bool IsColoured(const Rect& place, bool of_ink) {
    return ColouredShare(Colours(), place, DisplayedPage(content_.transform), of_ink) > 0.5;
  }

  // The same page anew, turned by so many more quarters.
  PageReader Turned(int quarters) const {
    Known known = known_;
    known.turns = (content_.transform.upright_quarter_turns() + quarters) % 4;
    return PageReader(document_, page_, recognizer_, options_, known);
  }

  std::vector<PageWord> ToPageWords(std::vector<ReadWord> read) const {
    std::vector<PageWord> words;
    for (ReadWord& w : read) {
      PageWord word;
      word.text = std::move(w.text);
      word.at = w.box;
      word.box = ToDisplayed(w.box);
      word.confidence = w.confidence;
      word.source = pb::WORD_SOURCE_OCR;
      word.language = std::move(w.language);
      word.line = w.line;
      word.block = w.block;
      words.push_back(std::move(word));
    }
    return words;
  }

  void RateQuality(const std::vector<PageWord>& words) {
    record_.set_mean_confidence(MeanConfidence(words));
    std::vector<Rect> boxes;
    for (const PageWord& w : words) boxes.push_back(w.at);
    for (const PageRedaction& r : boxes_.redactions) boxes.push_back(r.at);
    record_.set_ink_covered(static_cast<float>(raster_.CoveredInk(boxes, print_dpi_)));
  }

  Document& document_;
  const int page_;
  Recognizer& recognizer_;
  const PageOptions& options_;
  const Known known_;
  Stopwatch watch_;
  pb::PageRecord record_;
  PageContent content_;
  std::vector<PlacedImage> pictures_;
  Raster raster_;
  int print_dpi_ = 0;
  int faint_ = 0;                      // letters of a page that was too faint as it was
  std::optional<ColourPage> colours_;  // once they were asked for
  BoxPass boxes_;
};

}  // namespace

pb::PageRecord ReadPage(Document& document, int page, Recognizer& recognizer,
                        const PageOptions& options) {
  return PageReader(document, page, recognizer, options).Run();
}

}  // namespace foia::ocr
