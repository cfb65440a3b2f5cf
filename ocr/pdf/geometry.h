// The three coordinate systems of a page and the one function that converts between them.
//
// Stored: points, UserUnit applied, relative to the CropBox's upper left corner, y down, before
// /Rotate. Displayed: points of the page as a person sees it, after /Rotate, upper left origin.
// Pixels: of the raster that was read, after it was turned upright and levelled.
#ifndef FOIA_OCR_PDF_GEOMETRY_H_
#define FOIA_OCR_PDF_GEOMETRY_H_

#include "foia/documents/v1/page_record.pb.h"

namespace foia::ocr {

using documents::v1::PageTransform;

// A rectangle, x0 <= x1 and y0 <= y1, in whichever space its user says.
struct Rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  float width() const { return x1 - x0; }
  float height() const { return y1 - y0; }
  float area() const { return empty() ? 0 : width() * height(); }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
  bool operator==(const Rect&) const = default;
};

// The common part; empty() when there is none.
Rect Intersect(const Rect& a, const Rect& b);
// The smallest rectangle around both; an empty one does not count.
Rect Union(const Rect& a, const Rect& b);
// Share of `a` that `b` covers, 0 to 1; 0 for an empty `a`.
float Coverage(const Rect& a, const Rect& b);
// Intersection over union, 0 to 1.
float IntersectionOverUnion(const Rect& a, const Rect& b);

documents::v1::Box ToBox(const Rect& rect);
Rect FromBox(const documents::v1::Box& box);

enum class Space { kStored, kDisplayed, kPixels };

// `rect` of space `from` in space `to`; where the raster was levelled, the rectangle around the
// turned one.
Rect Convert(const PageTransform& transform, const Rect& rect, Space from, Space to);

// Box of a word on the raster (pixels) from its stored one: what Convert added around the turned
// box of a levelled raster is taken away again.
Rect LevelBox(const PageTransform& transform, const Rect& stored);

// A PDF matrix: x' = a x + c y + e, y' = b x + d y + f.
struct Matrix {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
};
// From the raster's pixels, y downwards, to the page's default user space, y upwards.
Matrix PixelsToUserSpace(const PageTransform& transform);

// Width and height of the page as displayed, as a rectangle at the origin.
Rect DisplayedPage(const PageTransform& transform);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_GEOMETRY_H_
