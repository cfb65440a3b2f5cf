#include "services/documents/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "services/documents/fixture.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class UploadsTest : public DocumentsTest {
 protected:
  std::vector<std::string> Keys(std::string_view prefix) {
    std::vector<std::string> keys;
    const auto it = kv_->Scan(storage::ScanOptions::Prefix(prefix));
    for (; it->Valid(); it->Next()) keys.emplace_back(it->key());
    return keys;
  }
  std::vector<std::string> Blobs() {
    std::vector<std::string> ids;
    EXPECT_OK(blobs_->ForEach([&](std::string_view id) {
      ids.emplace_back(id);
      return absl::OkStatus();
    }));
    return ids;
  }
  absl::StatusOr<v1::Upload> GetUpload(const Principal& caller, const std::string& name) {
    v1::GetUploadRequest get;
    get.set_name(name);
    return documents_->GetUpload(caller, get);
  }
};

TEST_F(UploadsTest, AnUploadIsNamedByTheBeginningOfItsId) {
  ASSERT_OK_AND_ASSIGN(const v1::Upload one, documents_->CreateUpload(editor_, Announce("abc")));
  const std::string id = one.name().substr(8);
  for (const std::string& name : {one.name(), "U" + id.substr(1), id.substr(0, 8)}) {
    ASSERT_OK_AND_ASSIGN(const v1::Upload found, GetUpload(editor_, name));
    EXPECT_EQ(found.name(), one.name()) << name;
  }
  EXPECT_THAT(GetUpload(owner_, id.substr(0, 8)), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  ASSERT_OK_AND_ASSIGN(const v1::Upload two, documents_->CreateUpload(editor_, Announce("def")));
  const absl::Status several = GetUpload(editor_, id.substr(0, 8)).status();
  EXPECT_THAT(several, HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(std::string(several.message()),
              ::testing::HasSubstr(id + ", " + two.name().substr(8)));
}

TEST_F(UploadsTest, BytesBecomeADocument) {
  ASSERT_OK_AND_ASSIGN(v1::Upload upload, documents_->CreateUpload(editor_, Announce("abcdef")));
  EXPECT_EQ(upload.committed_size_bytes(), 0);
  ASSERT_OK_AND_ASSIGN(upload, Write(editor_, upload.name(), 0, "abc"));
  EXPECT_EQ(upload.committed_size_bytes(), 3);
  ASSERT_OK_AND_ASSIGN(upload, Write(editor_, upload.name(), 3, "def"));
  ASSERT_OK_AND_ASSIGN(const v1::Document document, Finish(editor_, upload.name()));
  EXPECT_EQ(document.request(), "requests/r1");
  EXPECT_EQ(document.label(), "labels/red");
  EXPECT_EQ(document.uploader(), "people/editor");
  EXPECT_EQ(document.state(), v1::DOCUMENT_STATE_QUEUED);
  EXPECT_EQ(document.kind(), v1::DOCUMENT_KIND_RELEASE);
  EXPECT_THAT(blobs_->Read(document.sha256(), 0, 100), testing::IsOkAndHolds("abcdef"));

  // Repeating it gives the same document, and the upload says that it is complete.
  ASSERT_OK_AND_ASSIGN(const v1::Document again, Finish(editor_, upload.name()));
  EXPECT_EQ(again.name(), document.name());
  ASSERT_OK_AND_ASSIGN(upload, GetUpload(editor_, upload.name()));
  EXPECT_EQ(upload.committed_size_bytes(), 6);
  EXPECT_EQ(upload.document().name(), document.name());
  EXPECT_THAT(Keys(keys::kDocuments), SizeIs(1));
  EXPECT_THAT(Keys(keys::kTasks), SizeIs(1));
  ExpectNoProblems();
}

TEST_F(UploadsTest, AnEmptyFileIsKept) {
  const std::string name = Upload(editor_, "");
  EXPECT_EQ(Get(name).size_bytes(), 0);
  EXPECT_THAT(Blobs(), SizeIs(1));
}

TEST_F(UploadsTest, BadAnnouncementsAreRefused) {
  struct Row {
    std::string field;
    std::function<void(v1::CreateUploadRequest&)> change;
  };
  const std::vector<Row> rows = {
      {"document.sha256", [](auto& r) { r.mutable_document()->set_sha256("abc"); }},
      {"document.sha256", [](auto& r) { r.mutable_document()->set_sha256(std::string(64, 'g')); }},
      {"document.size_bytes", [](auto& r) { r.mutable_document()->set_size_bytes(-1); }},
      {"document.request", [](auto& r) { r.mutable_document()->clear_request(); }},
      {"document.file_name", [](auto& r) { r.mutable_document()->clear_file_name(); }},
      {"document.file_name", [](auto& r) { r.mutable_document()->set_file_name("../x"); }},
      {"document.file_name", [](auto& r) { r.mutable_document()->set_file_name(".."); }},
      {"document.file_name", [](auto& r) { r.mutable_document()->set_file_name("a\\b"); }},
      {"document.file_name", [](auto& r) { r.mutable_document()->set_file_name("a\nb"); }},
      {"document.file_name",
       [](auto& r) { r.mutable_document()->set_file_name(std::string(256, 'a')); }},
      {"document.kind",
       [](auto& r) { r.mutable_document()->set_kind(static_cast<v1::DocumentKind>(99)); }},
      {"document.release_number", [](auto& r) { r.mutable_document()->set_release_number(-1); }},
      {"document.receive_date",
       [](auto& r) { r.mutable_document()->mutable_receive_date()->set_month(13); }},
      {"request_id", [](auto& r) { r.set_request_id(std::string(129, 'a')); }},
  };
  for (const Row& row : rows) {
    v1::CreateUploadRequest request = Announce("abc");
    row.change(request);
    const auto upload = documents_->CreateUpload(editor_, request);
    EXPECT_THAT(upload, HasReason(Reason::REASON_INVALID_FIELD)) << row.field;
    EXPECT_THAT(ViolationsOf(upload.status()), Contains(Pair(row.field, ::testing::_)));
  }
  EXPECT_THAT(Keys(keys::kUploads), IsEmpty());
}

TEST_F(UploadsTest, TheRequestDecidesWhoMayUpload) {
  EXPECT_THAT(documents_->CreateUpload(editor_, Announce("abc", "requests/r9")),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  EXPECT_THAT(documents_->CreateUpload(outsider_, Announce("abc")),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  EXPECT_THAT(documents_->CreateUpload(viewer_, Announce("abc")),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(Keys(keys::kUploads), IsEmpty());
}

TEST_F(UploadsTest, AnUploadBelongsToWhoBeganIt) {
  ASSERT_OK_AND_ASSIGN(const v1::Upload upload, documents_->CreateUpload(editor_, Announce("abc")));
  EXPECT_THAT(GetUpload(owner_, upload.name()), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  EXPECT_THAT(Write(owner_, upload.name(), 0, "abc"), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  EXPECT_THAT(Finish(owner_, upload.name()), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  EXPECT_THAT(GetUpload(editor_, "uploads/none"), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
}

TEST_F(UploadsTest, ChunksStartAtTheCommittedSize) {
  ASSERT_OK_AND_ASSIGN(const v1::Upload upload,
                       documents_->CreateUpload(editor_, Announce("abcdef")));
  ASSERT_OK(Write(editor_, upload.name(), 0, "abc"));
  for (const int64_t offset : {0, 2, 4, 100, -1}) {
    const auto written = Write(editor_, upload.name(), offset, "x");
    EXPECT_THAT(written, HasReason(Reason::REASON_OFFSET_MISMATCH)) << offset;
    EXPECT_THAT(MetadataOf(written.status()), Contains(Pair("committed_size", "3")));
  }
  EXPECT_THAT(Write(editor_, upload.name(), 3, "defg"), HasReason(Reason::REASON_SIZE_MISMATCH));
  EXPECT_THAT(Write(editor_, upload.name(), 3, std::string(kMaxChunkBytes + 1, 'x')),
              HasReason(Reason::REASON_INVALID_FIELD));
  ASSERT_OK(Write(editor_, upload.name(), 3, "def"));
  EXPECT_OK(Finish(editor_, upload.name()));
}

TEST_F(UploadsTest, WrongBytesLeaveNothing) {
  struct Row {
    std::string_view sent;
    Reason reason;
  };
  for (const Row& row :
       {Row{"abX", Reason::REASON_HASH_MISMATCH}, Row{"ab", Reason::REASON_SIZE_MISMATCH}}) {
    ASSERT_OK_AND_ASSIGN(const v1::Upload upload,
                         documents_->CreateUpload(editor_, Announce("abc")));
    ASSERT_OK(Write(editor_, upload.name(), 0, row.sent));
    EXPECT_THAT(Finish(editor_, upload.name()), HasReason(row.reason));
    EXPECT_THAT(GetUpload(editor_, upload.name()), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  }
  EXPECT_THAT(Keys(keys::kUploads), IsEmpty());
  EXPECT_THAT(Keys(keys::kDocuments), IsEmpty());
  EXPECT_THAT(Keys(keys::kChanges), IsEmpty());
  EXPECT_THAT(Blobs(), IsEmpty());
  EXPECT_THAT(blobs_->ListStaging(), testing::IsOkAndHolds(IsEmpty()));
}

TEST_F(UploadsTest, AKnownHashIsNoFile) {
  Upload(owner_, "secret", "requests/r2");
  ASSERT_OK_AND_ASSIGN(const v1::Upload upload,
                       documents_->CreateUpload(editor_, Announce("secret")));
  EXPECT_EQ(upload.committed_size_bytes(), 0);
  EXPECT_THAT(Finish(editor_, upload.name()), HasReason(Reason::REASON_SIZE_MISMATCH));
}

TEST_F(UploadsTest, SameBytesAreOneBlobAndTwoDocuments) {
  const std::string red = Upload(owner_, "abc", "requests/r1");
  const std::string blue = Upload(owner_, "abc", "requests/r2");
  EXPECT_NE(red, blue);
  EXPECT_EQ(Get(blue).label(), "labels/blue");
  EXPECT_THAT(Blobs(), SizeIs(1));
  ExpectNoProblems();
}

TEST_F(UploadsTest, RequestIdsMakeCallsRepeatable) {
  v1::CreateUploadRequest request = Announce("abc");
  request.set_request_id("one");
  ASSERT_OK_AND_ASSIGN(const v1::Upload first, documents_->CreateUpload(editor_, request));
  ASSERT_OK(Write(editor_, first.name(), 0, "ab"));
  ASSERT_OK_AND_ASSIGN(const v1::Upload second, documents_->CreateUpload(editor_, request));
  EXPECT_EQ(second.name(), first.name());
  EXPECT_EQ(second.committed_size_bytes(), 2);
  // Another person's ids are another person's.
  ASSERT_OK_AND_ASSIGN(const v1::Upload other, documents_->CreateUpload(owner_, request));
  EXPECT_NE(other.name(), first.name());
  request.mutable_document()->set_file_name("other.pdf");
  EXPECT_THAT(documents_->CreateUpload(editor_, request),
              HasReason(Reason::REASON_REQUEST_ID_REUSED));
}

TEST_F(UploadsTest, TheDocumentFollowsItsRequestsLabel) {
  ASSERT_OK_AND_ASSIGN(const v1::Upload upload, documents_->CreateUpload(owner_, Announce("abc")));
  ASSERT_OK(Write(owner_, upload.name(), 0, "abc"));
  requests_.labels["requests/r1"] = "labels/blue";
  ASSERT_OK_AND_ASSIGN(const v1::Document document, Finish(owner_, upload.name()));
  EXPECT_EQ(document.label(), "labels/blue");
}

TEST_F(UploadsTest, WhatStandsStillIsSweptAfterADay) {
  v1::CreateUploadRequest request = Announce("abc");
  request.set_request_id("one");
  ASSERT_OK_AND_ASSIGN(const v1::Upload stale, documents_->CreateUpload(editor_, request));
  ASSERT_OK(Write(editor_, stale.name(), 0, "a"));
  ASSERT_OK_AND_ASSIGN(const v1::Upload active, documents_->CreateUpload(editor_, Announce("abc")));
  clock_.Advance(absl::Hours(23));
  ASSERT_OK(Write(editor_, active.name(), 0, "a"));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(documents_->SweepUploads());
  EXPECT_THAT(GetUpload(editor_, stale.name()), HasReason(Reason::REASON_UPLOAD_NOT_FOUND));
  EXPECT_OK(GetUpload(editor_, active.name()));
  EXPECT_THAT(blobs_->ListStaging(), testing::IsOkAndHolds(SizeIs(1)));
  // Its request_id is free again.
  ASSERT_OK_AND_ASSIGN(const v1::Upload again, documents_->CreateUpload(editor_, request));
  EXPECT_EQ(again.committed_size_bytes(), 0);
}

}  // namespace
}  // namespace foia::documents
