// The order in which a person reads what stands on a page, from the places alone: lines across
// tables, forms and boxes, column after column where prose is set in columns. The order in which a
// file draws its words, or in which recognition finds them, only decides where places do not.
#ifndef FOIA_OCR_PAGE_READING_ORDER_H_
#define FOIA_OCR_PAGE_READING_ORDER_H_

#include <vector>

#include "ocr/pdf/geometry.h"

namespace foia::ocr {

// A word, or a redaction box, of an upright page.
struct OrderItem {
  Rect at;
  int line = -1;          // on which the source has it; negative: on none
  int letters = 0;        // 0: a box
  bool is_label = false;  // ends with a colon: what follows it on the line belongs to it
  bool is_lower = false;  // begins with a small letter: a line that does goes on from another
};

// What is read in one go, left to right; indexes of the items.
struct OrderedLine {
  std::vector<int> items;
  int block = 0;  // paragraph, column or row of a table; rises over the page
};

// `items` come in the order of their source. Cells among `frames`, the rectangles that lines
// enclose, are read one after the other, where any of their row holds lines below each other: a
// label above its value. Every item is on one line of the result. Takes time n log n for pages of
// text, n * n where most items lie side by side.
std::vector<OrderedLine> ReadingOrder(const std::vector<OrderItem>& items,
                                      const std::vector<Rect>& frames = {});

// `rect` of a page whose text runs in direction `turns` (clockwise quarter turns from left to
// right) in coordinates in which it runs from left to right.
Rect TurnUpright(const Rect& rect, int turns);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_READING_ORDER_H_
