// Simply works: a file of 10,000 pages, one of 200 MB, and a letter that does not wait behind them.
#include <filesystem>
#include <fstream>
#include <string>

#include "foia/documents/v1/document_service.pb.h"
#include "foia/search/v1/search_service.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

using documents::v1::Document;

class LargeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto request = server_.FoiaJson<tracker::v1::Request>(
        {"request", "create", "--agency", "DHS", "--subject", "Large"});
    request_ = IdOf(request.name());
  }

  static std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

  std::string Sample(const std::string& name, const std::string& pages) {
    const std::string file = dir_ / name;
    const RunResult made = RunProgram(
        {BinDir() + "/foia-sample", file, "--pages", pages, "--layer-only"}, {}, absl::Minutes(5));
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return file;
  }

  // The id of the document.
  std::string Upload(const std::string& file) {
    const RunResult result =
        server_.Foia({"upload", file, "--request", request_, "--json"}, {}, absl::Minutes(10));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const size_t at = result.out.find("\"name\": \"documents/");
    EXPECT_NE(at, std::string::npos) << result.out;
    return result.out.substr(at + 19, 27);
  }

  Document Show(const std::string& id) {
    return server_.FoiaJson<Document>({"document", "show", id});
  }

  bool WaitUntilDone(const std::string& id, absl::Duration limit) {
    return WaitUntil([&] { return Show(id).state() == documents::v1::DOCUMENT_STATE_DONE; }, limit);
  }

  TempDir dir_;
  Server server_{dir_ / "data"};
  std::string request_;
};

TEST_F(LargeTest, TenThousandPagesAreReadAndALetterDoesNotWaitForThem) {
  const std::string big = Upload(Sample("release.pdf", "10000"));
  const std::string letter = Upload(Sample("letter.pdf", "2"));
  ASSERT_TRUE(WaitUntilDone(letter, absl::Minutes(5)));
  EXPECT_NE(Show(big).state(), documents::v1::DOCUMENT_STATE_DONE);
  ASSERT_TRUE(WaitUntilDone(big, absl::Minutes(60)));
  EXPECT_EQ(Show(big).page_count(), 10000);
  const auto found = server_.FoiaJson<search::v1::SearchResponse>({"search", "page:10000"});
  EXPECT_EQ(found.total_pages(), 1);
  EXPECT_EQ(server_.Stop(), 0);
}

TEST_F(LargeTest, TwoHundredMegabytesComeInAndGoOut) {
  const std::string file = Sample("heavy.pdf", "2");
  {
    std::ofstream padding(file, std::ios::binary | std::ios::app);
    const std::string line(1 << 20, '%');
    for (int i = 0; i < 200; ++i) padding << line;
  }
  const std::string id = Upload(file);
  ASSERT_TRUE(WaitUntilDone(id, absl::Minutes(5)));
  const std::string copy = dir_ / "copy.pdf";
  const RunResult downloaded =
      server_.Foia({"document", "download", id, "--out", copy}, {}, absl::Minutes(5));
  ASSERT_EQ(downloaded.exit_code, 0) << downloaded.err;
  EXPECT_EQ(ReadFile(copy), ReadFile(file));
}

}  // namespace
}  // namespace foia::testing
