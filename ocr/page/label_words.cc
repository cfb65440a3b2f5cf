#include "ocr/page/label_words.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "ocr/page/margin_codes.h"
#include "ocr/redaction/codes.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// A label has no more words, and a code may be divided into so many.
constexpr size_t kMostWords = 12, kPieces = 3;
// How far from its box a label stands beside it, points, and above or below it, in heights of the
// label; a little overlap is none.
constexpr float kReachBeside = 16, kReachAbove = 0.8F, kOverlap = 0.35F;
// Gaps on a line, in its heights: wider than between words; one that something was taken out of.
constexpr float kWideGap = 1.2F, kTakenOut = 4;
// A gap in which no word follows; the longest piece of a code that was misread.
constexpr float kNoWord = 1e6F;
constexpr size_t kPieceLength = 12;
// Frames in which recognition saw nothing, of which so many are read.
constexpr int kMostFrames = 8;
constexpr float kFrameHeight = 40;  // points
// Paint, annotations and frames over more of a page have no label beside them.
constexpr float kLargeArea = 0.4F, kWhite = 0.9F;
// Read from beside the box, not from within.
constexpr float kBesideConfidence = 0.85F;
// A sheet has no more words.
constexpr size_t kSheetWords = 70;

// Where a label stands, seen from its box.
enum Side { kBehind, kBefore, kBelow, kAbove, kSides };

// Words in a row that are codes and what goes with them.
struct Label {
  size_t begin = 0, end = 0;  // words
  Rect at;                    // pixels
  Rect box;                   // displayed space
  std::vector<PageCode> codes;
  bool cited = false;                 // a sentence speaks of it
  bool whole_line = false;            // nothing else stands on its line
  float left_gap = 0, right_gap = 0;  // pixels to the next words on its line; large: none
  std::string before, behind;         // these words
};

float MiddleX(const Rect& r) { return (r.x0 + r.x1) / 2; }
float MiddleY(const Rect& r) { return (r.y0 + r.y1) / 2; }

bool HasLetter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 127 || std::isalnum(c) != 0; });
}
bool HasDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '1' && c <= '9'; });
}

// Whether a code may end with this word: cheap, for there are many words.
bool MayBeCode(const std::vector<PageWord>& words, size_t i) {
  if (!HasDigit(words[i].text)) return false;
  static const auto* sign = new RE2(R"((?i)[bkj]|^\(?ex|^exemption|1\.4|3\.[35]|^usc|u\.s\.c)");
  for (size_t back = 0; back <= kPieces && back <= i; ++back) {
    if (RE2::PartialMatch(words[i - back].text, *sign)) return true;
  }
  return false;
}

class LabelFinder {
 public:
  LabelFinder(const LabelSurroundings& page, std::vector<PageWord>* words,
              std::vector<PageRedaction>* redactions)
      : page_(page), words_(*words), redactions_(*redactions) {
    point_ = static_cast<float>(page.dpi) / 72;
  }

  void Run() {
    FindLabels();
    AssignToBoxes();
    AddLabelsInFrames();
    for (Label& label : labels_) {
      if (!label.codes.empty()) AddIfAlone(label);
    }
  }

 private:
  std::string TextOf(size_t begin, size_t end) const {
    std::string text;
    for (size_t i = begin; i < end; ++i) text += (i > begin ? " " : "") + words_[i].text;
    return text;
  }

  ParsedCodes Parse(size_t begin, size_t end) const {
    return ParseCodes(TextOf(begin, end), CodeContext::kText);
  }

  void FindLabels() {
    for (size_t begin = 0, end = 0; begin < words_.size(); begin = end) {
      end = begin + 1;
      while (end < words_.size() && words_[end].line == words_[begin].line) ++end;
      if (words_[begin].line < 0) continue;
      for (size_t i = begin; i < end; ++i) {
        if (!MayBeCode(words_, i)) continue;
        Label label;
        if (!Grow(begin, end, i, &label)) continue;
        i = label.end - 1;
        labels_.push_back(std::move(label));
      }
    }
  }

  // The longest label within the line from `first` to `last` that has the word `core`.
  bool Grow(size_t first, size_t last, size_t core, Label* label) {
    const size_t taken = labels_.empty() ? first : std::max(first, labels_.back().end);
    if (core < taken) return false;
    size_t begin = core, end = core + 1;
    // "(b) (7) (C)": its pieces.
    while (!Parse(begin, end).complete) {
      if (end - begin > kPieces) return false;
      if (begin == taken) return false;
      --begin;
    }
    for (size_t to = end + 1; to <= std::min(last, end + kPieces); ++to) {
      if (Gap(to - 2, to - 1) < kWideGap && Parse(begin, to).complete) end = to;
    }
    while (end < last && end - begin < kMostWords && Gap(end - 1, end) < kWideGap) {
      const size_t before = end;
      for (size_t to = end + 1; to <= std::min(last, before + kPieces); ++to) {
        if (Parse(begin, to).complete) end = to;
      }
      if (end == before) break;
    }
    static const auto* connects = new RE2(
        R"((?i)^\W*(?:under|per|pursuant|to|and|or|withheld|redacted|exempt\w*|from|disclosure)\W*$)");
    for (size_t from = begin; from > taken && begin - from < kPieces;) {
      --from;
      if (Gap(from, from + 1) > kWideGap || RE2::FullMatch(words_[from].text, *connects)) break;
      if (Parse(from, end).complete) begin = from;
    }
    Describe(first, last, begin, end, label);
    return true;
  }

  // Between two words of a line, in its height.
  float Gap(size_t left, size_t right) const {
    const Rect &a = words_[left].at, &b = words_[right].at;
    return (b.x0 - a.x1) / std::max(1.0F, std::max(a.height(), b.height()));
  }

  void Describe(size_t first, size_t last, size_t begin, size_t end, Label* label) {
    label->begin = begin;
    label->end = end;
    float confidence = 100;
    for (size_t i = begin; i < end; ++i) {
      label->at = Union(label->at, words_[i].at);
      label->box = Union(label->box, words_[i].box);
      confidence = std::min(confidence, words_[i].confidence);
    }
    for (const ParsedCode& code : Parse(begin, end).codes) {
      AddOnce({code.code, code.raw, code.statute, kBesideConfidence * confidence / 100},
              &label->codes);
    }
    label->whole_line = begin == first && end == last;
    label->left_gap = label->right_gap = kNoWord;
    // Its neighbours by place: a layer may have them on other lines.
    for (size_t i = 0; i < words_.size(); ++i) {
      const Rect& w = words_[i].at;
      if ((i >= begin && i < end) ||
          std::abs(MiddleY(w) - MiddleY(label->at)) > 0.5F * label->at.height()) {
        continue;
      }
      const bool left = MiddleX(w) < MiddleX(label->at);
      const float gap = std::max(0.0F, left ? label->at.x0 - w.x1 : w.x0 - label->at.x1);
      float& least = left ? label->left_gap : label->right_gap;
      if (gap >= least) continue;
      least = gap;
      (left ? label->before : label->behind) = words_[i].text;
    }
    label->cited = IsCited(*label);
  }

  // A sentence that speaks of an exemption, or a list that explains it.
  bool IsCited(const Label& label) const {
    static const auto* before = new RE2(
        R"((?i)(?:exempt\w*|\bunder|pursuant to|\bper|\b(?:sub)?(?:section|paragraph)s?|§|u\.?s\.?c\.?|\b552a?|withh\w+|\bappl\w+|assert\w*|cite[sd]?|invok\w+|claim\w*|basis|reasons?|codes?|statutes?)[\s,:(]*$)");
    static const auto* behind = new RE2(
        R"((?i)^[\s,]*(?:of (?:the|title|this)\b|exempt|protect|permit|allow|appl(?:y|ies)|cover|concern|pertain|incorporat|which|that\b|because|for (?:the|this)\b|was\b.{0,12}(?:cit|appl|assert|invok)))");
    const size_t from = label.begin > 4 ? label.begin - 4 : 0;
    std::string text;
    for (size_t i = from; i < label.begin; ++i) {
      // Of the same line or the end of the line before.
      if (words_[i].line < 0 || words_[label.begin].line - words_[i].line > 1) continue;
      text += words_[i].text + " ";
    }
    if (RE2::PartialMatch(text, *before)) return true;
    return RE2::PartialMatch(TextOf(label.end, std::min(words_.size(), label.end + 4)), *behind);
  }

  // How far the label is from a box on a side, pixels; negative: not there.
  float Distance(const Label& label, const Rect& box, Side side) const {
    const Rect& at = label.at;
    const float overlap = kOverlap * at.height();
    const float level = std::min(at.y1, box.y1) - std::max(at.y0, box.y0);
    const bool beside = level > 0.5F * std::min(at.height(), box.height());
    // Alone above or below its box, within its width.
    const bool in_column = MiddleX(at) > box.x0 && MiddleX(at) < box.x1 &&
                           at.width() < box.width() + 4 * at.height() &&
                           std::min(label.left_gap, label.right_gap) > kWideGap * at.height();
    float gap = -1;
    if (side == kBehind && beside) gap = at.x0 - box.x1;
    if (side == kBefore && beside) gap = box.x0 - at.x1;
    if (side == kBelow && in_column) gap = at.y0 - box.y1;
    if (side == kAbove && in_column) gap = box.y0 - at.y1;
    const bool upright = side == kBelow || side == kAbove;
    const float reach = upright ? kReachAbove * at.height() : kReachBeside * point_;
    if (gap < -overlap || gap > reach || (!upright && !beside) || (upright && !in_column))
      return -1;
    return std::max(0.0F, gap);
  }

  struct Place {
    PageRedaction* box;
    Side side;
    float distance;
  };

  // The boxes without a code that the label stands at; a cell of a table says nothing about what
  // lies outside it.
  std::vector<Place> PlacesOf(const Label& label, const std::vector<PageRedaction*>& bare) const {
    std::vector<Place> places;
    const auto cell = std::find_if(page_.cells.begin(), page_.cells.end(),
                                   [&](const Rect& r) { return Coverage(label.at, r) > 0.5F; });
    for (PageRedaction* box : bare) {
      if (cell != page_.cells.end() && Coverage(box->at, *cell) < 0.5F) continue;
      for (const Side side : {kBehind, kBefore, kBelow, kAbove}) {
        const float distance = Distance(label, box->at, side);
        if (distance >= 0) places.push_back({box, side, distance});
      }
    }
    return places;
  }

  void Give(Label* label, PageRedaction* box) {
    for (PageCode& code : label->codes) AddOnce(std::move(code), &box->codes);
    label->codes.clear();
    box->code_status = pb::CODE_STATUS_READ;
    box->codes_are_words = true;
    // What was typed beside a box often stands behind all else in the file.
    if (!label->whole_line) return;
    for (size_t i = label->begin; i < label->end; ++i) words_[i].line = -1;
  }

  bool InMargin(const Rect& at) const {
    return at.x0 >= kRightMargin * page_.width || at.x1 <= kLeftMargin * page_.width;
  }

  void AssignToBoxes() {
    std::vector<PageRedaction*> bare;
    for (PageRedaction& r : redactions_) {
      if (r.codes.empty()) bare.push_back(&r);
    }
    MendMisreadLabels(bare);
    // A frame over the page has its label inside.
    const float sheet = DisplayedPage(page_.content.transform).area();
    for (PageRedaction& frame : page_.frames) {
      if (frame.box.area() < kLargeArea * sheet) bare.push_back(&frame);
    }
    // A release has its labels all on one side: that decides for one between two boxes.
    std::array<int, kSides> used{};
    std::vector<std::pair<Label*, std::vector<Place>>> open;
    for (Label& label : labels_) {
      if (label.cited || InMargin(label.at)) continue;
      std::vector<Place> places = PlacesOf(label, bare);
      if (places.size() == 1) ++used[places[0].side];
      if (!places.empty()) open.emplace_back(&label, std::move(places));
    }
    for (auto& [label, places] : open) {
      const Place best =
          *std::min_element(places.begin(), places.end(), [&](const Place& a, const Place& b) {
            return std::tuple(-used[a.side], a.distance, a.side) <
                   std::tuple(-used[b.side], b.distance, b.side);
          });
      Give(label, best.box);
    }
    AddFrames();
  }

  // Frames and grey areas that got a code are redactions after all.
  void AddFrames() {
    for (PageRedaction& frame : page_.frames) {
      if (frame.codes.empty() || HasOtherWords(frame.at, nullptr)) continue;
      redactions_.push_back(std::move(frame));
      frame = PageRedaction();
    }
  }

  bool HasOtherWords(const Rect& at, const Label* label) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (label != nullptr && i >= label->begin && i < label->end) continue;
      if (Coverage(words_[i].at, at) > 0.5F && HasLetter(words_[i].text)) return true;
    }
    return false;
  }

  // Pieces of a misread code: brackets, or digits and a b, among few letters.
  static bool IsPiece(const PageWord& word) {
    if (word.source != pb::WORD_SOURCE_OCR || word.line < 0 || word.text.size() > kPieceLength) {
      return false;
    }
    int letters = 0;
    bool bracket = false, digit = false;
    for (const char c : word.text) {
      letters = std::isalpha(static_cast<unsigned char>(c)) != 0 ? letters + 1 : 0;
      if (letters > 3) return false;
      bracket |= std::strchr("()[]{}", c) != nullptr;
      digit |= std::isdigit(static_cast<unsigned char>(c)) != 0;
    }
    return bracket ||
           (word.text.size() < 5 && (word.text[0] == 'B' || (digit && word.text[0] == 'b')));
  }

  // Codes that recognition of the page has misread: right beside a box, or behind a label.
  void MendMisreadLabels(const std::vector<PageRedaction*>& bare) {
    for (size_t begin = 0, end = 0; begin < words_.size(); begin = end) {
      end = begin + 1;
      if (!IsPiece(words_[begin])) continue;
      while (end < words_.size() && words_[end].line == words_[begin].line &&
             IsPiece(words_[end]) && Gap(end - 1, end) < kWideGap) {
        ++end;
      }
      MendLabel(begin, end, bare);
    }
  }

  void MendLabel(size_t begin, size_t end, const std::vector<PageRedaction*>& bare) {
    Label label;
    for (size_t i = begin; i < end; ++i) label.at = Union(label.at, words_[i].at);
    // What is known of it already.
    const auto known = std::find_if(labels_.begin(), labels_.end(),
                                    [&](const Label& l) { return l.begin < end && begin < l.end; });
    if (known != labels_.end() && known->begin <= begin && end <= known->end) return;
    label.left_gap = label.right_gap = kNoWord;
    const bool close = std::any_of(bare.begin(), bare.end(), [&](const PageRedaction* box) {
      for (const Side side : {kBehind, kBefore, kBelow, kAbove}) {
        if (Distance(label, box->at, side) >= 0) return true;
      }
      return false;
    });
    if (known == labels_.end() && !close) return;
    ParsedCodes parsed = ParseCodes(TextOf(begin, end), CodeContext::kZone);
    float confidence = 1;
    if ((!parsed.complete || parsed.truncated) && page_.read) {
      LabelReading read = page_.read(label.at);
      parsed = std::move(read.parsed);
      confidence = read.confidence;
    }
    if (!parsed.complete || parsed.truncated) return;
    if (known != labels_.end()) labels_.erase(known);
    size_t first = begin, last = end;
    while (first > 0 && words_[first - 1].line == words_[begin].line) --first;
    while (last < words_.size() && words_[last].line == words_[begin].line) ++last;
    label = Label();
    Describe(first, last, begin, end, &label);
    label.codes.clear();
    for (const ParsedCode& code : parsed.codes) {
      AddOnce({code.code, code.raw, code.statute, kBesideConfidence * confidence}, &label.codes);
    }
    labels_.push_back(std::move(label));
  }

  // Frames, grey areas and white boxes in which only a label stands.
  void AddLabelsInFrames() {
    for (PageRedaction& r : redactions_) {
      if (r.codes.empty() && r.kind != pb::REDACTION_KIND_SOLID) TakeLabelIn(&r);
    }
    for (PageRedaction& frame : page_.frames) {
      if (!frame.codes.empty() || !TakeLabelIn(&frame)) continue;
      redactions_.push_back(std::move(frame));
      frame = PageRedaction();
    }
  }

  bool TakeLabelIn(PageRedaction* box) {
    std::string text;
    float confidence = 100;
    for (const PageWord& w : words_) {
      // The frame itself may be read as a bar.
      if (Coverage(w.at, box->at) <= 0.5F || !HasLetter(w.text)) continue;
      text += w.text + " ";
      confidence = std::min(confidence, w.confidence);
    }
    ParsedCodes parsed = ParseCodes(text, CodeContext::kText);
    if (!parsed.complete) parsed = ParseCodes(text, CodeContext::kZone);
    if (text.empty() && box->at.height() < kFrameHeight * point_ && page_.read &&
        frames_read_++ < kMostFrames) {
      LabelReading read = page_.read(box->at);
      parsed = std::move(read.parsed);
      confidence = 100 * read.confidence;
    }
    if (!parsed.complete) return false;
    for (const ParsedCode& code : parsed.codes) {
      AddOnce({code.code, code.raw, code.statute, kBesideConfidence * confidence / 100},
              &box->codes);
    }
    box->code_status = parsed.truncated ? pb::CODE_STATUS_TRUNCATED : pb::CODE_STATUS_READ;
    box->codes_are_words = box->keeps_words = !text.empty();
    for (Label& label : labels_) {
      if (Coverage(label.at, box->at) > 0.5F) label.codes.clear();
    }
    return true;
  }

  // A label without a box, if it stands where something was taken out.
  void AddIfAlone(Label& label) {
    if (label.cited || InMargin(label.at)) return;
    const auto covers = [&](const Rect& r) { return Coverage(label.at, r) > 0.5F; };
    if (std::any_of(page_.cells.begin(), page_.cells.end(), covers)) return;
    if (std::any_of(redactions_.begin(), redactions_.end(),
                    [&](const PageRedaction& r) { return covers(r.at); })) {
      return;
    }
    PageRedaction r;
    r.kind = pb::REDACTION_KIND_LABEL_ONLY;
    r.box = label.box;
    r.origins = {pb::REDACTION_ORIGIN_TEXT};
    r.confidence = 0.7F;
    r.keeps_words = true;
    if (const PaintEvent* white = WhiteBelow(label); white != nullptr) {
      r.kind = pb::REDACTION_KIND_WHITE;
      r.box = white->box;
      r.origins = {pb::REDACTION_ORIGIN_VECTOR};
    } else if (!(IsTyped(label) || IsInGap(label) || page_.is_ink_coloured(label.box))) {
      return;
    }
    r.at = Convert(page_.content.transform, r.box, Space::kDisplayed, Space::kPixels);
    Give(&label, &r);
    redactions_.push_back(std::move(r));
  }

  // White paint below a label that has nothing else on it.
  const PaintEvent* WhiteBelow(const Label& label) const {
    const float sheet = DisplayedPage(page_.content.transform).area();
    for (const PaintEvent& paint : page_.content.paints) {
      if (paint.kind == PaintEvent::Kind::kImage || paint.grey < kWhite ||
          paint.box.area() > kLargeArea * sheet || Coverage(label.box, paint.box) < 0.9F) {
        continue;
      }
      const Rect at =
          Convert(page_.content.transform, paint.box, Space::kDisplayed, Space::kPixels);
      if (!HasOtherWords(at, &label)) return &paint;
    }
    return nullptr;
  }

  // Typed into an annotation.
  bool IsTyped(const Label& label) const {
    return std::any_of(page_.content.glyphs.begin(), page_.content.glyphs.end(),
                       [&](const Glyph& g) {
                         return g.annotation && g.code > ' ' && Coverage(g.box, label.box) > 0.5F;
                       });
  }

  // Behind "From:" or amid a sentence, with more room about it than words have.
  bool IsInGap(const Label& label) const {
    const float height = label.at.height();
    const bool field = label.before.ends_with(':') && label.left_gap > kWideGap * height &&
                       label.right_gap > kWideGap * height;
    const auto is_word = [](std::string_view text) {
      return std::count_if(text.begin(), text.end(),
                           [](unsigned char c) { return std::isalpha(c) != 0; }) >= 2;
    };
    const bool amid = is_word(label.before) && is_word(label.behind) && label.left_gap > height &&
                      label.right_gap > height &&
                      label.left_gap + label.right_gap > kTakenOut * height;
    return (field || amid) && !InColumn(label, amid);
  }

  // Whether the lines above or below have something at its place, or the same gaps: a table.
  bool InColumn(const Label& label, bool amid) const {
    if (!amid) return false;
    const float height = label.at.height();
    return std::any_of(words_.begin(), words_.end(), [&](const PageWord& w) {
      const float below = std::abs(MiddleY(w.at) - MiddleY(label.at));
      return below > 0.5F * height && below < 3 * height &&
             std::abs(w.at.x0 - label.at.x0) < 2 * point_;
    });
  }

  const LabelSurroundings& page_;
  std::vector<PageWord>& words_;
  std::vector<PageRedaction>& redactions_;
  float point_ = 1;
  int frames_read_ = 0;
  std::vector<Label> labels_;
};

}  // namespace

void FindLabelWords(const LabelSurroundings& page, std::vector<PageWord>* words,
                    std::vector<PageRedaction>* redactions) {
  LabelFinder(page, words, redactions).Run();
}

std::optional<PageRedaction> WithheldSheet(const std::vector<PageWord>& words,
                                           const std::vector<PageRedaction>& redactions) {
  static const auto* list = new RE2(
      R"((?i)deleted\s+page(?:\(s\)|s)?\s+information\s+sheet|total\s+deleted\s+page\(?s?\)?\s*=)");
  static const auto* sheet = new RE2(
      R"((?i)withheld\s+(?:in\s+(?:full|(?:its|their)?\s*entirety)|entirely|pursuant|under|per\b|from)|(?:page|document|record|denied|exempt|withheld|redacted)\(?s?\)?\s+(?:is|are|was|were|has been|have been)?\s*(?:denied|exempt|withheld|redacted|deleted|removed)\s+in\s+(?:full|(?:its|their)\s+entirety)|\d+\s+page\(?s?\)?\s+in\s+document\s+exempt|page\(?s?\)?\s+denied|redacted\s+for\s+the\s+following)");
  static const auto* letter =
      new RE2(R"((?i)\bdear\b|sincerely|\bsubject:|\bfrom:|\bto:|\bwe\b|\byour?\b)");
  std::string text;
  for (const PageWord& w : words) {
    // The label of a box over the page is no sheet.
    const bool is_label = std::any_of(redactions.begin(), redactions.end(), [&](const auto& r) {
      return !r.codes.empty() && Coverage(w.at, r.at) > 0.5F;
    });
    if (!is_label) text += w.text + " ";
  }
  const bool listed = RE2::PartialMatch(text, *list);
  if (!listed && (words.size() > kSheetWords || !RE2::PartialMatch(text, *sheet) ||
                  RE2::PartialMatch(text, *letter))) {
    return std::nullopt;
  }
  PageRedaction r;
  r.kind = pb::REDACTION_KIND_LABEL_ONLY;
  r.origins = {pb::REDACTION_ORIGIN_TEXT};
  r.confidence = 0.9F;
  r.codes_are_words = r.keeps_words = true;
  float confidence = 100;
  for (const PageWord& w : words) {
    r.box = Union(r.box, w.box);
    r.at = Union(r.at, w.at);
    confidence = std::min(confidence, w.confidence);
  }
  std::vector<ParsedCode> codes = ParseCodes(text, CodeContext::kText).codes;
  // A line of codes alone may hold misread ones.
  for (size_t begin = 0, end = 0; begin < words.size(); begin = end) {
    std::string line;
    for (; end < words.size() && words[end].line == words[begin].line; ++end) {
      line += words[end].text + " ";
    }
    const ParsedCodes parsed = ParseCodes(line, CodeContext::kZone);
    if (parsed.complete && !parsed.truncated)
      codes.insert(codes.end(), parsed.codes.begin(), parsed.codes.end());
  }
  for (const ParsedCode& code : codes) {
    AddOnce({code.code, code.raw, code.statute, confidence / 100}, &r.codes);
  }
  // A form that lists all of them, some of which were ticked.
  const auto has = [&](std::string_view code) {
    return std::any_of(r.codes.begin(), r.codes.end(),
                       [&](const PageCode& c) { return c.code == code; });
  };
  if (has("b8") && has("b9")) r.codes.clear();
  r.code_status = r.codes.empty() ? pb::CODE_STATUS_NONE : pb::CODE_STATUS_READ;
  return r;
}

}  // namespace foia::ocr
