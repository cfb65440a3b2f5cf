// Private to ocr/pdf: a MuPDF device that notes every character and every opaque thing, with the
// number of the operation that painted it.
#ifndef FOIA_OCR_PDF_PAINT_DEVICE_H_
#define FOIA_OCR_PDF_PAINT_DEVICE_H_

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <vector>

#include "ocr/pdf/document.h"

namespace foia::ocr {

class PaintRecorder {
 public:
  // Runs contents, annotations and form fields of `page`. Throws MuPDF errors.
  void Run(fz_context* ctx, fz_page* page, fz_rect bounds);
  // Adds the annotations that mark text for hiding, drawn or not. Throws MuPDF errors.
  void AddAnnotations(fz_context* ctx, pdf_page* page);
  // Hands over what was noted.
  void MoveTo(PageContent* content);
  // Gives back what MuPDF holds; to be called after an error too.
  void Drop(fz_context* ctx);

 private:
  friend struct PaintCallbacks;

  // Takes up the characters that the text device has added since the last call.
  void TakeGlyphs(bool invisible);
  void AddPaint(PaintEvent::Kind kind, fz_rect box, float grey);
  fz_rect Clip() const { return clips_.empty() ? bounds_ : clips_.back(); }
  bool Opaque(float alpha) const;

  fz_rect bounds_{};
  fz_stext_page* text_ = nullptr;
  fz_device* text_device_ = nullptr;
  fz_device* device_ = nullptr;
  fz_stext_block* block_ = nullptr;  // where TakeGlyphs stands
  fz_stext_line* line_ = nullptr;
  fz_stext_char* char_ = nullptr;

  int sequence_ = 0;
  int lines_ = -1, blocks_ = -1;
  bool annotations_ = false;
  int masks_ = 0;                  // open mask definitions
  std::vector<fz_rect> clips_;     // nested clips
  std::vector<float> alphas_;      // nested groups
  std::vector<fz_point> polygon_;  // of the path being walked
  std::vector<fz_rect> pieces_;    // rectangles of that path
  std::vector<Glyph> glyphs_;
  std::vector<PaintEvent> paints_;
  fz_cookie cookie_{};  // counts errors
  std::vector<PlacedImage> images_;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_PAINT_DEVICE_H_
