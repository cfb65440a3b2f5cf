#include "ocr/pdf/draw_order.h"

namespace foia::ocr {

void ForEachAnnotation(fz_context* ctx, pdf_page* page,
                       const std::function<void(pdf_annot*, bool is_field)>& visit) {
  // Both lists are in the order of /Annots.
  pdf_annot* annotation = pdf_first_annot(ctx, page);
  pdf_annot* field = pdf_first_widget(ctx, page);
  pdf_obj* const order = pdf_dict_get(ctx, page->obj, PDF_NAME(Annots));
  const auto is = [&](pdf_annot* a, pdf_obj* entry) {
    return a != nullptr && pdf_objcmp(ctx, pdf_annot_obj(ctx, a), entry) == 0;
  };
  const auto next_annotation = [&] {
    pdf_annot* const current = annotation;
    annotation = pdf_next_annot(ctx, annotation);
    visit(current, false);
  };
  const auto next_field = [&] {
    pdf_annot* const current = field;
    field = pdf_next_widget(ctx, field);
    visit(current, true);
  };
  for (int i = 0; i < pdf_array_len(ctx, order); ++i) {
    pdf_obj* const entry = pdf_array_get(ctx, order, i);
    if (is(annotation, entry)) {
      next_annotation();
    } else if (is(field, entry)) {
      next_field();
    }
  }
  while (annotation != nullptr) next_annotation();
  while (field != nullptr) next_field();
}

void RunPage(fz_context* ctx, fz_page* page, fz_device* device) {
  fz_run_page_contents(ctx, page, device, fz_identity, nullptr);
  pdf_page* const pdf = pdf_page_from_fz_page(ctx, page);
  if (pdf == nullptr) return;
  ForEachAnnotation(ctx, pdf, [&](pdf_annot* annotation, bool) {
    pdf_run_annot(ctx, annotation, device, fz_identity, nullptr);
  });
}

}  // namespace foia::ocr
