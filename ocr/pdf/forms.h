// Private to ocr/pdf: form fields as viewers show them. MuPDF draws the appearance that a field
// has, and makes one only when there is none; Acrobat, Firefox and Poppler go by the field's value
// when the appearance is empty or the form says that appearances are stale.
#ifndef FOIA_OCR_PDF_FORMS_H_
#define FOIA_OCR_PDF_FORMS_H_

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

namespace foia::ocr {

// Makes ready the fields of a page that is not yet loaded: what must be drawn from its value loses
// its appearance, in memory, and MuPDF makes a new one. Throws MuPDF errors.
void PrepareFields(fz_context* ctx, pdf_document* doc, pdf_obj* page);

// What a form's pages are when it has an XFA part.
enum class XfaPages {
  kContents,  // also without such a part
  kPerhapsNotice,
  kNotice,  // for viewers that cannot draw the contents from the XFA data
};
// Throws MuPDF errors.
XfaPages PagesOfXfa(fz_context* ctx, pdf_document* doc);

// Whether a field of the page can hold a value. Throws MuPDF errors.
bool HasFields(fz_context* ctx, pdf_page* page);

// Whether the field is a check box or a radio button that is set and has an appearance for that.
// Throws MuPDF errors.
bool IsSetButton(fz_context* ctx, pdf_obj* widget);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_FORMS_H_
