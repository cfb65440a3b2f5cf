#include "cli/upload_file.h"

#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::cli {
namespace {

using documents::v1::CreateUploadRequest;
using documents::v1::Document;
using ::foia::testing::HasReason;
using ::testing::MatchesRegex;

TEST(PlanUploadTest, SameFileAndTargetGiveTheSameRequestId) {
  const testing::TempDir dir;
  const std::string bytes(3 << 20, 'x');
  testing::WriteFile(dir / "a.pdf", bytes);
  Document document;
  document.set_request("requests/r1");
  document.set_release_number(2);
  ASSERT_OK_AND_ASSIGN(const CreateUploadRequest plan, PlanUpload(dir / "a.pdf", document));
  EXPECT_EQ(plan.document().file_name(), "a.pdf");
  EXPECT_EQ(plan.document().size_bytes(), 3 << 20);
  EXPECT_EQ(plan.document().sha256(), HexEncode(Sha256(bytes)));
  EXPECT_EQ(plan.document().release_number(), 2);
  EXPECT_THAT(plan.request_id(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));

  ASSERT_OK_AND_ASSIGN(const CreateUploadRequest again, PlanUpload(dir / "a.pdf", document));
  EXPECT_EQ(again.request_id(), plan.request_id());

  // Whatever differs makes another upload.
  document.set_request("requests/r2");
  ASSERT_OK_AND_ASSIGN(const CreateUploadRequest elsewhere, PlanUpload(dir / "a.pdf", document));
  EXPECT_NE(elsewhere.request_id(), plan.request_id());
  document.set_request("requests/r1");
  testing::WriteFile(dir / "a.pdf", bytes + "y");
  ASSERT_OK_AND_ASSIGN(const CreateUploadRequest changed, PlanUpload(dir / "a.pdf", document));
  EXPECT_NE(changed.request_id(), plan.request_id());
}

TEST(PlanUploadTest, EmptyFilesAreTakenAndUnreadableOnesNamed) {
  const testing::TempDir dir;
  testing::WriteFile(dir / "empty.pdf", "");
  ASSERT_OK_AND_ASSIGN(const CreateUploadRequest plan, PlanUpload(dir / "empty.pdf", Document()));
  EXPECT_EQ(plan.document().size_bytes(), 0);
  for (const std::string& path : {dir / "none.pdf", dir.path().string()}) {
    EXPECT_THAT(PlanUpload(path, Document()), HasReason(Reason::REASON_UNREADABLE_FILE)) << path;
  }
}

TEST(TransientTest, OnlyWhatPassesByItself) {
  EXPECT_TRUE(IsTransient(MakeError(Reason::REASON_SERVER_UNREACHABLE, "")));
  EXPECT_TRUE(IsTransient(MakeError(Reason::REASON_OFFSET_MISMATCH, "")));
  for (const Reason reason : {Reason::REASON_WRONG_TOKEN, Reason::REASON_HASH_MISMATCH,
                              Reason::REASON_STORAGE_FULL, Reason::REASON_STORAGE_READ_ONLY}) {
    EXPECT_FALSE(IsTransient(MakeError(reason, ""))) << Reason_Name(reason);
  }
}

}  // namespace
}  // namespace foia::cli
