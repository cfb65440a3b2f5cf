// Pictures and exports through the real foia-page.
#include "services/documents/renditions.h"

#include <filesystem>
#include <string>

#include "services/base/crypto.h"
#include "services/documents/fixture.h"
#include "services/documents/page_pool.h"
#include "tests/support/sample/sample.h"
#include "tests/support/sample/sheet.h"

namespace foia::documents {
namespace {

using ::foia::testing::BinDir;
using ::foia::testing::HasReason;
using ::foia::testing::IsOk;
using ::testing::StartsWith;

class RenditionsTest : public DocumentsTest {
 protected:
  void SetUp() override {
    DocumentsTest::SetUp();
    OpenRenditions(64 << 20);
  }
  void TearDown() override {
    pool_->Stop();
    renditions_.reset();
  }

  void OpenRenditions(int64_t cache_bytes) {
    renditions_.reset();
    ASSERT_OK_AND_ASSIGN(cache_, storage::DiskCache::Open(directory_ / "cache", cache_bytes));
    PagePoolOptions options;
    options.program = BinDir() + "/foia-page";
    pool_ = std::make_unique<PagePool>(options);
    RenditionsOptions slow;
    slow.wait = absl::Seconds(60);
    renditions_ = std::make_unique<Renditions>(*store_, *pool_, *cache_, slow);
  }

  absl::StatusOr<v1::RenderPageResponse> Render(const Principal& caller,
                                                const std::string& document, int page,
                                                int dpi = 0) {
    v1::RenderPageRequest request;
    request.set_name(document + "/pages/" + std::to_string(page));
    request.set_dpi(dpi);
    return renditions_->RenderPage(caller, request);
  }

  absl::StatusOr<v1::Export> Export(const Principal& caller, const std::string& document,
                                    const std::string& password = "") {
    v1::ExportDocumentRequest request;
    request.set_name(document);
    request.set_password(password);
    return renditions_->ExportDocument(caller, request);
  }

  absl::StatusOr<std::string> Read(const Principal& caller, const std::string& name) {
    v1::ReadExportRequest request;
    request.set_name(name);
    request.set_length(1 << 20);
    std::string bytes;
    while (true) {
      request.set_offset(static_cast<int64_t>(bytes.size()));
      const auto chunk = renditions_->ReadExport(caller, request);
      if (!chunk.ok()) return chunk.status();
      if (chunk->data().empty()) return bytes;
      bytes += chunk->data();
    }
  }

  const std::string pdf_ = testing::MakeSample({.pages = 2, .layer_only = true}).pdf;
  std::unique_ptr<storage::DiskCache> cache_;
  std::unique_ptr<PagePool> pool_;
  std::unique_ptr<Renditions> renditions_;
};

TEST_F(RenditionsTest, PicturesOfReadPagesAreForEveryReader) {
  const std::string document = UploadPages(editor_, pdf_, 2);
  // Page 1 is read and has sealed words, page 2 waits.
  for (const v1::PageTask& task : Lease(1)) EXPECT_OK(Complete(PageDone(task, 5)));
  ASSERT_OK_AND_ASSIGN(const auto picture, Render(viewer_, document, 1));
  EXPECT_EQ(picture.webp().substr(0, 4), "RIFF");
  EXPECT_EQ(picture.webp().substr(8, 4), "WEBP");
  EXPECT_THAT(Render(viewer_, document, 2), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(Render(editor_, document, 2), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_OK(Render(owner_, document, 2));
  EXPECT_THAT(Render(outsider_, document, 1), HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
  EXPECT_THAT(Render(viewer_, document, 3), HasReason(Reason::REASON_PAGE_NOT_FOUND));
  EXPECT_THAT(Render(viewer_, document, 1, 301), HasReason(Reason::REASON_INVALID_FIELD));

  // A larger one is another picture; the same one comes from the cache, and again once that is
  // gone.
  ASSERT_OK_AND_ASSIGN(const auto large, Render(viewer_, document, 1, 200));
  EXPECT_GT(large.webp().size(), picture.webp().size());
  pool_->Stop();
  ASSERT_OK_AND_ASSIGN(const auto again, Render(viewer_, document, 1));
  EXPECT_EQ(again.webp(), picture.webp());
  std::filesystem::remove_all(directory_ / "cache");
  EXPECT_THAT(Render(viewer_, document, 1), HasReason(Reason::REASON_SHUTTING_DOWN));
  OpenRenditions(64 << 20);
  ASSERT_OK_AND_ASSIGN(const auto drawn, Render(viewer_, document, 1));
  EXPECT_EQ(drawn.webp(), picture.webp());
}

TEST_F(RenditionsTest, ExportsNeedTheRightToTheOriginal) {
  const std::string document = UploadPages(editor_, pdf_, 2);
  EXPECT_THAT(Export(viewer_, document), HasReason(Reason::REASON_PERMISSION_DENIED));
  WorkOff();
  ASSERT_OK_AND_ASSIGN(const v1::Export made, Export(viewer_, document));
  EXPECT_TRUE(made.done());
  EXPECT_EQ(made.pages_done(), 2);
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Read(viewer_, made.name()));
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), made.size_bytes());
  EXPECT_EQ(HexEncode(Sha256(bytes)), made.sha256());
  EXPECT_THAT(bytes, StartsWith("%PDF-"));
  EXPECT_THAT(Read(outsider_, made.name()), HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
  // Repeated, it is the same.
  ASSERT_OK_AND_ASSIGN(const v1::Export same, Export(owner_, document));
  EXPECT_EQ(same.name(), made.name());
  // Deleted by somebody: it is made again.
  std::filesystem::remove_all(directory_ / "cache");
  EXPECT_THAT(Read(viewer_, made.name()), HasReason(Reason::REASON_NOT_FOUND));
  ASSERT_OK_AND_ASSIGN(const v1::Export again, Export(viewer_, document));
  EXPECT_EQ(again.sha256(), made.sha256());
  EXPECT_OK(Read(viewer_, made.name()));
}

TEST_F(RenditionsTest, SealedTextLocksTheExport) {
  const std::string document = UploadPages(editor_, pdf_, 1);
  for (const v1::PageTask& task : Lease(1)) EXPECT_OK(Complete(PageDone(task, 5)));
  EXPECT_THAT(Export(viewer_, document), HasReason(Reason::REASON_PERMISSION_DENIED));
  ASSERT_OK_AND_ASSIGN(const v1::Export made, Export(owner_, document));
  EXPECT_OK(Read(owner_, made.name()));
  EXPECT_THAT(Read(viewer_, made.name()), HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(RenditionsTest, WhatCannotBeMadeIsSaid) {
  const std::string broken = Upload(editor_, "%PDF-1.7 and nothing more");
  EXPECT_THAT(Export(owner_, broken), HasReason(Reason::REASON_CANNOT_RENDER));  // no pages yet
  for (const v1::PageTask& task : Lease(1)) EXPECT_OK(Complete(ProbeDone(task, 1)));
  EXPECT_THAT(Export(owner_, broken), HasReason(Reason::REASON_CANNOT_RENDER));
  EXPECT_THAT(Render(owner_, broken, 1), HasReason(Reason::REASON_CANNOT_RENDER));

  const std::string locked = UploadPages(
      editor_, testing::MakeSample({.pages = 1, .layer_only = true, .password = "open"}).pdf, 1);
  EXPECT_THAT(Export(owner_, locked), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(Export(owner_, locked, "wrong"), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_OK(Export(owner_, locked, "open"));
}

// Nobody waits for ever, and nothing grows without bound.
TEST_F(RenditionsTest, TooManyAreRefused) {
  PagePoolOptions options;
  options.program = BinDir() + "/foia-page";
  options.processes = 0;
  options.wait = absl::Milliseconds(10);
  PagePool none(options);
  EXPECT_THAT(none.Draw(-1, "", 1, 110), HasReason(Reason::REASON_OVERLOADED));
}

}  // namespace
}  // namespace foia::documents
