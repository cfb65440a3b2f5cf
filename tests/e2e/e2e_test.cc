// The main job and its bad input, with the real foiad and the real foia.
#include <sys/mount.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "foia/access/v1/access_service.pb.h"
#include "foia/access/v1/admin_service.pb.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/search/v1/search_service.pb.h"
#include "foia/tracker/v1/agency_service.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/sample/sheet.h"

namespace foia::testing {
namespace {

using documents::v1::Document;
using documents::v1::ListDocumentsResponse;
using search::v1::SearchResponse;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using tracker::v1::Request;

constexpr absl::Duration kOcrLimit = absl::Minutes(4);

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// One server with a request to DHS > ICE > ERO; shared, since every test leaves it usable.
class EndToEndTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir;
    server_ = new Server(*dir_ / "data");
    request_ = new Request(NewRequest("ERO Citizen Academy"));
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->Stop(), 0) << "foiad drains and ends well";
    delete request_;
    delete server_;
    delete dir_;
  }

  static Request NewRequest(const std::string& subject) {
    return server_->FoiaJson<Request>(
        {"request", "create", "--agency", "ERO", "--subject", subject});
  }
  static std::string RequestId() { return IdOf(request_->name()); }

  // Uploads and waits; the document as it is then. Fails unless foia ends with `exit_code`.
  static Document Upload(const std::string& file, int exit_code = 0) {
    const RunResult result = server_->Foia(
        {"upload", file, "--request", RequestId(), "--wait", "--json"}, {}, kOcrLimit);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    const size_t at = result.out.find("\"name\": \"documents/");
    EXPECT_NE(at, std::string::npos) << result.out;
    const std::string id = result.out.substr(at + 19, 27);
    return server_->FoiaJson<Document>({"document", "show", id});
  }

  static SearchResponse Search(const std::string& query) {
    return server_->FoiaJson<SearchResponse>({"search", query, "--limit", "100"});
  }
  // The index follows within seconds.
  static bool Indexed() {
    return WaitUntil(
        [] {
          const auto status = server_->FoiaJson<access::v1::GetStatusResponse>({"status"});
          return status.pages_queued() == 0 && status.pages_running() == 0 &&
                 status.index_lag() == 0;
        },
        absl::Seconds(30));
  }

  // The project's own sample release.
  static std::string Sample() {
    std::string file = *dir_ / "ero-release.pdf";
    if (!std::filesystem::exists(file)) {
      const RunResult made = RunProgram({BinDir() + "/foia-sample", file}, {}, kOcrLimit);
      EXPECT_EQ(made.exit_code, 0) << made.err;
    }
    return file;
  }

  static TempDir* dir_;
  static Server* server_;
  static Request* request_;
};

TempDir* EndToEndTest::dir_ = nullptr;
Server* EndToEndTest::server_ = nullptr;
Request* EndToEndTest::request_ = nullptr;

TEST_F(EndToEndTest, AgenciesAreATree) {
  const auto all = server_->FoiaJson<tracker::v1::ListAgenciesResponse>({"agency", "list"});
  EXPECT_GT(all.agencies_size(), 400) << "they come with the program";
  const auto ero = server_->FoiaJson<tracker::v1::Agency>({"agency", "show", "DHS/ICE/ERO"});
  EXPECT_EQ(ero.path(), "DHS > ICE > ERO");
  EXPECT_TRUE(ero.shipped());
  for (const char* name : {"ERO", "ero", "dhs/ice/ero", "ICE > ERO"}) {
    EXPECT_EQ(server_->FoiaJson<tracker::v1::Agency>({"agency", "show", name}).name(), ero.name())
        << name;
  }
  const RunResult made = server_->Foia(
      {"agency", "create", "SRT", "--name", "Special Response Teams", "--parent", "dhs/ice/ero"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const RunResult table = server_->Foia({"agency", "list", "--under", "ERO", "--width", "0"});
  EXPECT_THAT(table.out, AllOf(HasSubstr("AGENCY"), HasSubstr("\nERO"), HasSubstr("\n  SRT")));
  EXPECT_THAT(server_->Foia({"agency", "list", "--text", "special resp"}).out,
              HasSubstr("DHS > ICE > ERO > SRT"));
  EXPECT_THAT(server_->Foia({"agency", "list", "--text", "no such words"}).err,
              HasSubstr("foia agency create"));
  const RunResult updated = server_->Foia({"agency", "update", "SRT", "--name", "Response"});
  EXPECT_THAT(updated.out, HasSubstr("Response"));
  EXPECT_EQ(server_->Foia({"agency", "update", "SRT"}).exit_code, 2) << "nothing to change";
  const RunResult twice =
      server_->Foia({"agency", "create", "ice", "--name", "x", "--parent", "DHS"});
  EXPECT_EQ(twice.exit_code, 7) << twice.err;
}

TEST_F(EndToEndTest, AgenciesHaveContactsAndNumbers) {
  const std::string contact =
      "purpose=request,channel=mail,address=1 Main St, Room 2\\nWashington,source=letter, page 2";
  const auto update = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words = {"agency", "update", "CBP"};
    words.insert(words.end(), options.begin(), options.end());
    return server_->Foia(words);
  };
  const RunResult undated = update({"--contact", contact});
  EXPECT_EQ(undated.exit_code, 2);
  EXPECT_THAT(undated.err, HasSubstr("contacts[0].source_date"));
  EXPECT_EQ(update({"--contact", "purpose=lunch,channel=mail"}).exit_code, 2);
  EXPECT_EQ(update({"--contact", "1 Main St"}).exit_code, 2);
  EXPECT_EQ(update({"--contact", contact + ",date=2026-02-30"}).exit_code, 2);
  for (int i = 0; i < 2; ++i) {  // the second time in place of the first
    const RunResult updated = update({"--contact", contact + ",date=2026-11-02"});
    EXPECT_EQ(updated.exit_code, 0) << updated.err;
  }
  const auto cbp = server_->FoiaJson<tracker::v1::Agency>({"agency", "show", "CBP"});
  ASSERT_EQ(cbp.contacts_size(), 1);
  EXPECT_EQ(cbp.contacts(0).address(), "1 Main St, Room 2\nWashington");
  EXPECT_EQ(cbp.contacts(0).source(), "letter, page 2");
  EXPECT_FALSE(cbp.shipped());
  EXPECT_THAT(
      server_->Foia({"agency", "show", "CBP"}).out,
      AllOf(HasSubstr("2026-11-02"), HasSubstr("your own"), HasSubstr("CBP-FO-2023-075587")));
  EXPECT_EQ(
      update({"--no-contacts", "--pattern", "kind=appeal,pattern=CBP-AP-[0-9]{4,6}"}).exit_code, 0);
  EXPECT_THAT(server_->Foia({"agency", "recognise", "cbp-ap-00123"}).out,
              AllOf(HasSubstr("appeal"), HasSubstr("DHS > CBP")));
  EXPECT_THAT(server_->Foia({"agency", "recognise", "2020-ICFO-21220"}).out,
              HasSubstr("DHS > ICE"));
  EXPECT_EQ(server_->Foia({"agency", "recognise", "12345"}).exit_code, 3);
}

TEST_F(EndToEndTest, DeterminationDateWithItsProof) {
  const RunResult sent =
      server_->Foia({"event", "record", RequestId(), "sent", "--on", "2020-07-16"});
  EXPECT_EQ(sent.exit_code, 0) << sent.err;
  const RunResult received =
      server_->Foia({"event", "record", RequestId(), "received", "--on", "2020-07-16", "--source",
                     "acknowledgement letter", "--set", "via=email"});
  EXPECT_EQ(received.exit_code, 0) << received.err;
  EXPECT_THAT(received.out, AllOf(HasSubstr("recorded received via=email on Thu 2020-07-16"),
                                  HasSubstr("Thu 2020-08-13")));
  EXPECT_THAT(received.err, HasSubstr("not legal advice"));

  const RunResult docket = server_->Foia({"docket", "--view", "all"});
  EXPECT_THAT(docket.out, AllOf(HasSubstr("ERO Citizen Academy"), HasSubstr("DHS > ICE > ERO"),
                                HasSubstr("2020-08-13"), HasSubstr("overdue")));
  const auto then =
      server_->FoiaJson<tracker::v1::ListDocketResponse>({"docket", "--as-of", "2020-08-10"});
  ASSERT_GE(then.entries_size(), 1);
  EXPECT_EQ(then.entries(0).days_left(), 3);
  EXPECT_EQ(then.entries(0).next().id(), "determination_due");

  const auto explanation = server_->FoiaJson<tracker::v1::Explanation>(
      {"deadlines", "show", RequestId(), "--explain", "determination_due"});
  EXPECT_EQ(explanation.deadline().date().month(), 8);
  EXPECT_EQ(explanation.deadline().date().day(), 13);
  EXPECT_GE(explanation.steps_size(), 1);
  EXPECT_THAT(
      server_->Foia({"deadlines", "show", RequestId(), "--explain", "determination_due"}).out,
      HasSubstr("2020-08-13"));
  EXPECT_THAT(server_->Foia({"deadlines", "show", RequestId()}).out,
              HasSubstr("determination_due"));

  const RunResult events = server_->Foia({"event", "list", RequestId()});
  EXPECT_THAT(events.out, AllOf(HasSubstr("via=email"), HasSubstr("acknowledgement letter")));
  EXPECT_THAT(server_->Foia({"request", "verify", RequestId()}).out,
              HasSubstr("2 events, the chain is whole"));
}

TEST_F(EndToEndTest, ReleaseIsReadAndFound) {
  const std::string file = Sample();
  const RunResult uploaded =
      server_->Foia({"upload", file, "--request", RequestId(), "--release-no", "1", "--received-on",
                     "2020-11-02", "--wait"},
                    {}, kOcrLimit);
  ASSERT_EQ(uploaded.exit_code, 0) << uploaded.err;
  EXPECT_THAT(uploaded.out, AllOf(HasSubstr("ero-release.pdf"), HasSubstr("done")));
  EXPECT_THAT(uploaded.err, HasSubstr(" done\n")) << "progress by pages";

  // Again: the same upload, the same document.
  const auto again = server_->FoiaJson<ListDocumentsResponse>({"upload", file, "--request",
                                                               RequestId(), "--release-no", "1",
                                                               "--received-on", "2020-11-02"});
  ASSERT_EQ(again.documents_size(), 1);
  const auto list =
      server_->FoiaJson<ListDocumentsResponse>({"document", "list", "--request", RequestId()});
  EXPECT_EQ(
      std::count_if(list.documents().begin(), list.documents().end(),
                    [&](const Document& d) { return d.sha256() == again.documents(0).sha256(); }),
      1);
  const Document document = again.documents(0);
  EXPECT_EQ(document.state(), documents::v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(document.release_number(), 1);

  ASSERT_TRUE(Indexed());
  for (const char* query :
       {"\"citizen academy\"", "exemption:b7E", "\"citizen academy\" exemption:b7E"}) {
    const SearchResponse found = Search(query);
    ASSERT_GE(found.total_pages(), 1) << query;
    const search::v1::PageHit& hit = found.documents(0).hits(0);
    EXPECT_EQ(found.documents(0).document(), document.name());
    EXPECT_GE(hit.page(), 1);
    EXPECT_FALSE(hit.snippet().empty());
    EXPECT_GE(hit.word_boxes_size(), 1) << query;
    EXPECT_GT(hit.width(), 0);
    if (std::string(query).find("b7E") != std::string::npos) {
      EXPECT_THAT(hit.codes(), Contains("b7E"));
    }
  }
  const RunResult hits =
      server_->Foia({"search", "\"citizen academy\" exemption:b7E", "--width", "0"});
  EXPECT_THAT(hits.out, AllOf(HasSubstr("ero-release.pdf"), HasSubstr("  page "),
                              HasSubstr("codes: "), HasSubstr("b7E"), HasSubstr("[")));
  EXPECT_EQ(Search("zxqwv").total_pages(), 0);

  // What came is what went in.
  const std::string copy = *dir_ / "copy.pdf";
  const RunResult downloaded =
      server_->Foia({"document", "download", IdOf(document.name()), "--out", copy});
  if (document.sealed_characters() == 0) {
    EXPECT_EQ(downloaded.exit_code, 0) << downloaded.err;
    EXPECT_EQ(ReadFile(copy), ReadFile(file));
  }
  const RunResult page =
      server_->Foia({"document", "page", IdOf(document.name()),
                     std::to_string(Search("\"citizen academy\"").documents(0).hits(0).page())});
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(page.out, HasSubstr("cademy"));
}

TEST_F(EndToEndTest, RefusedWithReasonAndExitCode) {
  const std::string good = *dir_ / "good.pdf";
  WriteFile(good, "%PDF-1.4\n");
  const std::string wrong_token = *dir_ / "wrong-token";
  WriteFile(wrong_token, "foia_not_a_token_of_this_server_at_all\n");
  const std::string empty_token = *dir_ / "empty-token";
  WriteFile(empty_token, "");
  const struct {
    std::vector<std::string> words;
    int exit_code;
    std::string reason;
  } cases[] = {
      {{"request", "show", "r01nosuch"}, 3, "REQUEST_NOT_FOUND"},
      {{"event", "record", "r01nosuch", "received", "--on", "2020-07-16"}, 3, "REQUEST_NOT_FOUND"},
      {{"upload", good, "--request", "r01nosuch"}, 3, "REQUEST_NOT_FOUND"},
      {{"search", "x", "--request", "r01nosuch"}, 3, "REQUEST_NOT_FOUND"},
      {{"agency", "show", "XYZ"}, 3, "AGENCY_NOT_FOUND"},
      {{"agency", "create", "Q", "--name", "Q", "--parent", "XYZ"}, 3, "AGENCY_NOT_FOUND"},
      {{"request", "create", "--agency", "XYZ", "--subject", "x"}, 3, "AGENCY_NOT_FOUND"},
      {{"agency", "create", "Q", "--name", "Q", "--jurisdiction", "us-atlantis"},
       2,
       "INVALID_FIELD"},
      {{"document", "show", "d01nosuch"}, 3, "DOCUMENT_NOT_FOUND"},
      {{"upload", *dir_ / "none.pdf", "--request", RequestId()}, 8, "UNREADABLE_FILE"},
      {{"upload", dir_->path().string(), "--request", RequestId()}, 8, "UNREADABLE_FILE"},
      {{"status", "--token-file", wrong_token}, 5, "WRONG_TOKEN"},
      {{"docket", "--token-file", wrong_token}, 5, "WRONG_TOKEN"},
      {{"docket", "--token-file", empty_token}, 5, "MISSING_TOKEN"},
      {{"search", "x", "--token-file", empty_token}, 5, "MISSING_TOKEN"},
      {{"search", "\"citizen academy"}, 2, "INVALID_QUERY"},
      {{"search", "(academy"}, 2, "INVALID_QUERY"},
      {{"admin", "backup", *dir_ / "data"}, 7, "ALREADY_EXISTS"},
  };
  for (const auto& row : cases) {
    const RunResult result = server_->Foia(row.words);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.words[0] << " " << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("foia: "), HasSubstr("[" + row.reason + "]")));
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(EndToEndTest, BadQueryShowsColumnAndSuggestion) {
  const RunResult result = server_->Foia({"search", "academy (b7E"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("column "), HasSubstr("\n  academy (b7E\n"),
                                HasSubstr("^\n"), HasSubstr("[INVALID_QUERY]")));
}

TEST_F(EndToEndTest, OneBadFileOfSeveralFailsPartly) {
  const std::string note = *dir_ / "note.bin";
  WriteFile(note, "just some bytes");
  const RunResult result =
      server_->Foia({"upload", note, *dir_ / "none.pdf", "--request", RequestId()});
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_THAT(result.out, HasSubstr("note.bin"));
  EXPECT_THAT(result.err, HasSubstr("[UNREADABLE_FILE]"));
}

TEST_F(EndToEndTest, BrokenFilesAreKeptAndNamed) {
  using documents::v1::DocumentState;
  const std::string sample = ReadFile(Sample());
  const struct {
    std::string name;
    std::string bytes;
    std::vector<DocumentState> states;  // one of them
  } cases[] = {
      {"empty.pdf",
       "",
       {documents::v1::DOCUMENT_STATE_DAMAGED, documents::v1::DOCUMENT_STATE_UNSUPPORTED}},
      {"text.pdf",
       "This is no PDF.\n",
       {documents::v1::DOCUMENT_STATE_UNSUPPORTED, documents::v1::DOCUMENT_STATE_DAMAGED}},
      {"header.pdf", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", {documents::v1::DOCUMENT_STATE_DAMAGED}},
      {"truncated.pdf",
       sample.substr(0, sample.size() / 3),
       {documents::v1::DOCUMENT_STATE_DAMAGED, documents::v1::DOCUMENT_STATE_PARTLY_READ,
        documents::v1::DOCUMENT_STATE_DONE}},
      {"no-pages.pdf",
       "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
       "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
       {documents::v1::DOCUMENT_STATE_DAMAGED}},
  };
  for (const auto& row : cases) {
    const std::string file = *dir_ / row.name;
    WriteFile(file, row.bytes);
    const RunResult result =
        server_->Foia({"upload", file, "--request", RequestId(), "--wait"}, {}, kOcrLimit);
    const bool may_be_done = row.states.back() == documents::v1::DOCUMENT_STATE_DONE;
    EXPECT_TRUE(result.exit_code == 4 || (may_be_done && result.exit_code == 0))
        << row.name << ": " << result.exit_code << " " << result.err;
    const auto list =
        server_->FoiaJson<ListDocumentsResponse>({"document", "list", "--request", RequestId()});
    const auto found =
        std::find_if(list.documents().begin(), list.documents().end(),
                     [&](const Document& document) { return document.file_name() == row.name; });
    ASSERT_NE(found, list.documents().end()) << row.name;
    EXPECT_THAT(row.states, Contains(found->state())) << row.name;
    const std::string copy = *dir_ / ("copy-" + row.name);
    const RunResult downloaded =
        server_->Foia({"document", "download", IdOf(found->name()), "--out", copy});
    if (found->sealed_characters() > 0) continue;
    ASSERT_EQ(downloaded.exit_code, 0) << downloaded.err;
    EXPECT_EQ(ReadFile(copy), row.bytes) << row.name;
  }
}

TEST_F(EndToEndTest, EncryptedFileIsReadOnceThePasswordIsThere) {
  const std::string file = *dir_ / "locked.pdf";
  ASSERT_EQ(RunProgram({BinDir() + "/foia-sample", file, "--layer-only", "--pages", "2",
                        "--encrypted", "open sesame"})
                .exit_code,
            0);
  const Document locked = Upload(file, 4);
  EXPECT_EQ(locked.state(), documents::v1::DOCUMENT_STATE_NEEDS_PASSWORD);
  const std::string password = *dir_ / "password";
  WriteFile(password, "open sesame\n");
  const std::string id = IdOf(locked.name());
  const RunResult retried = server_->Foia({"document", "retry", id, "--password-file", password});
  EXPECT_EQ(retried.exit_code, 0) << retried.err;
  const RunResult watched = server_->Foia({"document", "watch", id}, {}, kOcrLimit);
  EXPECT_EQ(watched.exit_code, 0) << watched.out;
  EXPECT_THAT(server_->Foia({"document", "page", id, "1"}).out, HasSubstr("Page 1 of 2"));
}

TEST_F(EndToEndTest, ADocumentIsReadInItsLanguage) {
  Sheet sheet;
  sheet.Paragraph(
      "La solicitud fue recibida por la oficina el lunes. Los documentos que obran en "
      "poder de la agencia se entregan sin costo para quien los pide.");
  const std::string file = *dir_ / "carta.jpg";
  WriteFile(file, ScanSheet(sheet.content(), {}).bytes);
  const auto uploaded = server_->FoiaJson<ListDocumentsResponse>(
      {"upload", file, "--request", RequestId(), "--lang", "spa", "--wait"}, kOcrLimit);
  ASSERT_EQ(uploaded.documents_size(), 1);
  const Document& document = uploaded.documents(0);
  EXPECT_EQ(document.languages(), "spa");
  const auto page =
      server_->FoiaJson<documents::v1::Page>({"document", "page", IdOf(document.name()), "1"});
  EXPECT_EQ(page.record().engine().languages(), "spa");
  EXPECT_THAT(page.record().text(), HasSubstr("solicitud fue recibida por la oficina"));
  EXPECT_THAT(server_->Foia({"document", "show", IdOf(document.name())}).out, HasSubstr("spa"));
}

TEST_F(EndToEndTest, APageIsReadAgainInAnotherLanguage) {
  const char* folder = std::getenv("TESSDATA_PREFIX");
  if (!std::filesystem::exists(
          std::string(folder == nullptr ? "/usr/share/tesseract-ocr/5/tessdata" : folder) +
          "/fra.traineddata")) {
    GTEST_SKIP() << "the package tesseract-ocr-fra is not installed";
  }
  const std::string file = *dir_ / "two-pages.pdf";
  ASSERT_EQ(RunProgram({BinDir() + "/foia-sample", file, "--pages", "2"}).exit_code, 0);
  const std::string id = IdOf(Upload(file).name());
  const auto languages = [&](const std::string& page) {
    return server_->FoiaJson<documents::v1::Page>({"document", "page", id, page})
        .record()
        .engine()
        .languages();
  };
  EXPECT_EQ(languages("2"), "eng+spa");
  EXPECT_EQ(server_->Foia({"document", "retry", id, "--pages", "2", "--lang", "fra"}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"document", "watch", id}, {}, kOcrLimit).exit_code, 0);
  EXPECT_EQ(languages("1"), "eng+spa");
  EXPECT_EQ(languages("2"), "fra");

  // Nobody installed this one: the page says so, and has its old text back at once.
  EXPECT_EQ(server_->Foia({"document", "retry", id, "--pages", "2", "--lang", "xxx"}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"document", "watch", id}, {}, kOcrLimit).exit_code, 4);
  EXPECT_THAT(server_->Foia({"document", "pages", id}).out,
              HasSubstr("the language pack 'xxx' is not installed"));
  EXPECT_EQ(server_->Foia({"document", "retry", id, "--pages", "2", "--lang", "default"}).exit_code,
            0);
  EXPECT_EQ(server_->Foia({"document", "watch", id}, {}, kOcrLimit).exit_code, 0);
  EXPECT_EQ(languages("2"), "eng+spa");
}

TEST_F(EndToEndTest, PagesToLookAtAreListedOverAllDocuments) {
  const std::string request = IdOf(NewRequest("Pages to look at").name());
  const auto doubtful = [&] {
    return server_->FoiaJson<documents::v1::ListDoubtfulPagesResponse>(
        {"document", "doubtful", "--request", request});
  };
  EXPECT_EQ(doubtful().pages_size(), 0);
  EXPECT_THAT(server_->Foia({"document", "doubtful", "--request", request}).err,
              HasSubstr("no page needs to be looked at"));

  Sheet sheet;
  for (int line = 0; line < 12; ++line) {
    sheet.Paragraph("The Chicago field office proposes a six week academy for invited members.");
  }
  Scanner worn;
  worn.noise = 110;
  worn.dpi = 100;
  worn.skew_degrees = 4;
  const std::string poor = *dir_ / "worn.jpg";
  WriteFile(poor, ScanSheet(sheet.content(), worn).bytes);
  const std::string good = *dir_ / "good.jpg";
  WriteFile(good, ScanSheet(sheet.content(), {}).bytes);
  const RunResult uploaded = server_->Foia(
      {"upload", poor, good, "--request", request, "--wait", "--json"}, {}, kOcrLimit);
  ASSERT_EQ(uploaded.exit_code, 0) << uploaded.err;
  auto list = doubtful();
  ASSERT_EQ(list.pages_size(), 1) << list.DebugString();
  EXPECT_EQ(list.pages(0).file_name(), "worn.jpg");
  EXPECT_EQ(list.pages(0).page().state(), documents::v1::PAGE_STATE_DONE);
  EXPECT_NE(list.pages(0).page().doubt(), "");

  // A page that was not read again: it keeps what was read before.
  const auto all =
      server_->FoiaJson<ListDocumentsResponse>({"document", "list", "--request", request});
  ASSERT_EQ(all.documents_size(), 2);
  const std::string id =
      IdOf(all.documents(all.documents(0).file_name() == "good.jpg" ? 0 : 1).name());
  EXPECT_EQ(server_->Foia({"document", "retry", id, "--lang", "xxx"}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"document", "watch", id}, {}, kOcrLimit).exit_code, 0);
  EXPECT_EQ(doubtful().pages_size(), 2);
  const RunResult table = server_->Foia({"document", "doubtful", "--request", request});
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("CONFIDENCE"), HasSubstr("worn.jpg"), HasSubstr("good.jpg"),
                    HasSubstr("again failed: the language pack 'xxx' is not installed")));
  EXPECT_THAT(server_->Foia({"document", "pages", id, "--doubtful"}).out, HasSubstr("xxx"));
  EXPECT_THAT(server_->Foia({"document", "show", id}).out, HasSubstr("1 page to look at"));

  EXPECT_EQ(server_->Foia({"document", "retry", id, "--lang", "default"}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"document", "watch", id}, {}, kOcrLimit).exit_code, 0);
  EXPECT_EQ(doubtful().pages_size(), 1);
  EXPECT_THAT(server_->Foia({"document", "pages", id, "--doubtful"}).err,
              HasSubstr("no page needs to be looked at"));
}

TEST(LanguagesTest, ADefaultPackThatIsNotInstalledKeepsFoiadFromStarting) {
  const TempDir dir;
  const RunResult result = RunProgram(
      {Foiad(), "--data", dir / "data", "--listen", "127.0.0.1:0", "--languages", "eng+xxx"},
      CleanEnvironment());
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("--languages: the language pack 'xxx' is not installed"));
  EXPECT_FALSE(std::filesystem::exists(dir / "data")) << "nothing was begun";
}

TEST_F(EndToEndTest, WordsUnderAFailedRedactionAreNowhere) {
  const std::string word = "Quetzalvogel";
  const std::string file = *dir_ / "failed.pdf";
  ASSERT_EQ(
      RunProgram({BinDir() + "/foia-sample", file, "--layer-only", "--failed-redaction", word})
          .exit_code,
      0);
  const Document document = Upload(file);
  EXPECT_GE(document.sealed_characters(), static_cast<int64_t>(word.size()));
  ASSERT_TRUE(Indexed());
  const std::string id = IdOf(document.name());
  EXPECT_EQ(Search(word).total_pages(), 0);
  std::string outputs = server_->Foia({"document", "show", id, "--json"}).out;
  for (int page = 1; page <= document.page_count(); ++page) {
    const RunResult shown = server_->Foia({"document", "page", id, std::to_string(page), "--json"});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    outputs += shown.out;
  }
  outputs +=
      RunProgram({BinDir() + "/foia", "ocr", file, "--json", "-", "--text", "-"}, {}, kOcrLimit)
          .out;
  EXPECT_GE(outputs.size(), 1000u);
  // Whole or in the pieces that a stemmer or an index would keep.
  const auto holds = [](std::string bytes) {
    std::transform(bytes.begin(), bytes.end(), bytes.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return bytes.find("quetzalv") != std::string::npos;
  };
  EXPECT_FALSE(holds(outputs));
  EXPECT_FALSE(holds(ReadFile(server_->log())));
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(server_->data())) {
    // The original is kept as it came, and is given only to an owner.
    if (!entry.is_regular_file() || entry.path().string().find("/blobs/") != std::string::npos) {
      continue;
    }
    ++files;
    EXPECT_FALSE(holds(ReadFile(entry.path().string()))) << entry.path();
  }
  EXPECT_GE(files, 5);
}

TEST_F(EndToEndTest, OcrWithoutAServer) {
  const std::string good = *dir_ / "layer.pdf";
  ASSERT_EQ(RunProgram({BinDir() + "/foia-sample", good, "--layer-only", "--pages", "2"}).exit_code,
            0);
  const std::string bad = *dir_ / "bad.pdf";
  WriteFile(bad, "no PDF\n");
  const auto ocr = [](std::vector<std::string> words) {
    words.insert(words.begin(), "ocr");
    return Foia(words, {}, kOcrLimit);
  };
  const RunResult text = ocr({good, "--lang", "eng"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("Page 1 of 2"), HasSubstr("\f")));
  EXPECT_THAT(text.err, HasSubstr("page 2/2 done\n"));
  EXPECT_EQ(ocr({bad}).exit_code, 8);
  EXPECT_EQ(ocr({*dir_ / "none.pdf"}).exit_code, 8);
  const RunResult both = ocr({bad, good, "--json", *dir_ / "out", "--text", *dir_ / "out", "-q"});
  EXPECT_EQ(both.exit_code, 4);
  EXPECT_EQ(both.out, "");
  EXPECT_THAT(both.err, HasSubstr("bad.pdf' is unsupported"));
  EXPECT_THAT(ReadFile(*dir_ / "out/layer.json"),
              AllOf(HasSubstr("\"file\": \"layer.pdf\""), HasSubstr("\"page\": 2")));
  EXPECT_THAT(ReadFile(*dir_ / "out/layer.txt"), HasSubstr("Page 1 of 2"));
  EXPECT_EQ(ocr({good, good, "--text", *dir_ / "out/"}).exit_code, 2) << "two files, one name";
}

TEST_F(EndToEndTest, SecondServerOnTheSameDataIsRefused) {
  const RunResult second =
      RunProgram({Foiad(), "--data", server_->data(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 7) << second.err;
  EXPECT_THAT(second.err, HasSubstr("[DATA_LOCKED]"));
  EXPECT_EQ(server_->Foia({"status"}).exit_code, 0);
}

TEST_F(EndToEndTest, AccessIsByGrant) {
  const auto person =
      server_->FoiaJson<access::v1::Person>({"access", "person", "create", "Ana Ruiz"});
  const std::string token = *dir_ / "ana.token";
  const RunResult made =
      server_->Foia({"access", "token", "create", IdOf(person.name()), "--out", token});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(std::filesystem::status(token).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const Environment ana = {{"FOIA_TOKEN_FILE", token}};
  EXPECT_THAT(server_->Foia({"access", "whoami"}, ana).out, HasSubstr("Ana Ruiz"));
  EXPECT_EQ(server_->Foia({"request", "show", RequestId()}, ana).exit_code, 3)
      << "what one may not see does not exist";
  EXPECT_EQ(server_->Foia({"access", "person", "list"}, ana).exit_code, 5);

  const std::string label = IdOf(request_->label());
  ASSERT_EQ(
      server_->Foia({"access", "grant", "set", label, IdOf(person.name()), "viewer"}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"request", "show", RequestId()}, ana).exit_code, 0);
  EXPECT_EQ(
      server_->Foia({"event", "record", RequestId(), "note", "--on", "2020-07-20"}, ana).exit_code,
      5)
      << "a viewer records nothing";
  ASSERT_EQ(server_->Foia({"access", "grant", "delete", label, IdOf(person.name())}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"request", "show", RequestId()}, ana).exit_code, 3);
  const std::string token_name = made.out.substr(
      made.out.find("people/"), made.out.find_last_not_of('\n') + 1 - made.out.find("people/"));
  ASSERT_EQ(server_->Foia({"access", "token", "revoke", token_name}).exit_code, 0);
  EXPECT_EQ(server_->Foia({"access", "whoami"}, ana).exit_code, 5);
}

TEST_F(EndToEndTest, UnderAnotherLabelNothingIsSeen) {
  const RunResult uploaded =
      server_->Foia({"upload", Sample(), "--request", RequestId(), "--release-no", "1",
                     "--received-on", "2020-11-02", "--wait", "--json"},
                    {}, kOcrLimit);
  ASSERT_EQ(uploaded.exit_code, 0) << uploaded.err;
  ASSERT_TRUE(Indexed());
  const SearchResponse all = Search("exemption:b7E");
  ASSERT_GE(all.total_pages(), 1);
  const std::string hidden = IdOf(all.documents(0).document());

  const auto person = server_->FoiaJson<access::v1::Person>({"access", "person", "create", "Ben"});
  const std::string token = *dir_ / "ben.token";
  ASSERT_EQ(
      server_->Foia({"access", "token", "create", IdOf(person.name()), "--out", token}).exit_code,
      0);
  const Environment ben = {{"FOIA_TOKEN_FILE", token}};
  const RunResult nowhere =
      server_->Foia({"request", "create", "--agency", "ERO", "--subject", "x"}, ben);
  EXPECT_EQ(nowhere.exit_code, 5);
  EXPECT_THAT(nowhere.err, HasSubstr("no label to write to"));

  const auto label =
      server_->FoiaJson<access::v1::Label>({"access", "label", "create", "Other matter"});
  ASSERT_EQ(
      server_->Foia({"access", "grant", "set", IdOf(label.name()), IdOf(person.name()), "editor"})
          .exit_code,
      0);
  const RunResult made =
      server_->Foia({"request", "create", "--agency", "ERO", "--subject", "Bens own"}, ben);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"request", "list"}, {"docket"}}) {
    const RunResult list = server_->Foia(words, ben);
    EXPECT_THAT(list.out, AllOf(HasSubstr("Bens own"), Not(HasSubstr("Citizen Academy"))));
  }
  EXPECT_THAT(server_->Foia({"document", "list"}, ben).out, Not(HasSubstr("ero-release.pdf")));
  EXPECT_EQ(server_->Foia({"document", "show", hidden}, ben).exit_code, 3);
  EXPECT_EQ(server_->Foia({"document", "page", hidden, "1"}, ben).exit_code, 3);
  for (const std::string& query : std::vector<std::string>{
           "academy", "exemption:b7E", "acad*", "acadamy~2", "document:" + hidden, "acadmy"}) {
    const RunResult found = server_->Foia({"search", query, "--width", "0"}, ben);
    EXPECT_EQ(found.exit_code, 0) << found.err;
    EXPECT_EQ(found.out, "0 pages in 0 documents\n") << query;
    EXPECT_EQ(found.err, "") << "no suggestion from what is hidden";
  }
}

TEST_F(EndToEndTest, BackupRestoredElsewhereGivesTheSameAnswers) {
  const std::string note = *dir_ / "drill.txt";
  WriteFile(note, "restore drill");
  ASSERT_EQ(server_->Foia({"upload", note, "--request", RequestId()}).exit_code, 0);
  ASSERT_TRUE(Indexed());
  const std::string backup = *dir_ / "backup";
  const RunResult made = server_->Foia({"admin", "backup", backup});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const RunResult restored = Foia({"admin", "restore", backup, "--data", *dir_ / "restored"});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_NE(Foia({"admin", "restore", backup, "--data", *dir_ / "restored"}).exit_code, 0)
      << "never over data that is there";

  Server copy(*dir_ / "restored");
  const auto answers = [](Server& server, const std::vector<std::string>& words) {
    const RunResult result = server.Foia(words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"agency", "list", "--json"},
                                             {"request", "list", "--json"},
                                             {"event", "list", RequestId(), "--json"},
                                             {"document", "list", "--json"}}) {
    EXPECT_EQ(answers(copy, words), answers(*server_, words)) << words[0];
  }
  // The index is rebuilt from the documents.
  EXPECT_TRUE(WaitUntil(
      [&] {
        return answers(copy, {"search", "\"citizen academy\""}) ==
               answers(*server_, {"search", "\"citizen academy\""});
      },
      absl::Seconds(30)));
  EXPECT_THAT(answers(copy, {"admin", "check"}), HasSubstr("0 problems"));
  EXPECT_EQ(copy.Stop(), 0);
}

TEST(DiskFullTest, UploadIsRefusedAndNothingIsHalfStored) {
  TempDir dir;
  const std::string disk = dir / "disk";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=32m") != 0) {
    std::puts("skipped: a small disk can be mounted by root only");
    return;
  }
  {
    Server server(disk + "/data");
    const Request request =
        server.FoiaJson<Request>({"request", "create", "--agency", "DHS", "--subject", "Full"});
    const std::string file = dir / "big.bin";
    WriteFile(file, std::string(40 << 20, 'x'));
    const RunResult upload = server.Foia({"upload", file, "--request", IdOf(request.name())});
    EXPECT_EQ(upload.exit_code, 1) << upload.err;
    EXPECT_THAT(upload.err, HasSubstr("[STORAGE_FULL]"));
    EXPECT_EQ(server.FoiaJson<ListDocumentsResponse>({"document", "list"}).documents_size(), 0);
    // What was acknowledged is there.
    EXPECT_EQ(server.Foia({"request", "show", IdOf(request.name())}).exit_code, 0);
    EXPECT_EQ(server.Stop(), 0);
  }
  umount2(disk.c_str(), MNT_DETACH);
}

TEST(DataDirectoryTest, OfANewerFormatIsRefused) {
  const TempDir dir;
  { EXPECT_EQ(Server(dir / "data").Stop(), 0); }
  WriteFile(dir / "data/FORMAT", "999\n");
  const RunResult result = RunProgram({Foiad(), "--data", dir / "data", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("[NEWER_FORMAT]"));
  EXPECT_EQ(ReadFile(dir / "data/FORMAT"), "999\n");
}

TEST(TlsTest, IsSpokenWithTheCertificateAndOnlyWithIt) {
  const std::string openssl = "/usr/bin/openssl";
  if (!std::filesystem::exists(openssl)) GTEST_SKIP() << "there is no " << openssl;
  const TempDir dir;
  for (const std::string name : {"server", "other"}) {
    const RunResult made = RunProgram(
        {openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
         "-keyout", dir / (name + ".key"), "-out", dir / (name + ".pem")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  const std::string port_file = dir / "address";
  BackgroundProgram foiad(
      {Foiad(), "--data", dir / "data", "--listen", "127.0.0.1:0", "--port-file", port_file,
       "--tls-cert", dir / "server.pem", "--tls-key", dir / "server.key"},
      CleanEnvironment(), dir / "log");
  ASSERT_TRUE(WaitUntil([&] { return std::filesystem::exists(port_file); }, absl::Seconds(60)))
      << ReadFile(dir / "log");
  std::string address = ReadFile(port_file);
  address.erase(address.find_last_not_of('\n') + 1);
  const Environment here = {{"FOIA_SERVER", address}, {"FOIA_TOKEN_FILE", dir / "data/token"}};
  const RunResult status = Foia({"status", "--ca", dir / "server.pem"}, here);
  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_THAT(status.out, HasSubstr("writable"));
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"status", "--timeout", "5"}, {"status", "--timeout", "5", "--ca", dir / "other.pem"}}) {
    const RunResult refused = Foia(words, here);
    EXPECT_EQ(refused.exit_code, 6) << refused.err;
    EXPECT_EQ(refused.out, "");
  }
  foiad.Signal(SIGTERM);
  EXPECT_EQ(foiad.Wait(absl::Seconds(20)), 0);
}

TEST(RestartTest, WhatWasAcknowledgedIsThereAfterAKill) {
  const TempDir dir;
  std::string before;
  {
    Server server(dir / "data");
    const auto request =
        server.FoiaJson<Request>({"request", "create", "--agency", "DHS", "--subject", "Kept"});
    ASSERT_EQ(
        server.Foia({"event", "record", IdOf(request.name()), "received", "--on", "2020-07-16"})
            .exit_code,
        0);
    before = server.Foia({"docket", "--as-of", "2020-08-01", "--json"}).out;
    server.process().Signal(SIGKILL);
    EXPECT_EQ(server.process().Wait(absl::Seconds(20)), 128 + SIGKILL);
  }
  Server server(dir / "data");
  EXPECT_EQ(server.Foia({"docket", "--as-of", "2020-08-01", "--json"}).out, before);
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace foia::testing
