#include "ocr/pdf/searchable_pdf.h"

#include <zlib.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ocr/pdf/invisible_font.h"
#include "ocr/pdf/invisible_text.h"
#include "ocr/pdf/qpdf.h"
#include "services/base/error.h"
#include "services/base/status.h"

// QPDF reports errors with exceptions: none leaves this file.

namespace foia::ocr {
namespace {

constexpr size_t kPieceBytes = 1u << 20;

absl::Status TooBroken() {
  return MakeError(Reason::REASON_DATA_CORRUPT,
                   "the file is too broken to be written again as a PDF");
}

std::string Deflate(std::string_view bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

QPDFObjectHandle NewStream(QPDF& pdf, const std::string& dictionary, const std::string& bytes) {
  QPDFObjectHandle stream = QPDFObjectHandle::newStream(&pdf, bytes);
  stream.replaceDict(QPDFObjectHandle::parse(&pdf, dictionary));
  return stream;
}
QPDFObjectHandle NewDeflated(QPDF& pdf, const std::string& dictionary, std::string_view bytes) {
  return NewStream(pdf, "<< /Filter /FlateDecode " + dictionary + " >>", Deflate(bytes));
}

// Hands on what QPDF writes in larger pieces.
class PieceWriter final : public Pipeline {
 public:
  explicit PieceWriter(const std::function<bool(std::string_view)>& write)
      : Pipeline("pieces", nullptr), write_(write) {}

  void write(const unsigned char* data, size_t size) override {
    while (size > 0 && going_) {
      const size_t part = std::min(size, kPieceBytes - piece_.size());
      piece_.append(reinterpret_cast<const char*>(data), part);
      data += part;
      size -= part;
      if (piece_.size() == kPieceBytes) Send();
    }
    // Nobody wants the rest: QPDF is to stop as well.
    if (!going_) throw std::runtime_error("stopped");
  }
  void finish() override { Send(); }
  bool going() const { return going_; }

 private:
  void Send() {
    if (going_ && !piece_.empty()) going_ = write_(piece_);
    piece_.clear();
  }

  const std::function<bool(std::string_view)>& write_;
  std::string piece_;
  bool going_ = true;
};

}  // namespace

struct SearchablePdf::Impl {
  QPDF pdf;
  std::vector<QPDFObjectHandle> pages;
  InvisibleCodes codes;
  QPDFObjectHandle font;        // null until a page needs it
  QPDFObjectHandle to_unicode;  // filled when all text is known

  void MakeFont() {
    if (font.isInitialized()) return;
    const std::string program = InvisibleTrueType();
    // Whatever the code, the empty glyph.
    std::string glyphs;
    for (int i = 0; i < 0x10000; ++i) glyphs += std::string_view("\0\1", 2);
    const auto units = [](double share) { return static_cast<int>(share * 1000); };
    const auto reference = [](const QPDFObjectHandle& h) {
      return h.getObjGen().unparse(' ') + " R";
    };
    to_unicode = NewDeflated(pdf, "", "");
    const QPDFObjectHandle file =
        NewDeflated(pdf, absl::StrCat("/Length1 ", program.size()), program);
    const QPDFObjectHandle map = NewDeflated(pdf, "", glyphs);
    const QPDFObjectHandle descriptor = pdf.makeIndirectObject(QPDFObjectHandle::parse(
        &pdf,
        absl::StrFormat("<< /Type /FontDescriptor /FontName /FoiaInvisible /Flags 5 "
                        "/FontBBox [0 %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d "
                        "/CapHeight %d /StemV 80 /FontFile2 %s >>",
                        -units(kInvisibleDescent), units(kInvisibleAdvance),
                        units(kInvisibleAscent), units(kInvisibleAscent), -units(kInvisibleDescent),
                        units(kInvisibleAscent), reference(file))));
    const QPDFObjectHandle descendant = pdf.makeIndirectObject(QPDFObjectHandle::parse(
        &pdf, absl::StrFormat("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /FoiaInvisible "
                              "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
                              "/Supplement 0 >> /FontDescriptor %s /DW %d /CIDToGIDMap %s >>",
                              reference(descriptor), units(kInvisibleAdvance), reference(map))));
    font = pdf.makeIndirectObject(QPDFObjectHandle::parse(
        &pdf, absl::StrFormat("<< /Type /Font /Subtype /Type0 /BaseFont /FoiaInvisible /Encoding "
                              "/Identity-H /DescendantFonts [%s] /ToUnicode %s >>",
                              reference(descendant), reference(to_unicode))));
  }

  void AddImagePage(const PageImage& image) {
    const std::string dictionary = absl::StrFormat(
        "/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent %d",
        image.width, image.height, image.grey ? "DeviceGray" : "DeviceRGB", image.bits);
    const QPDFObjectHandle picture =
        image.is_jpeg ? NewStream(pdf, "<< /Filter /DCTDecode " + dictionary + " >>", image.bytes)
                      : NewDeflated(pdf, dictionary, image.bytes);
    const Matrix& m = image.placement;
    const QPDFObjectHandle content = QPDFObjectHandle::newStream(
        &pdf, absl::StrFormat("q %.5f %.5f %.5f %.5f %.5f %.5f cm /Picture Do Q\n", m.a, m.b, m.c,
                              m.d, m.e, m.f));
    QPDFObjectHandle page = pdf.makeIndirectObject(QPDFObjectHandle::parse(
        &pdf, absl::StrFormat("<< /Type /Page /MediaBox [0 0 %.4f %.4f] /Contents %s R "
                              "/Resources << /XObject << /Picture %s R >> >> >>",
                              image.page_width, image.page_height, content.getObjGen().unparse(' '),
                              picture.getObjGen().unparse(' '))));
    pdf.addPage(page, false);
  }
};

SearchablePdf::SearchablePdf(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SearchablePdf::~SearchablePdf() = default;

absl::StatusOr<std::unique_ptr<SearchablePdf>> SearchablePdf::Open(std::string_view bytes,
                                                                   const std::string& password,
                                                                   Document& document) {
  auto impl = std::make_unique<Impl>();
  impl->pdf.setSuppressWarnings(true);
  try {
    if (document.is_pdf()) {
      impl->pdf.processMemoryFile("file", bytes.data(), bytes.size(),
                                  password.empty() ? nullptr : password.c_str());
      if (impl->pdf.isEncrypted() && !impl->pdf.ownerPasswordMatched() &&
          !(impl->pdf.allowModifyOther() && impl->pdf.allowExtractAll())) {
        return MakeError(Reason::REASON_PERMISSION_DENIED,
                         "the file is protected: it permits no changed copy of it");
      }
    } else {
      impl->pdf.emptyPDF();
      for (int page = 1; page <= document.page_count(); ++page) {
        FOIA_ASSIGN_OR_RETURN(const PageImage image, document.ReadImage(page));
        impl->AddImagePage(image);
      }
    }
    impl->pages = impl->pdf.getAllPages();
  } catch (const std::exception&) {
    return TooBroken();
  }
  // Words must not come under another page than they were read from.
  if (static_cast<int>(impl->pages.size()) != document.page_count()) return TooBroken();
  return std::unique_ptr<SearchablePdf>(new SearchablePdf(std::move(impl)));
}

absl::Status SearchablePdf::AddText(int page, const documents::v1::PageRecord& record) {
  if (page < 1 || static_cast<size_t>(page) > impl_->pages.size()) return TooBroken();
  try {
    QPDFPageObjectHelper helper(impl_->pages[static_cast<size_t>(page) - 1]);
    QPDFObjectHandle resources = helper.getAttribute("/Resources", true);
    if (!resources.isDictionary()) {
      resources = QPDFObjectHandle::newDictionary();
      helper.getObjectHandle().replaceKey("/Resources", resources);
    }
    // A copy, for other pages may have the same one.
    QPDFObjectHandle fonts = resources.getKey("/Font");
    fonts = fonts.isDictionary() ? fonts.shallowCopy() : QPDFObjectHandle::newDictionary();
    std::string name = "FoiaText";
    while (fonts.hasKey("/" + name)) name += "X";

    const std::string text = InvisibleText(record, name, &impl_->codes);
    if (text.empty()) return absl::OkStatus();
    impl_->MakeFont();
    fonts.replaceKey("/" + name, impl_->font);
    resources.replaceKey("/Font", fonts);
    // In front of the page's own content, where no state of it reaches: nothing of it has to be
    // wrapped, and being invisible the words may as well lie below.
    helper.addPageContents(NewDeflated(impl_->pdf, "", text), true);
  } catch (const std::exception&) {
    return TooBroken();
  }
  return absl::OkStatus();
}

absl::Status SearchablePdf::Write(const std::function<bool(std::string_view)>& write) {
  PieceWriter pieces(write);
  try {
    if (impl_->to_unicode.isInitialized()) {
      impl_->to_unicode.replaceStreamData(Deflate(impl_->codes.ToUnicode()),
                                          QPDFObjectHandle::newName("/FlateDecode"),
                                          QPDFObjectHandle::newNull());
    }
    QPDFWriter writer(impl_->pdf);
    writer.setOutputPipeline(&pieces);
    writer.setStreamDataMode(qpdf_s_preserve);
    writer.setPreserveEncryption(false);
    writer.setDeterministicID(true);
    writer.write();
    pieces.finish();
  } catch (const std::exception&) {
    if (pieces.going()) return TooBroken();
  }
  return pieces.going() ? absl::OkStatus() : absl::CancelledError("nobody takes the file");
}

}  // namespace foia::ocr
