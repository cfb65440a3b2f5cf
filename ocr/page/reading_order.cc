#include "ocr/page/reading_order.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace foia::ocr {
namespace {

// Words up to this far apart (in ems) stand in one piece of a line: those of one line of the
// source, and others. Justified lines have wider gaps, columns never a narrower one.
constexpr float kWordGap = 0.9F, kOtherGap = 0.4F;
// The least width of the gap between columns, in ems.
constexpr float kGutter = 0.8F;
// Print this many times as high as the usual word is larger print, not a word with high letters.
constexpr float kLargePrint = 1.5F;
// Two things of which so much of the lower one's height is common stand on one line.
constexpr float kSameLine = 0.5F;
// Beside each other at all, as lines of columns that are not level.
constexpr float kBeside = 0.15F;
// Higher than so many usual words: a box over several lines, a letter of a poster.
constexpr float kTall = 2.2F;
// Prose: lines of at least so many words that fill this share of the column, so many of them.
constexpr float kProseWords = 3, kProseFill = 0.72F;
constexpr size_t kProseLines = 3;
constexpr float kMostLabels = 0.2F;
// The source takes columns one after the other: so many lines of them or more for each change.
constexpr size_t kFewChanges = 6;
// A table in its source: most returns to the left begin a new row.
constexpr float kTableRows = 0.8F;
// Of the lines of prose at least so many begin in the middle of a sentence, with a small letter.
constexpr float kGoingOn = 0.5F;
// A gap between lines wider than this (heights of a word) begins a new paragraph.
constexpr float kParagraph = 0.75F;
// The lines of a column follow each other at most at this distance (heights).
constexpr float kColumnLeading = 2.5F;
// Beyond so many pieces, or so many at one height, a page is no page of text, and columns are not
// looked for.
constexpr size_t kMostPieces = 3000, kMostNear = 64;
// Rows of a table are this much farther apart than the lines within a cell.
constexpr float kRowLeading = 1.2F;

float MiddleX(const Rect& r) { return (r.x0 + r.x1) / 2; }
float MiddleY(const Rect& r) { return (r.y0 + r.y1) / 2; }
float CommonHeight(const Rect& a, const Rect& b) {
  return std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
}
bool SharesHeight(const Rect& a, const Rect& b, float share) {
  return CommonHeight(a, b) >= share * std::max(1e-3F, std::min(a.height(), b.height()));
}

// As Union, but an empty box counts.
Rect Hull(const Rect& a, const Rect& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

template <typename T>
T Median(std::vector<T> values, T none) {
  if (values.empty()) return none;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Words that follow each other on a line without a wide gap.
struct Piece {
  std::vector<int> items;  // left to right
  Rect at;
  int line = -1;     // of its last item in the source
  float source = 0;  // where in the order of the source, in the middle
  bool is_label = false;
  bool tall = false;
  bool begins_lower = false;
  int cells = -1;  // the row of cells that it stands for
  bool begins_with_box = false, ends_with_box = false;
};
using Pieces = std::vector<const Piece*>;

// A strip between pieces that none of them crosses from y0 to y1.
struct Gutter {
  float x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  Pieces left, right;  // that face each other over it
  float middle() const { return (x0 + x1) / 2; }
  bool IsCrossedBy(const Piece& piece) const {
    return piece.at.x0 < middle() && piece.at.x1 > middle();
  }
};

// Cells side by side, left to right, with their items in the order of the source.
using CellRow = std::vector<std::vector<int>>;

// More frames are a drawing.
constexpr size_t kMostFrames = 1000;
// An item of which so much lies in a frame belongs to it.
constexpr float kMostInside = 0.7F;
// Frames whose sides differ by less than this share of their height are one row, and the same
// twice.
constexpr float kSameSide = 0.12F;

// Whether any of `cell` stands below another.
bool HasLines(const std::vector<OrderItem>& items, const std::vector<int>& cell) {
  const auto at = [&](int item) { return items[static_cast<size_t>(item)].at; };
  const auto [upper, lower] = std::minmax_element(
      cell.begin(), cell.end(), [&](int a, int b) { return MiddleY(at(a)) < MiddleY(at(b)); });
  return !SharesHeight(at(*upper), at(*lower), kSameLine);
}

// Rows of cells of which any holds lines below each other. A single frame is no row.
std::vector<CellRow> FindCellRows(const std::vector<OrderItem>& items,
                                  const std::vector<Rect>& frames) {
  std::vector<CellRow> rows;
  if (frames.size() < 2 || frames.size() > kMostFrames) return rows;
  // Each item belongs to the smallest frame around it.
  std::vector<Rect> cells = frames;
  std::sort(cells.begin(), cells.end(),
            [](const Rect& a, const Rect& b) { return a.area() < b.area(); });
  std::vector<std::vector<int>> inside(cells.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const auto cell = std::find_if(cells.begin(), cells.end(), [&](const Rect& c) {
      return Coverage(items[i].at, c) > kMostInside;
    });
    if (cell != cells.end())
      inside[static_cast<size_t>(cell - cells.begin())].push_back(static_cast<int>(i));
  }
  std::vector<size_t> order;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!inside[i].empty()) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return cells[a].x0 < cells[b].x0; });
  std::vector<bool> taken(cells.size(), false);
  for (const size_t first : order) {
    if (taken[first]) continue;
    CellRow row{inside[first]};
    bool lines = HasLines(items, inside[first]);
    Rect last = cells[first];
    taken[first] = true;
    for (const size_t next : order) {
      const float slack = kSameSide * last.height();
      const Rect& at = cells[next];
      if (taken[next] || std::abs(at.y0 - last.y0) > slack || std::abs(at.y1 - last.y1) > slack ||
          std::abs(at.x0 - last.x1) > slack) {
        continue;
      }
      taken[next] = true;
      row.push_back(inside[next]);
      lines |= HasLines(items, inside[next]);
      last = at;
    }
    if (row.size() > 1 && lines) rows.push_back(std::move(row));
  }
  return rows;
}

class Layout {
 public:
  Layout(const std::vector<OrderItem>& items, std::vector<CellRow> rows)
      : items_(items), rows_(std::move(rows)) {
    in_row_.resize(items.size(), false);
    for (const CellRow& row : rows_) {
      for (const std::vector<int>& cell : row) {
        for (const int item : cell) in_row_[static_cast<size_t>(item)] = true;
      }
    }
    std::vector<float> heights, ems;
    for (const OrderItem& item : items) {
      if (item.letters == 0) continue;
      heights.push_back(item.at.height());
      if (item.letters >= 2) ems.push_back(EmOf(item));
    }
    height_ = std::max(1.0F, Median(heights, 12.0F));
    em_ = std::clamp(Median(ems, height_), height_ / 3, 3 * height_);
    FillBands();
  }

  std::vector<OrderedLine> Run() {
    const std::vector<Piece> pieces = MakePieces();
    Pieces all;
    for (const Piece& piece : pieces) all.push_back(&piece);
    Order(std::move(all));
    return std::move(lines_);
  }

 private:
  // The mean letter is about half an em wide.
  static float EmOf(const OrderItem& item) {
    return 2 * item.at.width() / static_cast<float>(item.letters);
  }
  // Of the print at the gap between two items: large print has wide gaps.
  float EmAt(const OrderItem& a, const OrderItem& b) const {
    const float scale = std::min(a.at.height(), b.at.height()) / height_;
    return em_ * (scale > kLargePrint ? scale : 1);
  }
  bool IsTall(const Rect& at) const { return at.height() > kTall * height_; }

  // The items by bands across the page, from left to right, so that only what may stand on the same
  // line is looked at.
  void FillBands() {
    for (const OrderItem& item : items_) top_ = std::min(top_, item.at.y0);
    for (size_t i = 0; i < items_.size(); ++i) {
      if (in_row_[i]) continue;
      const size_t last = BandOf(items_[i].at.y1);
      if (bands_.size() <= last) bands_.resize(last + 1);
      for (size_t b = BandOf(items_[i].at.y0); b <= last; ++b) {
        bands_[b].push_back(static_cast<int>(i));
      }
    }
    for (std::vector<int>& band : bands_) {
      std::sort(band.begin(), band.end(), [&](int a, int b) {
        return std::pair(Item(a).at.x0, a) < std::pair(Item(b).at.x0, b);
      });
    }
  }
  size_t BandOf(float y) const {
    return static_cast<size_t>(std::clamp((y - top_) / (2 * height_), 0.0F, 2'000.0F));
  }

  // A box with words of different lines beside it.
  bool IsOverLines(const OrderItem& box) const {
    if (box.letters > 0) return false;
    std::optional<Rect> common;
    for (size_t b = BandOf(box.at.y0); b <= BandOf(box.at.y1); ++b) {
      for (const int index : bands_[b]) {
        const OrderItem& word = Item(index);
        const float gap = std::max(word.at.x0 - box.at.x1, box.at.x0 - word.at.x1);
        if (word.letters == 0 || gap < -em_ || gap > 4 * em_) continue;
        if (!SharesHeight(word.at, box.at, kSameLine)) continue;
        if (common.has_value() && !SharesHeight(word.at, *common, kSameLine)) return true;
        if (!common.has_value()) common = word.at;
      }
    }
    return false;
  }

  // The item that follows each on its line, -1 where a wide gap or the end does.
  std::vector<int> Followers() const {
    std::vector<bool> apart(items_.size(), false);
    for (size_t i = 0; i < items_.size(); ++i) apart[i] = IsOverLines(items_[i]);
    std::vector<int> follower(items_.size(), -1), before(items_.size(), -1);
    std::vector<float> gaps(items_.size(), 0);
    for (size_t i = 0; i < items_.size(); ++i) {
      if (apart[i] || in_row_[i]) continue;
      const OrderItem& item = items_[i];
      const float reach = item.at.x1 + kWordGap * 4 * em_;
      int best = -1;
      for (size_t b = BandOf(item.at.y0); b <= BandOf(item.at.y1); ++b) {
        auto at = std::lower_bound(bands_[b].begin(), bands_[b].end(), item.at.x0,
                                   [&](int other, float x) { return Item(other).at.x0 < x; });
        for (; at != bands_[b].end() && Item(*at).at.x0 <= reach; ++at) {
          if (best >= 0 && Item(*at).at.x0 >= Item(best).at.x0) break;
          if (!apart[static_cast<size_t>(*at)] && MayFollow(static_cast<int>(i), *at)) best = *at;
        }
      }
      if (best < 0) continue;
      const float gap = std::abs(Item(best).at.x0 - item.at.x1);
      int& rival = before[static_cast<size_t>(best)];
      if (rival >= 0) {
        if (gaps[static_cast<size_t>(best)] <= gap) continue;
        follower[static_cast<size_t>(rival)] = -1;
      }
      rival = static_cast<int>(i);
      gaps[static_cast<size_t>(best)] = gap;
      follower[i] = best;
    }
    return follower;
  }

  bool MayFollow(int a, int b) const {
    const OrderItem &left = Item(a), &right = Item(b);
    const bool known = left.line >= 0 && left.line == right.line;
    if (a == b || (!known && IsTall(left.at) != IsTall(right.at))) return false;
    // Of two at one place the first in the source comes first.
    const float step = MiddleX(right.at) - MiddleX(left.at);
    if (step < 0 || (step == 0 && b < a)) return false;
    if (!SharesHeight(left.at, right.at, known ? kBeside : kSameLine)) return false;
    return right.at.x0 - left.at.x1 <= (known ? kWordGap : kOtherGap) * EmAt(left, right);
  }

  std::vector<Piece> MakePieces() const {
    const std::vector<int> follower = Followers();
    std::vector<bool> follows(items_.size(), false);
    for (const int next : follower) {
      if (next >= 0) follows[static_cast<size_t>(next)] = true;
    }
    std::vector<Piece> pieces;
    for (size_t row = 0; row < rows_.size(); ++row) {
      Piece& piece = pieces.emplace_back();
      for (const std::vector<int>& cell : rows_[row]) {
        piece.items.insert(piece.items.end(), cell.begin(), cell.end());
      }
      Measure(&piece);
      piece.tall = true;
      piece.cells = static_cast<int>(row);
    }
    for (size_t i = 0; i < items_.size(); ++i) {
      if (follows[i] || in_row_[i]) continue;
      Piece& piece = pieces.emplace_back();
      for (int at = static_cast<int>(i); at >= 0; at = follower[static_cast<size_t>(at)]) {
        piece.items.push_back(at);
      }
      Measure(&piece);
    }
    return pieces;
  }

  void Measure(Piece* piece) const {
    std::vector<float> sources;
    std::optional<Rect> all, level;
    for (const int index : piece->items) {
      const OrderItem& item = Item(index);
      all = all.has_value() ? Hull(*all, item.at) : item.at;
      sources.push_back(static_cast<float>(index));
      // Words tell where a line stands, but for those that a stray stroke makes high; a box may
      // reach over several lines.
      if (item.letters == 0 || IsTall(item.at)) continue;
      level = level.has_value() ? Hull(*level, item.at) : item.at;
    }
    piece->at = *all;
    if (level.has_value()) {
      piece->at.y0 = level->y0;
      piece->at.y1 = level->y1;
    }
    piece->tall = IsTall(piece->at);
    piece->source = Median(std::move(sources), 0.0F);
    piece->line = Item(piece->items.back()).line;
    piece->is_label = Item(piece->items.back()).is_label;
    piece->begins_lower = Item(piece->items.front()).is_lower;
    piece->begins_with_box = Item(piece->items.front()).letters == 0;
    piece->ends_with_box = Item(piece->items.back()).letters == 0;
  }

  // The space beside a box within a sentence parts neither columns nor cells.
  static bool IsGap(const Piece& left, const Piece& right, float least) {
    return right.at.x0 - left.at.x1 >= least && !left.ends_with_box && !right.begins_with_box;
  }

  void Order(Pieces pieces) {
    if (pieces.empty()) return;
    std::optional<Gutter> gutter;
    if (pieces.size() <= kMostPieces) gutter = FindColumns(pieces);
    if (!gutter.has_value()) {
      AcrossTheLines(std::move(pieces));
      return;
    }
    Pieces above, left, right, between, below;
    for (const Piece* piece : pieces) {
      const float y = MiddleY(piece->at);
      (y < gutter->y0                          ? above
       : y > gutter->y1                        ? below
       : gutter->IsCrossedBy(*piece)           ? between
       : MiddleX(piece->at) < gutter->middle() ? left
                                               : right)
          .push_back(piece);
    }
    // Each is smaller, since left and right are not empty.
    for (Pieces* part : {&above, &left, &right, &between, &below}) Order(std::move(*part));
  }

  // Every gutter between pieces that face each other, from the top to the bottom.
  static std::vector<Gutter> FindGutters(Pieces pieces, float least) {
    std::sort(pieces.begin(), pieces.end(), [](const Piece* a, const Piece* b) {
      return std::pair(a->at.y0, a->at.x0) < std::pair(b->at.y0, b->at.x0);
    });
    std::vector<Gutter> done, open;
    // Of those above that may still stand beside what comes.
    Pieces near;
    for (const Piece* piece : pieces) {
      std::erase_if(near, [&](const Piece* p) { return p->at.y1 < piece->at.y0; });
      for (auto it = open.begin(); it != open.end();) {
        const bool crosses = it->IsCrossedBy(*piece) && !IsRounded(*piece, *it, pieces);
        if (crosses) done.push_back(std::move(*it));
        it = crosses ? open.erase(it) : it + 1;
      }
      for (const Piece* other : near) {
        if (!SharesHeight(piece->at, other->at, kBeside)) continue;
        const Piece* left = MiddleX(piece->at) < MiddleX(other->at) ? piece : other;
        const Piece* right = left == piece ? other : piece;
        if (!IsGap(*left, *right, least)) continue;
        const bool between = std::any_of(near.begin(), near.end(), [&](const Piece* p) {
          return p != left && p != right && p->at.x0 >= left->at.x1 - 1 &&
                 p->at.x1 <= right->at.x0 + 1 &&
                 (SharesHeight(p->at, left->at, kSameLine) ||
                  SharesHeight(p->at, right->at, kSameLine));
        });
        if (!between) Extend(*left, *right, least, &open);
      }
      near.push_back(piece);
      if (near.size() > kMostNear) near.erase(near.begin());
    }
    done.insert(done.end(), std::make_move_iterator(open.begin()),
                std::make_move_iterator(open.end()));
    return done;
  }

  // Adds two pieces that face each other to the gutter they have most in common with, or to a new
  // one.
  static void Extend(const Piece& left, const Piece& right, float least,
                     std::vector<Gutter>* open) {
    Gutter* best = nullptr;
    float best_width = least;
    for (Gutter& gutter : *open) {
      const float width = std::min(gutter.x1, right.at.x0) - std::max(gutter.x0, left.at.x1);
      if (width < best_width) continue;
      best = &gutter;
      best_width = width;
    }
    const float y0 = std::min(left.at.y0, right.at.y0), y1 = std::max(left.at.y1, right.at.y1);
    if (best == nullptr) {
      best = &open->emplace_back();
      *best = {left.at.x1, right.at.x0, y0, y1, {}, {}};
    }
    best->x0 = std::max(best->x0, left.at.x1);
    best->x1 = std::min(best->x1, right.at.x0);
    best->y0 = std::min(best->y0, y0);
    best->y1 = std::max(best->y1, y1);
    if (std::find(best->left.begin(), best->left.end(), &left) == best->left.end()) {
      best->left.push_back(&left);
    }
    if (std::find(best->right.begin(), best->right.end(), &right) == best->right.end()) {
      best->right.push_back(&right);
    }
  }

  // The largest gutter with columns of prose beside it.
  std::optional<Gutter> FindColumns(const Pieces& pieces) const {
    std::optional<Gutter> best;
    for (Gutter& gutter : FindGutters(pieces, kGutter * em_)) {
      if (!IsBetweenColumns(gutter)) continue;
      if (best.has_value() && gutter.y1 - gutter.y0 <= best->y1 - best->y0) continue;
      best = std::move(gutter);
    }
    if (best.has_value()) Lengthen(pieces, &*best);
    return best;
  }

  // A picture, a large box or a caption with lines to its left and to its right: it ends no column.
  static bool IsRounded(const Piece& piece, const Gutter& gutter, const Pieces& pieces) {
    bool left = false, right = false;
    // Its lines need not be level with those beside it.
    Rect around = piece.at;
    around.y0 -= piece.at.height() / 2;
    around.y1 += piece.at.height() / 2;
    for (const Piece* other : pieces) {
      if (other->tall || !SharesHeight(other->at, around, kBeside)) continue;
      left |= other->at.x1 <= std::min(piece.at.x0, gutter.x0 + 1);
      right |= other->at.x0 >= std::max(piece.at.x1, gutter.x1 - 1);
    }
    return left && right;
  }

  bool IsBetweenColumns(const Gutter& gutter) const {
    if (gutter.left.size() < kProseLines || gutter.right.size() < kProseLines) return false;
    if (std::min(WordsOf(gutter.left), WordsOf(gutter.right)) < kProseWords) return false;
    if (std::max(LabelsOf(gutter.left), LabelsOf(gutter.right)) > kMostLabels) return false;
    Pieces both = gutter.left;
    both.insert(both.end(), gutter.right.begin(), gutter.right.end());
    std::sort(both.begin(), both.end(),
              [](const Piece* a, const Piece* b) { return a->source < b->source; });
    // How often the source changes sides: once for columns, back to the left below all that came
    // before for each row of a table.
    size_t changes = 0, returns = 0, new_rows = 0;
    float lowest = both.front()->at.y1;
    for (size_t i = 1; i < both.size(); ++i) {
      const auto is_left = [&](const Piece* p) { return MiddleX(p->at) < gutter.middle(); };
      if (is_left(both[i]) != is_left(both[i - 1])) {
        ++changes;
        if (is_left(both[i])) {
          ++returns;
          if (MiddleY(both[i]->at) > lowest) ++new_rows;
        }
      }
      lowest = std::max(lowest, both[i]->at.y1);
    }
    if (kFewChanges * changes <= both.size()) return true;
    const bool filled = std::min(FillOf(gutter.left), FillOf(gutter.right)) >= kProseFill;
    // Prose that the source draws line by line across both columns: sentences go on in the next
    // line.
    const auto rows = static_cast<float>(std::min(gutter.left.size(), gutter.right.size()));
    if (filled && static_cast<float>(returns) >= kTableRows * (rows - 1) &&
        std::min(GoingOn(gutter.left), GoingOn(gutter.right)) >= kGoingOn) {
      return true;
    }
    const bool is_table =
        returns > 1 && kTableRows * static_cast<float>(returns) <= static_cast<float>(new_rows);
    return !is_table && filled;
  }

  float WordsOf(const Pieces& pieces) const {
    std::vector<float> words;
    for (const Piece* piece : pieces) words.push_back(static_cast<float>(piece->items.size()));
    return Median(words, 0.0F);
  }
  static float LabelsOf(const Pieces& pieces) {
    const auto labels =
        std::count_if(pieces.begin(), pieces.end(), [](const Piece* p) { return p->is_label; });
    return static_cast<float>(labels) / static_cast<float>(pieces.size());
  }
  // What share of the lines below the first goes on from the one above.
  static float GoingOn(const Pieces& pieces) {
    const Piece* first = *std::min_element(
        pieces.begin(), pieces.end(),
        [](const Piece* a, const Piece* b) { return MiddleY(a->at) < MiddleY(b->at); });
    const auto low = std::count_if(pieces.begin(), pieces.end(),
                                   [&](const Piece* p) { return p != first && p->begins_lower; });
    return static_cast<float>(low) / static_cast<float>(pieces.size() - 1);
  }
  // What share of its column's width the usual piece has.
  static float FillOf(const Pieces& pieces) {
    Rect column = pieces.front()->at;
    std::vector<float> widths;
    for (const Piece* piece : pieces) {
      column = Hull(column, piece->at);
      widths.push_back(piece->at.width());
    }
    return Median(widths, 0.0F) / std::max(1e-3F, column.width());
  }

  // A column may begin above or end below the one beside it.
  void Lengthen(const Pieces& pieces, Gutter* gutter) const {
    Rect left = gutter->left.front()->at, right = gutter->right.front()->at;
    for (const Piece* piece : gutter->left) left = Hull(left, piece->at);
    for (const Piece* piece : gutter->right) right = Hull(right, piece->at);
    const float slack = em_;
    const auto within = [&](const Rect& at, const Rect& column) {
      return at.x0 >= column.x0 - slack && at.x1 <= column.x1 + slack;
    };
    const auto grow = [&](bool down) {
      Pieces sorted = pieces;
      std::sort(sorted.begin(), sorted.end(), [&](const Piece* a, const Piece* b) {
        return down ? a->at.y0 < b->at.y0 : a->at.y1 > b->at.y1;
      });
      for (const Piece* piece : sorted) {
        const Rect& at = piece->at;
        if (down ? MiddleY(at) <= gutter->y1 : MiddleY(at) >= gutter->y0) continue;
        Rect* column = within(at, left) ? &left : within(at, right) ? &right : nullptr;
        if (column == nullptr && IsRounded(*piece, *gutter, pieces)) continue;
        if (column == nullptr) return;
        const float gap = down ? at.y0 - column->y1 : column->y0 - at.y1;
        if (gap > (kColumnLeading - 1) * height_) return;
        *column = Hull(*column, at);
        (down ? gutter->y1 : gutter->y0) = down ? at.y1 : at.y0;
      }
    };
    grow(true);
    grow(false);
  }

  struct Row {
    Pieces pieces;  // left to right
    Rect at;        // of the piece with most words
  };

  std::vector<Row> MakeRows(Pieces pieces) const {
    std::sort(pieces.begin(), pieces.end(), [](const Piece* a, const Piece* b) {
      return std::pair(MiddleY(a->at), a->at.x0) < std::pair(MiddleY(b->at), b->at.x0);
    });
    std::vector<Row> rows;
    // Those that what comes may still stand on.
    constexpr size_t kRecent = 8;
    for (const Piece* piece : pieces) {
      Row* row = nullptr;
      float common = 0;
      for (size_t i = rows.size() - std::min(rows.size(), kRecent); i < rows.size(); ++i) {
        Row& other = rows[i];
        const bool known =
            std::any_of(other.pieces.begin(), other.pieces.end(),
                        [&](const Piece* p) { return p->line >= 0 && p->line == piece->line; });
        if (piece->cells >= 0 || other.pieces.front()->cells >= 0) continue;
        if (!known && (piece->tall || IsTall(other.at))) continue;
        if (!SharesHeight(piece->at, other.at, known ? kBeside : kSameLine)) continue;
        const bool overlaps =
            !known && std::any_of(other.pieces.begin(), other.pieces.end(), [&](const Piece* p) {
              return std::min(p->at.x1, piece->at.x1) - std::max(p->at.x0, piece->at.x0) > em_;
            });
        if (overlaps || CommonHeight(piece->at, other.at) <= common) continue;
        common = CommonHeight(piece->at, other.at);
        row = &other;
      }
      if (row == nullptr) {
        row = &rows.emplace_back();
        row->at = piece->at;
      } else if (piece->items.size() > row->pieces.front()->items.size()) {
        row->at = piece->at;
      }
      row->pieces.push_back(piece);
    }
    for (Row& row : rows) {
      std::sort(row.pieces.begin(), row.pieces.end(),
                [](const Piece* a, const Piece* b) { return MiddleX(a->at) < MiddleX(b->at); });
    }
    return rows;
  }

  void AcrossTheLines(Pieces pieces) {
    const std::vector<Row> rows = MakeRows(std::move(pieces));
    ++block_;
    for (size_t i = 0; i < rows.size();) {
      if (i > 0 && rows[i].at.y0 - rows[i - 1].at.y1 > kParagraph * height_) ++block_;
      const size_t end = EndOfCells(rows, i);
      if (end == i + 1) {
        Emit(rows[i].pieces);
      } else {
        EmitCells(rows, i, end);
      }
      i = end;
    }
  }

  // Rows of a table whose cells take several lines: from `begin` to before the one returned, which
  // is the next where the row has but one line.
  size_t EndOfCells(const std::vector<Row>& rows, size_t begin) const {
    const Row& first = rows[begin];
    if (first.pieces.size() < 2 || !HasCells(first)) return begin + 1;
    size_t end = begin + 1;
    std::vector<bool> open(first.pieces.size(), true);  // the cells that may go on
    while (end < rows.size() && Continues(first, rows[end - 1], rows[end], &open)) ++end;
    if (end == begin + 1) return end;
    // A cell that goes on below is told from a row with empty cells by the distance of the next
    // row, or since it is the only one that goes on.
    Pieces below;
    for (size_t i = begin + 1; i < end; ++i) {
      below.insert(below.end(), rows[i].pieces.begin(), rows[i].pieces.end());
    }
    const bool one_column = std::all_of(below.begin(), below.end(), [&](const Piece* p) {
      return CellOf(first, *p) == CellOf(first, *below.front());
    });
    if (one_column) return end;
    const float leading = Pitch(rows[begin], rows[begin + 1]);
    const bool apart =
        end == rows.size() || Pitch(rows[end - 1], rows[end]) > kRowLeading * leading;
    const bool apart_above = begin == 0 || Pitch(rows[begin - 1], first) > kRowLeading * leading;
    return apart && apart_above ? end : begin + 1;
  }

  bool HasCells(const Row& row) const {
    for (size_t i = 1; i < row.pieces.size(); ++i) {
      if (!IsGap(*row.pieces[i - 1], *row.pieces[i], kGutter * em_)) return false;
    }
    return true;
  }

  static float Pitch(const Row& above, const Row& below) {
    return MiddleY(below.at) - MiddleY(above.at);
  }

  // Whether `row` may be further lines of the `open` cells of `first`, close below `above`; leaves
  // open those that go on.
  bool Continues(const Row& first, const Row& above, const Row& row,
                 std::vector<bool>* open) const {
    if (row.pieces.size() >= first.pieces.size() || !HasCells(row)) return false;
    if (row.at.y0 - above.at.y1 > kParagraph * height_ / 2) return false;
    std::vector<bool> go_on(first.pieces.size(), false);
    for (const Piece* piece : row.pieces) {
      const std::optional<size_t> cell = CellOf(first, *piece);
      if (!cell.has_value() || !(*open)[*cell]) return false;
      go_on[*cell] = true;
    }
    *open = std::move(go_on);
    return true;
  }

  // The piece of `first` below which `piece` stands, and no other.
  std::optional<size_t> CellOf(const Row& first, const Piece& piece) const {
    std::optional<size_t> cell;
    for (size_t i = 0; i < first.pieces.size(); ++i) {
      const Rect& at = first.pieces[i]->at;
      const float common = std::min(at.x1, piece.at.x1) - std::max(at.x0, piece.at.x0);
      if (common <= 0) continue;
      if (cell.has_value()) return std::nullopt;
      cell = i;
    }
    return cell;
  }

  void EmitCells(const std::vector<Row>& rows, size_t begin, size_t end) {
    const Row& first = rows[begin];
    Pieces line;  // cells of one line that follow each other
    for (size_t cell = 0; cell < first.pieces.size(); ++cell) {
      line.push_back(first.pieces[cell]);
      bool goes_on = false;
      for (size_t i = begin + 1; i < end; ++i) {
        for (const Piece* piece : rows[i].pieces) {
          if (CellOf(first, *piece) != cell) continue;
          goes_on = true;
          Emit(std::exchange(line, {}));
          Emit({piece});
        }
      }
      if (goes_on) line.clear();
    }
    Emit(line);
  }

  // Cells that hold lines below each other are read by themselves, others with their neighbours.
  void EmitCellRow(const CellRow& row) {
    ++block_;
    bool open = false;  // whether the last line takes the next cell
    for (const std::vector<int>& cell : row) {
      std::vector<OrderItem> inside;
      for (const int item : cell) inside.push_back(Item(item));
      const std::vector<OrderedLine> lines = Layout(inside, {}).Run();
      for (const OrderedLine& line : lines) {
        if (!open || lines.size() > 1) lines_.emplace_back().block = block_;
        for (const int item : line.items) {
          lines_.back().items.push_back(cell[static_cast<size_t>(item)]);
        }
      }
      open = lines.size() == 1;
    }
  }

  void Emit(const Pieces& pieces) {
    if (pieces.empty()) return;
    if (pieces.front()->cells >= 0) {
      EmitCellRow(rows_[static_cast<size_t>(pieces.front()->cells)]);
      return;
    }
    OrderedLine& line = lines_.emplace_back();
    line.block = block_;
    for (const Piece* piece : pieces) {
      line.items.insert(line.items.end(), piece->items.begin(), piece->items.end());
    }
  }

  const OrderItem& Item(int index) const { return items_[static_cast<size_t>(index)]; }

  const std::vector<OrderItem>& items_;
  const std::vector<CellRow> rows_;
  std::vector<bool> in_row_;   // per item: it stands in one of rows_
  float height_ = 0, em_ = 0;  // of the usual word
  float top_ = 0;
  std::vector<std::vector<int>> bands_;
  int block_ = -1;
  std::vector<OrderedLine> lines_;
};

}  // namespace

std::vector<OrderedLine> ReadingOrder(const std::vector<OrderItem>& items,
                                      const std::vector<Rect>& frames) {
  return Layout(items, FindCellRows(items, frames)).Run();
}

Rect TurnUpright(const Rect& rect, int turns) {
  switch (turns) {
    case 1:
      return {rect.y0, -rect.x1, rect.y1, -rect.x0};
    case 2:
      return {-rect.x1, -rect.y1, -rect.x0, -rect.y0};
    case 3:
      return {-rect.y1, rect.x0, -rect.y0, rect.x1};
    default:
      return rect;
  }
}

}  // namespace foia::ocr
