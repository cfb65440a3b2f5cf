// What comes out of a real foiad over gRPC, read by programs that are not ours: text, JSON, hOCR,
// ALTO, searchable PDF and pictures; who gets them, and what the audit log says of it.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <webp/decode.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/pdf/document.h"
#include "ocr/pdf/geometry.h"
#include "services/base/crypto.h"
#include "services/base/strings.h"
#include "services/rpc/client.h"
#include "tests/e2e/server.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/zip.h"

namespace foia::testing {
namespace {

namespace pb = documents::v1;
using access::v1::AccessService;
using ocr::Rect;
using ocr::Space;
using pb::DocumentService;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kOcrLimit = absl::Minutes(4);
using Words = std::multimap<std::string, Rect>;  // boxes as displayed

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// What `xpath` gives in a document that must be well-formed.
std::string XPath(const std::string& xml, const std::string& xpath) {
  const TempDir dir;
  WriteFile(dir / "x.xml", xml);
  const RunResult run =
      RunProgram({"/usr/bin/xmllint", "--nonet", "--xpath", xpath, dir / "x.xml"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(absl::StripAsciiWhitespace(run.out));
}

Words WordsByPoppler(const std::string& pdf) {
  const TempDir dir;
  WriteFile(dir / "x.pdf", pdf);
  const RunResult run = RunProgram({"/usr/bin/pdftotext", "-bbox", dir / "x.pdf", "-"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  static const std::regex word(
      "<word xMin=\"([^\"]+)\" yMin=\"([^\"]+)\" xMax=\"([^\"]+)\" yMax=\"([^\"]+)\">([^<]*)<");
  Words words;
  for (std::sregex_iterator it(run.out.begin(), run.out.end(), word), end; it != end; ++it) {
    const auto at = [&](size_t i) { return std::strtof((*it)[i].str().c_str(), nullptr); };
    words.emplace((*it)[5], Rect{at(1), at(2), at(3), at(4)});
  }
  return words;
}

Words WordsByMuPdf(const std::string& pdf) {
  const auto opened = ocr::Document::Open(pdf, "");
  EXPECT_NE(opened.document, nullptr) << opened.reason;
  if (opened.document == nullptr) return {};
  const auto content = opened.document->ReadContent(1);
  EXPECT_OK(content);
  Words words;
  std::string text;
  Rect box;
  int line = -1;
  const auto end = [&] {
    if (!text.empty()) words.emplace(text, box);
    text.clear();
    box = {};
  };
  for (const ocr::Glyph& glyph : content->glyphs) {
    if (glyph.code == ' ' || glyph.line != line) end();
    line = glyph.line;
    if (glyph.code == ' ') continue;
    ocr::AppendUtf8(&text, glyph.code);
    box = Union(box, glyph.box);
  }
  end();
  return words;
}

void ExpectInPlace(const pb::PageRecord& record, const Words& found) {
  int words = 0, placed = 0;
  for (const pb::Word& word : record.words()) {
    if (word.text().find_first_of("&<>'\"") != std::string::npos) continue;  // escaped by Poppler
    ++words;
    const Rect want =
        Convert(record.transform(), ocr::FromBox(word.box()), Space::kStored, Space::kDisplayed);
    const auto [first, last] = found.equal_range(word.text());
    placed += std::any_of(first, last, [&](const auto& f) {
      return Coverage(f.second, want) > 0.5F || Coverage(want, f.second) > 0.5F;
    });
  }
  EXPECT_GT(words, 20);
  EXPECT_GE(placed, words * 95 / 100) << words;
}

class OutputsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir;
    server_ = new Server(*dir_ / "data");
    const auto request = server_->FoiaJson<tracker::v1::Request>(
        {"request", "create", "--agency", "ERO", "--subject", "Outputs"});
    request_ = new std::string(IdOf(request.name()));
    label_ = new std::string(IdOf(request.label()));
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->Stop(), 0);
    delete label_;
    delete request_;
    delete server_;
    delete dir_;
  }

  // Somebody with this token.
  class Caller {
   public:
    explicit Caller(const std::string& token)
        : client_(*rpc::Client::Connect({.server = server_->address(), .token = token})),
          documents_(client_.NewStub<DocumentService>()) {}

    template <typename Request, typename Response>
    absl::StatusOr<Response> Call(grpc::Status (DocumentService::Stub::*method)(
                                      grpc::ClientContext*, const Request&, Response*),
                                  const Request& request) const {
      return client_.Call(*documents_, method, request, absl::Minutes(1));
    }
    absl::StatusOr<pb::Page> GetPage(const std::string& document, int page = 1) const {
      pb::GetPageRequest request;
      request.set_name(absl::StrCat(document, "/pages/", page));
      return Call(&DocumentService::Stub::GetPage, request);
    }
    absl::StatusOr<pb::RenderPageResponse> Render(const std::string& document) const {
      pb::RenderPageRequest request;
      request.set_name(document + "/pages/1");
      return Call(&DocumentService::Stub::RenderPage, request);
    }
    // Repeated, as the call wants it, until it is done.
    absl::StatusOr<pb::Export> Export(const std::string& document) const {
      pb::ExportDocumentRequest request;
      request.set_name(document);
      absl::StatusOr<pb::Export> made;
      const auto ended = [&] {
        made = Call(&DocumentService::Stub::ExportDocument, request);
        return !made.ok() || made->done();
      };
      EXPECT_TRUE(WaitUntil(ended, kOcrLimit));
      return made;
    }
    // In pieces of `length`.
    absl::StatusOr<std::string> Read(const std::string& exported, int64_t length = 1 << 20) const {
      pb::ReadExportRequest request;
      request.set_name(exported);
      request.set_length(length);
      std::string bytes;
      while (true) {
        request.set_offset(static_cast<int64_t>(bytes.size()));
        FOIA_ASSIGN_OR_RETURN(const auto piece, Call(&DocumentService::Stub::ReadExport, request));
        bytes += piece.data();
        if (static_cast<int64_t>(piece.data().size()) < length) return bytes;
      }
    }
    const rpc::Client& client() const { return client_; }

   private:
    rpc::Client client_;
    std::unique_ptr<DocumentService::Stub> documents_;
  };

  static std::string TokenIn(const std::string& file) {
    return std::string(absl::StripAsciiWhitespace(ReadFile(file)));
  }
  static Caller Owner() { return Caller(TokenIn(server_->data() + "/token")); }
  // The file with the token of a new person with this role, or none.
  static std::string NewPerson(const std::string& name, const std::string& role) {
    const auto person = server_->FoiaJson<access::v1::Person>({"access", "person", "create", name});
    std::string file = *dir_ / (name + ".token");
    EXPECT_EQ(
        server_->Foia({"access", "token", "create", IdOf(person.name()), "--out", file}).exit_code,
        0);
    if (!role.empty()) {
      EXPECT_EQ(
          server_->Foia({"access", "grant", "set", *label_, IdOf(person.name()), role}).exit_code,
          0);
    }
    return file;
  }

  // The document's name, once it is read.
  static std::string Upload(const std::string& name, const std::string& bytes) {
    const std::string file = *dir_ / name;
    WriteFile(file, bytes);
    const RunResult result =
        server_->Foia({"upload", file, "--request", *request_, "--wait", "--json"}, {}, kOcrLimit);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const size_t at = result.out.find("documents/");
    EXPECT_NE(at, std::string::npos) << result.out;
    return result.out.substr(at, 37);
  }
  // With the token in `file`.
  static RunResult ExportAs(const std::string& file, const std::string& document,
                            const std::string& format) {
    return server_->Foia({"document", "export", IdOf(document), "--format", format},
                         {{"FOIA_TOKEN_FILE", file}}, kOcrLimit);
  }

  static TempDir* dir_;
  static Server* server_;
  static std::string* request_;
  static std::string* label_;
};

TempDir* OutputsTest::dir_ = nullptr;
Server* OutputsTest::server_ = nullptr;
std::string* OutputsTest::request_ = nullptr;
std::string* OutputsTest::label_ = nullptr;

// A scanned letter with a box.
std::string Letter() {
  Sheet sheet;
  sheet.Heading("Office of Information Governance");
  sheet.Paragraph(
      "The officers of the second district met on the first evening and spoke of the academy, "
      "its guests and its budget; minutes were kept by [[b6;b7C:90]] and sent to the office.");
  sheet.Paragraph("Nothing else was decided before the meeting ended at noon.");
  return ScannedPdf(ScanSheet(sheet.content(), {.noise = 4}));
}

TEST_F(OutputsTest, EveryFormatHoldsWhatWasRead) {
  const std::string document = Upload("letter.pdf", Letter());
  const std::string ana = NewPerson("Ana", "viewer");
  const Caller viewer(TokenIn(ana));
  ASSERT_OK_AND_ASSIGN(const pb::Page page, viewer.GetPage(document));
  const pb::PageRecord& record = page.record();
  EXPECT_THAT(record.text(), AllOf(HasSubstr("officers"), HasSubstr("(b)(6)")));
  ASSERT_EQ(record.redactions_size(), 1);
  std::map<std::string, std::string> files;
  for (const char* format : {"text", "json", "hocr", "alto", "pdf"}) {
    const RunResult run = ExportAs(ana, document, format);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    files[format] = run.out;
  }
  EXPECT_EQ(files["text"], record.text());

  google::protobuf::Struct json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(files["json"], &json).ok());
  const auto& first = json.fields().at("pages").list_value().values(0).struct_value().fields();
  EXPECT_EQ(first.at("text").string_value(), record.text());
  EXPECT_EQ(first.at("words").list_value().values_size(), record.words_size());
  EXPECT_EQ(first.at("redactions").list_value().values_size(), 1);

  if (std::filesystem::exists("/usr/bin/xmllint")) {
    const std::string words = absl::StrCat(record.words_size());
    EXPECT_EQ(XPath(files["hocr"], "count(//*[@class='ocrx_word'])"), words);
    EXPECT_EQ(XPath(files["hocr"], "count(//*[@class='ocrx_redaction'])"), "1");
    EXPECT_EQ(XPath(files["alto"], "namespace-uri(/*)"),
              "http://www.loc.gov/standards/alto/ns-v4#");
    EXPECT_EQ(XPath(files["alto"], "count(//*[local-name()='String'])"), words);
    EXPECT_EQ(XPath(files["alto"], "count(//*[@TYPE='redaction' and @HPOS])"), "1");
  }

  ASSERT_OK_AND_ASSIGN(const pb::Export made, viewer.Export(document));
  EXPECT_EQ(made.pages_done(), 1);
  ASSERT_OK_AND_ASSIGN(const std::string pdf, viewer.Read(made.name(), 10'000));
  EXPECT_EQ(static_cast<int64_t>(pdf.size()), made.size_bytes());
  EXPECT_EQ(HexEncode(Sha256(pdf)), made.sha256());
  EXPECT_TRUE(files["pdf"] == pdf);
  ExpectInPlace(record, WordsByMuPdf(pdf));
  if (std::filesystem::exists("/usr/bin/pdftotext")) ExpectInPlace(record, WordsByPoppler(pdf));

  ASSERT_OK_AND_ASSIGN(const pb::RenderPageResponse view, viewer.Render(document));
  int width = 0, height = 0;
  ASSERT_NE(WebPGetInfo(reinterpret_cast<const uint8_t*>(view.webp().data()), view.webp().size(),
                        &width, &height),
            0);
  EXPECT_NEAR(width, kSheetWidth * 110 / 72, 1);
  EXPECT_NEAR(height, kSheetHeight * 110 / 72, 1);
}

TEST_F(OutputsTest, WhatIsSealedIsInNoOutput) {
  const std::string original = ScanWithHiddenLayer({"Zebulonia", "Quillfeather"}, "(b)(6)");
  const std::string document = Upload("sealed.pdf", original);
  const std::string ben = NewPerson("Ben", "viewer");
  const Caller viewer(TokenIn(ben));
  ASSERT_OK_AND_ASSIGN(const pb::Page page, viewer.GetPage(document));
  EXPECT_EQ(page.record().sealed().characters(), 21);
  const auto clean =
      Not(AnyOf(HasSubstr("Zebu"), HasSubstr("lonia"), HasSubstr("Quill"), HasSubstr("feather")));
  EXPECT_THAT(page.SerializeAsString(), clean);
  for (const char* format : {"text", "json", "hocr", "alto"}) {
    SCOPED_TRACE(format);
    const RunResult run = ExportAs(ben, document, format);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, AllOf(HasSubstr("officers"), clean));
  }
  EXPECT_OK(viewer.Render(document));

  // A searchable PDF is the agency's file with text added: it is for whom the original is for, and
  // what is added does not tell of what is sealed.
  EXPECT_THAT(viewer.Export(document), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_EQ(ExportAs(ben, document, "pdf").exit_code, 5);
  ASSERT_OK_AND_ASSIGN(const pb::Export made, Owner().Export(document));
  EXPECT_THAT(viewer.Read(made.name()), HasReason(Reason::REASON_PERMISSION_DENIED));
  ASSERT_OK_AND_ASSIGN(const std::string pdf, Owner().Read(made.name()));
  const Words before = WordsByMuPdf(original), after = WordsByMuPdf(pdf);
  EXPECT_EQ(before.count("Zebulonia"), 1U);
  EXPECT_EQ(after.count("Zebulonia"), 1U);
  EXPECT_GT(after.count("officers"), before.count("officers"));
}

TEST_F(OutputsTest, MembersOfContainersAreExportedAsAnyOther) {
  const auto page = [](const std::string& word) {
    return OnePagePdf(absl::StrCat("BT /F1 20 Tf 72 700 Td (A letter of ", word, ") Tj ET"));
  };
  const std::string archive = Upload(
      "release.zip",
      MakeZip({{"part/letter.pdf", page("Lisbon")},
               {"folder.pdf", Attach(page("Montevideo"), {{"inner.pdf", page("Zanzibar")}})}}));
  const std::string eva = NewPerson("Eva", "viewer");
  const Caller viewer(TokenIn(eva));
  EXPECT_THAT(viewer.Export(archive), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(Owner().Export(archive), HasReason(Reason::REASON_CANNOT_RENDER));
  std::map<std::string, std::string> documents;  // by path in the container
  for (std::vector<std::string> containers = {archive}; !containers.empty();) {
    pb::ListDocumentsRequest list;
    list.set_container(containers.back());
    containers.pop_back();
    ASSERT_OK_AND_ASSIGN(const auto members,
                         viewer.Call(&DocumentService::Stub::ListDocuments, list));
    for (const pb::Document& member : members.documents()) {
      documents[member.member_path()] = member.name();
      if (member.member_count() > 0) containers.push_back(member.name());
    }
  }
  for (const auto& [path, word] : std::map<std::string, std::string>{{"part/letter.pdf", "Lisbon"},
                                                                     {"inner.pdf", "Zanzibar"}}) {
    SCOPED_TRACE(path);
    ASSERT_OK_AND_ASSIGN(const pb::Export made, viewer.Export(documents[path]));
    ASSERT_OK_AND_ASSIGN(const std::string pdf, viewer.Read(made.name()));
    EXPECT_GT(WordsByMuPdf(pdf).count(word), 0U);
    EXPECT_THAT(ExportAs(eva, documents[path], "text").out, HasSubstr(word));
  }
  // Its attached files may hold what is sealed in them.
  EXPECT_THAT(viewer.Export(documents["folder.pdf"]), HasReason(Reason::REASON_PERMISSION_DENIED));
  ASSERT_OK_AND_ASSIGN(const pb::Export made, Owner().Export(documents["folder.pdf"]));
  ASSERT_OK_AND_ASSIGN(const std::string pdf, Owner().Read(made.name()));
  EXPECT_GT(WordsByMuPdf(pdf).count("Montevideo"), 0U);
}

TEST_F(OutputsTest, StrangersGetNothingAndTheLogSaysWhoAsked) {
  const std::string document =
      Upload("private.pdf", OnePagePdf("BT /F1 20 Tf 72 700 Td (Ours) Tj ET"));
  const Caller owner = Owner(), nobody("no such token"), silent(""),
               stranger(TokenIn(NewPerson("Carl", "")));
  ASSERT_OK_AND_ASSIGN(const pb::Export made, owner.Export(document));
  const struct {
    const Caller& caller;
    Reason reason;
  } rows[] = {{nobody, Reason::REASON_WRONG_TOKEN},
              {silent, Reason::REASON_MISSING_TOKEN},
              {stranger, Reason::REASON_DOCUMENT_NOT_FOUND}};
  for (const auto& row : rows) {
    EXPECT_THAT(row.caller.GetPage(document), HasReason(row.reason));
    EXPECT_THAT(row.caller.Render(document), HasReason(row.reason));
    EXPECT_THAT(row.caller.Export(document), HasReason(row.reason));
    EXPECT_THAT(row.caller.Read(made.name()), HasReason(row.reason));
  }
  EXPECT_OK(owner.Render(document));

  // Of the owner, the stranger, and the two whom nobody knows: once each has asked for the picture.
  const auto access = owner.client().NewStub<AccessService>();
  std::set<std::string> allowed;
  const auto asked = [&] {
    std::map<std::string, int> pictures;
    access::v1::ListAuditEntriesRequest list;
    list.set_page_size(1000);
    const auto entries = owner.client().Call(*access, &AccessService::Stub::ListAuditEntries, list);
    EXPECT_OK(entries);
    if (!entries.ok()) return pictures;
    for (const access::v1::AuditEntry& entry : entries->entries()) {
      if (entry.resource() != document + "/pages/1") continue;
      if (entry.method().find("RenderPage") == std::string::npos) continue;
      if (entry.allowed()) allowed.insert(entry.principal());
      ++pictures[entry.principal()];
    }
    return pictures;
  };
  EXPECT_TRUE(WaitUntil([&] { return asked().size() == 3; }, absl::Seconds(30)));
  EXPECT_EQ(asked()["unknown"], 2);
  EXPECT_EQ(allowed.size(), 1U) << "the owner";
  EXPECT_EQ(allowed.count("unknown"), 0U);
}

}  // namespace
}  // namespace foia::testing
