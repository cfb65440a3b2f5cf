// Private to ocr/pdf: annotations and form fields are drawn in the order of the page's /Annots, the
// later ones over the earlier (ISO 32000-1, 12.5.2), as Poppler and Ghostscript do. MuPDF draws all
// fields after all other annotations, so that a black square over a field would not hide its value.
#ifndef FOIA_OCR_PDF_DRAW_ORDER_H_
#define FOIA_OCR_PDF_DRAW_ORDER_H_

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <functional>

namespace foia::ocr {

// Calls `visit` with each annotation and each field. Throws MuPDF errors.
void ForEachAnnotation(fz_context* ctx, pdf_page* page,
                       const std::function<void(pdf_annot*, bool is_field)>& visit);

// Contents, annotations and fields of a page. Throws MuPDF errors.
void RunPage(fz_context* ctx, fz_page* page, fz_device* device);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_DRAW_ORDER_H_
