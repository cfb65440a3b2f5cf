#include "services/documents/members.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/member_path.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxChunkBytes = 1 << 20;
constexpr size_t kMaxPathBytes = 1024;

v1::WriteMemberResponse Refused(std::string_view why) {
  v1::WriteMemberResponse response;
  response.set_refused(std::string(why));
  return response;
}

}  // namespace

std::shared_ptr<Members::Session> Members::Open(const std::string& container) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Session>& session = sessions_[container];
  if (session == nullptr) session = std::make_shared<Session>();
  return session;
}

void Members::Forget(const std::string& container) {
  std::shared_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(container);
    if (found == sessions_.end()) return;
    session = std::move(found->second);
    sessions_.erase(found);
  }
  const std::lock_guard lock(session->mutex);
  if (session->staging == nullptr) return;
  const absl::Status removed = session->staging->Remove();
  session->staging.reset();
  // Sweep finds it.
  if (!removed.ok()) Log(Severity::kWarning, "staging_not_removed", {{"document", container}});
}

absl::Status Members::Begin(const std::string& container, Session& session,
                            const v1::WriteMemberRequest& request) {
  session.staging.reset();
  session.index = 0;
  FOIA_ASSIGN_OR_RETURN(session.staging, store_.blobs().OpenStaging(container));
  if (session.staging->size() > 0) {
    // Of a member that was never finished.
    FOIA_RETURN_IF_ERROR(session.staging->Remove());
    FOIA_ASSIGN_OR_RETURN(session.staging, store_.blobs().OpenStaging(container));
  }
  session.hash = Sha256Stream();
  session.index = request.index();
  session.attempt = request.lease().attempt();
  return absl::OkStatus();
}

absl::StatusOr<v1::WriteMemberResponse> Members::Write(const std::string& container,
                                                       const v1::WriteMemberRequest& request) {
  if (request.index() < 1 || request.index() > kMaxMemberIndex) {
    return InvalidFields({{"index", absl::StrCat("must be 1 to ", kMaxMemberIndex)}});
  }
  if (request.data().size() > kMaxChunkBytes) {
    return InvalidFields({{"data", "must have at most 1 MiB"}});
  }
  if (request.raw_path().size() > kMaxPathBytes) {
    return InvalidFields({{"raw_path", "must have at most 1024 bytes"}});
  }
  const std::shared_ptr<Session> session = Open(container);
  const std::lock_guard lock(session->mutex);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> made,
                        store_.kv().Get(keys::Member(container, request.index())));
  if (made.has_value()) return v1::WriteMemberResponse();

  if (request.offset() == 0) FOIA_RETURN_IF_ERROR(Begin(container, *session, request));
  if (session->staging == nullptr || session->index != request.index() ||
      session->attempt != request.lease().attempt()) {
    return MakeError(Reason::REASON_OFFSET_MISMATCH, "another member is being written",
                     {{"offset", absl::StrCat(request.offset())}});
  }
  const auto size = static_cast<int64_t>(session->staging->size());
  const auto more = static_cast<int64_t>(request.data().size());
  const bool repeated = request.offset() > 0 && request.offset() + more == size;
  if (!repeated && request.offset() != size) {
    return MakeError(
        Reason::REASON_OFFSET_MISMATCH,
        absl::StrCat("the member stands at ", size, ", not at ", request.offset()),
        {{"committed_size", absl::StrCat(size)}, {"offset", absl::StrCat(request.offset())}});
  }
  if (!repeated && more > 0) {
    if (size + more > kMaxMemberBytes) return Refused("it is larger than 4 GiB");
    FOIA_RETURN_IF_ERROR(session->staging->Append(request.data()));
    session->hash.Update(request.data());
  }
  v1::WriteMemberResponse response;
  if (request.last()) {
    FOIA_ASSIGN_OR_RETURN(*response.mutable_refused(), Finish(container, *session, request));
  }
  return response;
}

absl::StatusOr<std::string> Members::Finish(const std::string& container, Session& session,
                                            const v1::WriteMemberRequest& request) {
  const uint64_t size = session.staging->size();
  const std::string sha256 = HexEncode(session.hash.Digest());
  // Looked at before the bytes are published, and once more with the batch.
  const auto refuse = [&](const v1::StoredDocument& root) -> std::string {
    if (root.tree_members() >= kMaxTreeMembers) {
      return absl::StrCat("more than ", kMaxTreeMembers, " files came of one upload");
    }
    if (root.tree_bytes() + static_cast<int64_t>(size) > kMaxTreeBytes) {
      return "more than 32 GiB came of one upload";
    }
    return {};
  };
  std::string refused;
  const auto make = [&](Transaction& transaction, bool publish) -> absl::Status {
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredTask> task,
        DocumentStore::Read<v1::StoredTask>(transaction, keys::Task(0, container)));
    if (!task.has_value() || task->attempt() != request.lease().attempt()) {
      return LeaseLost(container, 0);
    }
    FOIA_ASSIGN_OR_RETURN(
        std::optional<v1::StoredDocument> parent,
        DocumentStore::Read<v1::StoredDocument>(transaction, keys::Document(container)));
    if (!parent.has_value()) return CorruptRecord(keys::Document(container));
    const std::string root_id = parent->root().empty() ? container : parent->root();
    v1::StoredDocument outer;
    v1::StoredDocument* root = &*parent;
    if (root_id != container) {
      FOIA_ASSIGN_OR_RETURN(
          std::optional<v1::StoredDocument> found,
          DocumentStore::Read<v1::StoredDocument>(transaction, keys::Document(root_id)));
      if (!found.has_value()) return CorruptRecord(keys::Document(root_id));
      outer = *std::move(found);
      root = &outer;
    }
    refused = parent->document().container_depth() >= kMaxContainerDepth
                  ? absl::StrCat("it lies in more than ", kMaxContainerDepth, " containers")
                  : refuse(*root);
    if (!publish || !refused.empty()) return absl::OkStatus();

    root->set_tree_members(root->tree_members() + 1);
    root->set_tree_bytes(root->tree_bytes() + static_cast<int64_t>(size));
    parent->mutable_document()->set_member_count(parent->document().member_count() + 1);

    const std::string path = CleanMemberPath(request.path());
    v1::StoredDocument stored;
    v1::Document& document = *stored.mutable_document();
    const v1::Document& from = parent->document();
    document.set_request(from.request());
    document.set_label(from.label());
    document.set_sha256(sha256);
    document.set_size_bytes(static_cast<int64_t>(size));
    document.set_file_name(path.substr(path.rfind('/') + 1));
    document.set_kind(from.kind());
    document.set_release_number(from.release_number());
    if (from.has_receive_date()) *document.mutable_receive_date() = from.receive_date();
    document.set_languages(from.languages());
    document.set_uploader(from.uploader());
    document.set_container(absl::StrCat("documents/", container));
    document.set_member_path(path);
    document.set_container_depth(from.container_depth() + 1);
    stored.set_root(root_id);
    stored.set_member_index(request.index());
    stored.set_member_raw_path(request.raw_path());

    const std::string id = NewId('d', store_.clock().Now());
    store_.PutNewDocument(transaction, id, stored);
    transaction.Put(keys::Member(container, request.index()), id);
    // Their counts are told with the end of the probe.
    transaction.Put(keys::Document(container), parent->SerializeAsString());
    if (root != &*parent) transaction.Put(keys::Document(root_id), root->SerializeAsString());
    return absl::OkStatus();
  };
  FOIA_RETURN_IF_ERROR(
      store_.writer().Run([&](Transaction& transaction) { return make(transaction, false); }));
  if (refused.empty()) {
    FOIA_RETURN_IF_ERROR(session.staging->Finish(sha256, size));
    session.staging.reset();  // its bytes are the blob's now
    FOIA_RETURN_IF_ERROR(
        store_.writer().Run([&](Transaction& transaction) { return make(transaction, true); }));
  } else {
    FOIA_RETURN_IF_ERROR(session.staging->Remove());
    session.staging.reset();
  }
  session.index = 0;
  return refused;
}

}  // namespace foia::documents
