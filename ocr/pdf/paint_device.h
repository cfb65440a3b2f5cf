// Private to ocr/pdf: a MuPDF device that notes every character and every opaque thing, with the
// number of the operation that painted it.
#ifndef FOIA_OCR_PDF_PAINT_DEVICE_H_
#define FOIA_OCR_PDF_PAINT_DEVICE_H_

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <vector>

#include "ocr/pdf/document.h"

namespace foia::ocr {

// Names a text operation, the same on each run of a page.
uint64_t NameOfText(const fz_text* text, fz_matrix ctm);

class PaintRecorder {
 public:
  // Runs contents, annotations and form fields of `page`. Throws MuPDF errors.
  void Run(fz_context* ctx, fz_page* page, fz_rect bounds);
  // Adds a tick for each button that is set and whose appearance draws its mark without a letter,
  // if the page has text. To be called behind Run(). Throws MuPDF errors.
  void AddTicks(fz_context* ctx, pdf_page* page);
  // Adds the annotations that mark text for hiding, drawn or not. Throws MuPDF errors.
  void AddAnnotations(fz_context* ctx, pdf_page* page);
  // Hands over what was noted.
  void MoveTo(PageContent* content);
  // Gives back what MuPDF holds; to be called after an error too.
  void Drop(fz_context* ctx);

 private:
  friend struct PaintCallbacks;

  struct Group {
    float alpha;      // with those around it
    bool is_blended;  // in another way than by painting over
  };

  void RunAnnotations(fz_context* ctx, fz_page* page);
  // What a clip lets through: all within `box`, or, when it has another shape, perhaps not all.
  struct Clip {
    fz_rect box;
    bool exact;
    bool masked;  // by a soft mask: how much of paint it lets through is not known
  };

  // Takes up the characters that the text device has added since the last call.
  enum class Ink { kFull, kNone, kByClip };  // kByClip: what is painted through the letters
  void TakeGlyphs(fz_context* ctx, const fz_text* text, fz_matrix ctm, Ink ink);
  int NumberOf(const fz_font* font);
  // Of every operation that paints, whatever its shape.
  void NoteVeil(fz_rect box);
  // Says what the current clip makes of a glyph of a line that runs along x, or along y.
  void ClipGlyph(bool along_x, Glyph* glyph) const;
  // The last operation that painted at a place, -1 without one.
  int VeilAt(const Rect& box) const;
  // The cells of the grid that a rectangle touches: columns x0 to x1, rows y0 to y1.
  struct Cells {
    size_t x0, y0, x1, y1;
  };
  Cells CellsOf(const Rect& box) const;
  void AddPaint(PaintEvent::Kind kind, fz_rect box, float grey, Colour colour, bool exact = true);
  void PushClip(fz_rect box, bool exact, bool masked = false) {
    clips_.push_back(
        {fz_intersect_rect(ClipBox(), box), exact && ClipIsExact(), masked || IsMasked()});
  }
  fz_rect ClipBox() const { return clips_.empty() ? bounds_ : clips_.back().box; }
  bool IsMasked() const { return !clips_.empty() && clips_.back().masked; }
  bool ClipIsExact() const { return clips_.empty() || clips_.back().exact; }
  bool Opaque(float alpha) const;
  // Of text of this alpha.
  Ink InkOf(float alpha) const;

  fz_rect bounds_{};
  fz_stext_page* text_ = nullptr;
  fz_device* text_device_ = nullptr;
  fz_device* device_ = nullptr;
  fz_stext_block* block_ = nullptr;  // where TakeGlyphs stands
  fz_stext_line* line_ = nullptr;
  fz_stext_char* char_ = nullptr;

  int sequence_ = 0;
  int lines_ = -1, blocks_ = -1;
  std::vector<const fz_font*> fonts_;          // by number, while the text device holds them
  bool annotations_ = false, fields_ = false;  // being drawn
  bool icons_ = false;                         // notes, which readers open and move: no cover
  int masks_ = 0;                              // open mask definitions
  std::vector<Clip> clips_;                    // nested clips
  std::vector<Group> groups_;                  // nested groups
  std::vector<fz_point> polygon_;              // of the path being walked
  std::vector<fz_rect> pieces_;                // rectangles of that path
  bool pieces_exact_ = true;                   // each of them is one
  int subpaths_ = 0;                           // of that path, with an area
  double filled_ = 0;                          // by the last of them, of the rectangle around it
  std::vector<Glyph> glyphs_;
  std::vector<PaintEvent> paints_;
  std::vector<int> veils_;  // per cell of a grid over the page: the last operation that painted it
  fz_cookie cookie_{};      // counts errors
  std::vector<PlacedImage> images_;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_PAINT_DEVICE_H_
