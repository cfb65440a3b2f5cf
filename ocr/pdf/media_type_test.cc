#include "ocr/pdf/media_type.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/zip.h"

namespace foia::ocr {
namespace {

using std::string_literals::operator""s;
using ::foia::testing::MakeZip;

std::string Office(const std::string& folder) {
  return MakeZip({{"[Content_Types].xml", "<Types/>"}, {folder + "document.xml", "<w/>"}});
}

std::string Ole(const std::string& stream) {
  std::string bytes = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(504, '\0');
  for (const char c : stream) bytes.append({c, '\0'});
  return bytes + std::string(600, '\0');
}

TEST(MediaTypeTest, FilesAreTypedByTheirBytes) {
  struct Row {
    std::string bytes;
    std::string media_type;
    FileUse use;
    std::string noun;
  };
  constexpr auto kPages = FileUse::kPages, kContainer = FileUse::kContainer;
  constexpr auto kKept = FileUse::kKept;
  const std::string mail =
      "Return-Path: <a@b.gov>\r\nReceived: from x\r\n by y\r\nFrom: a@b.gov\r\nSubject: FOIA\r\n"
      "\r\nHello\r\n";
  const std::vector<Row> rows = {
      {"%PDF-1.7\n...", "application/pdf", kPages, "a PDF file"},
      {"junk of a mail program\n%PDF-1.4\n", "application/pdf", kPages, "a PDF file"},
      {"1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF", "application/pdf", kPages, "a PDF file"},
      {"II*\0\x08\0\0\0"s, "image/tiff", kPages, "a TIFF image"},
      {"MM\0*\0\0\0\x08"s, "image/tiff", kPages, "a TIFF image"},
      {"II+\0\x08\0"s, "image/tiff", kKept, "a BigTIFF image"},
      {"\xFF\xD8\xFF\xE0..JFIF", "image/jpeg", kPages, "a JPEG image"},
      {"\x89PNG\r\n\x1A\n....", "image/png", kPages, "a PNG image"},
      {"GIF89a....", "image/gif", kKept, "a GIF image"},
      {"\0\0\0\x18"
       "ftypheic...."s,
       "image/heic", kKept, "a HEIC image"},
      {"\0\0\0\x18"
       "ftypisom...."s,
       "video/mp4", kKept, "a video"},
      {"RIFF\1\2\3\4WAVEfmt ", "audio/wav", kKept, "a sound recording"},
      {MakeZip({{"a.pdf", "%PDF-1.4"}}), "application/zip", kContainer, "a ZIP archive"},
      {MakeZip({}), "application/zip", kContainer, "a ZIP archive"},
      {"MZ" + MakeZip({{"a.pdf", "x"}}), "application/zip", kContainer, "a ZIP archive"},
      {"MZ\x90\0\3"s, "application/vnd.microsoft.portable-executable", kKept, "a Windows program"},
      // A folder of that name makes no Word document.
      {MakeZip({{"word/letter.pdf", "%PDF-1.4"}}), "application/zip", kContainer, "a ZIP archive"},
      {Office("word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
       kKept, "a Word document"},
      {Office("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", kKept,
       "an Excel spreadsheet"},
      {Office("ppt/"), "application/vnd.openxmlformats-officedocument.presentationml.presentation",
       kKept, "a PowerPoint presentation"},
      // Cut off before its directory.
      {Office("word/").substr(0, 120),
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document", kKept,
       "a Word document"},
      {MakeZip({{"mimetype", "application/vnd.oasis.opendocument.text", false},
                {"content.xml", "<x/>"}}),
       "application/vnd.oasis.opendocument.text", kKept, "an OpenDocument text"},
      {MakeZip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", false}}),
       "application/vnd.oasis.opendocument.spreadsheet", kKept, "an OpenDocument spreadsheet"},
      {Ole("WordDocument"), "application/msword", kKept, "a Word document"},
      {Ole("Workbook"), "application/vnd.ms-excel", kKept, "an Excel spreadsheet"},
      {Ole("PowerPoint Document"), "application/vnd.ms-powerpoint", kKept,
       "a PowerPoint presentation"},
      {Ole("__properties_version1.0"), "application/vnd.ms-outlook", kKept, "an Outlook message"},
      {Ole("Something"), "application/x-ole-storage", kKept, "an old Office file"},
      {"{\\rtf1\\ansi Hello}", "application/rtf", kKept, "a rich text document (RTF)"},
      {mail, "message/rfc822", kKept, "an e-mail"},
      {"From a@b.gov Mon Jan 1\n" + mail, "message/rfc822", kKept, "an e-mail"},
      {"From: the desk of\nme\n", "text/plain", kKept, "a plain text"},
      {"\n<!DOCTYPE html><html>", "text/html", kKept, "a web page (HTML)"},
      {"<html><body>x", "text/html", kKept, "a web page (HTML)"},
      {"<?xml version=\"1.0\"?><a/>", "application/xml", kKept, "an XML file"},
      {"\xEF\xBB\xBFname,age\r\n\"Doe, J\",5\r\n", "text/csv", kKept, "a table as text (CSV)"},
      {"name\tage\nDoe\t5\n", "text/csv", kKept, "a table as text (CSV)"},
      {"Dear sir, I write\nabout a thing.\n", "text/plain", kKept, "a plain text"},
      {"caf\xE9 at noon\n", "text/plain", kKept, "a plain text"},
      {"\xFF\xFEh\0i\0"s, "text/plain", kKept, "a plain text"},
      {"\x01\x02\x03\x00\x7F"s, "", kKept, "a file of an unknown kind"},
      {"", "", kKept, "a file of an unknown kind"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes.substr(0, 40));
    const FileType type = IdentifyFile(row.bytes);
    EXPECT_EQ(type.media_type, row.media_type);
    EXPECT_EQ(type.use, row.use);
    EXPECT_EQ(type.noun, row.noun);
  }
}

}  // namespace
}  // namespace foia::ocr
