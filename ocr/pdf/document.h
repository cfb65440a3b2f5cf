// A file of pages (PDF, TIFF, JPEG, PNG) opened from memory with MuPDF: what stands on a page, in
// which order it was painted, the page as pixels, and the files attached to a PDF. Holds no MuPDF
// header. Not safe for concurrent use; the bytes must outlive the Document.
#ifndef FOIA_OCR_PDF_DOCUMENT_H_
#define FOIA_OCR_PDF_DOCUMENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ocr/pdf/geometry.h"
#include "ocr/raster/raster.h"

namespace foia::ocr {

using documents::v1::PageState;

// Red, green and blue, 0 to 1.
struct Colour {
  float r = 0, g = 0, b = 0;
};

// One character of the text layer, in the order of painting.
struct Glyph {
  char32_t code = 0;
  Rect box;          // displayed space
  int sequence = 0;  // of the paint operation that drew it
  int line = 0;      // counts over the page
  int block = 0;
  int font = 0;    // counts over the page
  int turns = 0;   // in which it runs: 0 to the right, 1 down, 2 to the left, 3 up
  float grey = 0;  // luminance, 0 black to 1 white
  Colour colour;
  bool invisible = false;  // drawn without ink
  bool clipped = false;    // lies outside what the clip lets through
  // Boxes do not tell whether it can be seen: a clip or mask of another shape, or later paint of
  // any kind is at its place. Document::FindUnseen() tells.
  bool doubtful = false;
  int ground = -1;          // the last paint operation at its place before it was drawn
  bool masked = false;      // drawn through a soft mask
  bool in_field = false;    // of a form
  bool annotation = false;  // typed into an annotation
  bool unseen = false;      // is doubtful, and the page looks the same without it
  uint64_t drawing = 0;     // names the text operation that drew it
};

// Appends the character in UTF-8.
void AppendUtf8(std::string* out, char32_t c);

// Something opaque that was painted, or an annotation that says it hides what is below.
struct PaintEvent {
  enum class Kind { kFill, kImage, kAnnotation };
  Kind kind = Kind::kFill;
  Rect box;  // displayed space, clipped
  int sequence = 0;
  float grey = 0;          // luminance, 0 black to 1 white; of a fill
  Colour colour;           // of a fill
  bool exact = true;       // it fills its box
  bool unapplied = false;  // a /Redact annotation: hides nothing yet
};

// A picture on a page, opaque or not.
struct PlacedImage {
  Rect box;     // displayed space, clipped
  int dpi = 0;  // of the finer side; 0: unknown
};

// Everything but the pixels.
struct PageContent {
  PageTransform transform;  // without what the raster adds
  std::vector<Glyph> glyphs;
  std::vector<PaintEvent> paints;
  std::vector<PlacedImage> images;
  double image_share = 0;    // share of the page under images
  int image_dpi = 0;         // of the largest, the finest of about its size; 0 without one
  std::vector<Rect> fields;  // of a form, in displayed space
  bool xfa_notice = false;   // a notice that the viewer cannot show the XFA form
  bool xfa_unread = false;   // the document has XFA contents that its pages do not show
  bool repaired = false;     // the file was broken: a page may have lost what stood on it
};

// The picture that makes up a page of a TIFF, JPEG or PNG file.
struct PageImage {
  int width = 0, height = 0;  // pixels
  bool is_jpeg = false;       // `bytes` is the JPEG file; otherwise rows of samples, packed
  bool grey = false;          // one sample a pixel, else red, green, blue
  int bits = 8;               // a sample, 8 or 1
  std::string bytes;
  Matrix placement;  // from the unit square to the page in points, y upwards
  double page_width = 0, page_height = 0;
};

// A page in colour.
struct ColourPage {
  int width = 0, height = 0;  // pixels
  bool grey = true;           // no pixel has a colour
  std::string rgb;            // rows of red, green, blue
};

class Document {
 public:
  // What came of opening; `document` is null unless `state` is DONE, and for an archive.
  struct Opened {
    PageState state = documents::v1::PAGE_STATE_FAILED;
    std::string reason;
    std::string media_type;
    bool is_archive = false;  // DONE without pages: a ZIP archive with members
    std::unique_ptr<Document> document;
  };
  // By the bytes, not by a name. Never fails otherwise than with a state.
  static Opened Open(std::string_view bytes, const std::string& password);
  ~Document();

  int page_count() const;
  // Something of the page of the last calls could not be read: a stream, a picture, a font. What
  // came is not all of it.
  bool page_has_losses() const;
  bool is_pdf() const;
  // Of a page of an image file: the pixels as they are, a JPEG as it came. DATA_CORRUPT.
  absl::StatusOr<PageImage> ReadImage(int page);
  // `page` counts from 1. DATA_CORRUPT when the page cannot be read.
  absl::StatusOr<PageContent> ReadContent(int page);
  // Sets `unseen` of the doubtful glyphs of the page's content. What cannot be told is seen.
  void FindUnseen(int page, PageContent* content);
  // The page as displayed, grey. The resolution sinks where the page would have more than 40
  // million pixels; the one used is in `*dpi`.
  absl::StatusOr<Raster> Render(int page, int* dpi);
  // The same in colour, for people to look at: what marks of redaction that were not applied are
  // meant to hide is painted black.
  absl::StatusOr<ColourPage> Draw(int page, int* dpi);

  // Names of the files attached to a PDF, to the document or to an annotation, in UTF-8.
  const std::vector<std::string>& AttachmentNames();
  // The pages are open to anybody, but the attachments need a password that was not given.
  bool attachments_are_locked() const;
  // Passes the bytes of an attachment (from 1) on until `write` returns false; true when all of
  // them came.
  bool ReadAttachment(int number, const std::function<bool(std::string_view)>& write);

  // For example "mupdf 1.21.1".
  static std::string Version();

 private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_DOCUMENT_H_
