#include "ocr/pdf/geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace foia::ocr {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

// x' = a x + b y + c; y' = d x + e y + f.
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
};

// First `m`, then `next`.
Affine Then(const Affine& m, const Affine& next) {
  return {next.a * m.a + next.b * m.d,          next.a * m.b + next.b * m.e,
          next.a * m.c + next.b * m.f + next.c, next.d * m.a + next.e * m.d,
          next.d * m.b + next.e * m.e,          next.d * m.c + next.e * m.f + next.f};
}

Affine Inverse(const Affine& m) {
  const double det = m.a * m.e - m.b * m.d;
  Affine r{m.e / det, -m.b / det, 0, -m.d / det, m.a / det, 0};
  r.c = -(r.a * m.c + r.b * m.f);
  r.f = -(r.d * m.c + r.e * m.f);
  return r;
}

// Turns an upright sheet of `width` x `height` clockwise by quarter turns.
Affine QuarterTurns(int turns, double width, double height) {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return {0, -1, height, 1, 0, 0};
    case 2:
      return {-1, 0, width, 0, -1, height};
    case 3:
      return {0, 1, 0, -1, 0, width};
    default:
      return {};
  }
}

double StoredWidth(const PageTransform& t) {
  return static_cast<double>(t.crop_box().x1() - t.crop_box().x0()) *
         (t.user_unit() > 0 ? static_cast<double>(t.user_unit()) : 1);
}

double StoredHeight(const PageTransform& t) {
  return static_cast<double>(t.crop_box().y1() - t.crop_box().y0()) *
         (t.user_unit() > 0 ? static_cast<double>(t.user_unit()) : 1);
}

Affine StoredTo(const PageTransform& t, Space space) {
  if (space == Space::kStored) return {};
  double width = StoredWidth(t), height = StoredHeight(t);
  const int rotate = t.rotate() / 90;
  Affine m = QuarterTurns(rotate, width, height);
  if (space == Space::kDisplayed) return m;
  if (rotate % 2 != 0) std::swap(width, height);
  const double scale = (t.dpi() > 0 ? t.dpi() : 72) / 72.0;
  m = Then(m, {scale, 0, 0, 0, scale, 0});
  width *= scale;
  height *= scale;
  m = Then(m, QuarterTurns(t.upright_quarter_turns(), width, height));
  if (t.upright_quarter_turns() % 2 != 0) std::swap(width, height);
  const double angle = static_cast<double>(t.deskew_degrees()) * kDegree;
  const double cos = std::cos(angle), sin = std::sin(angle);
  const double cx = width / 2, cy = height / 2;
  // Clockwise on a y-down plane, about the middle.
  return Then(m, {cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy});
}

}  // namespace

Rect Intersect(const Rect& a, const Rect& b) {
  return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

Rect Union(const Rect& a, const Rect& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

float Coverage(const Rect& a, const Rect& b) {
  return a.empty() ? 0 : Intersect(a, b).area() / a.area();
}

float IntersectionOverUnion(const Rect& a, const Rect& b) {
  const float common = Intersect(a, b).area();
  return common <= 0 ? 0 : common / (a.area() + b.area() - common);
}

documents::v1::Box ToBox(const Rect& rect) {
  documents::v1::Box box;
  box.set_x0(rect.x0);
  box.set_y0(rect.y0);
  box.set_x1(rect.x1);
  box.set_y1(rect.y1);
  return box;
}

Rect FromBox(const documents::v1::Box& box) { return {box.x0(), box.y0(), box.x1(), box.y1()}; }

Rect Convert(const PageTransform& transform, const Rect& rect, Space from, Space to) {
  const Affine m = Then(Inverse(StoredTo(transform, from)), StoredTo(transform, to));
  double x0 = 1e30, y0 = 1e30, x1 = -1e30, y1 = -1e30;
  for (const float px : {rect.x0, rect.x1}) {
    for (const float py : {rect.y0, rect.y1}) {
      const double x = static_cast<double>(px), y = static_cast<double>(py);
      const double u = m.a * x + m.b * y + m.c, v = m.d * x + m.e * y + m.f;
      x0 = std::min(x0, u), x1 = std::max(x1, u), y0 = std::min(y0, v), y1 = std::max(y1, v);
    }
  }
  return {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(x1),
          static_cast<float>(y1)};
}

Rect LevelBox(const PageTransform& transform, const Rect& stored) {
  const Rect grown = Convert(transform, stored, Space::kStored, Space::kPixels);
  const double angle = std::abs(static_cast<double>(transform.deskew_degrees())) * kDegree;
  // The stored box of a w by h word is w cos + h sin by w sin + h cos, and turning that grows it
  // once more. Far from level the two cannot be told apart.
  const double cos = std::cos(angle), sin = std::sin(angle), det = cos * cos - sin * sin;
  if (angle == 0 || det < 0.5) return grown;
  const auto solve = [&](double* width, double* height) {
    const double w = (*width * cos - *height * sin) / det;
    const double h = (*height * cos - *width * sin) / det;
    *width = std::max(w, 0.0), *height = std::max(h, 0.0);
  };
  double width = static_cast<double>(grown.width()), height = static_cast<double>(grown.height());
  solve(&width, &height);
  solve(&width, &height);
  const double x = static_cast<double>(grown.x0 + grown.x1) / 2;
  const double y = static_cast<double>(grown.y0 + grown.y1) / 2;
  return {static_cast<float>(x - width / 2), static_cast<float>(y - height / 2),
          static_cast<float>(x + width / 2), static_cast<float>(y + height / 2)};
}

Matrix PixelsToUserSpace(const PageTransform& transform) {
  const double unit = transform.user_unit() > 0 ? static_cast<double>(transform.user_unit()) : 1;
  const Affine m = Then(Inverse(StoredTo(transform, Space::kPixels)),
                        {1 / unit, 0, static_cast<double>(transform.crop_box().x0()), 0, -1 / unit,
                         static_cast<double>(transform.crop_box().y1())});
  return {m.a, m.d, m.b, m.e, m.c, m.f};
}

Rect DisplayedPage(const PageTransform& transform) {
  return Convert(transform,
                 {0, 0, static_cast<float>(StoredWidth(transform)),
                  static_cast<float>(StoredHeight(transform))},
                 Space::kStored, Space::kDisplayed);
}

}  // namespace foia::ocr
