#include "services/documents/members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/documents/fixture.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

class MembersTest : public DocumentsTest {
 protected:
  absl::StatusOr<v1::WriteMemberResponse> WriteChunk(const v1::PageTask& probe, int index,
                                                     const std::string& path, int64_t offset,
                                                     const std::string& data, bool last) {
    v1::WriteMemberRequest write;
    *write.mutable_lease() = Completion(probe).lease();
    write.set_index(index);
    write.set_path(path);
    write.set_raw_path(path);
    write.set_offset(offset);
    write.set_data(data);
    write.set_last(last);
    return tasks_->WriteMember(System(), write);
  }
  // A whole member; the reason when it is refused.
  std::string WriteWhole(const v1::PageTask& probe, int index, const std::string& path,
                         const std::string& data) {
    const auto written = WriteChunk(probe, index, path, 0, data, true);
    EXPECT_OK(written);
    return written.ok() ? written->refused() : "an error";
  }
  static v1::CompleteTaskRequest ZipDone(const v1::PageTask& task) {
    v1::CompleteTaskRequest complete = ProbeDone(task, 0);
    complete.mutable_probe()->set_media_type("application/zip");
    complete.mutable_probe()->set_is_container(true);
    return complete;
  }
  static void AddError(v1::CompleteTaskRequest& complete, const std::string& path,
                       v1::PageState state) {
    v1::MemberError* const error = complete.mutable_probe()->add_member_errors();
    error->set_path(path);
    error->set_state(state);
    error->set_reason("why");
    complete.mutable_probe()->set_member_error_count(complete.probe().member_error_count() + 1);
  }
  std::vector<v1::Document> MembersOf(const std::string& name, const Principal& caller,
                                      int page_size = 0) {
    std::vector<v1::Document> members;
    v1::ListDocumentsRequest list;
    list.set_container(name);
    list.set_page_size(page_size);
    do {
      const auto response = documents_->ListDocuments(caller, list);
      EXPECT_OK(response);
      if (!response.ok()) break;
      members.insert(members.end(), response->documents().begin(), response->documents().end());
      list.set_page_token(response->next_page_token());
    } while (!list.page_token().empty());
    return members;
  }
};

TEST_F(MembersTest, BecomeDocumentsOfTheirContainersRequest) {
  v1::CreateUploadRequest create = Announce("zip");
  create.mutable_document()->set_kind(v1::DOCUMENT_KIND_RELEASE);
  create.mutable_document()->set_release_number(3);
  create.mutable_document()->set_languages("spa");
  create.mutable_document()->mutable_receive_date()->set_year(2020);
  create.mutable_document()->mutable_receive_date()->set_month(5);
  create.mutable_document()->mutable_receive_date()->set_day(7);
  ASSERT_OK_AND_ASSIGN(const v1::Upload upload, documents_->CreateUpload(editor_, create));
  ASSERT_OK(Write(editor_, upload.name(), 0, "zip"));
  ASSERT_OK_AND_ASSIGN(const v1::Document container, Finish(editor_, upload.name()));
  const v1::PageTask probe = Lease(1).at(0);
  EXPECT_TRUE(probe.may_unpack());

  ASSERT_OK(WriteChunk(probe, 1, "../folder/a.pdf", 0, "abc", false));
  ASSERT_OK(WriteChunk(probe, 1, "../folder/a.pdf", 3, "def", false));
  ASSERT_OK(WriteChunk(probe, 1, "../folder/a.pdf", 3, "def", false));  // its answer was lost
  ASSERT_OK(WriteChunk(probe, 1, "../folder/a.pdf", 6, "", true));
  EXPECT_EQ(WriteWhole(probe, 2, "folder/a.pdf", "abcdef"), "");  // same bytes, another document
  EXPECT_EQ(WriteWhole(probe, 3, "empty", ""), "");
  ASSERT_OK(Complete(ZipDone(probe)));

  EXPECT_EQ(Get(container.name()).state(), v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(Get(container.name()).member_count(), 3);
  const std::vector<v1::Document> members = MembersOf(container.name(), viewer_, 2);
  ASSERT_THAT(members, SizeIs(3));
  const v1::Document& member = members[0];
  EXPECT_EQ(member.container(), container.name());
  EXPECT_EQ(member.member_path(), "folder/a.pdf");
  EXPECT_EQ(member.file_name(), "a.pdf");
  EXPECT_EQ(member.container_depth(), 1);
  EXPECT_EQ(member.sha256(), HexEncode(Sha256("abcdef")));
  EXPECT_EQ(member.size_bytes(), 6);
  EXPECT_EQ(member.request(), "requests/r1");
  EXPECT_EQ(member.label(), "labels/red");
  EXPECT_EQ(member.release_number(), 3);
  EXPECT_EQ(member.languages(), "spa");
  EXPECT_EQ(member.receive_date().day(), 7);
  EXPECT_EQ(member.uploader(), editor_.name());
  EXPECT_EQ(members[1].sha256(), member.sha256());
  EXPECT_NE(members[1].name(), member.name());
  EXPECT_EQ(members[2].size_bytes(), 0);
  EXPECT_THAT(MembersOf(container.name(), editor_), SizeIs(3));
  v1::ListDocumentsRequest list;
  list.set_container(container.name());
  EXPECT_THAT(documents_->ListDocuments(outsider_, list),
              HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));

  // What the agency called it is kept as data.
  ASSERT_OK_AND_ASSIGN(const auto stored,
                       store_->Read<v1::StoredDocument>(keys::Document(IdOf(member.name()))));
  EXPECT_EQ(stored->member_raw_path(), "../folder/a.pdf");
  WorkOff();
  EXPECT_EQ(Get(member.name()).state(), v1::DOCUMENT_STATE_DONE);
  ExpectNoProblems();
}

TEST_F(MembersTest, OnlyTheHolderOfTheProbeWrites) {
  Upload(editor_, "zip");
  const v1::PageTask probe = Lease(1).at(0);
  v1::WriteMemberRequest write;
  *write.mutable_lease() = Completion(probe).lease();
  write.set_index(1);
  EXPECT_THAT(tasks_->WriteMember(owner_, write), HasReason(Reason::REASON_PERMISSION_DENIED));
  v1::PageTask other = probe;
  other.set_attempt(7);
  EXPECT_THAT(WriteChunk(other, 1, "a", 0, "x", true), HasReason(Reason::REASON_LEASE_LOST));
  other = probe;
  other.set_page(1);
  EXPECT_THAT(WriteChunk(other, 1, "a", 0, "x", true), HasReason(Reason::REASON_LEASE_LOST));

  EXPECT_THAT(WriteChunk(probe, 0, "a", 0, "x", true), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(WriteChunk(probe, kMaxMemberIndex + 1, "a", 0, "x", true),
              HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(WriteChunk(probe, 1, std::string(1025, 'a'), 0, "x", true),
              HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(WriteChunk(probe, 1, "a", 5, "x", true), HasReason(Reason::REASON_OFFSET_MISMATCH));
  ASSERT_OK(WriteChunk(probe, 1, "a", 0, "abc", false));
  EXPECT_THAT(WriteChunk(probe, 2, "b", 3, "x", true), HasReason(Reason::REASON_OFFSET_MISMATCH));
  EXPECT_THAT(WriteChunk(probe, 1, "a", 2, "abcd", true),
              HasReason(Reason::REASON_OFFSET_MISMATCH));
  ASSERT_OK(WriteChunk(probe, 1, "a", 3, "def", true));
  ASSERT_OK(Complete(ZipDone(probe)));
  EXPECT_THAT(WriteChunk(probe, 2, "b", 0, "x", true), HasReason(Reason::REASON_LEASE_LOST));
}

TEST_F(MembersTest, WhatFailedIsNamed) {
  struct Row {
    int members;
    std::vector<v1::PageState> errors;
    v1::PageState probe;
    int pages;
    v1::DocumentState state;
    std::string reason;
  };
  const std::vector<Row> rows = {
      {2, {}, v1::PAGE_STATE_DONE, 0, v1::DOCUMENT_STATE_DONE, ""},
      {2,
       {v1::PAGE_STATE_DAMAGED},
       v1::PAGE_STATE_DONE,
       0,
       v1::DOCUMENT_STATE_PARTLY_READ,
       "1 of 3 members could not be unpacked"},
      {0,
       {v1::PAGE_STATE_DAMAGED},
       v1::PAGE_STATE_DONE,
       0,
       v1::DOCUMENT_STATE_DAMAGED,
       "no member could be unpacked"},
      {1,
       {v1::PAGE_STATE_NEEDS_PASSWORD},
       v1::PAGE_STATE_NEEDS_PASSWORD,
       0,
       v1::DOCUMENT_STATE_NEEDS_PASSWORD,
       ""},
      {1,
       {v1::PAGE_STATE_UNSUPPORTED},
       v1::PAGE_STATE_DONE,
       1,
       v1::DOCUMENT_STATE_PARTLY_READ,
       "1 of 2 members could not be unpacked"},
      {0,
       {v1::PAGE_STATE_TIMED_OUT},
       v1::PAGE_STATE_DONE,
       1,
       v1::DOCUMENT_STATE_PARTLY_READ,
       "1 of 1 members could not be unpacked"},
  };
  for (const Row& row : rows) {
    const std::string name = Upload(editor_, "zip " + std::to_string(&row - rows.data()));
    const v1::PageTask probe = Lease(1).at(0);
    for (int i = 1; i <= row.members; ++i) {
      WriteWhole(probe, i, "m", "member " + std::to_string(i));
    }
    v1::CompleteTaskRequest complete = ZipDone(probe);
    complete.mutable_probe()->set_state(row.probe);
    complete.mutable_probe()->set_page_count(row.pages);
    for (const v1::PageState state : row.errors) AddError(complete, "/broken\n.pdf", state);
    ASSERT_OK(Complete(complete));
    WorkOff();
    const v1::Document document = Get(name);
    EXPECT_EQ(document.state(), row.state);
    EXPECT_EQ(document.state_reason(), row.reason);
    ASSERT_THAT(document.member_errors(), SizeIs(row.errors.size()));
    for (const v1::MemberError& error : document.member_errors()) {
      EXPECT_EQ(error.path(), "broken?.pdf");
      EXPECT_EQ(error.reason(), "why");
    }
  }
  ExpectNoProblems();
}

TEST_F(MembersTest, AListOfErrorsIsBoundedTheirNumberIsNot) {
  const std::string name = Upload(editor_, "zip");
  v1::CompleteTaskRequest complete = ZipDone(Lease(1).at(0));
  for (int i = 0; i < 150; ++i) AddError(complete, "x", v1::PAGE_STATE_DAMAGED);
  complete.mutable_probe()->set_member_error_count(4000);
  ASSERT_OK(Complete(complete));
  EXPECT_THAT(Get(name).member_errors(), SizeIs(100));
  EXPECT_EQ(Get(name).member_error_count(), 4000);
}

TEST_F(MembersTest, APasswordOpensTheRestWithoutDoubles) {
  const std::string name = Upload(editor_, "zip");
  v1::PageTask probe = Lease(1).at(0);
  EXPECT_EQ(WriteWhole(probe, 1, "open.pdf", "open"), "");
  v1::CompleteTaskRequest complete = ZipDone(probe);
  complete.mutable_probe()->set_state(v1::PAGE_STATE_NEEDS_PASSWORD);
  AddError(complete, "closed.pdf", v1::PAGE_STATE_NEEDS_PASSWORD);
  ASSERT_OK(Complete(complete));
  WorkOff();

  v1::RetryDocumentRequest retry;
  retry.set_name(name);
  retry.set_password("secret");
  ASSERT_OK(documents_->RetryDocument(editor_, retry));
  probe = Lease(1).at(0);
  EXPECT_EQ(probe.page(), 0);
  EXPECT_EQ(probe.password(), "secret");
  EXPECT_EQ(WriteWhole(probe, 1, "open.pdf", "open"), "");
  EXPECT_EQ(WriteWhole(probe, 2, "closed.pdf", "closed"), "");
  ASSERT_OK(Complete(ZipDone(probe)));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(Get(name).member_count(), 2);
  EXPECT_THAT(Get(name).member_errors(), IsEmpty());
  ExpectNoProblems();
}

TEST_F(MembersTest, TheOriginalOfAContainerNeedsTheOwner) {
  const std::string name = Upload(editor_, "zip");
  const v1::PageTask probe = Lease(1).at(0);
  WriteWhole(probe, 1, "a.pdf", "a");
  ASSERT_OK(Complete(ZipDone(probe)));
  WorkOff();
  v1::ReadOriginalRequest read;
  read.set_name(name);
  read.set_length(10);
  EXPECT_THAT(documents_->ReadOriginal(editor_, read), HasReason(Reason::REASON_PERMISSION_DENIED));
  ASSERT_OK(documents_->ReadOriginal(owner_, read));
  read.set_name(MembersOf(name, editor_).at(0).name());
  ASSERT_OK(documents_->ReadOriginal(editor_, read));
}

TEST_F(MembersTest, ContainersInContainersEndAtALimit) {
  std::string name = Upload(editor_, "zip 0");
  for (int depth = 0; depth < kMaxContainerDepth; ++depth) {
    const v1::PageTask probe = Lease(1).at(0);
    EXPECT_EQ(probe.document(), name);
    EXPECT_TRUE(probe.may_unpack());
    EXPECT_EQ(WriteWhole(probe, 1, "x.zip", "zip " + std::to_string(depth + 1)), "");
    ASSERT_OK(Complete(ZipDone(probe)));
    name = MembersOf(name, editor_).at(0).name();
  }
  const v1::PageTask probe = Lease(1).at(0);
  EXPECT_FALSE(probe.may_unpack());
  EXPECT_NE(WriteWhole(probe, 1, "x.zip", "too deep"), "");
  ASSERT_OK(Complete(ZipDone(probe)));
  EXPECT_EQ(Get(name).container_depth(), kMaxContainerDepth);
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_UNSUPPORTED);
  EXPECT_EQ(Get(name).state_reason(), "it lies in 5 containers: kept, not unpacked");
  EXPECT_THAT(MembersOf(name, editor_), IsEmpty());
  ExpectNoProblems();
}

// Archives in archives multiply: what counts is all that came of one upload.
TEST_F(MembersTest, OneUploadHasALimitAtAllDepths) {
  const std::string root = Upload(editor_, "zip");
  const v1::PageTask outer = Lease(1).at(0);
  EXPECT_EQ(WriteWhole(outer, 1, "inner.zip", "inner"), "");
  ASSERT_OK(Complete(ZipDone(outer)));
  const auto set_used = [&](int members, int64_t bytes) {
    return store_->writer().Run([&](Transaction& transaction) -> absl::Status {
      FOIA_ASSIGN_OR_RETURN(auto stored, DocumentStore::Read<v1::StoredDocument>(
                                             transaction, keys::Document(IdOf(root))));
      EXPECT_GE(stored->tree_members(), 1);
      stored->set_tree_members(members);
      stored->set_tree_bytes(bytes);
      transaction.Put(keys::Document(IdOf(root)), stored->SerializeAsString());
      return absl::OkStatus();
    });
  };
  const v1::PageTask inner = Lease(1).at(0);
  ASSERT_OK(set_used(kMaxTreeMembers, 0));
  EXPECT_EQ(WriteWhole(inner, 1, "a", "abc"), "more than 50000 files came of one upload");
  ASSERT_OK(set_used(1, kMaxTreeBytes - 2));
  EXPECT_EQ(WriteWhole(inner, 1, "a", "abc"), "more than 32 GiB came of one upload");
  EXPECT_EQ(WriteWhole(inner, 2, "b", "ab"), "");
  ASSERT_OK(Complete(ZipDone(inner)));
  EXPECT_THAT(blobs_->ListStaging().value(), IsEmpty());
  ExpectNoProblems();
}

class MembersRestartTest : public MembersTest {
 protected:
  void SetUp() override {
    use_rocksdb_ = true;
    Open();
  }
};

TEST_F(MembersRestartTest, ACrashBetweenMembersGivesNoDoubles) {
  const std::string name = Upload(editor_, "zip");
  v1::PageTask probe = Lease(1).at(0);
  EXPECT_EQ(WriteWhole(probe, 1, "a.pdf", "first"), "");
  EXPECT_EQ(WriteWhole(probe, 2, "b.pdf", "second"), "");
  ASSERT_OK(WriteChunk(probe, 3, "c.pdf", 0, "half of the thi", false));
  const std::string first = MembersOf(name, editor_).at(0).name();
  Open();
  EXPECT_THAT(MembersOf(name, editor_), SizeIs(2));
  // The worker knows nothing of the restart and goes on: its lease is gone.
  EXPECT_THAT(WriteChunk(probe, 3, "c.pdf", 15, "rd", true), HasReason(Reason::REASON_LEASE_LOST));

  for (const v1::PageTask& task : Lease(8)) {
    if (task.document() == name) probe = task;
  }
  EXPECT_EQ(probe.attempt(), 2);
  EXPECT_EQ(WriteWhole(probe, 1, "a.pdf", "first"), "");
  EXPECT_EQ(WriteWhole(probe, 2, "b.pdf", "second"), "");
  // Sweeping up does not touch what may be in use.
  ASSERT_OK(documents_->SweepUploads());
  EXPECT_EQ(WriteWhole(probe, 3, "c.pdf", "the third"), "");
  ASSERT_OK(WriteChunk(probe, 4, "d.pdf", 0, "dropped", false));
  ASSERT_OK(Complete(ZipDone(probe)));
  const std::vector<v1::Document> members = MembersOf(name, editor_);
  ASSERT_THAT(members, SizeIs(3));
  EXPECT_EQ(members[0].name(), first);
  EXPECT_EQ(members[2].sha256(), HexEncode(Sha256("the third")));
  EXPECT_EQ(Get(name).member_count(), 3);
  EXPECT_THAT(blobs_->ListStaging().value(), IsEmpty());
  ExpectNoProblems();
}

TEST_F(MembersRestartTest, BytesOfAMemberNobodyWritesAnyMoreAreSweptUp) {
  const std::string name = Upload(editor_, "zip");
  const v1::PageTask probe = Lease(1).at(0);
  ASSERT_OK(WriteChunk(probe, 1, "a", 0, "half", false));
  Open();
  ASSERT_OK(documents_->SweepUploads());
  EXPECT_THAT(blobs_->ListStaging().value(), ElementsAre(IdOf(name)));
  ASSERT_OK(Complete(ZipDone(Lease(1).at(0))));
  ASSERT_OK(documents_->SweepUploads());
  EXPECT_THAT(blobs_->ListStaging().value(), IsEmpty());
}

}  // namespace
}  // namespace foia::documents
