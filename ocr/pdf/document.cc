#include "ocr/pdf/document.h"

#include <leptonica/allheaders.h>
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "ocr/pdf/draw_order.h"
#include "ocr/pdf/forms.h"
#include "ocr/pdf/media_type.h"
#include "ocr/pdf/paint_device.h"
#include "ocr/pdf/zip.h"
#include "services/base/error.h"
#include "services/base/status.h"

// MuPDF reports errors with longjmp: within fz_try only plain values live, and what a callback
// fills belongs to an object outside.

namespace foia::ocr {
namespace {

using documents::v1::PAGE_STATE_DAMAGED;
using documents::v1::PAGE_STATE_DONE;
using documents::v1::PAGE_STATE_FAILED;
using documents::v1::PAGE_STATE_NEEDS_PASSWORD;
using documents::v1::PAGE_STATE_UNSUPPORTED;

constexpr size_t kStoreBytes = 64u << 20;
constexpr double kMaxPixels = 40e6;
constexpr double kMaxSide = 32767;
// Beyond it, annotations are not looked at for attached files.
constexpr int kMaxPagesWithNotes = 20'000;
// A count of pages is believed when it is small, or the file has so many bytes for each.
constexpr int kFewPages = 100, kLeastPage = 64, kMostCounted = 100'001;
constexpr double kMaxPictureSide = 16383;  // of a WebP file
// Characters of the longest notice that says that an XFA form cannot be shown.
constexpr size_t kLongNotice = 1500;
// Text is looked for at this resolution, by changes of more than so many grey levels.
constexpr int kInkDpi = 100, kUnseenGrey = 12;
// A page that would need less than this to fit is no page of text.
constexpr int kMinDpi = 5;

// MuPDF goes on without what it cannot read: it reports an error, or warns that it fills up what is
// missing. `losses` counts both.
void CountError(void* losses, const char*) { ++*static_cast<int*>(losses); }
void CountLoss(void* losses, const char* warning) {
  for (const char* loss : {"premature end", "padding truncated image", "is not a stream"}) {
    if (std::strstr(warning, loss) != nullptr) ++*static_cast<int*>(losses);
  }
}

absl::Status Corrupt(std::string_view what) { return MakeError(Reason::REASON_DATA_CORRUPT, what); }

// What of an encrypted file is encrypted: perhaps only what is attached (ISO 32000-1, 7.6.5).
struct Encryption {
  bool pages = true;
  bool own_filter = false;  // of what is attached
};

// Throws MuPDF errors.
Encryption EncryptionOf(fz_context* ctx, fz_document* document) {
  pdf_document* const pdf = pdf_specifics(ctx, document);
  if (pdf == nullptr) return {};
  pdf_obj* const encrypt = pdf_dict_get(ctx, pdf_trailer(ctx, pdf), PDF_NAME(Encrypt));
  if (pdf_dict_get_int(ctx, encrypt, PDF_NAME(V)) < 4) return {};
  const auto encrypts = [&](pdf_obj* filter) {
    if (filter == nullptr || pdf_name_eq(ctx, filter, PDF_NAME(Identity)) != 0) return false;
    pdf_obj* const method = pdf_dict_get(
        ctx, pdf_dict_get(ctx, pdf_dict_get(ctx, encrypt, PDF_NAME(CF)), filter), PDF_NAME(CFM));
    return pdf_name_eq(ctx, method, PDF_NAME(None)) == 0;
  };
  pdf_obj* const streams = pdf_dict_get(ctx, encrypt, PDF_NAME(StmF));
  pdf_obj* const files = pdf_dict_gets(ctx, encrypt, "EFF");
  return {encrypts(streams) || encrypts(pdf_dict_get(ctx, encrypt, PDF_NAME(StrF))),
          files != nullptr && encrypts(files) != encrypts(streams)};
}

PageTransform TransformOf(fz_rect bounds, fz_rect crop, int rotate, float user_unit) {
  PageTransform t;
  float width = bounds.x1 - bounds.x0, height = bounds.y1 - bounds.y0;
  if (rotate % 180 != 0) std::swap(width, height);
  t.set_rotate(rotate);
  t.set_user_unit(user_unit);
  t.mutable_crop_box()->set_x0(crop.x0);
  t.mutable_crop_box()->set_y0(crop.y0);
  t.mutable_crop_box()->set_x1(crop.x0 + width / user_unit);
  t.mutable_crop_box()->set_y1(crop.y0 + height / user_unit);
  return t;
}

// Keeps the picture that an image file's page shows and where.
struct ImageCatcher {
  fz_device super;
  fz_image* image;
  fz_matrix placement;
};

void CatchImage(fz_context* ctx, fz_device* device, fz_image* image, fz_matrix ctm, float,
                fz_color_params) {
  auto* catcher = reinterpret_cast<ImageCatcher*>(device);
  if (catcher->image != nullptr) return;
  catcher->image = fz_keep_image(ctx, image);
  catcher->placement = ctm;
}

// The samples of `pixmap` over white, as rows without a gap; 1 bit where there is but black and
// white.
void TakeSamples(fz_context* ctx, fz_pixmap* pixmap, PageImage* out) {
  const int n = fz_pixmap_components(ctx, pixmap), alpha = fz_pixmap_alpha(ctx, pixmap);
  const int colours = n - alpha, width = out->width, height = out->height;
  out->bytes.resize(static_cast<size_t>(width) * static_cast<size_t>(height) *
                    static_cast<size_t>(colours));
  char* to = out->bytes.data();
  bool two_tone = out->grey;
  for (int y = 0; y < height; ++y) {
    const unsigned char* from =
        fz_pixmap_samples(ctx, pixmap) + static_cast<ptrdiff_t>(y) * fz_pixmap_stride(ctx, pixmap);
    for (int x = 0; x < width; ++x, from += n) {
      const int paper = alpha != 0 ? 255 - from[colours] : 0;
      for (int c = 0; c < colours; ++c) {
        const int value = std::min(255, from[c] + paper);
        two_tone = two_tone && (value == 0 || value == 255);
        *to++ = static_cast<char>(value);
      }
    }
  }
  if (!two_tone) return;
  out->bits = 1;
  const size_t row = (static_cast<size_t>(width) + 7) / 8;
  std::string packed(row * static_cast<size_t>(height), '\0');
  for (size_t i = 0; i < out->bytes.size(); ++i) {
    const size_t x = i % static_cast<size_t>(width), y = i / static_cast<size_t>(width);
    if (out->bytes[i] == 0) continue;
    packed[y * row + x / 8] = static_cast<char>(packed[y * row + x / 8] | (0x80 >> (x % 8)));
  }
  out->bytes = std::move(packed);
}

}  // namespace

void AppendUtf8(std::string* out, char32_t c) {
  if (c < 0x80) {
    *out += static_cast<char>(c);
  } else if (c < 0x800) {
    *out += static_cast<char>(0xC0 | (c >> 6));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out += static_cast<char>(0xE0 | (c >> 12));
    *out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | (c >> 18));
    *out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    *out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

struct Document::Impl {
  fz_context* ctx = nullptr;
  fz_document* doc = nullptr;
  int page_count = 0;
  // The page of the last call: content and raster of one page are asked for in turn.
  fz_page* page = nullptr;
  int page_number = 0;
  int losses = 0;           // on this page
  bool own_filter = false;  // attachments are encrypted in a way of their own
  bool locked_attachments = false;
  // Streams and names of the attached files.
  bool looked_for_attachments = false;
  std::vector<pdf_obj*> attachments;
  std::vector<std::string> attachment_names;

  ~Impl() {
    if (ctx == nullptr) return;
    for (pdf_obj* attachment : attachments) pdf_drop_obj(ctx, attachment);
    fz_drop_page(ctx, page);
    fz_drop_document(ctx, doc);
    fz_drop_context(ctx);
  }

  void AddAttachment(pdf_obj* file);

  bool LoadPage(int number) {
    if (page_number == number) return true;
    fz_drop_page(ctx, page);
    page = nullptr;
    page_number = 0;
    bool ok = false;
    fz_var(ok);
    pdf_document* const file = pdf_specifics(ctx, doc);
    if (file != nullptr) {
      fz_try(ctx) PrepareFields(ctx, file, pdf_lookup_page_obj(ctx, file, number - 1));
      fz_catch(ctx) {}  // the page is drawn as it is
    }
    fz_try(ctx) {
      page = fz_load_page(ctx, doc, number - 1);
      pdf_page* pdf = pdf_page_from_fz_page(ctx, page);
      // Of an entry that is none, MuPDF makes an empty page.
      ok = pdf == nullptr || pdf_is_dict(ctx, pdf->obj) != 0;
    }
    fz_catch(ctx) ok = false;
    if (!ok) return false;
    page_number = number;
    // Those of finding it are other pages', and a warning is given once until it is flushed.
    fz_flush_warnings(ctx);
    losses = 0;
    return true;
  }
};

namespace {

// The pages below `root`, no more than kMostCounted; a node counts once.
int LeavesOf(fz_context* ctx, pdf_obj* root) {
  std::vector<pdf_obj*> nodes{root};
  std::unordered_set<int> seen;
  int leaves = 0;
  while (!nodes.empty() && leaves < kMostCounted) {
    pdf_obj* const node = nodes.back();
    nodes.pop_back();
    if (!pdf_is_dict(ctx, node) ||
        (pdf_is_indirect(ctx, node) != 0 && !seen.insert(pdf_to_num(ctx, node)).second)) {
      continue;
    }
    pdf_obj* const kids = pdf_dict_get(ctx, node, PDF_NAME(Kids));
    if (kids == nullptr) ++leaves;
    for (int i = pdf_array_len(ctx, kids) - 1; i >= 0; --i) {
      nodes.push_back(pdf_array_get(ctx, kids, i));
    }
  }
  return leaves;
}

// What the file says, unless that cannot be: more pages than its bytes can hold, or fewer than
// stand in its first list. Throws MuPDF errors.
int CountPages(fz_context* ctx, fz_document* doc, size_t bytes) {
  const int said = fz_count_pages(ctx, doc);
  pdf_document* const pdf = pdf_specifics(ctx, doc);
  if (pdf == nullptr) return said;
  pdf_obj* const root = pdf_dict_getp(ctx, pdf_trailer(ctx, pdf), "Root/Pages");
  const int listed = pdf_array_len(ctx, pdf_dict_get(ctx, root, PDF_NAME(Kids)));
  const bool too_many = said > kFewPages && static_cast<size_t>(said) > bytes / kLeastPage;
  if (!too_many && said >= listed) return said;
  const int counted = LeavesOf(ctx, root);
  // MuPDF finds no page beyond it.
  if (counted > 0) pdf_dict_put_int(ctx, root, PDF_NAME(Count), counted);
  return counted;
}

}  // namespace

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::~Document() = default;

Document::Opened Document::Open(std::string_view bytes, const std::string& password) {
  Opened out;
  if (bytes.empty()) {
    out.state = PAGE_STATE_DAMAGED;
    out.reason = "the file is empty";
    return out;
  }
  const FileType type = IdentifyFile(bytes);
  out.media_type = type.media_type;
  if (type.use == FileUse::kContainer) {
    out.is_archive = !ZipArchive(bytes).members().empty();
    out.state = out.is_archive ? PAGE_STATE_DONE : PAGE_STATE_DAMAGED;
    if (!out.is_archive) out.reason = "nothing was found in the archive";
    return out;
  }
  if (type.use != FileUse::kPages) {
    out.state = PAGE_STATE_UNSUPPORTED;
    out.reason = std::string(type.noun) + ": kept, not read";
    return out;
  }
  auto impl = std::make_unique<Impl>();
  impl->ctx = fz_new_context(nullptr, nullptr, kStoreBytes);
  if (impl->ctx == nullptr) {
    out.reason = "no memory for the renderer";
    return out;
  }
  fz_context* ctx = impl->ctx;
  Impl* p = impl.get();
  fz_set_warning_callback(ctx, CountLoss, &p->losses);
  fz_set_error_callback(ctx, CountError, &p->losses);

  const char* secret = password.c_str();
  const char* magic = out.media_type.c_str();
  fz_stream* stream = nullptr;
  bool opened = false, locked = false;
  fz_var(stream);
  fz_var(opened);
  fz_var(locked);
  fz_try(ctx) {
    fz_register_document_handlers(ctx);
    stream =
        fz_open_memory(ctx, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    p->doc = fz_open_document_with_stream(ctx, magic, stream);
    const bool encrypted = fz_needs_password(ctx, p->doc) != 0;
    const bool opens = !encrypted || fz_authenticate_password(ctx, p->doc, secret) != 0;
    const Encryption encryption = EncryptionOf(ctx, p->doc);
    locked = !opens && encryption.pages;
    p->own_filter = encryption.own_filter;
    p->locked_attachments = !opens && encryption.own_filter;
    if (!locked) p->page_count = CountPages(ctx, p->doc, bytes.size());
    opened = true;
  }
  fz_always(ctx) fz_drop_stream(ctx, stream);
  fz_catch(ctx) opened = false;

  if (locked) {
    out.state = PAGE_STATE_NEEDS_PASSWORD;
    out.reason = password.empty() ? "the file is encrypted" : "the password is wrong";
  } else if (!opened || p->page_count <= 0) {
    out.state = PAGE_STATE_DAMAGED;
    out.reason = opened ? "the file has no pages" : "the file is broken and could not be repaired";
  } else {
    out.state = PAGE_STATE_DONE;
    out.document.reset(new Document(std::move(impl)));
  }
  return out;
}

int Document::page_count() const { return impl_->page_count; }

bool Document::page_has_losses() const { return impl_->losses > 0; }

bool Document::is_pdf() const { return pdf_specifics(impl_->ctx, impl_->doc) != nullptr; }

absl::StatusOr<PageImage> Document::ReadImage(int page) {
  if (is_pdf() || page < 1 || page > impl_->page_count || !impl_->LoadPage(page)) {
    return Corrupt("the picture cannot be read");
  }
  fz_context* ctx = impl_->ctx;
  fz_page* fpage = impl_->page;
  ImageCatcher* catcher = nullptr;
  fz_pixmap* pixmap = nullptr;
  fz_rect bounds = fz_empty_rect;
  const unsigned char* jpeg = nullptr;
  size_t jpeg_size = 0;
  bool ok = false;
  fz_var(catcher);
  fz_var(pixmap);
  fz_var(ok);
  fz_try(ctx) {
    bounds = fz_bound_page(ctx, fpage);
    catcher = fz_new_derived_device(ctx, ImageCatcher);
    catcher->super.fill_image = CatchImage;
    RunPage(ctx, fpage, &catcher->super);
    fz_close_device(ctx, &catcher->super);
    fz_image* image = catcher->image;
    if (image != nullptr) {
      const enum fz_colorspace_type type = fz_colorspace_type(ctx, image->colorspace);
      const bool plain = type == FZ_COLORSPACE_GRAY || type == FZ_COLORSPACE_RGB;
      fz_compressed_buffer* compressed = fz_compressed_image_buffer(ctx, image);
      if (plain && compressed != nullptr && compressed->params.type == FZ_IMAGE_JPEG) {
        unsigned char* data = nullptr;
        jpeg_size = fz_buffer_storage(ctx, compressed->buffer, &data);
        jpeg = data;
      } else {
        pixmap = fz_get_unscaled_pixmap_from_image(ctx, image);
        const enum fz_colorspace_type has =
            fz_colorspace_type(ctx, fz_pixmap_colorspace(ctx, pixmap));
        if (has != FZ_COLORSPACE_GRAY && has != FZ_COLORSPACE_RGB) {
          fz_pixmap* rgb = fz_convert_pixmap(ctx, pixmap, fz_device_rgb(ctx), nullptr, nullptr,
                                             fz_default_color_params, 1);
          fz_drop_pixmap(ctx, pixmap);
          pixmap = rgb;
        }
      }
      ok = true;
    }
  }
  fz_catch(ctx) ok = false;

  PageImage out;
  if (ok) {
    out.page_width = static_cast<double>(bounds.x1 - bounds.x0);
    out.page_height = static_cast<double>(bounds.y1 - bounds.y0);
    // MuPDF's unit square and page have their origin above, PDF's below.
    const fz_matrix& m = catcher->placement;
    const auto number = [](float v) { return static_cast<double>(v); };
    out.placement = {number(m.a), -number(m.b),      -number(m.c),
                     number(m.d), number(m.e + m.c), out.page_height - number(m.d) - number(m.f)};
    if (jpeg != nullptr) {
      out.is_jpeg = true;
      out.width = catcher->image->w;
      out.height = catcher->image->h;
      out.grey = catcher->image->n == 1;
      out.bytes.assign(reinterpret_cast<const char*>(jpeg), jpeg_size);
    } else {
      out.width = fz_pixmap_width(ctx, pixmap);
      out.height = fz_pixmap_height(ctx, pixmap);
      out.grey = fz_pixmap_components(ctx, pixmap) - fz_pixmap_alpha(ctx, pixmap) == 1;
      TakeSamples(ctx, pixmap, &out);
    }
  }
  fz_drop_pixmap(ctx, pixmap);
  if (catcher != nullptr) {
    fz_drop_image(ctx, catcher->image);
    fz_drop_device(ctx, &catcher->super);
  }
  if (!ok) return Corrupt("the picture cannot be read");
  return out;
}

namespace {

// Whether a page without fields is the notice of an XFA form.
bool IsXfaNotice(XfaPages pages, const std::vector<Glyph>& glyphs) {
  if (pages == XfaPages::kContents || glyphs.size() > kLongNotice) return false;
  // All name the viewer that can draw it, in whatever language.
  static constexpr std::u32string_view kViewer = U"Adobe";
  return std::search(glyphs.begin(), glyphs.end(), kViewer.begin(), kViewer.end(),
                     [](const Glyph& g, char32_t c) { return g.code == c; }) != glyphs.end();
}

}  // namespace

absl::StatusOr<PageContent> Document::ReadContent(int page) {
  if (page < 1 || page > impl_->page_count || !impl_->LoadPage(page)) {
    return Corrupt("the page is broken and could not be repaired");
  }
  fz_context* ctx = impl_->ctx;
  fz_page* fpage = impl_->page;
  PageContent content;
  PaintRecorder recorder;
  PaintRecorder* rec = &recorder;
  std::vector<Rect>* fields = &content.fields;
  fz_rect bounds = fz_empty_rect, crop = fz_empty_rect;
  int rotate = 0;
  float user_unit = 1;
  bool ok = false;
  XfaPages xfa = XfaPages::kContents;
  int repaired = 0;
  fz_var(ok);
  fz_var(xfa);
  fz_var(repaired);
  fz_try(ctx) {
    bounds = fz_bound_page(ctx, fpage);
    crop = bounds;
    pdf_page* pdf = pdf_page_from_fz_page(ctx, fpage);
    if (pdf != nullptr) {
      fz_matrix unused;
      pdf_page_transform(ctx, pdf, &crop, &unused);
      pdf_obj* unit = pdf_dict_get(ctx, pdf->obj, PDF_NAME(UserUnit));
      if (pdf_is_number(ctx, unit) && pdf_to_real(ctx, unit) > 0)
        user_unit = pdf_to_real(ctx, unit);
      rotate = pdf_to_int(ctx, pdf_dict_get_inheritable(ctx, pdf->obj, PDF_NAME(Rotate)));
      // As MuPDF snaps it.
      rotate = ((rotate % 360) + 360 + 45) % 360 / 90 * 90;
    }
    rec->Run(ctx, fpage, bounds);
    if (pdf != nullptr) {
      rec->AddTicks(ctx, pdf);
      rec->AddAnnotations(ctx, pdf);
      for (pdf_annot* field = pdf_first_widget(ctx, pdf); field != nullptr;
           field = pdf_next_widget(ctx, field)) {
        const fz_rect box = pdf_bound_widget(ctx, field);
        fields->push_back({box.x0, box.y0, box.x1, box.y1});
      }
      if (!HasFields(ctx, pdf)) xfa = PagesOfXfa(ctx, pdf->doc);
      repaired = pdf_was_repaired(ctx, pdf->doc);
    }
    ok = true;
  }
  fz_catch(ctx) ok = false;
  recorder.Drop(ctx);
  if (!ok || !(bounds.x1 - bounds.x0 >= 1) || !(bounds.y1 - bounds.y0 >= 1)) {
    return Corrupt("the page is broken and could not be repaired");
  }
  content.transform = TransformOf(bounds, crop, rotate, user_unit);
  recorder.MoveTo(&content);
  content.repaired = repaired != 0;
  content.xfa_unread = xfa == XfaPages::kNotice;
  const bool empty = content.glyphs.empty() && content.images.empty();
  content.xfa_notice = IsXfaNotice(xfa, content.glyphs) || (content.xfa_unread && empty);
  return content;
}

namespace {

// Leaves some text out of what is drawn. A drawing device has no place of its own to keep this.
struct TextFilter {
  std::unordered_set<uint64_t> left_out;  // by NameOfText()
  decltype(fz_device::fill_text) fill = nullptr;
  decltype(fz_device::stroke_text) stroke = nullptr;
  decltype(fz_device::clip_text) clip = nullptr;
  decltype(fz_device::clip_stroke_text) clip_stroke = nullptr;
};
thread_local TextFilter* text_filter = nullptr;
constexpr fz_text kNoText{1, nullptr, nullptr};

void FillSomeText(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm,
                  fz_colorspace* space, const float* color, float alpha, fz_color_params params) {
  if (text_filter->left_out.contains(NameOfText(text, ctm))) return;
  text_filter->fill(ctx, device, text, ctm, space, color, alpha, params);
}

void StrokeSomeText(fz_context* ctx, fz_device* device, const fz_text* text,
                    const fz_stroke_state* stroke, fz_matrix ctm, fz_colorspace* space,
                    const float* color, float alpha, fz_color_params params) {
  if (text_filter->left_out.contains(NameOfText(text, ctm))) return;
  text_filter->stroke(ctx, device, text, stroke, ctm, space, color, alpha, params);
}

// Letters that are left out let nothing through.
void ClipSomeText(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm,
                  fz_rect scissor) {
  if (text_filter->left_out.contains(NameOfText(text, ctm))) text = &kNoText;
  text_filter->clip(ctx, device, text, ctm, scissor);
}

void ClipStrokeOfSomeText(fz_context* ctx, fz_device* device, const fz_text* text,
                          const fz_stroke_state* stroke, fz_matrix ctm, fz_rect scissor) {
  if (text_filter->left_out.contains(NameOfText(text, ctm))) text = &kNoText;
  text_filter->clip_stroke(ctx, device, text, stroke, ctm, scissor);
}

void FilterText(fz_device* device) {
  if (text_filter == nullptr) return;
  text_filter->fill = std::exchange(device->fill_text, FillSomeText);
  text_filter->stroke = std::exchange(device->stroke_text, StrokeSomeText);
  text_filter->clip = std::exchange(device->clip_text, ClipSomeText);
  text_filter->clip_stroke = std::exchange(device->clip_stroke_text, ClipStrokeOfSomeText);
}

// Calls `row` with the part within `box` (pixels) of each row of a picture `width` wide.
template <typename Pixels, typename Row>
void ForEachRow(const Rect& box, int width, Pixels& pixels, const Row& row) {
  const size_t rows = pixels.size() / static_cast<size_t>(width);
  const auto height = static_cast<float>(rows);
  const auto at = [](float value, float most) {
    return static_cast<ptrdiff_t>(std::clamp(value, 0.0F, most));
  };
  const ptrdiff_t x0 = at(std::floor(box.x0), static_cast<float>(width));
  const ptrdiff_t x1 = at(std::ceil(box.x1), static_cast<float>(width));
  const ptrdiff_t y1 = at(std::ceil(box.y1), height);
  for (ptrdiff_t y = at(std::floor(box.y0), height); y < y1 && x0 < x1; ++y) {
    row(pixels.begin() + y * width + x0, pixels.begin() + y * width + x1);
  }
}

// Where two pictures of the same size are not alike.
std::vector<bool> Difference(const Raster& a, const Raster& b) {
  const int width = a.width(), height = a.height();
  std::vector<bool> differs(static_cast<size_t>(width) * static_cast<size_t>(height));
  size_t i = 0;
  for (int y = 0; y < height; ++y) {
    const uint32_t* in_a = a.data() + static_cast<ptrdiff_t>(y) * a.words_per_line();
    const uint32_t* in_b = b.data() + static_cast<ptrdiff_t>(y) * b.words_per_line();
    for (int x = 0; x < width; ++x, ++i) {
      differs[i] = std::abs(static_cast<int>(GET_DATA_BYTE(in_a, x)) -
                            static_cast<int>(GET_DATA_BYTE(in_b, x))) > kUnseenGrey;
    }
  }
  return differs;
}

// The pixels of a page, row by row, that change when text is left out.
struct TextDifference {
  int width = 0;
  float scale = 1;  // pixels a point
  std::vector<bool> differs;
};

Rect Scaled(const Rect& r, float scale, float rim) {
  return {r.x0 * scale - rim, r.y0 * scale - rim, r.x1 * scale + rim, r.y1 * scale + rim};
}

// Whether most of what changes lies within the boxes of the glyphs that were left out.
bool StaysInBoxes(const TextDifference& change, const std::vector<Glyph>& glyphs,
                  const TextFilter& filter) {
  std::vector<bool> stray = change.differs;
  for (const Glyph& g : glyphs) {
    if (!filter.left_out.contains(g.drawing)) continue;
    ForEachRow(Scaled(g.box, change.scale, 1), change.width, stray,
               [](auto begin, auto end) { std::fill(begin, end, false); });
  }
  return 2 * std::count(stray.begin(), stray.end(), true) <=
         std::count(change.differs.begin(), change.differs.end(), true);
}

struct Size {
  int width, height;
};

// The page's size in pixels; `dpi` sinks until it fits.
absl::StatusOr<Size> Fit(fz_rect bounds, double max_side, int* dpi) {
  const double width = static_cast<double>(bounds.x1 - bounds.x0) / 72;
  const double height = static_cast<double>(bounds.y1 - bounds.y0) / 72;
  if (!(width > 0) || !(height > 0)) return Corrupt("the page has no size");
  const double most = std::min(
      {std::sqrt(kMaxPixels / (width * height)), max_side / width, max_side / height, 1e4});
  *dpi = std::min(*dpi, static_cast<int>(most));
  if (*dpi < kMinDpi) return Corrupt("the page is too large to be drawn");
  return Size{std::max(1, static_cast<int>(std::lround(width * *dpi))),
              std::max(1, static_cast<int>(std::lround(height * *dpi)))};
}

// Paints what unapplied marks of redaction cover. Throws MuPDF errors.
void PaintMarks(fz_context* ctx, pdf_page* page, fz_matrix to_pixels, fz_pixmap* pixmap) {
  const auto paint = [&](fz_rect mark) {
    fz_clear_pixmap_rect_with_value(ctx, pixmap, 0,
                                    fz_irect_from_rect(fz_transform_rect(mark, to_pixels)));
  };
  for (pdf_annot* annot = pdf_first_annot(ctx, page); annot != nullptr;
       annot = pdf_next_annot(ctx, annot)) {
    if (pdf_annot_type(ctx, annot) != PDF_ANNOT_REDACT) continue;
    const int quads = pdf_annot_quad_point_count(ctx, annot);
    for (int i = 0; i < quads; ++i) {
      paint(fz_rect_from_quad(pdf_annot_quad_point(ctx, annot, i)));
    }
    if (quads == 0) paint(pdf_annot_rect(ctx, annot));
  }
}

}  // namespace

absl::StatusOr<ColourPage> Document::Draw(int page, int* dpi) {
  if (page < 1 || page > impl_->page_count || !impl_->LoadPage(page)) {
    return Corrupt("the page is broken and could not be repaired");
  }
  fz_context* ctx = impl_->ctx;
  fz_page* fpage = impl_->page;
  fz_rect bounds = fz_empty_rect;
  bool ok = true;
  fz_var(ok);
  fz_try(ctx) bounds = fz_bound_page(ctx, fpage);
  fz_catch(ctx) ok = false;
  if (!ok) return Corrupt("the page has no size");
  FOIA_ASSIGN_OR_RETURN(const Size size, Fit(bounds, kMaxPictureSide, dpi));
  const float scale = static_cast<float>(*dpi) / 72;

  ColourPage out;
  out.width = size.width;
  out.height = size.height;
  const int stride = 3 * size.width;
  out.rgb.assign(static_cast<size_t>(stride) * static_cast<size_t>(size.height), '\xFF');
  auto* samples = reinterpret_cast<unsigned char*>(out.rgb.data());
  const int width = size.width, height = size.height;
  fz_pixmap* pixmap = nullptr;
  fz_device* device = nullptr;
  fz_var(pixmap);
  fz_var(device);
  fz_try(ctx) {
    const fz_matrix to_pixels =
        fz_concat(fz_translate(-bounds.x0, -bounds.y0), fz_scale(scale, scale));
    pixmap = fz_new_pixmap_with_data(ctx, fz_device_rgb(ctx), width, height, nullptr, 0, stride,
                                     samples);
    device = fz_new_draw_device(ctx, to_pixels, pixmap);
    RunPage(ctx, fpage, device);
    fz_close_device(ctx, device);
    pdf_page* pdf = pdf_page_from_fz_page(ctx, fpage);
    if (pdf != nullptr) PaintMarks(ctx, pdf, to_pixels, pixmap);
  }
  fz_always(ctx) {
    fz_drop_device(ctx, device);
    fz_drop_pixmap(ctx, pixmap);
  }
  fz_catch(ctx) ok = false;
  if (!ok) return Corrupt("the page could not be drawn");
  for (size_t i = 0; i < out.rgb.size() && out.grey; i += 3) {
    out.grey = out.rgb[i] == out.rgb[i + 1] && out.rgb[i] == out.rgb[i + 2];
  }
  return out;
}

absl::StatusOr<Raster> Document::Render(int page, int* dpi) {
  if (page < 1 || page > impl_->page_count || !impl_->LoadPage(page)) {
    return Corrupt("the page is broken and could not be repaired");
  }
  fz_context* ctx = impl_->ctx;
  fz_page* fpage = impl_->page;
  fz_rect bounds = fz_empty_rect;
  bool ok = true;
  fz_var(ok);
  fz_try(ctx) bounds = fz_bound_page(ctx, fpage);
  fz_catch(ctx) ok = false;
  if (!ok) return Corrupt("the page has no size");
  FOIA_ASSIGN_OR_RETURN(const Size size, Fit(bounds, kMaxSide, dpi));
  const float scale = static_cast<float>(*dpi) / 72;

  Raster raster = Raster::White(size.width, size.height);
  if (raster.empty()) return Corrupt("no memory to draw the page");
  const int w = raster.width(), h = raster.height(), stride = raster.words_per_line() * 4;
  auto* samples = reinterpret_cast<unsigned char*>(raster.data());
  fz_pixmap* pixmap = nullptr;
  fz_device* device = nullptr;
  fz_var(pixmap);
  fz_var(device);
  fz_try(ctx) {
    pixmap = fz_new_pixmap_with_data(ctx, fz_device_gray(ctx), w, h, nullptr, 0, stride, samples);
    device = fz_new_draw_device(
        ctx, fz_concat(fz_translate(-bounds.x0, -bounds.y0), fz_scale(scale, scale)), pixmap);
    FilterText(device);
    RunPage(ctx, fpage, device);
    fz_close_device(ctx, device);
  }
  fz_always(ctx) {
    fz_drop_device(ctx, device);
    fz_drop_pixmap(ctx, pixmap);
  }
  fz_catch(ctx) ok = false;
  if (!ok) return Corrupt("the page could not be drawn");
  pixEndianByteSwap(raster.pix());
  return raster;
}

namespace {

// Whether the pixels within the box of a glyph change.
bool Shows(const Glyph& g, const TextDifference& change) {
  bool shows = false;
  ForEachRow(Scaled(g.box, change.scale, 0), change.width, change.differs,
             [&](auto begin, auto end) { shows = shows || std::find(begin, end, true) != end; });
  return shows;
}

// The doubtful glyphs that were painted over, with later ones at the same place that may show.
std::vector<size_t> BelowOthers(const std::vector<Glyph>& glyphs) {
  std::vector<size_t> doubtful, below;
  for (size_t i = 0; i < glyphs.size(); ++i) {
    if (glyphs[i].doubtful && glyphs[i].code > ' ') doubtful.push_back(i);
  }
  std::sort(doubtful.begin(), doubtful.end(),
            [&](size_t a, size_t b) { return glyphs[a].box.y0 < glyphs[b].box.y0; });
  for (size_t i = 0; i < doubtful.size(); ++i) {
    const Glyph& a = glyphs[doubtful[i]];
    for (size_t k = i + 1; k < doubtful.size(); ++k) {
      const Glyph& b = glyphs[doubtful[k]];
      if (b.box.y0 >= a.box.y1) break;
      const bool a_is_below = a.sequence < b.sequence;
      const Glyph& lower = a_is_below ? a : b;
      const Glyph& upper = a_is_below ? b : a;
      if (upper.ground <= lower.sequence || Intersect(a.box, b.box).empty()) continue;
      below.push_back(a_is_below ? doubtful[i] : doubtful[k]);
    }
  }
  std::sort(below.begin(), below.end());
  below.erase(std::unique(below.begin(), below.end()), below.end());
  return below;
}

}  // namespace

void Document::FindUnseen(int page, PageContent* content) {
  std::vector<Glyph>& glyphs = content->glyphs;
  int dpi = kInkDpi;
  absl::StatusOr<Raster> whole;
  // What changes when some text is left out.
  const auto without = [&](TextFilter filter) -> absl::StatusOr<TextDifference> {
    if (!whole.ok()) whole = Render(page, &dpi);
    FOIA_RETURN_IF_ERROR(whole.status());
    text_filter = &filter;
    const absl::StatusOr<Raster> rest = Render(page, &dpi);
    text_filter = nullptr;
    FOIA_RETURN_IF_ERROR(rest.status());
    return TextDifference{whole->width(), static_cast<float>(dpi) / 72, Difference(*whole, *rest)};
  };
  TextFilter filter;
  for (const Glyph& g : glyphs) {
    if (g.doubtful && g.code > ' ') filter.left_out.insert(g.drawing);
  }
  if (filter.left_out.empty()) return;
  const absl::StatusOr<TextDifference> change = without(filter);
  // Letters that stand elsewhere than their font says cannot be judged by their boxes.
  if (!change.ok() || !StaysInBoxes(*change, glyphs, filter)) return;
  for (Glyph& g : glyphs) g.unseen = g.doubtful && !Shows(g, *change);

  const std::vector<size_t> below = BelowOthers(glyphs);
  TextFilter lower;
  for (const size_t i : below) {
    if (!glyphs[i].unseen) lower.left_out.insert(glyphs[i].drawing);
  }
  if (lower.left_out.empty()) return;
  const absl::StatusOr<TextDifference> lower_change = without(lower);
  if (!lower_change.ok()) return;
  for (const size_t i : below) glyphs[i].unseen |= !Shows(glyphs[i], *lower_change);
}

// Throws as MuPDF does.
void Document::Impl::AddAttachment(pdf_obj* file) {
  pdf_obj* const embedded = pdf_dict_get(ctx, file, PDF_NAME(EF));
  pdf_obj* stream = pdf_dict_get(ctx, embedded, PDF_NAME(UF));
  if (stream == nullptr) stream = pdf_dict_get(ctx, embedded, PDF_NAME(F));
  const int number = pdf_to_num(ctx, stream);
  if (!pdf_is_stream(ctx, stream) || attachments.size() >= ZipArchive::kMaxMembers) return;
  for (pdf_obj* known : attachments) {
    if (pdf_to_num(ctx, known) == number) return;
  }
  pdf_obj* name = pdf_dict_get(ctx, file, PDF_NAME(UF));
  if (name == nullptr) name = pdf_dict_get(ctx, file, PDF_NAME(F));
  attachment_names.emplace_back(pdf_to_text_string(ctx, name));
  attachments.push_back(pdf_keep_obj(ctx, stream));
}

const std::vector<std::string>& Document::AttachmentNames() {
  Impl* const p = impl_.get();
  fz_context* const ctx = p->ctx;
  pdf_document* const pdf = pdf_specifics(ctx, p->doc);
  if (p->looked_for_attachments || pdf == nullptr) return p->attachment_names;
  p->looked_for_attachments = true;
  pdf_obj* tree = nullptr;
  fz_var(tree);
  fz_try(ctx) {
    tree = pdf_load_name_tree(ctx, pdf, PDF_NAME(EmbeddedFiles));
    const int count = pdf_dict_len(ctx, tree);
    for (int i = 0; i < count; ++i) p->AddAttachment(pdf_dict_get_val(ctx, tree, i));
  }
  fz_always(ctx) pdf_drop_obj(ctx, tree);
  fz_catch(ctx) {}  // the pages are there all the same
  const int pages = std::min(p->page_count, kMaxPagesWithNotes);
  bool mapped = false;
  fz_var(mapped);
  fz_try(ctx) {
    // Without its map of the tree, finding each page takes as long as there are pages.
    pdf_load_page_tree(ctx, pdf);
    mapped = true;
    for (int page = 0; page < pages; ++page) {
      pdf_obj* const notes =
          pdf_dict_get(ctx, pdf_lookup_page_obj(ctx, pdf, page), PDF_NAME(Annots));
      const int count = pdf_array_len(ctx, notes);
      for (int i = 0; i < count; ++i) {
        pdf_obj* const note = pdf_array_get(ctx, notes, i);
        if (pdf_name_eq(ctx, pdf_dict_get(ctx, note, PDF_NAME(Subtype)),
                        PDF_NAME(FileAttachment)) != 0) {
          p->AddAttachment(pdf_dict_get(ctx, note, PDF_NAME(FS)));
        }
      }
    }
  }
  fz_always(ctx) {
    if (mapped) pdf_drop_page_tree(ctx, pdf);
  }
  fz_catch(ctx) {}
  return p->attachment_names;
}

namespace {

// MuPDF does not know the crypt filter of attached files, but one that the stream itself names.
// Throws MuPDF errors.
void NameCryptFilter(fz_context* ctx, pdf_obj* file) {
  pdf_document* const pdf = pdf_get_bound_document(ctx, file);
  pdf_obj* const encrypt = pdf_dict_get(ctx, pdf_trailer(ctx, pdf), PDF_NAME(Encrypt));
  pdf_obj* const filter = pdf_dict_get(ctx, file, PDF_NAME(Filter));
  pdf_obj* const parameters = pdf_dict_get(ctx, file, PDF_NAME(DecodeParms));
  const int count = pdf_is_array(ctx, filter) != 0 ? pdf_array_len(ctx, filter) : 1;
  pdf_obj *filters = nullptr, *all = nullptr;
  fz_var(filters);
  fz_var(all);
  fz_try(ctx) {
    filters = pdf_new_array(ctx, pdf, count + 1);
    all = pdf_new_array(ctx, pdf, count + 1);
    pdf_array_push(ctx, filters, PDF_NAME(Crypt));
    pdf_obj* const own = pdf_array_push_dict(ctx, all, 1);
    pdf_dict_put(ctx, own, PDF_NAME(Name), pdf_dict_gets(ctx, encrypt, "EFF"));
    for (int i = 0; i < count && filter != nullptr; ++i) {
      const bool many = pdf_is_array(ctx, filter) != 0;
      pdf_obj* const name = many ? pdf_array_get(ctx, filter, i) : filter;
      // It names one already.
      if (pdf_name_eq(ctx, name, PDF_NAME(Crypt)) != 0) break;
      pdf_array_push(ctx, filters, name);
      pdf_obj* const with = many ? pdf_array_get(ctx, parameters, i) : parameters;
      pdf_array_push(ctx, all, with == nullptr ? PDF_NULL : with);
    }
    if (pdf_array_len(ctx, filters) == (filter == nullptr ? 1 : count + 1)) {
      pdf_dict_put(ctx, file, PDF_NAME(Filter), filters);
      pdf_dict_put(ctx, file, PDF_NAME(DecodeParms), all);
    }
  }
  fz_always(ctx) {
    pdf_drop_obj(ctx, filters);
    pdf_drop_obj(ctx, all);
  }
  fz_catch(ctx) fz_rethrow(ctx);
}

}  // namespace

bool Document::attachments_are_locked() const { return impl_->locked_attachments; }

bool Document::ReadAttachment(int number, const std::function<bool(std::string_view)>& write) {
  fz_context* const ctx = impl_->ctx;
  pdf_obj* const attachment = impl_->attachments.at(static_cast<size_t>(number) - 1);
  const bool own_filter = impl_->own_filter;
  fz_stream* stream = nullptr;
  std::vector<unsigned char> piece(size_t{64} << 10);
  unsigned char* const data = piece.data();
  const size_t size = piece.size();
  size_t came = 0;
  bool ok = true;
  fz_var(stream);
  fz_var(came);
  fz_var(ok);
  fz_try(ctx) {
    if (own_filter) NameCryptFilter(ctx, attachment);
    stream = pdf_open_stream(ctx, attachment);
  }
  fz_catch(ctx) return false;
  do {
    fz_try(ctx) came = fz_read(ctx, stream, data, size);
    fz_catch(ctx) {
      came = 0;
      ok = false;
    }
    ok = ok && (came == 0 || write({reinterpret_cast<const char*>(data), came}));
  } while (ok && came > 0);
  fz_drop_stream(ctx, stream);
  return ok;
}

std::string Document::Version() { return std::string("mupdf ") + FZ_VERSION; }

}  // namespace foia::ocr
