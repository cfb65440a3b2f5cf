// The sound files that mutants are made of.
#include <leptonica/allheaders.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tests/mutation/mutator.h"
#include "tests/support/sample/sample.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/temp_dir.h"

namespace foia::testing {
namespace {

constexpr size_t kMaxRealFile = 2u << 20;

std::string Big(uint64_t value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
  return out;
}

std::string Little(size_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

struct Image {
  Pix* grey = nullptr;
  Pix* bits = nullptr;
};

Image ScannedSheet() {
  Sheet sheet;
  sheet.Heading("INVOICE");
  sheet.Paragraph("Materials for the Citizen Academy, delivered to [[b6:90]] in Chicago.");
  const Scan scan = ScanSheet(sheet.content(), {.noise = 3, .dpi = 100});
  Image image;
  image.grey = pixReadMem(reinterpret_cast<const l_uint8*>(scan.bytes.data()), scan.bytes.size());
  image.bits = pixThresholdToBinary(image.grey, 128);
  pixSetResolution(image.bits, 100, 100);
  return image;
}

std::string Encoded(Pix* pix, int format) {
  l_uint8* data = nullptr;
  size_t size = 0;
  if (pixWriteMem(&data, &size, pix, format) != 0) return {};
  std::string out(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return out;
}

// As PDF embeds it, without a file around it.
std::string Raw(Pix* pix, int encoding) {
  L_COMP_DATA* data = nullptr;
  if (pixGenerateCIData(pix, encoding, 60, 0, &data) != 0) return {};
  std::string out(reinterpret_cast<const char*>(data->datacomp), data->nbytescomp);
  l_CIDataDestroy(&data);
  return out;
}

// JBIG2 as PDF embeds it: a page and one generic region in MMR, which is Group 4 (ITU-T T.88, 7.2,
// 7.4.6, 7.4.8).
std::string Jbig2(Pix* bits, std::string_view group4) {
  const auto width = static_cast<uint32_t>(pixGetWidth(bits));
  const auto height = static_cast<uint32_t>(pixGetHeight(bits));
  const std::string page = Big(width, 4) + Big(height, 4) + Big(0, 8) + Big(0, 1) + Big(0, 2);
  const std::string region = Big(width, 4) + Big(height, 4) + Big(0, 8) + Big(0, 1) + Big(1, 1);
  return Big(0, 4) + "\x30" + Big(0, 1) + Big(1, 1) + Big(page.size(), 4) + page + Big(1, 4) +
         "\x26" + Big(0, 1) + Big(1, 1) + Big(region.size() + group4.size(), 4) + region +
         std::string(group4);
}

std::string ImagePdf(Pix* pix, const std::string& entries, const std::string& bytes) {
  PdfWriter writer;
  const int image =
      writer.AddStream(absl::StrCat("/Type /XObject /Subtype /Image /Width ", pixGetWidth(pix),
                                    " /Height ", pixGetHeight(pix), " ", entries),
                       bytes);
  const int content = writer.AddStream("", "q 612 0 0 792 0 0 cm /Im Do Q");
  return writer.Finish(
      {writer.Add(absl::StrCat("<< /Type /Page /Parent 2 0 R /Contents ", content,
                               " 0 R /Resources << /XObject << /Im ", image, " 0 R >> >> >>"))});
}

// Members stored as they are.
std::string Zip(const std::vector<SoundFile>& members) {
  std::string out, directory;
  for (const SoundFile& member : members) {
    const auto size = member.bytes.size();
    const auto checksum =
        crc32(0, reinterpret_cast<const Bytef*>(member.bytes.data()), static_cast<uInt>(size));
    const std::string common = Little(20, 2) + Little(0, 2) + Little(0, 2) + Little(0, 4) +
                               Little(checksum, 4) + Little(size, 4) + Little(size, 4) +
                               Little(member.name.size(), 2) + Little(0, 2);
    directory += "PK\x01\x02" + Little(20, 2) + common + Little(0, 2) + Little(0, 2) +
                 Little(0, 2) + Little(0, 4) + Little(out.size(), 4) + member.name;
    out += "PK\x03\x04" + common + member.name + member.bytes;
  }
  const size_t count = members.size();
  return out + directory + "PK\x05\x06" + Little(0, 4) + Little(count, 2) + Little(count, 2) +
         Little(directory.size(), 4) + Little(out.size(), 4) + Little(0, 2);
}

}  // namespace

std::vector<SoundFile> GeneratedFiles() {
  const Image image = ScannedSheet();
  const std::string group4 = Raw(image.bits, L_G4_ENCODE);
  const std::string one_bit = "/ColorSpace /DeviceGray /BitsPerComponent 1 ";
  const std::string eight_bits = "/ColorSpace /DeviceGray /BitsPerComponent 8 ";
  std::vector<SoundFile> files;
  const auto add = [&files](std::string name, FileKind kind, std::string bytes) {
    files.push_back({std::move(name), kind, std::move(bytes), true});
  };
  add("fax.pdf", FileKind::kPdf,
      ImagePdf(image.bits,
               absl::StrCat(one_bit, "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns ",
                            pixGetWidth(image.bits), " /Rows ", pixGetHeight(image.bits), " >>"),
               group4));
  add("jbig2.pdf", FileKind::kPdf,
      ImagePdf(image.bits, one_bit + "/Filter /JBIG2Decode", Jbig2(image.bits, group4)));
  add("jpeg2000.pdf", FileKind::kPdf,
      ImagePdf(image.grey, "/Filter /JPXDecode", Encoded(image.grey, IFF_JP2)));
  add("jpeg.pdf", FileKind::kPdf,
      ImagePdf(image.grey, eight_bits + "/Filter /DCTDecode", Encoded(image.grey, IFF_JFIF_JPEG)));
  add("group4.tif", FileKind::kTiff, Encoded(image.bits, IFF_TIFF_G4));
  add("lzw.tif", FileKind::kTiff, Encoded(image.grey, IFF_TIFF_LZW));
  add("packbits.tif", FileKind::kTiff, Encoded(image.bits, IFF_TIFF_PACKBITS));
  add("scan.jpg", FileKind::kOther, Encoded(image.grey, IFF_JFIF_JPEG));
  add("scan.png", FileKind::kOther, Encoded(image.grey, IFF_PNG));
  add("layer.pdf", FileKind::kPdf, MakeSample({.pages = 2, .layer_only = true}).pdf);
  add("sealed.pdf", FileKind::kPdf,
      MakeSample({.pages = 1, .layer_only = true, .failed_redaction = "Zebulonia"}).pdf);
  add("encrypted.pdf", FileKind::kPdf,
      MakeSample({.pages = 1, .layer_only = true, .password = "open"}).pdf);
  add("release.zip", FileKind::kZip, Zip({files[0], files[4], files[9]}));
  files.push_back({"sample.pdf", FileKind::kPdf, MakeSample({}).pdf, false});
  Image done = image;
  pixDestroy(&done.grey);
  pixDestroy(&done.bits);
  return files;
}

std::vector<SoundFile> RealFiles(const std::string& folder) {
  std::vector<SoundFile> files;
  if (folder.empty()) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".pdf" || entry.file_size() > kMaxRealFile) continue;
    files.push_back(
        {entry.path().filename().string(), FileKind::kPdf, ReadFile(entry.path().string()), false});
  }
  std::sort(files.begin(), files.end(),
            [](const SoundFile& a, const SoundFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace foia::testing
