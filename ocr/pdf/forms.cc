#include "ocr/pdf/forms.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>
#include <string_view>

namespace foia::ocr {
namespace {

// Streams beyond this are not looked into: they show something.
constexpr size_t kMostBytes = 1 << 20;
// ISO 32000-1, table 165: bits of /F.
constexpr int kAnnotationHidden = 2, kAnnotationNoView = 32;

pdf_obj* FormOf(fz_context* ctx, pdf_document* doc) {
  return pdf_dict_getp(ctx, pdf_trailer(ctx, doc), "Root/AcroForm");
}

// Whether text is shown by operators of a content stream, or another object that may hold some.
bool MayShowText(std::string_view content) {
  std::string packed;  // without white space
  for (const char c : content) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '\0') packed += c;
  }
  if (packed.find("Do") != std::string::npos) return true;
  for (const std::string_view shown : {")Tj", ">Tj", "]TJ", ")'", ")\"", ">'", ">\""}) {
    for (size_t at = 0; (at = packed.find(shown, at)) != std::string::npos; ++at) {
      if (at > 0 && std::strchr("(<[", packed[at - 1]) == nullptr) return true;
    }
  }
  return false;
}

// Whether the field has an appearance that shows text. Throws MuPDF errors.
bool ShowsText(fz_context* ctx, pdf_obj* widget) {
  pdf_obj* const stream = pdf_dict_getp(ctx, widget, "AP/N");
  if (pdf_is_stream(ctx, stream) == 0) return false;
  fz_buffer* const buffer = pdf_load_stream(ctx, stream);
  unsigned char* data = nullptr;
  const size_t size = fz_buffer_storage(ctx, buffer, &data);
  const bool shows = size > kMostBytes || MayShowText({reinterpret_cast<const char*>(data), size});
  fz_drop_buffer(ctx, buffer);
  return shows;
}

void Hide(fz_context* ctx, pdf_obj* widget) {
  pdf_dict_put_int(ctx, widget, PDF_NAME(F),
                   pdf_dict_get_int(ctx, widget, PDF_NAME(F)) | kAnnotationHidden);
}

// A choice is stored as it is exported; shown is what stands beside that in the options.
void PutShownChoice(fz_context* ctx, pdf_obj* widget, pdf_obj* value) {
  pdf_obj* const options = pdf_dict_get_inheritable(ctx, widget, PDF_NAME(Opt));
  const int count = pdf_array_len(ctx, options);
  for (int i = 0; i < count; ++i) {
    pdf_obj* const option = pdf_array_get(ctx, options, i);
    if (pdf_array_len(ctx, option) != 2) continue;
    if (std::strcmp(pdf_array_get_text_string(ctx, option, 0), pdf_to_text_string(ctx, value)) ==
        0) {
      pdf_dict_put(ctx, widget, PDF_NAME(V), pdf_array_get(ctx, option, 1));
      return;
    }
  }
}

void PrepareText(fz_context* ctx, pdf_obj* widget, bool is_choice, bool stale) {
  if (!is_choice && (pdf_field_flags(ctx, widget) & PDF_TX_FIELD_IS_PASSWORD) != 0) {
    // Viewers show stars; MuPDF would show the password.
    if (!ShowsText(ctx, widget)) Hide(ctx, widget);
    return;
  }
  pdf_obj* const value = pdf_dict_get_inheritable(ctx, widget, PDF_NAME(V));
  const bool empty = value == nullptr || *pdf_field_value(ctx, widget) == '\0';
  if (empty || (!stale && ShowsText(ctx, widget))) return;
  if (is_choice) PutShownChoice(ctx, widget, value);
  pdf_dict_del(ctx, widget, PDF_NAME(AP));
}

// The state of a check box may stand in its value alone.
void PrepareButton(fz_context* ctx, pdf_obj* widget) {
  if ((pdf_field_flags(ctx, widget) & PDF_BTN_FIELD_IS_PUSHBUTTON) != 0) return;
  pdf_obj* const value = pdf_dict_get_inheritable(ctx, widget, PDF_NAME(V));
  if (pdf_dict_get(ctx, widget, PDF_NAME(AS)) != nullptr || pdf_is_name(ctx, value) == 0) return;
  pdf_obj* const states = pdf_dict_getp(ctx, widget, "AP/N");
  const bool is_radio = (pdf_field_flags(ctx, widget) & PDF_BTN_FIELD_IS_RADIO) != 0;
  // Which of several radio buttons it is, only their appearances tell.
  const bool on = states == nullptr ? !is_radio : pdf_dict_get(ctx, states, value) != nullptr;
  pdf_dict_put(ctx, widget, PDF_NAME(AS), on ? value : PDF_NAME(Off));
}

// MuPDF draws an arrow that says SIGN over a signature field without a signature.
void PrepareSignature(fz_context* ctx, pdf_obj* widget) {
  if (pdf_dict_get_inheritable(ctx, widget, PDF_NAME(V)) != nullptr) return;
  if (ShowsText(ctx, widget)) {
    // Its own appearance is drawn of any other field.
    pdf_dict_put(ctx, widget, PDF_NAME(FT), PDF_NAME(Tx));
  } else {
    Hide(ctx, widget);
  }
}

}  // namespace

void PrepareFields(fz_context* ctx, pdf_document* doc, pdf_obj* page) {
  pdf_obj* const annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));
  const bool stale = pdf_to_bool(ctx, pdf_dict_gets(ctx, FormOf(ctx, doc), "NeedAppearances")) != 0;
  const int count = pdf_array_len(ctx, annotations);
  for (int i = 0; i < count; ++i) {
    pdf_obj* const widget = pdf_array_get(ctx, annotations, i);
    if (pdf_name_eq(ctx, pdf_dict_get(ctx, widget, PDF_NAME(Subtype)), PDF_NAME(Widget)) == 0) {
      continue;
    }
    pdf_obj* const type = pdf_dict_get_inheritable(ctx, widget, PDF_NAME(FT));
    const bool is_choice = pdf_name_eq(ctx, type, PDF_NAME(Ch)) != 0;
    if (is_choice || pdf_name_eq(ctx, type, PDF_NAME(Tx)) != 0) {
      PrepareText(ctx, widget, is_choice, stale);
    } else if (pdf_name_eq(ctx, type, PDF_NAME(Btn)) != 0) {
      PrepareButton(ctx, widget);
    } else if (pdf_name_eq(ctx, type, PDF_NAME(Sig)) != 0) {
      PrepareSignature(ctx, widget);
    }
  }
}

XfaPages PagesOfXfa(fz_context* ctx, pdf_document* doc) {
  pdf_obj* const form = FormOf(ctx, doc);
  if (pdf_dict_gets(ctx, form, "XFA") == nullptr) return XfaPages::kContents;
  pdf_obj* const rendering = pdf_dict_getp(ctx, pdf_trailer(ctx, doc), "Root/NeedsRendering");
  if (pdf_to_bool(ctx, rendering) != 0) return XfaPages::kNotice;
  // Older ones do not say so; but a form that is not drawn from its data has fields.
  const bool bare = pdf_array_len(ctx, pdf_dict_get(ctx, form, PDF_NAME(Fields))) == 0;
  return bare ? XfaPages::kPerhapsNotice : XfaPages::kContents;
}

bool HasFields(fz_context* ctx, pdf_page* page) {
  for (pdf_annot* widget = pdf_first_widget(ctx, page); widget != nullptr;
       widget = pdf_next_widget(ctx, widget)) {
    const enum pdf_widget_type type = pdf_widget_type(ctx, widget);
    if (type != PDF_WIDGET_TYPE_SIGNATURE && type != PDF_WIDGET_TYPE_UNKNOWN) return true;
  }
  return false;
}

bool IsSetButton(fz_context* ctx, pdf_obj* widget) {
  const bool is_button =
      pdf_name_eq(ctx, pdf_dict_get_inheritable(ctx, widget, PDF_NAME(FT)), PDF_NAME(Btn)) != 0 &&
      (pdf_field_flags(ctx, widget) & PDF_BTN_FIELD_IS_PUSHBUTTON) == 0;
  const int flags = pdf_dict_get_int(ctx, widget, PDF_NAME(F));
  pdf_obj* const state = pdf_dict_get(ctx, widget, PDF_NAME(AS));
  if (!is_button || (flags & (kAnnotationHidden | kAnnotationNoView)) != 0 ||
      pdf_is_name(ctx, state) == 0 || pdf_name_eq(ctx, state, PDF_NAME(Off)) != 0) {
    return false;
  }
  pdf_obj* shown = pdf_dict_getp(ctx, widget, "AP/N");
  if (pdf_is_stream(ctx, shown) == 0) shown = pdf_dict_get(ctx, shown, state);
  if (pdf_is_stream(ctx, shown) == 0) return false;
  fz_buffer* const buffer = pdf_load_stream(ctx, shown);
  const bool draws = fz_buffer_storage(ctx, buffer, nullptr) > 0;
  fz_drop_buffer(ctx, buffer);
  return draws;
}

}  // namespace foia::ocr
