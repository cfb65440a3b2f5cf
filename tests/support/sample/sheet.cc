#include "tests/support/sample/sheet.h"

#include <leptonica/allheaders.h>
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numbers>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/strings.h"

namespace foia::testing {
namespace {

constexpr double kLeft = 72, kRight = kSheetWidth - 72;

fz_context* Context() {
  static fz_context* context = [] {
    fz_context* made = fz_new_context(nullptr, nullptr, 64u << 20);
    if (made == nullptr) std::abort();
    fz_register_document_handlers(made);
    return made;
  }();
  return context;
}

// The base-14 font that the content streams call `name`.
fz_font* Font(std::string_view name) {
  static auto* fonts = new std::map<std::string, fz_font*, std::less<>>;
  fz_context* ctx = Context();
  auto it = fonts->find(name);
  if (it == fonts->end()) {
    const char* base = name == "F2"   ? "Helvetica-Bold"
                       : name == "F3" ? "Courier"
                       : name == "F4" ? "Helvetica"
                                      : "Times-Roman";
    it = fonts->emplace(name, fz_new_base14_font(ctx, base)).first;
  }
  return it->second;
}

double TextWidth(std::string_view text, std::string_view name, double size) {
  fz_context* ctx = Context();
  fz_font* font = Font(name);
  double width = 0;
  for (const char c : text) {
    width += static_cast<double>(fz_advance_glyph(ctx, font, fz_encode_character(ctx, font, c), 0));
  }
  return width * size;
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string Printed(std::string_view code) {
  std::string out = absl::StrCat("(b)(", ToAbsl(code.substr(1, 1)), ")");
  if (code.size() > 2) absl::StrAppend(&out, "(", ToAbsl(code.substr(2)), ")");
  return out;
}

std::string Label(std::string_view codes) {
  std::string out;
  for (const auto code : absl::StrSplit(ToAbsl(codes), ';', absl::SkipEmpty())) {
    if (!out.empty()) out += "; ";
    out += Printed(ToStd(code));
  }
  return out;
}

// A piece of a paragraph that is not broken: a word, or a box.
struct Piece {
  bool box = false;
  std::string text;  // word, or codes of the box
  double width = 0;
};

std::vector<Piece> Pieces(std::string_view text, std::string_view font, double size) {
  std::vector<Piece> pieces;
  for (const auto word : absl::StrSplit(ToAbsl(text), ' ', absl::SkipEmpty())) {
    std::string_view rest = ToStd(word);
    const size_t open = rest.find("[["), close = rest.find("]]");
    if (open == std::string_view::npos || close == std::string_view::npos) {
      pieces.push_back({false, std::string(rest), TextWidth(rest, font, size)});
      continue;
    }
    const std::string_view inside = rest.substr(open + 2, close - open - 2);
    const size_t colon = inside.find(':');
    pieces.push_back({true, std::string(inside.substr(0, colon)),
                      std::strtod(std::string(inside.substr(colon + 1)).c_str(), nullptr)});
    const std::string_view after = rest.substr(close + 2);
    if (!after.empty()) {
      pieces.push_back({false, std::string(after), TextWidth(after, font, size)});
    }
  }
  return pieces;
}

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "foia-sample: %s\n", what);
  std::exit(1);
}

// The file after a change, written with `options`.
std::string Rewrite(const std::string& pdf, const pdf_write_options& options,
                    const std::function<void(fz_context*, pdf_document*)>& change) {
  fz_context* ctx = Context();
  fz_buffer* buffer = nullptr;
  bool ok = true;
  fz_var(buffer);
  fz_var(ok);
  fz_try(ctx) {
    fz_stream* stream =
        fz_open_memory(ctx, reinterpret_cast<const unsigned char*>(pdf.data()), pdf.size());
    pdf_document* doc = pdf_open_document_with_stream(ctx, stream);
    change(ctx, doc);
    buffer = fz_new_buffer(ctx, pdf.size() + 4096);
    fz_output* output = fz_new_output_with_buffer(ctx, buffer);
    pdf_write_document(ctx, doc, output, &options);
    fz_close_output(ctx, output);
    fz_drop_output(ctx, output);
    pdf_drop_document(ctx, doc);
    fz_drop_stream(ctx, stream);
  }
  fz_catch(ctx) ok = false;
  if (!ok) Fail("the file cannot be written anew");
  unsigned char* data = nullptr;
  const size_t size = fz_buffer_storage(ctx, buffer, &data);
  std::string result(reinterpret_cast<const char*>(data), size);
  fz_drop_buffer(ctx, buffer);
  return result;
}

}  // namespace

void Sheet::Show(double x, std::string_view text, std::string_view font, double size, bool white) {
  absl::StrAppend(&content_, white ? "1 g " : "0 g ", "BT /", ToAbsl(font), " ", Number(size),
                  " Tf ", Number(x), " ", Number(y_), " Td (", Escaped(text), ") Tj ET\n");
}

void Sheet::Box(double x, double width, double size, std::string_view codes) {
  const double bottom = y_ - 0.28 * size, height = 1.12 * size;
  const std::string place =
      absl::StrCat(Number(x), " ", Number(bottom), " ", Number(width), " ", Number(height), " re ");
  switch (style_) {
    case BoxStyle::kWhite:
      absl::StrAppend(&content_, "1 g 0 G 0.7 w ", place, "B\n");
      break;
    case BoxStyle::kGrey:
      absl::StrAppend(&content_, "0.67 g ", place, "f\n");
      break;
    default:
      absl::StrAppend(&content_, "0 g ", place, "f\n");
  }
  const std::string label = Label(codes);
  boxes_.push_back({x, kSheetHeight - bottom - height, x + width, kSheetHeight - bottom, label});
  if (label.empty()) return;
  for (const auto code : absl::StrSplit(ToAbsl(codes), ';', absl::SkipEmpty())) {
    codes_.emplace_back(code);
  }
  if (style_ == BoxStyle::kMargin) {
    absl::StrAppend(&margin_, margin_.empty() ? "" : "; ", label);
    return;
  }
  double label_size = 0.8 * size;
  while (TextWidth(label, "F2", label_size) > width - 6) label_size *= 0.95;
  Show(x + (width - TextWidth(label, "F2", label_size)) / 2, label, "F2", label_size,
       style_ == BoxStyle::kBlack);
}

void Sheet::Bar(std::string_view text, double width) {
  absl::StrAppend(&content_, "0 g ", Number(kLeft), " ", Number(y_ - 5), " ", Number(width),
                  " 16 re f\n");
  Show(kLeft + 6, text, "F2", 11, true);
  absl::StrAppend(&text_, ToAbsl(text), "\n");
  y_ -= 26;
}

void Sheet::Table(const std::vector<std::vector<std::string>>& rows) {
  constexpr double kCellWidth = 110, kCellHeight = 18;
  for (const std::vector<std::string>& row : rows) {
    double x = kLeft;
    for (const std::string& cell : row) {
      absl::StrAppend(&content_, "0 G 0.7 w ", Number(x), " ", Number(y_ - 5), " ",
                      Number(kCellWidth), " ", Number(kCellHeight), " re S\n");
      Show(x + 4, cell, "F4", 10);
      absl::StrAppend(&text_, x == kLeft || cell.empty() ? "" : " ", cell);
      x += kCellWidth;
    }
    text_ += '\n';
    y_ -= kCellHeight;
  }
  y_ -= 12;
}

void Sheet::Stamp(std::string_view text) {
  const double width = TextWidth(text, "F2", 16) + 20;
  absl::StrAppend(&content_, "0 G 2 w ", Number(kRight - width), " ", Number(y_ - 12), " ",
                  Number(width), " 26 re S\n");
  y_ -= 5;
  Show(kRight - width + 10, text, "F2", 16);
  absl::StrAppend(&text_, ToAbsl(text), "\n");
  y_ -= 32;
}

void Sheet::EndLine() {
  if (!margin_.empty()) {
    Show(kRight + 7, margin_, "F2", 7.5);
    absl::StrAppend(&text_, " ", margin_);
    margin_.clear();
  }
  text_ += '\n';
}

void Sheet::Heading(std::string_view text) {
  const double width = TextWidth(text, "F2", 14);
  Show((kSheetWidth - width) / 2, text, "F2", 14);
  absl::StrAppend(&text_, ToAbsl(text), "\n");
  y_ -= 26;
}

void Sheet::Line(std::string_view text, std::string_view font, double size) {
  Paragraph(text, font, size);
  y_ += 0.45 * size;
}

void Sheet::Paragraph(std::string_view text, std::string_view font, double size) {
  const double blank = TextWidth(" ", font, size);
  double x = kLeft;
  bool first = true;
  for (const Piece& piece : Pieces(text, font, size)) {
    if (!first && x + piece.width > kRight) {
      EndLine();
      x = kLeft;
      y_ -= 1.35 * size;
      first = true;
    }
    if (!first && !text_.ends_with(' ')) text_ += ' ';
    if (piece.box) {
      Box(x, piece.width, size, piece.text);
      if (style_ != BoxStyle::kMargin) text_ += Label(piece.text);
    } else {
      Show(x, piece.text, font, size);
      text_ += piece.text;
    }
    x += piece.width + blank;
    first = false;
  }
  EndLine();
  y_ -= 1.8 * size;
}

void Sheet::Footer(std::string_view text) {
  y_ = 40;
  Show(kRight - TextWidth(text, "F3", 9), text, "F3", 9);
  absl::StrAppend(&text_, ToAbsl(text), "\n");
}

void Sheet::HiddenWord(std::string_view before, std::string_view word, std::string_view after) {
  constexpr double kSize = 11.5;
  const double blank = TextWidth(" ", "F1", kSize);
  double x = kLeft;
  Show(x, before, "F1", kSize);
  x += TextWidth(before, "F1", kSize) + blank;
  const double width = TextWidth(word, "F1", kSize);
  Show(x, word, "F1", kSize);
  absl::StrAppend(&content_, "0 g ", Number(x - 2), " ", Number(y_ - 4), " ", Number(width + 4),
                  " ", Number(kSize + 4), " re f\n");
  Show(x + width + blank, after, "F1", kSize);
  absl::StrAppend(&text_, ToAbsl(before), " ", ToAbsl(after), "\n");
  y_ -= 1.8 * kSize;
}

std::string FontResources() {
  const auto font = [](std::string_view name, std::string_view base) {
    return absl::StrCat("/", ToAbsl(name), " << /Type /Font /Subtype /Type1 /BaseFont /",
                        ToAbsl(base), " /Encoding /WinAnsiEncoding >> ");
  };
  return absl::StrCat("/Font << ", font("F1", "Times-Roman"), font("F2", "Helvetica-Bold"),
                      font("F3", "Courier"), font("F4", "Helvetica"), ">>");
}

int PdfWriter::Add(std::string body) {
  objects_.push_back(std::move(body));
  return static_cast<int>(objects_.size()) + 2;
}

int PdfWriter::AddStream(std::string_view dictionary, std::string_view bytes) {
  return Add(absl::StrCat("<< ", ToAbsl(dictionary), " /Length ", bytes.size(), " >>\nstream\n",
                          ToAbsl(bytes), "\nendstream"));
}

std::string PdfWriter::Finish(const std::vector<int>& pages) {
  std::string kids;
  for (const int page : pages) absl::StrAppend(&kids, page, " 0 R ");
  std::string out = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::vector<size_t> offsets;
  const auto write = [&](int number, const std::string& body) {
    offsets.push_back(out.size());
    absl::StrAppend(&out, number, " 0 obj\n", body, "\nendobj\n");
  };
  write(1, "<< /Type /Catalog /Pages 2 0 R >>");
  write(2, absl::StrCat("<< /Type /Pages /Count ", pages.size(), " /Kids [ ", kids,
                        "] /MediaBox [0 0 612 792] >>"));
  for (size_t i = 0; i < objects_.size(); ++i) write(static_cast<int>(i) + 3, objects_[i]);
  const size_t xref = out.size();
  absl::StrAppend(&out, "xref\n0 ", offsets.size() + 1, "\n0000000000 65535 f \n");
  for (const size_t offset : offsets) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", offset);
    out += entry;
  }
  absl::StrAppend(&out, "trailer\n<< /Size ", offsets.size() + 1, " /Root 1 0 R >>\nstartxref\n",
                  xref, "\n%%EOF\n");
  return out;
}

std::string Outlined(double x, double y, std::string_view text, std::string_view font,
                     double size) {
  static const fz_path_walker to_content = {
      [](fz_context*, void* out, float ax, float ay) {
        absl::StrAppend(static_cast<std::string*>(out), ax, " ", ay, " m ");
      },
      [](fz_context*, void* out, float ax, float ay) {
        absl::StrAppend(static_cast<std::string*>(out), ax, " ", ay, " l ");
      },
      [](fz_context*, void* out, float ax, float ay, float bx, float by, float cx, float cy) {
        absl::StrAppend(static_cast<std::string*>(out), ax, " ", ay, " ", bx, " ", by, " ", cx, " ",
                        cy, " c ");
      },
      [](fz_context*, void* out) { absl::StrAppend(static_cast<std::string*>(out), "h "); },
      nullptr,
      nullptr,
      nullptr,
      nullptr,
  };
  fz_context* ctx = Context();
  std::string content;
  for (size_t i = 0; i < text.size(); ++i) {
    const double at = x + TextWidth(text.substr(0, i), font, size);
    const auto scale = static_cast<float>(size);
    fz_path* path =
        fz_outline_glyph(ctx, Font(font), fz_encode_character(ctx, Font(font), text[i]),
                         {scale, 0, 0, scale, static_cast<float>(at), static_cast<float>(y)});
    if (path == nullptr) continue;
    fz_walk_path(ctx, path, &to_content, &content);
    fz_drop_path(ctx, path);
  }
  return content + "f\n";
}

std::string OnePagePdf(std::string_view content) {
  PdfWriter writer;
  const int stream = writer.AddStream("", content);
  const int page = writer.Add(absl::StrCat("<< /Type /Page /Parent 2 0 R /Resources << ",
                                           FontResources(), " >> /Contents ", stream, " 0 R >>"));
  return writer.Finish({page});
}

namespace {

// What the glass, the paper and the drum add.
void Wear(const Scanner& scanner, Pix* pix) {
  if (scanner.noise == 0 && scanner.shading == 0 && scanner.border == 0 && scanner.wear == 0) {
    return;
  }
  std::minstd_rand random(scanner.seed);
  const auto uniform = [&random] { return static_cast<double>(random()) / 2147483647.0; };
  const int w = pixGetWidth(pix), h = pixGetHeight(pix);
  const double pt = scanner.dpi / 72.0;
  const double border = scanner.border * pt;
  // Slow waves: where a copy is pale, where it is bold.
  const double phase = 6 * uniform(), other = 6 * uniform(),
               step = 2 * std::numbers::pi / (90 * pt);
  for (int y = 0; y < h; ++y) {
    l_uint32* line = pixGetData(pix) + static_cast<ptrdiff_t>(y) * pixGetWpl(pix);
    for (int x = 0; x < w; ++x) {
      double level = GET_DATA_BYTE(line, x);
      if (scanner.noise > 0) {
        // The sum of three is near enough to a normal distribution; paper is not quite white.
        const double sum = uniform() + uniform() + uniform() - 1.5;
        level = 12 + 0.92 * level + 2 * scanner.noise * sum;
      }
      if (scanner.shading > 0) {
        level -= scanner.shading * level / 255 *
                 (0.5 + 0.3 * std::sin(3.0 * x / w + phase) + 0.2 * std::sin(5.0 * y / h + other));
      }
      if (scanner.wear > 0) {
        level += scanner.wear * std::sin(step * x + phase) * std::sin(step * y + other);
      }
      if (x < border || y < 0.6 * border) level = 20;
      SET_DATA_BYTE(line, x, static_cast<l_uint8>(std::clamp(level, 0.0, 255.0)));
    }
  }
  const int specks = scanner.wear > 0 ? 400 : 0;
  for (int i = 0; i < specks; ++i) {
    const int side = static_cast<int>(1 + 2.5 * uniform() * uniform());
    const int x = static_cast<int>(uniform() * (w - side));
    const int y = static_cast<int>(uniform() * (h - side));
    for (int dy = 0; dy < side; ++dy) {
      for (int dx = 0; dx < side; ++dx) pixSetPixel(pix, x + dx, y + dy, 0);
    }
  }
}

// Rows of a 1-bit picture as PDF wants them: whole bytes, 0 is black.
std::string PackedRows(Pix* binary) {
  const int bytes = (pixGetWidth(binary) + 7) / 8, h = pixGetHeight(binary);
  std::string rows;
  for (int y = 0; y < h; ++y) {
    l_uint32* line = pixGetData(binary) + static_cast<ptrdiff_t>(y) * pixGetWpl(binary);
    for (int x = 0; x < bytes; ++x) rows += static_cast<char>(~GET_DATA_BYTE(line, x));
  }
  return rows;
}

}  // namespace

Scan ScanSheet(std::string_view content, const Scanner& scanner) {
  const std::string pdf = OnePagePdf(content);
  fz_context* ctx = Context();
  const int width = static_cast<int>(std::lround(kSheetWidth * scanner.dpi / 72));
  const int height = static_cast<int>(std::lround(kSheetHeight * scanner.dpi / 72));
  Pix* pix = pixCreateNoInit(width, height, 8);
  if (pix == nullptr) Fail("no memory for a scan");
  pixSetAllArbitrary(pix, 255);
  const float scale = static_cast<float>(scanner.dpi) / 72;
  bool ok = true;
  fz_var(ok);
  fz_try(ctx) {
    fz_stream* stream =
        fz_open_memory(ctx, reinterpret_cast<const unsigned char*>(pdf.data()), pdf.size());
    fz_document* doc = fz_open_document_with_stream(ctx, "application/pdf", stream);
    fz_page* page = fz_load_page(ctx, doc, 0);
    fz_pixmap* pixmap = fz_new_pixmap_with_data(ctx, fz_device_gray(ctx), width, height, nullptr, 0,
                                                pixGetWpl(pix) * 4,
                                                reinterpret_cast<unsigned char*>(pixGetData(pix)));
    fz_device* device = fz_new_draw_device(ctx, fz_scale(scale, scale), pixmap);
    fz_run_page(ctx, page, device, fz_identity, nullptr);
    fz_close_device(ctx, device);
    fz_drop_device(ctx, device);
    fz_drop_pixmap(ctx, pixmap);
    fz_drop_page(ctx, page);
    fz_drop_document(ctx, doc);
    fz_drop_stream(ctx, stream);
  }
  fz_catch(ctx) ok = false;
  if (!ok) Fail("a sheet cannot be drawn");
  pixEndianByteSwap(pix);

  const auto replace = [&pix](Pix* next) {
    if (next == nullptr) Fail("no memory for a scan");
    pixDestroy(&pix);
    pix = next;
  };
  if (scanner.blur > 0) {
    L_Kernel* kernel = makeGaussianKernel(2, 2, static_cast<float>(scanner.blur), 1);
    replace(pixConvolve(pix, kernel, 8, 1));
    kernelDestroy(&kernel);
  }
  if (scanner.skew_degrees != 0) {
    replace(pixRotate(pix, static_cast<float>(scanner.skew_degrees * std::numbers::pi / 180),
                      L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
  }
  if (scanner.quarter_turns != 0) replace(pixRotateOrth(pix, scanner.quarter_turns));
  Wear(scanner, pix);
  Scan scan;
  scan.width = pixGetWidth(pix);
  scan.height = pixGetHeight(pix);
  scan.dictionary = absl::StrCat("/Type /XObject /Subtype /Image /Width ", scan.width, " /Height ",
                                 scan.height, " /ColorSpace /DeviceGray ");
  l_uint8* data = nullptr;
  size_t size = 0;
  if (scanner.black_and_white) {
    Pix* binary = scanner.dither ? pixDitherToBinary(pix) : pixThresholdToBinary(pix, 150);
    const std::string rows = PackedRows(binary);
    pixDestroy(&binary);
    data = zlibCompress(reinterpret_cast<const l_uint8*>(rows.data()), rows.size(), &size);
    scan.dictionary += "/BitsPerComponent 1 /Filter /FlateDecode";
  } else if (pixWriteMemJpeg(&data, &size, pix, 60, 0) == 0) {
    scan.dictionary += "/BitsPerComponent 8 /Filter /DCTDecode";
  }
  if (data == nullptr) Fail("a scan cannot be encoded");
  scan.bytes.assign(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  pixDestroy(&pix);
  return scan;
}

std::string ScannedPdf(const Scan& scan, std::string_view layer) {
  const bool lies = scan.width > scan.height;
  const double width = lies ? kSheetHeight : kSheetWidth;
  const double height = lies ? kSheetWidth : kSheetHeight;
  PdfWriter writer;
  const int image = writer.AddStream(scan.dictionary, scan.bytes);
  const int stream = writer.AddStream(
      "", absl::StrCat("3 Tr\n", ToAbsl(layer), "q ", width, " 0 0 ", height, " 0 0 cm /Im Do Q"));
  const int page = writer.Add(absl::StrCat(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ", width, " ", height, "] /Resources << ",
      FontResources(), " /XObject << /Im ", image, " 0 R >> >> /Contents ", stream, " 0 R >>"));
  return writer.Finish({page});
}

std::string ScanWithHiddenLayer(const std::vector<std::string>& words, std::string_view label) {
  constexpr std::string_view kBefore = "The witness named";
  constexpr std::string_view kAfter = "spoke to the officers on the first evening.";
  constexpr double kSize = 12, kWidth = 100;
  const auto show = [](double x, double y, std::string_view text) {
    return absl::StrCat("BT /F1 ", kSize, " Tf ", Number(x), " ", Number(y), " Td (", Escaped(text),
                        ") Tj ET\n");
  };
  const double box = kLeft + TextWidth(kBefore, "F1", kSize) + 6;
  std::string seen, layer;
  double y = 700;
  for (const std::string& word : words) {
    const std::string around = show(kLeft, y, kBefore) + show(box + kWidth + 6, y, kAfter);
    absl::StrAppend(&seen, around, "0 g ", Number(box), " ", y - 4, " ", kWidth, " 16 re f 1 g ",
                    show(box + (kWidth - TextWidth(label, "F1", kSize)) / 2, y, label), "0 g\n");
    absl::StrAppend(&layer, around,
                    show(box + (kWidth - TextWidth(word, "F1", kSize)) / 2, y, word));
    y -= 40;
  }
  return ScannedPdf(ScanSheet(seen, {.noise = 4}), layer);
}

std::string TiffOf(const std::vector<Scan>& scans, int dpi, bool fax) {
  std::string path = (std::filesystem::temp_directory_path() / "foia-tiff-XXXXXX").string();
  const int fd = mkstemp(path.data());
  if (fd < 0) Fail("no place for a TIFF file");
  close(fd);
  const char* mode = "w";
  for (const Scan& scan : scans) {
    Pix* pix = pixReadMemJpeg(reinterpret_cast<const l_uint8*>(scan.bytes.data()),
                              scan.bytes.size(), 0, 1, nullptr, 0);
    if (pix == nullptr) Fail("a scan cannot be decoded");
    int x = dpi, y = dpi;
    if (fax) {
      x = 204;
      y = 98;
      Pix* scaled = pixScale(pix, static_cast<float>(x) / static_cast<float>(dpi),
                             static_cast<float>(y) / static_cast<float>(dpi));
      pixDestroy(&pix);
      pix = pixThresholdToBinary(scaled, 150);
      pixDestroy(&scaled);
    }
    pixSetResolution(pix, x, y);
    if (pixWriteTiff(path.c_str(), pix, fax ? IFF_TIFF_G4 : IFF_TIFF_ZIP, mode) != 0) {
      Fail("a TIFF file cannot be written");
    }
    mode = "a";
    pixDestroy(&pix);
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return bytes;
}

std::string Attach(const std::string& pdf,
                   const std::vector<std::pair<std::string, std::string>>& files) {
  return Rewrite(pdf, pdf_default_write_options, [&](fz_context* ctx, pdf_document* doc) {
    pdf_obj* names = pdf_new_array(ctx, doc, 4);
    for (const auto& [name, bytes] : files) {
      fz_buffer* contents = fz_new_buffer_from_copied_data(
          ctx, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      pdf_obj* file = pdf_add_embedded_file(ctx, doc, name.c_str(), "application/octet-stream",
                                            contents, 0, 0, 0);
      fz_drop_buffer(ctx, contents);
      if (&name == &files.back().first) {
        pdf_obj* note = pdf_new_dict(ctx, doc, 4);
        pdf_dict_put(ctx, note, PDF_NAME(Type), PDF_NAME(Annot));
        pdf_dict_put(ctx, note, PDF_NAME(Subtype), PDF_NAME(FileAttachment));
        pdf_dict_put_rect(ctx, note, PDF_NAME(Rect), fz_make_rect(10, 10, 30, 30));
        pdf_dict_put_drop(ctx, note, PDF_NAME(FS), file);
        pdf_obj* notes = pdf_new_array(ctx, doc, 1);
        pdf_array_push_drop(ctx, notes, note);
        pdf_dict_put_drop(ctx, pdf_lookup_page_obj(ctx, doc, 0), PDF_NAME(Annots), notes);
      } else {
        pdf_array_push_text_string(ctx, names, name.c_str());
        pdf_array_push_drop(ctx, names, file);
      }
    }
    pdf_obj* root = pdf_dict_get(ctx, pdf_trailer(ctx, doc), PDF_NAME(Root));
    pdf_dict_putl_drop(ctx, root, names, PDF_NAME(Names), PDF_NAME(EmbeddedFiles), PDF_NAME(Names),
                       nullptr);
  });
}

std::string Encrypt(const std::string& pdf, const std::string& password) {
  pdf_write_options options = pdf_default_write_options;
  options.do_encrypt = PDF_ENCRYPT_AES_256;
  std::snprintf(options.upwd_utf8, sizeof options.upwd_utf8, "%s", password.c_str());
  std::snprintf(options.opwd_utf8, sizeof options.opwd_utf8, "%s-owner", password.c_str());
  return Rewrite(pdf, options, [](fz_context*, pdf_document*) {});
}

}  // namespace foia::testing
