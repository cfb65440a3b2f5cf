#include "ocr/page/assemble.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_split.h"
#include "ocr/redaction/codes.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

float MiddleX(const Rect& r) { return (r.x0 + r.x1) / 2; }
float MiddleY(const Rect& r) { return (r.y0 + r.y1) / 2; }

// As Union, but an empty box counts: a broken font's letters have no width.
Rect Hull(const Rect& a, const Rect& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

// A line on its way into the record, with redactions standing among its words.
struct Item {
  int word = -1, redaction = -1;
  Rect box;  // pixels
};
struct TextLine {
  std::vector<Item> items;
  Rect box;
  int block = 0;
};

std::vector<TextLine> Group(const std::vector<PageWord>& words) {
  std::vector<TextLine> lines;
  int line = -1;
  for (size_t i = 0; i < words.size(); ++i) {
    const PageWord& w = words[i];
    if (w.line < 0) continue;
    if (lines.empty() || w.line != line) {
      lines.emplace_back();
      lines.back().block = w.block;
      line = w.line;
    }
    lines.back().items.push_back({static_cast<int>(i), -1, w.at});
    lines.back().box = Union(lines.back().box, w.at);
  }
  return lines;
}

// Puts a redaction, or a word, among the words of the line it lies on, or on a line of its own.
void Place(const Item& item, std::vector<TextLine>* lines) {
  const Rect& box = item.box;
  TextLine* best = nullptr;
  float best_score = 0;
  for (TextLine& line : *lines) {
    const float overlap = std::min(line.box.y1, box.y1) - std::max(line.box.y0, box.y0);
    const float share = overlap / std::max(1e-3F, std::min(line.box.height(), box.height()));
    // Columns: a line that ends far from the box is another column's.
    const float gap = std::max({0.0F, box.x0 - line.box.x1, line.box.x0 - box.x1});
    if (share < 0.4F || box.height() > 2.5F * line.box.height() || gap > 12 * line.box.height()) {
      continue;
    }
    const float score = share / (1 + gap / (10 * line.box.height()));
    if (score > best_score) {
      best = &line;
      best_score = score;
    }
  }
  if (best != nullptr) {
    auto at = best->items.begin();
    while (at != best->items.end() && MiddleX(at->box) <= MiddleX(box)) ++at;
    best->items.insert(at, item);
    best->box = Union(best->box, box);
    return;
  }
  TextLine own;
  own.items.push_back(item);
  own.box = box;
  // Before the first line that starts lower and is not beside it.
  auto at = std::find_if(lines->begin(), lines->end(), [&](const TextLine& line) {
    return line.box.y0 >= MiddleY(box) && line.box.x0 < box.x1 && line.box.x1 > box.x0;
  });
  if (at == lines->end()) {
    at = std::find_if(lines->begin(), lines->end(),
                      [&](const TextLine& line) { return line.box.y0 >= MiddleY(box); });
  }
  own.block = at != lines->end() ? at->block : lines->empty() ? 0 : lines->back().block;
  lines->insert(at, std::move(own));
}

// Joins neighbours that stand on one line: text layers break lines at the gap that a box leaves.
void JoinBroken(std::vector<TextLine>* lines) {
  for (size_t i = 0; i + 1 < lines->size();) {
    TextLine& a = (*lines)[i];
    TextLine& b = (*lines)[i + 1];
    const float common = std::min(a.box.y1, b.box.y1) - std::max(a.box.y0, b.box.y0);
    const float height = std::max(a.box.height(), b.box.height());
    const float gap = b.items.front().box.x0 - a.items.back().box.x1;
    if (common < 0.6F * height || gap < -0.5F * height || gap > 2 * height) {
      ++i;
      continue;
    }
    a.items.insert(a.items.end(), b.items.begin(), b.items.end());
    a.box = Union(a.box, b.box);
    lines->erase(lines->begin() + static_cast<ptrdiff_t>(i) + 1);
  }
}

}  // namespace

void Assemble(std::vector<PageWord> words, std::vector<PageRedaction> redactions,
              pb::PageRecord* record) {
  const PageTransform& transform = record->transform();
  const auto stored = [&](const Rect& r) {
    return ToBox(Convert(transform, r, Space::kDisplayed, Space::kStored));
  };
  std::erase_if(words, [&](const PageWord& w) {
    return std::any_of(redactions.begin(), redactions.end(), [&](const PageRedaction& r) {
      return !r.keeps_words && Coverage(w.box, r.box) >= 0.5F;
    });
  });
  std::vector<TextLine> lines = Group(words);
  // Left to right within a line, so that neighbours keep their order.
  std::sort(redactions.begin(), redactions.end(), [](const auto& a, const auto& b) {
    return std::pair(a.at.y0, a.at.x0) < std::pair(b.at.y0, b.at.x0);
  });
  for (size_t i = 0; i < redactions.size(); ++i) {
    Place({-1, static_cast<int>(i), redactions[i].at}, &lines);
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].line < 0) Place({static_cast<int>(i), -1, words[i].at}, &lines);
  }
  if (!redactions.empty()) JoinBroken(&lines);

  int block = -1;
  for (const TextLine& line : lines) {
    const int line_index = record->lines_size();
    const int words_before = record->words_size();
    Rect line_box;
    for (const Item& item : line.items) {
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
      if (item.word >= 0) {
        const PageWord& w = words[static_cast<size_t>(item.word)];
        add(w.text, w.box, w.confidence, w.source, w.language);
        continue;
      }
      const PageRedaction& r = redactions[static_cast<size_t>(item.redaction)];
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
