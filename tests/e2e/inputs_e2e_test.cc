// What agencies send besides plain PDF files, with the real foiad and the real foia: archives,
// files that are kept, passwords, and a release held against its letter.
#include <filesystem>

#include "foia/documents/v1/document_service.pb.h"
#include "foia/search/v1/search_service.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/sample/sample.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/zip.h"

namespace foia::testing {
namespace {

using documents::v1::Document;
using documents::v1::ListDocumentsResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kOcrLimit = absl::Minutes(4);
constexpr int kPartly = 4;

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string OneWordPdf(const std::string& word) {
  std::string content;
  for (int line = 0; line < 8; ++line) {
    content += "BT /F1 12 Tf 72 " + std::to_string(700 - 20 * line) + " Td (The officer wrote of " +
               word + " on that day.) Tj ET\n";
  }
  return OnePagePdf(content);
}

class InputsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    request_ = IdOf(server_
                        .FoiaJson<tracker::v1::Request>(
                            {"request", "create", "--agency", "ERO", "--subject", "Archives"})
                        .name());
    EXPECT_EQ(
        server_.Foia({"event", "record", request_, "received", "--on", "2020-07-16"}).exit_code, 0);
  }
  void TearDown() override { EXPECT_EQ(server_.Stop(), 0); }

  std::string File(const std::string& name, const std::string& bytes) const {
    WriteFile(dir_ / name, bytes);
    return dir_ / name;
  }
  RunResult Upload(std::vector<std::string> words) const {
    words.insert(words.begin(), "upload");
    words.insert(words.end(), {"--request", request_, "--wait", "--width", "0"});
    return server_.Foia(words, {}, kOcrLimit);
  }
  std::vector<Document> List() {
    const auto list = server_.FoiaJson<ListDocumentsResponse>({"document", "list"});
    return {list.documents().begin(), list.documents().end()};
  }
  bool Finds(const std::string& word) {
    return WaitUntil(
        [&] {
          return server_.FoiaJson<search::v1::SearchResponse>({"search", word}).total_pages() > 0;
        },
        absl::Seconds(30));
  }

  TempDir dir_;
  Server server_{dir_ / "data"};
  std::string request_;
};

TEST_F(InputsTest, AReleaseAsAnArchiveIsReadAndHeldAgainstItsLetter) {
  const std::string letter = OneWordPdf("Montevideo");
  const std::string zip =
      File("part2.zip", MakeZip({{"part/letter.pdf", letter},
                                 {"part/copy.pdf", letter},
                                 {"../table.csv", "name,age\nDoe,5\n"},
                                 {"inner.zip", MakeZip({{"deep.pdf", OneWordPdf("Zanzibar")}})},
                                 {"bad.pdf", letter, true, 0, 1}}));
  const RunResult uploaded =
      Upload({zip, "--release-no", "2", "--received-on", "2020-11-02", "--pages-announced", "5"});
  EXPECT_EQ(uploaded.exit_code, kPartly) << uploaded.err;
  EXPECT_THAT(uploaded.out,
              AllOf(HasSubstr("part2.zip"), HasSubstr("1 of 5 members could not be unpacked"),
                    HasSubstr("  part/letter.pdf"), HasSubstr("    deep.pdf"),
                    HasSubstr("a table as text (CSV): kept, not read")));

  const std::vector<Document> documents = List();
  ASSERT_EQ(documents.size(), 6U);
  const RunResult shown = server_.Foia({"document", "show", IdOf(documents[0].name())});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("application/zip"), HasSubstr("bad.pdf"),
                               HasSubstr("it is damaged or cut off")));
  for (const Document& document : documents) {
    EXPECT_EQ(document.release_number(), 2);
    if (document.file_name() != "deep.pdf") continue;
    EXPECT_EQ(document.container_depth(), 2);
    EXPECT_THAT(server_.Foia({"document", "show", IdOf(document.name())}).out,
                AllOf(HasSubstr("container"), HasSubstr("deep.pdf")));
    EXPECT_THAT(server_.Foia({"document", "pages", IdOf(document.name())}).err,
                HasSubstr("1 page: 1 done"));
    EXPECT_THAT(server_.Foia({"document", "pages", IdOf(document.name()), "--state", "failed"}).out,
                Not(HasSubstr("done")));
  }
  EXPECT_TRUE(Finds("Zanzibar"));
  EXPECT_TRUE(Finds("Montevideo"));

  const RunResult release = server_.Foia({"release", "show", request_, "2"});
  EXPECT_THAT(
      release.out,
      AllOf(HasSubstr("announced   5"), HasSubstr("2 done"), HasSubstr("1 file came twice"),
            HasSubstr("the letter says 5 pages, 2 pages are here: 3 are missing; 1 file has "
                      "no pages that could be counted; 1 member of archives could not be "
                      "unpacked")));
  // The same words again: nothing doubles. Another number: refused, nothing is uploaded.
  Upload({zip, "--release-no", "2", "--received-on", "2020-11-02", "--pages-announced", "5"});
  EXPECT_EQ(List().size(), 6U);
  const auto events =
      server_.FoiaJson<tracker::v1::ListEventsResponse>({"event", "list", request_});
  EXPECT_EQ(events.events_size(), 2);
  const RunResult other = Upload({File("more.pdf", letter), "--release-no", "2", "--received-on",
                                  "2020-11-02", "--pages-announced", "6"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("release 2 is recorded with 5 pages"));
  EXPECT_EQ(List().size(), 6U);
}

TEST_F(InputsTest, PasswordsOpenWhatIsEncrypted) {
  const std::string password = File("password.txt", "secret\n");
  const std::string pdf = File("locked.pdf", Encrypt(OneWordPdf("Samarkand"), "secret"));
  const RunResult locked = Upload({pdf});
  EXPECT_EQ(locked.exit_code, kPartly);
  EXPECT_THAT(locked.out, HasSubstr("needs password"));
  const RunResult open = Upload(
      {File("open.pdf", Encrypt(OneWordPdf("Tashkent"), "secret")), "--password-file", password});
  EXPECT_EQ(open.exit_code, 0) << open.out;
  EXPECT_TRUE(Finds("Tashkent"));

  const RunResult zip = Upload({File("locked.zip", Aes256Zip())});
  EXPECT_THAT(zip.out, HasSubstr("1 of 1 members are encrypted"));
  const std::string id = IdOf(List().back().name());
  server_.Foia({"document", "retry", id, "--password-file", password});
  server_.Foia({"document", "watch", id}, {}, kOcrLimit);
  const std::vector<Document> documents = List();
  EXPECT_EQ(documents.back().member_path(), "fox.txt");
  EXPECT_EQ(documents.back().media_type(), "text/plain");
  EXPECT_EQ(Upload({pdf, "--password-file", dir_ / "none"}).exit_code, 8);
}

TEST_F(InputsTest, ArchivesAreReadWithoutAServer) {
  const std::string zip =
      File("x.zip", MakeZip({{"a/letter.pdf", OneWordPdf("Montevideo")},
                             {"a/letter.pdf", OneWordPdf("Tashkent")},
                             {"../../slip.pdf", OneWordPdf("Lisbon")},
                             {"inner.zip", MakeZip({{"deep.pdf", OneWordPdf("Zanzibar")}})}}));
  const std::string out = dir_ / "out";
  const RunResult read = Foia({"ocr", zip, "--text", out}, {}, kOcrLimit);
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_THAT(ReadFile(out + "/x.zip/a/letter.pdf.txt"), HasSubstr("Montevideo"));
  EXPECT_THAT(ReadFile(out + "/x.zip/a/letter.pdf (2).txt"), HasSubstr("Tashkent"));
  EXPECT_THAT(ReadFile(out + "/x.zip/slip.pdf.txt"), HasSubstr("Lisbon"));
  EXPECT_THAT(ReadFile(out + "/x.zip/inner.zip/deep.pdf.txt"), HasSubstr("Zanzibar"));
  EXPECT_FALSE(std::filesystem::exists(out + "/x.txt"));

  const std::string password = File("password.txt", "secret\n");
  const std::string locked = File("locked.pdf", Encrypt(OneWordPdf("Samarkand"), "secret"));
  EXPECT_THAT(Foia({"ocr", locked, "--password-file", password}, {}, kOcrLimit).out,
              HasSubstr("Samarkand"));
}

}  // namespace
}  // namespace foia::testing
