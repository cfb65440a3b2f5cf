#include "ocr/page/assemble.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_split.h"
#include "ocr/page/reading_order.h"
#include "ocr/redaction/codes.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// UTF-8 characters.
size_t CountLetters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// As Union, but an empty box counts: a broken font's letters have no width.
Rect Hull(const Rect& a, const Rect& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

// Print drawn in several goes is one word where no blank fits between (ems).
constexpr float kTouching = 0.12F;
// Letters set apart: at least so many, at most this far apart (heights), with gaps of at most this
// many times the usual one. Between words it is wider.
constexpr size_t kSpacedLetters = 5;
constexpr float kLetterGap = 0.8F, kEvenGap = 1.5F;
// Share of a word that lies in a redaction.
constexpr float kInside = 0.5F;

bool IsLetter(const PageWord& w) {
  const auto first = static_cast<unsigned char>(w.text.front());
  const size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return w.text.size() == bytes && (first >= 0x80 || std::isalnum(first) != 0);
}

float Gap(const PageWord& a, const PageWord& b) { return b.at.x0 - a.at.x1; }

void Append(const PageWord& next, PageWord* word) {
  word->text += next.text;
  word->box = Hull(word->box, next.box);
  word->at = Hull(word->at, next.at);
  word->confidence = std::min(word->confidence, next.confidence);
  word->line = next.line;
}

// Whether `b` is the rest of the word `a`: a file may draw the parts of a word in bold, or those of
// a line that it draws in pieces, at any time.
bool IsTornFrom(const PageWord& a, const PageWord& b) {
  if (a.source != pb::WORD_SOURCE_LAYER || b.source != pb::WORD_SOURCE_LAYER) return false;
  const float height = std::min(a.at.height(), b.at.height());
  const float common = std::min(a.at.y1, b.at.y1) - std::max(a.at.y0, b.at.y0);
  return a.line != b.line && common >= 0.8F * height && std::abs(Gap(a, b)) <= kTouching * height;
}

// The end of the run of single letters that begins at `begin`.
size_t EndOfLetters(const std::vector<PageWord*>& line, size_t begin) {
  size_t end = begin;
  while (end < line.size() && IsLetter(*line[end]) &&
         (end == begin ||
          Gap(*line[end - 1], *line[end]) <= 2 * kLetterGap * line[end]->at.height())) {
    ++end;
  }
  return end;
}

// Letters that are listed one by one, as "A B C D E", spell nothing.
bool IsList(const std::vector<PageWord*>& line, size_t begin, size_t end) {
  for (size_t i = begin + 1; i < end; ++i) {
    if (line[i]->text <= line[i - 1]->text) return false;
  }
  return true;
}

// Joins what belongs to one word; what was joined to another is left empty.
void JoinWords(std::vector<PageWord*> line) {
  for (size_t i = 1; i < line.size(); ++i) {
    if (!IsTornFrom(*line[i - 1], *line[i])) continue;
    Append(*line[i], line[i - 1]);
    line[i]->text.clear();
    line.erase(line.begin() + static_cast<ptrdiff_t>(i--));
  }
  for (size_t begin = 0, end = 0; begin < line.size(); begin = std::max(end, begin + 1)) {
    end = EndOfLetters(line, begin);
    if (end - begin < kSpacedLetters || IsList(line, begin, end)) continue;
    std::vector<float> gaps;
    for (size_t i = begin + 1; i < end; ++i) gaps.push_back(Gap(*line[i - 1], *line[i]));
    const std::vector<float> in_order = gaps;
    std::nth_element(gaps.begin(), gaps.begin() + static_cast<ptrdiff_t>(gaps.size() / 3),
                     gaps.end());
    const float usual = gaps[gaps.size() / 3];
    if (usual > kLetterGap * line[begin]->at.height()) continue;
    PageWord* word = line[begin];
    for (size_t i = begin + 1; i < end; ++i) {
      if (in_order[i - begin - 1] > kEvenGap * std::max(usual, 0.0F)) {
        word = line[i];
        continue;
      }
      Append(*line[i], word);
      line[i]->text.clear();
    }
  }
}

// The place on the lines, line and index in it, of the first word that lies in a redaction.
std::optional<std::pair<size_t, size_t>> FirstWordIn(const PageRedaction& redaction,
                                                     const std::vector<PageWord>& words,
                                                     const std::vector<OrderedLine>& lines) {
  for (size_t l = 0; l < lines.size(); ++l) {
    for (size_t i = 0; i < lines[l].items.size(); ++i) {
      const auto item = static_cast<size_t>(lines[l].items[i]);
      if (item < words.size() && Coverage(words[item].box, redaction.box) >= kInside) {
        return std::pair(l, i);
      }
    }
  }
  return std::nullopt;
}

// Words and redactions in reading order: for each line of the record those items, words first by
// their index, then redactions. One that the words stand on (`is_ground`) takes no place of its
// own.
std::vector<OrderedLine> Arrange(const std::vector<PageWord>& words,
                                 const std::vector<PageRedaction>& redactions,
                                 const std::vector<bool>& is_ground,
                                 const std::vector<Rect>& frames) {
  std::vector<OrderedLine> lines;
  for (int turns = 0; turns < 4; ++turns) {
    std::vector<OrderItem> items;
    std::vector<int> indexes;
    for (size_t i = 0; i < words.size(); ++i) {
      if (words[i].turns != turns) continue;
      const std::string& text = words[i].text;
      items.push_back({words[i].at, words[i].line, static_cast<int>(CountLetters(text)),
                       text.back() == ':', text.front() >= 'a' && text.front() <= 'z'});
      indexes.push_back(static_cast<int>(i));
    }
    for (size_t i = 0; turns == 0 && i < redactions.size(); ++i) {
      if (is_ground[i]) continue;
      items.push_back({redactions[i].at});
      indexes.push_back(static_cast<int>(words.size() + i));
    }
    const int blocks = lines.empty() ? 0 : lines.back().block + 1;
    for (OrderedLine& line : ReadingOrder(items, turns == 0 ? frames : std::vector<Rect>())) {
      for (int& item : line.items) item = indexes[static_cast<size_t>(item)];
      line.block += blocks;
      lines.push_back(std::move(line));
    }
  }
  for (size_t i = 0; i < redactions.size(); ++i) {
    if (!is_ground[i]) continue;
    const int item = static_cast<int>(words.size() + i);
    const auto at = FirstWordIn(redactions[i], words, lines);
    if (at.has_value()) {
      std::vector<int>& items = lines[at->first].items;
      items.insert(items.begin() + static_cast<ptrdiff_t>(at->second), item);
    } else {
      lines.push_back({{item}, lines.empty() ? 0 : lines.back().block});
    }
  }
  return lines;
}

// Whether what stands in a redaction is its label: it says the code, or that something was taken
// out, or was read off the pixels, which show the box itself as well. Other words of the layer were
// written over what was covered, in its stead.
bool HoldsLabel(const PageRedaction& redaction, const std::vector<PageWord>& words) {
  if (!redaction.codes.empty() && !redaction.codes_are_words) return true;
  std::string text;
  for (const PageWord& w : words) {
    if (Coverage(w.box, redaction.box) < kInside) continue;
    if (w.source != pb::WORD_SOURCE_LAYER) return true;
    text += w.text + " ";
  }
  const ParsedCodes parsed = ParseCodes(text, CodeContext::kText);
  return text.empty() || parsed.says_withheld || parsed.truncated || !parsed.codes.empty() ||
         ParseCodes(text, CodeContext::kZone).complete;
}

}  // namespace

void Assemble(std::vector<PageWord> words, std::vector<PageRedaction> redactions,
              const std::vector<Rect>& frames, pb::PageRecord* record) {
  const PageTransform& transform = record->transform();
  const auto stored = [&](const Rect& r) {
    return ToBox(Convert(transform, r, Space::kDisplayed, Space::kStored));
  };
  std::vector<bool> is_ground(redactions.size(), false);
  for (size_t i = 0; i < redactions.size(); ++i) {
    PageRedaction& r = redactions[i];
    if (r.keeps_words || HoldsLabel(r, words)) continue;
    is_ground[i] = r.keeps_words = true;
    if (r.codes.empty()) r.code_status = pb::CODE_STATUS_NONE;
  }
  std::erase_if(words, [&](const PageWord& w) {
    return std::any_of(redactions.begin(), redactions.end(), [&](const PageRedaction& r) {
      return !r.keeps_words && Coverage(w.box, r.box) >= kInside;
    });
  });
  for (PageWord& w : words) w.at = TurnUpright(w.at, w.turns);
  const std::vector<OrderedLine> lines = Arrange(words, redactions, is_ground, frames);
  for (const OrderedLine& line : lines) {
    std::vector<PageWord*> run;
    for (const int item : line.items) {
      if (item < static_cast<int>(words.size())) run.push_back(&words[static_cast<size_t>(item)]);
    }
    JoinWords(std::move(run));
  }

  int block = -1;
  for (const OrderedLine& line : lines) {
    const int line_index = record->lines_size();
    const int words_before = record->words_size();
    Rect line_box;
    for (const int item : line.items) {
      const auto add = [&](std::string_view text, const Rect& box, float confidence,
                           pb::WordSource source, const std::string& language) {
        if (!record->text().empty() && record->text().back() != '\n') {
          record->mutable_text()->push_back(' ');
        }
        record->mutable_text()->append(text);
        pb::Word* word = record->add_words();
        word->set_text(std::string(text));
        *word->mutable_box() = stored(box);
        word->set_confidence(confidence);
        word->set_source(source);
        word->set_line(line_index);
        word->set_language(language);
        line_box = record->words_size() == words_before + 1 ? box : Hull(line_box, box);
      };
      if (item < static_cast<int>(words.size())) {
        const PageWord& w = words[static_cast<size_t>(item)];
        if (w.text.empty()) continue;  // joined to the word before it
        add(w.text, w.box, w.confidence, w.source, w.language);
        continue;
      }
      const PageRedaction& r = redactions[static_cast<size_t>(item) - words.size()];
      pb::Redaction* out = record->add_redactions();
      *out->mutable_box() = stored(r.box);
      out->set_kind(r.kind);
      for (const pb::RedactionOrigin origin : r.origins) out->add_origins(origin);
      out->set_code_status(r.code_status);
      out->set_failed(r.recoverable_chars > 0);
      out->set_recoverable_chars(r.recoverable_chars);
      out->set_word_position(record->words_size());
      out->set_confidence(r.confidence);
      for (size_t c = 0; c < r.codes.size(); ++c) {
        const PageCode& code = r.codes[c];
        pb::ExemptionCode* entry = out->add_codes();
        entry->set_code(code.code);
        entry->set_raw(code.raw);
        entry->set_confidence(code.confidence);
        entry->set_status(code.code.ends_with('?') ? pb::CODE_STATUS_TRUNCATED
                                                   : pb::CODE_STATUS_READ);
        if (r.codes_are_words) continue;
        const std::string between = c + 1 == r.codes.size() ? "" : ";";
        std::vector<std::string> label =
            absl::StrSplit(ToAbsl(code.statute), ' ', absl::SkipEmpty());
        label.insert(label.begin(), PrintedCode(code.code));
        label.back() += between;
        for (const std::string& word : label) {
          add(word, r.box, 100 * code.confidence, pb::WORD_SOURCE_BOX, {});
        }
      }
    }
    if (record->words_size() == words_before) continue;  // redactions without a code
    record->mutable_text()->push_back('\n');
    if (block != line.block || record->blocks().empty()) {
      record->add_blocks();
      block = line.block;
    }
    pb::Line* out = record->add_lines();
    *out->mutable_box() = stored(line_box);
    out->set_block(record->blocks_size() - 1);
    pb::Block* whole = record->mutable_blocks(record->blocks_size() - 1);
    *whole->mutable_box() = ToBox(Union(FromBox(whole->box()), FromBox(out->box())));
  }
}

}  // namespace foia::ocr
