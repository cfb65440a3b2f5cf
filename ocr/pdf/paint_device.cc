#include "ocr/pdf/paint_device.h"

#include <algorithm>
#include <bit>
#include <bitset>
#include <cmath>
#include <cstring>
#include <utility>

#include "ocr/pdf/draw_order.h"
#include "ocr/pdf/forms.h"

namespace foia::ocr {
namespace {

// Paint at least this opaque hides what is below.
constexpr float kOpaque = 0.95F;
// Text fainter than this cannot be seen.
constexpr float kFaint = 0.1F;
// A path counts as the rectangle around it when it fills at least this share of it.
constexpr double kRectangular = 0.9;
// A stroke this thick (points) can hide a line of text.
constexpr float kThickStroke = 4.5F;
// Smaller paint is a rule, a bullet or a speck (points).
constexpr float kMinWidth = 3, kMinHeight = 3;
// More images on a page are not noted.
constexpr size_t kMostImages = 100'000;
// Of the largest image on the page.
constexpr float kAboutAsLarge = 0.5F;
// Cells a side of the grid that notes what was painted where.
constexpr int kVeilCells = 96;
// Thinner paint (points) is a rule that hides no text.
constexpr float kThinVeil = 1.5F;
// Less of a glyph's width within the clip cannot be read. Its box is as high as the font's tallest
// letters or higher: of little of the height the pixels must tell.
constexpr float kReadableWidth = 0.5F, kNoHeight = 0.1F, kSureHeight = 0.9F;
// A path that fills this much of the box around it is that box.
constexpr double kExact = 0.99;

Rect ToRect(fz_rect r) { return {r.x0, r.y0, r.x1, r.y1}; }

// What a colour of MuPDF's looks like.
struct Tone {
  Colour colour;
  float grey = 0;
};

Tone ToneOf(fz_context* ctx, fz_colorspace* space, const float* color, fz_color_params params) {
  Tone tone;
  if (space == nullptr) return tone;
  float out[FZ_MAX_COLORS] = {0};
  fz_convert_color(ctx, space, color, fz_device_gray(ctx), out, nullptr, params);
  tone.grey = out[0];
  fz_convert_color(ctx, space, color, fz_device_rgb(ctx), out, nullptr, params);
  tone.colour = {out[0], out[1], out[2]};
  return tone;
}

// In clockwise quarter turns from the right.
int TurnsOf(fz_point direction) {
  if (std::abs(direction.x) >= std::abs(direction.y)) return direction.x < 0 ? 2 : 0;
  return direction.y > 0 ? 1 : 3;
}

// A scan may be cut into strips, and a picture may lie on another: counted are the cells of a grid
// that have one in their middle.
double ShareUnder(const std::vector<PlacedImage>& images, const Rect& sheet) {
  constexpr int kCells = 32;
  std::bitset<kCells * kCells> under;
  const float width = sheet.width() / kCells, height = sheet.height() / kCells;
  const auto first = [](float at) { return std::clamp(std::ceil(at - 0.5F), 0.0F, 1.0F * kCells); };
  for (const PlacedImage& image : images) {
    const auto x0 = static_cast<size_t>(first((image.box.x0 - sheet.x0) / width));
    const auto x1 = static_cast<size_t>(first((image.box.x1 - sheet.x0) / width));
    const auto y0 = static_cast<size_t>(first((image.box.y0 - sheet.y0) / height));
    const auto y1 = static_cast<size_t>(first((image.box.y1 - sheet.y0) / height));
    for (size_t y = y0; y < y1; ++y) {
      for (size_t x = x0; x < x1; ++x) under.set(y * kCells + x);
    }
  }
  return static_cast<double>(under.count()) / static_cast<double>(under.size());
}

// The marks of forms are letters of a font without names that MuPDF knows.
char32_t CharacterOf(const char* font, int code) {
  const auto c = static_cast<char32_t>(code);
  if (c <= ' ' || c > '~' || std::strstr(font, "Dingbats") == nullptr) return c;
  switch (c) {
    case '%':
      return U'\u260E';
    case '*':
      return U'\u261B';
    case '+':
      return U'\u261E';
    case 'H':
      return U'\u2605';
    case 'l':
      return U'\u25CF';
    case 'n':
      return U'\u25A0';
    case 's':
      return U'\u25B2';
    case 't':
      return U'\u25BC';
    case 'u':
      return U'\u25C6';
    case 'w':
      return U'\u25D7';
    default:
      return 0x2700 + (c - ' ');
  }
}

struct Device {
  fz_device super;
  PaintRecorder* recorder;
};

}  // namespace

uint64_t NameOfText(const fz_text* text, fz_matrix ctm) {
  uint64_t name = 0xCBF29CE484222325U;  // FNV-1a
  const auto add = [&](float value) {
    name = (name ^ std::bit_cast<uint32_t>(value)) * 0x100000001B3U;
  };
  for (const fz_text_span* span = text->head; span != nullptr; span = span->next) {
    for (const float v : {span->trm.a, span->trm.b, span->trm.c, span->trm.d}) add(v);
    for (int i = 0; i < span->len; ++i) {
      const fz_text_item& item = span->items[i];
      const fz_point at = fz_transform_point_xy(item.x, item.y, ctm);
      add(at.x);
      add(at.y);
      add(static_cast<float>(item.gid));
    }
  }
  return name;
}

// The device's callbacks, with access to the recorder.
struct PaintCallbacks {
  static PaintRecorder& Get(fz_device* dev) { return *reinterpret_cast<Device*>(dev)->recorder; }

  static void EndSubpath(PaintRecorder& r) {
    if (r.polygon_.size() >= 3) {
      ++r.subpaths_;
      double area = 0;
      fz_rect box = fz_empty_rect;
      for (size_t i = 0; i < r.polygon_.size(); ++i) {
        const fz_point a = r.polygon_[i], b = r.polygon_[(i + 1) % r.polygon_.size()];
        area += static_cast<double>(a.x) * static_cast<double>(b.y) -
                static_cast<double>(b.x) * static_cast<double>(a.y);
        box = fz_include_point_in_rect(i == 0 ? fz_rect{a.x, a.y, a.x, a.y} : box, a);
      }
      const double whole =
          static_cast<double>(box.x1 - box.x0) * static_cast<double>(box.y1 - box.y0);
      r.filled_ = whole > 0 ? std::abs(area) / 2 / whole : 0;
      if (r.filled_ >= kRectangular) r.pieces_.push_back(box);
      r.pieces_exact_ &= r.filled_ >= kExact;
    }
    r.polygon_.clear();
  }

  struct Walk {
    PaintRecorder* recorder;
    fz_matrix ctm;
    float half_width;  // of a stroke; 0 for a fill
  };
  static void Add(void* arg, float x, float y) {
    auto* walk = static_cast<Walk*>(arg);
    walk->recorder->polygon_.push_back(fz_transform_point_xy(x, y, walk->ctm));
  }
  static void MoveTo(fz_context*, void* arg, float x, float y) {
    EndSubpath(*static_cast<Walk*>(arg)->recorder);
    Add(arg, x, y);
  }
  static void LineTo(fz_context*, void* arg, float x, float y) { Add(arg, x, y); }
  static void CurveTo(fz_context*, void* arg, float x1, float y1, float x2, float y2, float x3,
                      float y3) {
    // Control points are near enough for the area of rounded corners.
    Add(arg, x1, y1);
    Add(arg, x2, y2);
    Add(arg, x3, y3);
  }
  static void ClosePath(fz_context*, void*) {}

  static void StrokeSegment(Walk* walk, fz_point a, fz_point b) {
    const float w = walk->half_width;
    if (std::abs(a.y - b.y) < 1) {
      walk->recorder->pieces_.push_back(
          {std::min(a.x, b.x), std::min(a.y, b.y) - w, std::max(a.x, b.x), std::max(a.y, b.y) + w});
    } else if (std::abs(a.x - b.x) < 1) {
      walk->recorder->pieces_.push_back(
          {std::min(a.x, b.x) - w, std::min(a.y, b.y), std::max(a.x, b.x) + w, std::max(a.y, b.y)});
    }
  }
  static void StrokeMoveTo(fz_context*, void* arg, float x, float y) {
    static_cast<Walk*>(arg)->recorder->polygon_.clear();
    Add(arg, x, y);
  }
  static void StrokeLineTo(fz_context*, void* arg, float x, float y) {
    auto* walk = static_cast<Walk*>(arg);
    Add(arg, x, y);
    const std::vector<fz_point>& p = walk->recorder->polygon_;
    if (p.size() >= 2) StrokeSegment(walk, p[p.size() - 2], p[p.size() - 1]);
  }
  static void StrokeCurveTo(fz_context*, void* arg, float, float, float, float, float x, float y) {
    Add(arg, x, y);
  }

  // Notes the rectangles that the path is made of.
  static void TakePieces(fz_context* ctx, PaintRecorder& r, const fz_path* path, fz_matrix ctm) {
    r.polygon_.clear();
    r.pieces_.clear();
    r.subpaths_ = 0;
    r.pieces_exact_ = true;
    Walk walk{&r, ctm, 0};
    const fz_path_walker walker{MoveTo,  LineTo,  CurveTo, ClosePath,
                                nullptr, nullptr, nullptr, nullptr};
    fz_walk_path(ctx, path, &walker, &walk);
    EndSubpath(r);
  }

  static void FillPath(fz_context* ctx, fz_device* dev, const fz_path* path, int, fz_matrix ctm,
                       fz_colorspace* space, const float* color, float alpha,
                       fz_color_params params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    r.NoteVeil(fz_bound_path(ctx, path, nullptr, ctm));
    if (!r.Opaque(alpha)) return;
    const Tone tone = ToneOf(ctx, space, color, params);
    TakePieces(ctx, r, path, ctm);
    for (const fz_rect& piece : r.pieces_) {
      r.AddPaint(PaintEvent::Kind::kFill, piece, tone.grey, tone.colour, r.pieces_exact_);
    }
  }

  static void StrokePath(fz_context* ctx, fz_device* dev, const fz_path* path,
                         const fz_stroke_state* stroke, fz_matrix ctm, fz_colorspace* space,
                         const float* color, float alpha, fz_color_params params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    const float width = stroke->linewidth * fz_matrix_expansion(ctm);
    if (width >= kThinVeil) r.NoteVeil(fz_bound_path(ctx, path, stroke, ctm));
    if (width < kThickStroke || stroke->dash_len > 0 || !r.Opaque(alpha)) return;
    const Tone tone = ToneOf(ctx, space, color, params);
    r.polygon_.clear();
    r.pieces_.clear();
    Walk walk{&r, ctm, width / 2};
    const fz_path_walker walker{StrokeMoveTo, StrokeLineTo, StrokeCurveTo, ClosePath,
                                nullptr,      nullptr,      nullptr,       nullptr};
    fz_walk_path(ctx, path, &walker, &walk);
    r.polygon_.clear();
    for (const fz_rect& piece : r.pieces_)
      r.AddPaint(PaintEvent::Kind::kFill, piece, tone.grey, tone.colour);
  }

  static void FillText(fz_context* ctx, fz_device* dev, const fz_text* text, fz_matrix ctm,
                       fz_colorspace* space, const float* color, float alpha,
                       fz_color_params params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    fz_fill_text(ctx, r.text_device_, text, ctm, space, color, alpha, params);
    r.TakeGlyphs(ctx, text, ctm, r.InkOf(alpha));
  }
  static void StrokeText(fz_context* ctx, fz_device* dev, const fz_text* text,
                         const fz_stroke_state* stroke, fz_matrix ctm, fz_colorspace* space,
                         const float* color, float alpha, fz_color_params params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    fz_stroke_text(ctx, r.text_device_, text, stroke, ctm, space, color, alpha, params);
    r.TakeGlyphs(ctx, text, ctm, r.InkOf(alpha));
  }
  static void ClipText(fz_context* ctx, fz_device* dev, const fz_text* text, fz_matrix ctm,
                       fz_rect scissor) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    fz_clip_text(ctx, r.text_device_, text, ctm, scissor);
    r.TakeGlyphs(ctx, text, ctm, PaintRecorder::Ink::kByClip);
    r.PushClip(fz_bound_text(ctx, text, nullptr, ctm), false);
  }
  static void ClipStrokeText(fz_context* ctx, fz_device* dev, const fz_text* text,
                             const fz_stroke_state* stroke, fz_matrix ctm, fz_rect scissor) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    fz_clip_stroke_text(ctx, r.text_device_, text, stroke, ctm, scissor);
    r.TakeGlyphs(ctx, text, ctm, PaintRecorder::Ink::kByClip);
    r.PushClip(fz_bound_text(ctx, text, stroke, ctm), false);
  }
  static void IgnoreText(fz_context* ctx, fz_device* dev, const fz_text* text, fz_matrix ctm) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    fz_ignore_text(ctx, r.text_device_, text, ctm);
    r.TakeGlyphs(ctx, text, ctm, PaintRecorder::Ink::kNone);
  }

  static void FillShade(fz_context* ctx, fz_device* dev, fz_shade* shade, fz_matrix ctm, float,
                        fz_color_params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    r.NoteVeil(fz_bound_shade(ctx, shade, ctm));
  }
  static void FillImage(fz_context*, fz_device* dev, fz_image* image, fz_matrix ctm, float alpha,
                        fz_color_params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    const fz_rect box = fz_intersect_rect(fz_transform_rect(fz_unit_rect, ctm), r.ClipBox());
    NoteImage(r, image, ctm, box);
    r.NoteVeil(box);
    // Turned images do not fill their box.
    const bool upright =
        std::min(std::abs(ctm.a) + std::abs(ctm.d), std::abs(ctm.b) + std::abs(ctm.c)) < 1;
    if (image->mask == nullptr && upright && r.Opaque(alpha)) {
      r.AddPaint(PaintEvent::Kind::kImage, box, 0, {}, image->use_colorkey == 0);
    }
  }
  static void FillImageMask(fz_context*, fz_device* dev, fz_image* image, fz_matrix ctm,
                            fz_colorspace*, const float*, float, fz_color_params) {
    PaintRecorder& r = Get(dev);
    ++r.sequence_;
    const fz_rect box = fz_intersect_rect(fz_transform_rect(fz_unit_rect, ctm), r.ClipBox());
    NoteImage(r, image, ctm, box);
    r.NoteVeil(box);
  }
  static void NoteImage(PaintRecorder& r, fz_image* image, fz_matrix ctm, fz_rect box) {
    if (fz_is_empty_rect(box) || r.images_.size() >= kMostImages) return;
    // Of a matrix beyond all numbers.
    if (!std::isfinite(box.x0 + box.y0 + box.x1 + box.y1)) return;
    PlacedImage placed;
    placed.box = ToRect(box);
    const float width = std::hypot(ctm.a, ctm.b), height = std::hypot(ctm.c, ctm.d);
    if (width > 0 && height > 0) {
      placed.dpi = static_cast<int>(
          std::lround(std::clamp(72 * std::max(static_cast<float>(image->w) / width,
                                               static_cast<float>(image->h) / height),
                                 1.0F, 9999.0F)));
    }
    r.images_.push_back(placed);
  }

  static void ClipPath(fz_context* ctx, fz_device* dev, const fz_path* path, int, fz_matrix ctm,
                       fz_rect) {
    PaintRecorder& r = Get(dev);
    const fz_rect box = fz_bound_path(ctx, path, nullptr, ctm);
    TakePieces(ctx, r, path, ctm);
    // One that lets nothing through does so in any shape.
    r.PushClip(box, fz_is_empty_rect(box) != 0 || (r.subpaths_ == 1 && r.filled_ >= kExact));
  }
  static void ClipStrokePath(fz_context* ctx, fz_device* dev, const fz_path* path,
                             const fz_stroke_state* stroke, fz_matrix ctm, fz_rect) {
    Get(dev).PushClip(fz_bound_path(ctx, path, stroke, ctm), false);
  }
  static void ClipImageMask(fz_context*, fz_device* dev, fz_image*, fz_matrix ctm, fz_rect) {
    Get(dev).PushClip(fz_transform_rect(fz_unit_rect, ctm), false);
  }
  static void PopClip(fz_context*, fz_device* dev) {
    PaintRecorder& r = Get(dev);
    if (!r.clips_.empty()) r.clips_.pop_back();
  }
  static void BeginMask(fz_context*, fz_device* dev, fz_rect, int, fz_colorspace*, const float*,
                        fz_color_params) {
    ++Get(dev).masks_;
  }
  static void EndMask(fz_context*, fz_device* dev) {
    PaintRecorder& r = Get(dev);
    --r.masks_;
    // The mask now clips until a pop_clip. MuPDF 1.21 does not draw all kinds of masks right (/TR
    // of an alpha mask): text is taken to be seen through them.
    r.PushClip(r.ClipBox(), true, true);
  }
  static void BeginGroup(fz_context*, fz_device* dev, fz_rect, fz_colorspace*, int, int,
                         int blendmode, float alpha) {
    PaintRecorder& r = Get(dev);
    const PaintRecorder::Group outer =
        r.groups_.empty() ? PaintRecorder::Group{1, false} : r.groups_.back();
    r.groups_.push_back({outer.alpha * alpha, outer.is_blended || blendmode != FZ_BLEND_NORMAL});
  }
  static void EndGroup(fz_context*, fz_device* dev) {
    PaintRecorder& r = Get(dev);
    if (!r.groups_.empty()) r.groups_.pop_back();
  }
};

bool PaintRecorder::Opaque(float alpha) const {
  if (masks_ > 0) return false;
  return groups_.empty() ? alpha >= kOpaque
                         : !groups_.back().is_blended && alpha * groups_.back().alpha >= kOpaque;
}

PaintRecorder::Ink PaintRecorder::InkOf(float alpha) const {
  // What is drawn into a mask is no text of the page.
  const bool faint = masks_ > 0 || alpha * (groups_.empty() ? 1 : groups_.back().alpha) < kFaint;
  return faint ? Ink::kNone : Ink::kFull;
}

PaintRecorder::Cells PaintRecorder::CellsOf(const Rect& box) const {
  const auto cell = [](float at, float from, float to) {
    return static_cast<size_t>(std::clamp((at - from) / (to - from) * kVeilCells, 0.0F,
                                          static_cast<float>(kVeilCells - 1)));
  };
  return {cell(box.x0, bounds_.x0, bounds_.x1), cell(box.y0, bounds_.y0, bounds_.y1),
          cell(box.x1, bounds_.x0, bounds_.x1), cell(box.y1, bounds_.y0, bounds_.y1)};
}

void PaintRecorder::NoteVeil(fz_rect box) {
  const Rect seen = ToRect(fz_intersect_rect(box, ClipBox()));
  // Not so where one is no number.
  if (masks_ > 0 || icons_ || !(seen.width() >= kThinVeil) || !(seen.height() >= kThinVeil)) return;
  const Cells cells = CellsOf(seen);
  veils_.resize(static_cast<size_t>(kVeilCells * kVeilCells), -1);
  for (size_t y = cells.y0; y <= cells.y1; ++y) {
    std::fill_n(veils_.begin() + static_cast<ptrdiff_t>(y * kVeilCells + cells.x0),
                cells.x1 - cells.x0 + 1, sequence_);
  }
}

int PaintRecorder::VeilAt(const Rect& box) const {
  int last = -1;
  if (veils_.empty()) return last;
  const Cells cells = CellsOf(box);
  for (size_t y = cells.y0; y <= cells.y1; ++y) {
    for (size_t x = cells.x0; x <= cells.x1; ++x) last = std::max(last, veils_[y * kVeilCells + x]);
  }
  return last;
}

void PaintRecorder::ClipGlyph(bool along_x, Glyph* glyph) const {
  if (clips_.empty()) return;
  const Rect clip = ToRect(ClipBox());
  // The second letter of a ligature has no width.
  const auto share = [](float a0, float a1, float b0, float b1) {
    if (a1 - a0 <= 0) return a0 >= b0 && a0 <= b1 ? 1.0F : 0.0F;
    return std::max(0.0F, std::min(a1, b1) - std::max(a0, b0)) / (a1 - a0);
  };
  float width = share(glyph->box.x0, glyph->box.x1, clip.x0, clip.x1);
  float height = share(glyph->box.y0, glyph->box.y1, clip.y0, clip.y1);
  if (!along_x) std::swap(width, height);
  glyph->clipped = clip.empty() || width < kReadableWidth || height <= kNoHeight;
  glyph->doubtful = !glyph->clipped && (!ClipIsExact() || height < kSureHeight);
}

void PaintRecorder::AddPaint(PaintEvent::Kind kind, fz_rect box, float grey, Colour colour,
                             bool exact) {
  const fz_rect seen = fz_intersect_rect(box, ClipBox());
  if (IsMasked() || icons_) return;
  if (seen.x1 - seen.x0 < kMinWidth || seen.y1 - seen.y0 < kMinHeight) return;
  PaintEvent event;
  event.kind = annotations_ ? PaintEvent::Kind::kAnnotation : kind;
  event.box = ToRect(seen);
  event.sequence = sequence_;
  event.grey = grey;
  event.colour = colour;
  event.exact = exact && ClipIsExact();
  paints_.push_back(event);
}

int PaintRecorder::NumberOf(const fz_font* font) {
  // Mostly it is that of the character before.
  const auto known = std::find(fonts_.rbegin(), fonts_.rend(), font);
  if (known != fonts_.rend()) return static_cast<int>(fonts_.rend() - known) - 1;
  fonts_.push_back(font);
  return static_cast<int>(fonts_.size()) - 1;
}

void PaintRecorder::TakeGlyphs(fz_context* ctx, const fz_text* text, fz_matrix ctm, Ink ink) {
  const uint64_t drawing = NameOfText(text, ctm);
  while (true) {
    // Step to the next character, over line and block ends; stop where nothing more stands yet.
    fz_stext_char* next = nullptr;
    if (char_ != nullptr && char_->next != nullptr) {
      next = char_->next;
    } else {
      fz_stext_line* line = line_ == nullptr ? nullptr : line_->next;
      fz_stext_block* block = block_;
      while (line == nullptr) {
        fz_stext_block* following = block == nullptr ? text_->first_block : block->next;
        if (following == nullptr) return;
        block = following;
        if (block->type == FZ_STEXT_BLOCK_TEXT) line = block->u.t.first_line;
      }
      if (line->first_char == nullptr) return;
      next = line->first_char;
      ++lines_;
      if (block != block_) ++blocks_;
      line_ = line;
      block_ = block;
    }
    char_ = next;
    Glyph glyph;
    glyph.code = CharacterOf(fz_font_name(ctx, char_->font), char_->c);
    glyph.box = ToRect(fz_rect_from_quad(char_->quad));
    glyph.sequence = sequence_;
    glyph.line = lines_;
    glyph.block = blocks_;
    glyph.font = NumberOf(char_->font);
    glyph.turns = TurnsOf(line_->dir);
    const auto channel = [&](int shift) {
      return static_cast<float>((char_->color >> shift) & 0xFF) / 255;
    };
    glyph.colour = {channel(16), channel(8), channel(0)};
    glyph.grey = 0.3F * glyph.colour.r + 0.59F * glyph.colour.g + 0.11F * glyph.colour.b;
    glyph.invisible = ink == Ink::kNone;
    glyph.ground = VeilAt(glyph.box);
    glyph.masked = IsMasked();
    glyph.in_field = fields_;
    glyph.annotation = annotations_;
    glyph.drawing = drawing;
    ClipGlyph(std::abs(line_->dir.x) >= std::abs(line_->dir.y), &glyph);
    glyph.doubtful |= ink == Ink::kByClip && !glyph.clipped;
    glyphs_.push_back(glyph);
  }
}

void PaintRecorder::Run(fz_context* ctx, fz_page* page, fz_rect bounds) {
  bounds_ = bounds;
  text_ = fz_new_stext_page(ctx, bounds);
  fz_stext_options options{};
  options.flags = FZ_STEXT_MEDIABOX_CLIP;
  text_device_ = fz_new_stext_device(ctx, text_, &options);
  auto* device = fz_new_derived_device(ctx, Device);
  device_ = &device->super;
  device->recorder = this;
  device->super.fill_path = PaintCallbacks::FillPath;
  device->super.stroke_path = PaintCallbacks::StrokePath;
  device->super.clip_path = PaintCallbacks::ClipPath;
  device->super.clip_stroke_path = PaintCallbacks::ClipStrokePath;
  device->super.fill_text = PaintCallbacks::FillText;
  device->super.stroke_text = PaintCallbacks::StrokeText;
  device->super.clip_text = PaintCallbacks::ClipText;
  device->super.clip_stroke_text = PaintCallbacks::ClipStrokeText;
  device->super.ignore_text = PaintCallbacks::IgnoreText;
  device->super.fill_shade = PaintCallbacks::FillShade;
  device->super.fill_image = PaintCallbacks::FillImage;
  device->super.fill_image_mask = PaintCallbacks::FillImageMask;
  device->super.clip_image_mask = PaintCallbacks::ClipImageMask;
  device->super.pop_clip = PaintCallbacks::PopClip;
  device->super.begin_mask = PaintCallbacks::BeginMask;
  device->super.end_mask = PaintCallbacks::EndMask;
  device->super.begin_group = PaintCallbacks::BeginGroup;
  device->super.end_group = PaintCallbacks::EndGroup;
  fz_run_page_contents(ctx, page, device_, fz_identity, &cookie_);
  RunAnnotations(ctx, page);
  fz_close_device(ctx, device_);
}

void PaintRecorder::RunAnnotations(fz_context* ctx, fz_page* page) {
  pdf_page* const pdf = pdf_page_from_fz_page(ctx, page);
  if (pdf == nullptr) return;
  ForEachAnnotation(ctx, pdf, [&](pdf_annot* annotation, bool is_field) {
    const enum pdf_annot_type type = pdf_annot_type(ctx, annotation);
    fields_ = is_field;
    annotations_ = !is_field;
    icons_ = type == PDF_ANNOT_TEXT || type == PDF_ANNOT_FILE_ATTACHMENT ||
             type == PDF_ANNOT_SOUND || type == PDF_ANNOT_CARET;
    pdf_run_annot(ctx, annotation, device_, fz_identity, &cookie_);
  });
  fields_ = annotations_ = icons_ = false;
}

void PaintRecorder::AddTicks(fz_context* ctx, pdf_page* page) {
  const auto shown = [](const Glyph& g) { return g.code > ' ' && !g.invisible && !g.clipped; };
  const auto first = std::find_if(glyphs_.begin(), glyphs_.end(), shown);
  if (first == glyphs_.end()) return;
  const int turns = first->turns;
  const size_t before = glyphs_.size();
  for (pdf_annot* widget = pdf_first_widget(ctx, page); widget != nullptr;
       widget = pdf_next_widget(ctx, widget)) {
    if (!IsSetButton(ctx, pdf_annot_obj(ctx, widget))) continue;
    Glyph tick;
    tick.code = U'\u2713';
    tick.box = ToRect(fz_intersect_rect(pdf_bound_widget(ctx, widget), bounds_));
    if (tick.box.empty()) continue;
    const bool has_mark = std::any_of(
        glyphs_.begin(), glyphs_.begin() + static_cast<ptrdiff_t>(before), [&](const Glyph& g) {
          return g.in_field && shown(g) && Coverage(g.box, tick.box) > kReadableWidth;
        });
    if (has_mark) continue;
    tick.sequence = sequence_;
    tick.line = ++lines_;
    tick.block = ++blocks_;
    tick.turns = turns;
    tick.in_field = true;
    glyphs_.push_back(tick);
  }
}

void PaintRecorder::AddAnnotations(fz_context* ctx, pdf_page* page) {
  for (pdf_annot* annot = pdf_first_annot(ctx, page); annot != nullptr;
       annot = pdf_next_annot(ctx, annot)) {
    const enum pdf_annot_type type = pdf_annot_type(ctx, annot);
    if (type != PDF_ANNOT_REDACT) continue;
    ++sequence_;
    const size_t before = paints_.size();
    annotations_ = true;
    const int quads = pdf_annot_quad_point_count(ctx, annot);
    for (int i = 0; i < quads; ++i) {
      AddPaint(PaintEvent::Kind::kAnnotation,
               fz_rect_from_quad(pdf_annot_quad_point(ctx, annot, i)), 0, {});
    }
    if (quads == 0) AddPaint(PaintEvent::Kind::kAnnotation, pdf_annot_rect(ctx, annot), 0, {});
    annotations_ = false;
    for (size_t i = before; i < paints_.size(); ++i) paints_[i].unapplied = true;
  }
}

void PaintRecorder::MoveTo(PageContent* content) {
  for (Glyph& glyph : glyphs_) {
    glyph.doubtful =
        !glyph.masked && (glyph.doubtful || (!glyph.clipped && VeilAt(glyph.box) > glyph.sequence));
  }
  const Rect sheet = ToRect(bounds_);
  content->image_share = ShareUnder(images_, sheet);
  float largest = 0;
  for (const PlacedImage& image : images_) largest = std::max(largest, image.box.area());
  for (const PlacedImage& image : images_) {
    if (image.box.area() < kAboutAsLarge * largest) continue;
    content->image_dpi = std::max(content->image_dpi, image.dpi);
  }
  content->images = std::move(images_);
  content->glyphs = std::move(glyphs_);
  content->paints = std::move(paints_);
}

void PaintRecorder::Drop(fz_context* ctx) {
  fz_drop_device(ctx, device_);
  fz_drop_device(ctx, text_device_);
  fz_drop_stext_page(ctx, text_);
  device_ = text_device_ = nullptr;
  text_ = nullptr;
}

}  // namespace foia::ocr
