#include "ocr/pdf/media_type.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "ocr/pdf/zip.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

using std::string_view_literals::operator""sv;

constexpr FileType kPdf{"application/pdf", FileUse::kPages, "a PDF file"};
constexpr FileType kUnknown{"", FileUse::kKept, "a file of an unknown kind"};

struct Magic {
  size_t at;
  std::string_view bytes;
  FileType type;
};

constexpr FileType Kept(std::string_view media_type, std::string_view noun) {
  return {media_type, FileUse::kKept, noun};
}

constexpr std::array kMagic{
    Magic{0, "\xFF\xD8\xFF"sv, {"image/jpeg", FileUse::kPages, "a JPEG image"}},
    Magic{0, "\x89PNG\r\n\x1A\n"sv, {"image/png", FileUse::kPages, "a PNG image"}},
    Magic{0, "II*\0"sv, {"image/tiff", FileUse::kPages, "a TIFF image"}},
    Magic{0, "MM\0*"sv, {"image/tiff", FileUse::kPages, "a TIFF image"}},
    Magic{0, "II+\0"sv, Kept("image/tiff", "a BigTIFF image")},
    Magic{0, "MM\0+"sv, Kept("image/tiff", "a BigTIFF image")},
    Magic{0, "GIF87a"sv, Kept("image/gif", "a GIF image")},
    Magic{0, "GIF89a"sv, Kept("image/gif", "a GIF image")},
    Magic{8, "WEBP"sv, Kept("image/webp", "a WebP image")},
    Magic{4, "ftypheic"sv, Kept("image/heic", "a HEIC image")},
    Magic{4, "ftypmif1"sv, Kept("image/heif", "a HEIF image")},
    Magic{0, "\0\0\0\x0CjP  \r\n\x87\n"sv, Kept("image/jp2", "a JPEG 2000 image")},
    Magic{0, "8BPS"sv, Kept("image/vnd.adobe.photoshop", "a Photoshop image")},
    Magic{0, "AT&TFORM"sv, Kept("image/vnd.djvu", "a DjVu document")},
    Magic{0, "AC10"sv, Kept("image/vnd.dwg", "an AutoCAD drawing")},
    Magic{0, "{\\rtf"sv, Kept("application/rtf", "a rich text document (RTF)")},
    Magic{0, "\xFFWPC"sv, Kept("application/vnd.wordperfect", "a WordPerfect document")},
    Magic{0, "%!PS"sv, Kept("application/postscript", "a PostScript document")},
    Magic{0, "!BDN"sv, Kept("application/vnd.ms-outlook-pst", "an Outlook mailbox (PST)")},
    Magic{4, "Standard Jet DB"sv, Kept("application/vnd.ms-access", "an Access database")},
    Magic{4, "Standard ACE DB"sv, Kept("application/vnd.ms-access", "an Access database")},
    Magic{0, "SQLite format 3\0"sv, Kept("application/vnd.sqlite3", "an SQLite database")},
    Magic{0, "7z\xBC\xAF\x27\x1C"sv, Kept("application/x-7z-compressed", "a 7-Zip archive")},
    Magic{0, "Rar!\x1A\x07"sv, Kept("application/vnd.rar", "a RAR archive")},
    Magic{0, "\x1F\x8B"sv, Kept("application/gzip", "a gzip file")},
    Magic{0, "BZh"sv, Kept("application/x-bzip2", "a bzip2 file")},
    Magic{0, "\xFD\x37zXZ\0"sv, Kept("application/x-xz", "an xz file")},
    Magic{257, "ustar"sv, Kept("application/x-tar", "a tar archive")},
    Magic{8, "WAVE"sv, Kept("audio/wav", "a sound recording")},
    Magic{0, "ID3"sv, Kept("audio/mpeg", "a sound recording")},
    Magic{0, "\xFF\xFB"sv, Kept("audio/mpeg", "a sound recording")},
    Magic{0, "OggS"sv, Kept("audio/ogg", "a sound recording")},
    Magic{0, "fLaC"sv, Kept("audio/flac", "a sound recording")},
    Magic{4, "ftypM4A"sv, Kept("audio/mp4", "a sound recording")},
    Magic{8, "AVI "sv, Kept("video/x-msvideo", "a video")},
    Magic{4, "ftypqt  "sv, Kept("video/quicktime", "a video")},
    Magic{4, "ftyp"sv, Kept("video/mp4", "a video")},
    Magic{4, "moov"sv, Kept("video/quicktime", "a video")},
    Magic{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, Kept("video/x-ms-asf", "a Windows Media file")},
    Magic{0, "\x1A\x45\xDF\xA3"sv, Kept("video/x-matroska", "a video")},
    Magic{0, "\0\0\1\xBA"sv, Kept("video/mpeg", "a video")},
    Magic{0, "\0\5\x16\7"sv, Kept("application/applefile", "file attributes of macOS")},
    Magic{0, "\0\0\0\1Bud1"sv, Kept("application/octet-stream", "folder settings of macOS")},
    Magic{0, "MZ"sv, Kept("application/vnd.microsoft.portable-executable", "a Windows program")},
};

// By the names of streams in an OLE compound file, the outermost kind first.
struct Stream {
  std::string_view name;
  FileType type;
};
constexpr std::array kStreams{
    Stream{"__properties_version1.0", Kept("application/vnd.ms-outlook", "an Outlook message")},
    Stream{"WordDocument", Kept("application/msword", "a Word document")},
    Stream{"PowerPoint Document",
           Kept("application/vnd.ms-powerpoint", "a PowerPoint presentation")},
    Stream{"Workbook", Kept("application/vnd.ms-excel", "an Excel spreadsheet")},
    Stream{"Book", Kept("application/vnd.ms-excel", "an Excel spreadsheet")},
    Stream{"VisioDocument", Kept("application/vnd.visio", "a Visio drawing")},
    Stream{"EncryptedPackage", Kept("application/vnd.ms-office", "an encrypted Office document")},
};

// By the beginning of a member's name beside [Content_Types].xml.
struct Folder {
  std::string_view name;
  FileType type;
};
constexpr std::array kFolders{
    Folder{"word/", Kept("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                         "a Word document")},
    Folder{"xl/", Kept("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                       "an Excel spreadsheet")},
    Folder{"ppt/", Kept("application/vnd.openxmlformats-officedocument.presentationml.presentation",
                        "a PowerPoint presentation")},
    Folder{"visio/", Kept("application/vnd.ms-visio.drawing", "a Visio drawing")},
    Folder{"FixedDocSeq.fdseq", Kept("application/oxps", "an XPS document")},
    Folder{"FixedDocumentSequence.fdseq", Kept("application/oxps", "an XPS document")},
};

// By what the member `mimetype` says, its end cut off.
struct Declared {
  std::string_view prefix;
  FileType type;
};
constexpr std::array kDeclared{
    Declared{"application/vnd.oasis.opendocument.text",
             Kept("application/vnd.oasis.opendocument.text", "an OpenDocument text")},
    Declared{"application/vnd.oasis.opendocument.spreadsheet",
             Kept("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet")},
    Declared{
        "application/vnd.oasis.opendocument.presentation",
        Kept("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation")},
    Declared{"application/vnd.oasis.opendocument",
             Kept("application/vnd.oasis.opendocument", "an OpenDocument file")},
    Declared{"application/epub+zip", Kept("application/epub+zip", "an EPUB book")},
};

constexpr size_t kTextSample = 64 << 10;
// Readers accept a PDF header within the first kilobyte, and its end within the last.
constexpr size_t kPdfHead = 1024, kPdfTail = 2048;

bool HasAt(std::string_view bytes, size_t at, std::string_view what) {
  return at <= bytes.size() && bytes.substr(at, what.size()) == what;
}

FileType IdentifyZip(std::string_view bytes) {
  const ZipArchive archive(bytes);
  bool typed = false;
  for (const ZipMember& member : archive.members()) {
    typed = typed || member.name == "[Content_Types].xml";
    if (&member != &archive.members().front() || member.name != "mimetype") continue;
    std::string declared;
    archive.Read(member, "", [&](std::string_view piece) {
      declared.append(piece.substr(0, 100));
      return declared.size() < 100;
    });
    for (const Declared& row : kDeclared) {
      if (absl::StartsWith(declared, ToAbsl(row.prefix))) return row.type;
    }
  }
  for (const Folder& row : kFolders) {
    for (const ZipMember& member : archive.members()) {
      if (typed && absl::StartsWith(ToAbsl(member.name), ToAbsl(row.name))) return row.type;
    }
  }
  for (const ZipMember& member : archive.members()) {
    if (member.name == "Index/Document.iwa" || member.name == "Index.zip") {
      return Kept("application/vnd.apple.iwork", "an Apple iWork document");
    }
  }
  return {"application/zip", FileUse::kContainer, "a ZIP archive"};
}

FileType IdentifyOle(std::string_view bytes) {
  for (const Stream& row : kStreams) {
    // A directory entry's name: UTF-16, ended by a zero.
    std::string name;
    for (const char c : row.name) name.append({c, '\0'});
    name.append(2, '\0');
    if (bytes.find(name) != std::string_view::npos) return row.type;
  }
  return Kept("application/x-ole-storage", "an old Office file");
}

// True for what a text may hold of UTF-8, Windows-1252 or UTF-16 with its mark.
bool IsText(std::string_view sample) {
  if (HasAt(sample, 0, "\xFF\xFE") || HasAt(sample, 0, "\xFE\xFF")) return true;
  return std::none_of(sample.begin(), sample.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\x1B';
  });
}

std::string_view NextLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool IsMail(std::string_view text) {
  static constexpr std::array kFields{"from",         "to",          "date",       "subject",
                                      "received",     "return-path", "message-id", "mime-version",
                                      "delivered-to", "sender",      "reply-to",   "x-received"};
  int known = 0;
  for (int i = 0; i < 40 && !text.empty(); ++i) {
    const std::string_view line = NextLine(text);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (i == 0) return false;
      continue;
    }
    const size_t colon = line.find(':');
    if (i == 0 && absl::StartsWith(ToAbsl(line), "From ")) continue;  // of a mailbox file
    if (colon == std::string_view::npos || line.substr(0, colon).find(' ') != line.npos) {
      return false;
    }
    const std::string name = absl::AsciiStrToLower(ToAbsl(line.substr(0, colon)));
    known += std::find(kFields.begin(), kFields.end(), name) != kFields.end() ? 1 : 0;
  }
  return known >= 3;
}

// The same separator equally often, and at least once, in the first lines.
bool IsTable(std::string_view text) {
  for (const char separator : {',', '\t', ';', '|'}) {
    std::string_view rest = text;
    ptrdiff_t columns = 0;
    int rows = 0;
    bool even = true;
    while (rows < 5 && !rest.empty() && even) {
      const bool whole = rest.find('\n') != std::string_view::npos;
      const std::string_view line = NextLine(rest);
      if (line.empty() || !whole) break;
      ptrdiff_t here = 0;
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        here += !quoted && c == separator ? 1 : 0;
      }
      even = here > 0 && (rows == 0 || here == columns);
      columns = here;
      ++rows;
    }
    if (even && rows >= 2) return true;
  }
  return false;
}

FileType IdentifyText(std::string_view sample) {
  if (HasAt(sample, 0, "\xEF\xBB\xBF")) sample.remove_prefix(3);
  std::string_view start = sample;
  while (!start.empty() && absl::ascii_isspace(static_cast<unsigned char>(start.front()))) {
    start.remove_prefix(1);
  }
  const std::string head = absl::AsciiStrToLower(ToAbsl(start.substr(0, 1024)));
  if (absl::StartsWith(head, "<!doctype html") || absl::StartsWith(head, "<html")) {
    return Kept("text/html", "a web page (HTML)");
  }
  if (absl::StartsWith(head, "<?xml")) {
    return absl::StrContains(head, "<html") ? Kept("text/html", "a web page (HTML)")
                                            : Kept("application/xml", "an XML file");
  }
  if (IsMail(sample)) return Kept("message/rfc822", "an e-mail");
  if (IsTable(sample)) return Kept("text/csv", "a table as text (CSV)");
  return Kept("text/plain", "a plain text");
}

}  // namespace

FileType IdentifyFile(std::string_view bytes) {
  if (HasAt(bytes, 0, "%PDF-")) return kPdf;
  for (const Magic& magic : kMagic) {
    // The kinds of RIFF stand behind its length.
    if (magic.at == 8 && !HasAt(bytes, 0, "RIFF")) continue;
    if (magic.bytes == "MZ" && bytes.find("PK\5\6") != std::string_view::npos) continue;
    if (HasAt(bytes, magic.at, magic.bytes)) return magic.type;
  }
  if (HasAt(bytes, 0, "PK\3\4"sv) || HasAt(bytes, 0, "PK\5\6"sv) || HasAt(bytes, 0, "MZ")) {
    return IdentifyZip(bytes);
  }
  if (HasAt(bytes, 0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv)) return IdentifyOle(bytes);
  if (bytes.substr(0, kPdfHead).find("%PDF-") != std::string_view::npos) return kPdf;
  // Mail programs and portals cut or wrap PDF files: the end tells them.
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), kPdfTail));
  if (tail.find("startxref") != std::string_view::npos) return kPdf;
  if (HasAt(bytes, 0, "BM") && bytes.size() >= 54) return Kept("image/bmp", "a BMP image");
  const std::string_view sample = bytes.substr(0, kTextSample);
  return !bytes.empty() && IsText(sample) ? IdentifyText(sample) : kUnknown;
}

}  // namespace foia::ocr
