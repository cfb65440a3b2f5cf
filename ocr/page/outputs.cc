#include "ocr/page/outputs.h"

#include <webp/encode.h>

#include <cstring>
#include <memory>
#include <utility>

#include "ocr/pdf/searchable_pdf.h"
#include "services/base/error.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// Small enough for 110 dpi over a slow line, fine enough to read; a higher method saves a few per
// cent of bytes for twice the time.
constexpr float kQuality = 75;
constexpr int kMethod = 2;

// Samples without colour go straight into the luma plane (BT.601, 16 to 235).
bool ImportGrey(const ColourPage& page, WebPPicture* picture) {
  if (WebPPictureAlloc(picture) == 0) return false;
  const char* from = page.rgb.data();
  for (int y = 0; y < page.height; ++y) {
    uint8_t* to = picture->y + static_cast<ptrdiff_t>(y) * picture->y_stride;
    for (int x = 0; x < page.width; ++x, from += 3) {
      to[x] = static_cast<uint8_t>(16 + (static_cast<unsigned char>(*from) * 219 + 127) / 255);
    }
  }
  const auto rows = static_cast<size_t>((page.height + 1) / 2);
  std::memset(picture->u, 128, rows * static_cast<size_t>(picture->uv_stride));
  std::memset(picture->v, 128, rows * static_cast<size_t>(picture->uv_stride));
  return true;
}

// Empty when there is no memory.
std::string EncodeWebP(const ColourPage& page) {
  WebPConfig config;
  WebPPicture picture;
  if (WebPConfigPreset(&config, WEBP_PRESET_TEXT, kQuality) == 0 ||
      WebPPictureInit(&picture) == 0) {
    return {};
  }
  config.method = kMethod;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.width = page.width;
  picture.height = page.height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const bool imported =
      page.grey ? ImportGrey(page, &picture)
                : WebPPictureImportRGB(&picture, reinterpret_cast<const uint8_t*>(page.rgb.data()),
                                       3 * page.width) != 0;
  std::string out;
  if (imported && WebPEncode(&config, &picture) != 0) {
    out.assign(reinterpret_cast<const char*>(writer.mem), writer.size);
  }
  WebPPictureFree(&picture);
  WebPMemoryWriterClear(&writer);
  return out;
}

pb::Chunk End(pb::PageState state, std::string_view reason) {
  pb::Chunk last;
  last.set_end(state);
  last.set_reason(std::string(reason));
  return last;
}
pb::Chunk End(const absl::Status& status) {
  return End(ReasonOf(status) == Reason::REASON_PERMISSION_DENIED ? pb::PAGE_STATE_UNSUPPORTED
                                                                  : pb::PAGE_STATE_DAMAGED,
             {status.message().data(), status.message().size()});
}

// An archive is read, but has no pages.
pb::Chunk NoDocument(const Document::Opened& file) {
  if (file.state == pb::PAGE_STATE_DONE) {
    return End(pb::PAGE_STATE_UNSUPPORTED, "the file has no pages");
  }
  return End(file.state, file.reason);
}

}  // namespace

pb::Picture DrawPage(const Document::Opened& file, int page, int dpi) {
  pb::Picture out;
  if (file.document == nullptr) {
    const pb::Chunk why = NoDocument(file);
    out.set_state(why.end());
    out.set_state_reason(why.reason());
    return out;
  }
  out.set_state(pb::PAGE_STATE_DONE);
  const absl::StatusOr<ColourPage> drawn = file.document->Draw(page, &dpi);
  if (drawn.ok()) {
    out.set_webp(EncodeWebP(*drawn));
    out.set_width(drawn->width);
    out.set_height(drawn->height);
    out.set_dpi(dpi);
  }
  if (out.webp().empty()) {
    out.set_state(pb::PAGE_STATE_DAMAGED);
    out.set_state_reason(drawn.ok() ? "no memory to draw the page"
                                    : std::string(drawn.status().message()));
  }
  return out;
}

pb::Chunk SendSearchablePdf(const Document::Opened& file, std::string_view bytes,
                            const std::string& password, int pages,
                            const std::function<absl::StatusOr<pb::PageRecord>()>& next,
                            const std::function<absl::Status(const pb::Chunk&)>& send) {
  std::unique_ptr<SearchablePdf> pdf;
  pb::Chunk failure;
  if (file.document == nullptr) {
    failure = NoDocument(file);
  } else {
    absl::StatusOr<std::unique_ptr<SearchablePdf>> opened =
        SearchablePdf::Open(bytes, password, *file.document);
    if (opened.ok()) {
      pdf = *std::move(opened);
    } else {
      failure = End(opened.status());
    }
  }
  for (int page = 1; page <= pages; ++page) {
    const absl::StatusOr<pb::PageRecord> record = next();
    if (!record.ok()) return End(pb::PAGE_STATE_FAILED, "the records ended early");
    if (pdf == nullptr) continue;
    if (const absl::Status added = pdf->AddText(page, *record); !added.ok()) {
      failure = End(added);
      pdf.reset();
    }
  }
  if (pdf == nullptr) return failure;
  const absl::Status written = pdf->Write([&](std::string_view piece) {
    pb::Chunk chunk;
    chunk.set_data(piece.data(), piece.size());
    return send(chunk).ok();
  });
  return written.ok() ? End(pb::PAGE_STATE_DONE, "") : End(written);
}

}  // namespace foia::ocr
