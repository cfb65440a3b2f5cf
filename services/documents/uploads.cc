#include "services/documents/uploads.h"

#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/documents/file_info.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;
constexpr size_t kMaxOpenSessions = 256;
// An upload in progress writes its time that often, not with every chunk.
constexpr absl::Duration kActiveResolution = absl::Minutes(1);

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Status UploadNotFound(std::string_view name) {
  return MakeError(Reason::REASON_UPLOAD_NOT_FOUND,
                   absl::StrCat("there is no upload '", ToAbsl(name), "'"),
                   {{"upload", std::string(name)}});
}

bool IsSha256(std::string_view hex) {
  return hex.size() == 2 * kSha256Size &&
         hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsFinished(const v1::StoredUpload& stored) {
  return !stored.upload().document().name().empty();
}

uint64_t SizeOf(const v1::StoredUpload& stored) {
  return static_cast<uint64_t>(stored.upload().document().size_bytes());
}

// What the caller announced, in its stored form.
absl::StatusOr<v1::Document> ReadAnnounced(const v1::CreateUploadRequest& request) {
  v1::Document document;
  const v1::Document& given = request.document();
  document.set_request(given.request());
  document.set_sha256(absl::AsciiStrToLower(given.sha256()));
  document.set_size_bytes(given.size_bytes());
  document.set_file_name(given.file_name());
  document.set_kind(given.kind() == v1::DOCUMENT_KIND_UNSPECIFIED ? v1::DOCUMENT_KIND_RELEASE
                                                                  : given.kind());
  document.set_release_number(given.release_number());
  document.set_languages(StoredLanguages(given.languages()));
  if (given.has_receive_date()) *document.mutable_receive_date() = given.receive_date();

  FieldViolations violations = CheckFileInfo(document);
  if (document.request().empty()) violations.emplace_back("document.request", "is missing");
  if (!IsSha256(document.sha256())) {
    violations.emplace_back("document.sha256", "must be 64 hexadecimal digits");
  }
  if (document.size_bytes() < 0) {
    violations.emplace_back("document.size_bytes", "must not be negative");
  }
  if (request.request_id().size() > kMaxRequestIdBytes) {
    violations.emplace_back("request_id", "must have at most 128 bytes");
  }
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  return document;
}

}  // namespace

absl::StatusOr<v1::Upload> Uploads::CreateUpload(const Principal& caller,
                                                 const v1::CreateUploadRequest& request) {
  FOIA_ASSIGN_OR_RETURN(v1::Document document, ReadAnnounced(request));
  const std::string digest = Sha256(document.SerializeAsString());
  FOIA_ASSIGN_OR_RETURN(const RequestRef owner, requests_.Find(caller, document.request()));
  FOIA_RETURN_IF_ERROR(access::Check(caller, access::Action::kWrite, owner.label, owner.name));
  document.set_request(owner.name);
  document.set_label(owner.label);
  document.set_uploader(caller.name());

  const std::string id = NewId('u', store_.clock().Now());
  v1::StoredUpload stored;
  stored.mutable_upload()->set_name(absl::StrCat("uploads/", id));
  *stored.mutable_upload()->mutable_document() = std::move(document);
  stored.set_caller(caller.name());
  stored.set_request_id(request.request_id());
  stored.set_request_digest(digest);
  *stored.mutable_active_time() = store_.Now();

  std::string earlier;  // the upload this call made before
  const absl::Status created = store_.writer().Run([&](Transaction& transaction) -> absl::Status {
    if (!request.request_id().empty()) {
      const std::string call = keys::UploadCall(caller.name(), request.request_id());
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> known, transaction.Get(call));
      if (known.has_value()) {
        FOIA_ASSIGN_OR_RETURN(
            const std::optional<v1::StoredUpload> first,
            DocumentStore::Read<v1::StoredUpload>(transaction, keys::Upload(*known)));
        if (!first.has_value()) return CorruptRecord(call);
        if (first->request_digest() != digest) {
          return MakeError(Reason::REASON_REQUEST_ID_REUSED,
                           "request_id came before with another file or request",
                           {{"request_id", request.request_id()}});
        }
        earlier = *known;
        return absl::OkStatus();
      }
      transaction.Put(call, id);
    }
    transaction.Put(keys::Upload(id), stored.SerializeAsString());
    return absl::OkStatus();
  });
  FOIA_RETURN_IF_ERROR(created);
  if (!earlier.empty()) {
    v1::GetUploadRequest get;
    get.set_name(absl::StrCat("uploads/", earlier));
    return GetUpload(caller, get);
  }
  return Render(stored, 0);
}

absl::StatusOr<v1::Upload> Uploads::GetUpload(const Principal& caller,
                                              const v1::GetUploadRequest& request) {
  FOIA_ASSIGN_OR_RETURN(Held held, Hold(caller, request.name()));
  FOIA_ASSIGN_OR_RETURN(const uint64_t committed, Committed(held));
  return Render(held.stored, committed);
}

absl::StatusOr<v1::Upload> Uploads::WriteUpload(const Principal& caller,
                                                const v1::WriteUploadRequest& request) {
  if (request.data().size() > kMaxChunkBytes) {
    return InvalidFields({{"data", "must have at most 1 MiB"}});
  }
  FOIA_ASSIGN_OR_RETURN(Held held, Hold(caller, request.name()));
  FOIA_ASSIGN_OR_RETURN(const uint64_t committed, Committed(held));
  if (request.offset() < 0 || static_cast<uint64_t>(request.offset()) != committed) {
    return MakeError(
        Reason::REASON_OFFSET_MISMATCH,
        absl::StrCat("the upload stands at ", committed, ", not at ", request.offset()),
        {{"committed_size", absl::StrCat(committed)}, {"offset", absl::StrCat(request.offset())}});
  }
  const uint64_t size = SizeOf(held.stored);
  if (request.data().size() > size - committed) {
    return MakeError(Reason::REASON_SIZE_MISMATCH,
                     absl::StrCat("the file was announced with ", size, " bytes"),
                     {{"size_bytes", absl::StrCat(size)}});
  }
  if (request.data().empty()) return Render(held.stored, committed);
  FOIA_RETURN_IF_ERROR(held.session->staging->Append(request.data()));
  if (store_.clock().Now() - ToTime(held.stored.active_time()) >= kActiveResolution) {
    *held.stored.mutable_active_time() = store_.Now();
    FOIA_RETURN_IF_ERROR(Put(held));
  }
  return Render(held.stored, held.session->staging->size());
}

absl::StatusOr<v1::Document> Uploads::FinishUpload(const Principal& caller,
                                                   const v1::FinishUploadRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckPassword(request.password()));
  FOIA_ASSIGN_OR_RETURN(Held held, Hold(caller, request.name()));
  const v1::Document& announced = held.stored.upload().document();
  if (IsFinished(held.stored)) {
    FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                          store_.FindDocument(caller, announced.name()));
    return store_.Render(found.id, found.stored);
  }
  // The request may have moved to another label meanwhile: the document follows it.
  FOIA_ASSIGN_OR_RETURN(const RequestRef owner, requests_.Find(caller, announced.request()));
  FOIA_RETURN_IF_ERROR(access::Check(caller, access::Action::kWrite, owner.label, owner.name));

  FOIA_ASSIGN_OR_RETURN(const bool is_published, IsPublished(held));
  if (!is_published) {
    const uint64_t size = SizeOf(held.stored);
    if (held.session->staging->size() == size) {
      held.stored.set_publishing(true);
      FOIA_RETURN_IF_ERROR(Put(held));
    }
    const absl::Status published = held.session->staging->Finish(announced.sha256(), size);
    const Reason reason = ReasonOf(published);
    if (reason == Reason::REASON_HASH_MISMATCH || reason == Reason::REASON_SIZE_MISMATCH) {
      FOIA_RETURN_IF_ERROR(Drop(held));
    }
    FOIA_RETURN_IF_ERROR(published);
    held.session->staging.reset();  // its bytes are the blob's now
  }
  FOIA_ASSIGN_OR_RETURN(v1::Document document, MakeDocument(held, owner, request.password()));
  Close(held.id);
  return document;
}

absl::StatusOr<v1::Document> Uploads::MakeDocument(Held& held, const RequestRef& owner,
                                                   const std::string& password) {
  v1::StoredDocument stored;
  v1::Document& document = *stored.mutable_document();
  document = held.stored.upload().document();
  document.set_request(owner.name);
  document.set_label(owner.label);
  *held.stored.mutable_active_time() = store_.Now();

  std::string id;
  FOIA_RETURN_IF_ERROR(store_.writer().Run([&](Transaction& transaction) {
    // Made here, so that documents become visible in the order of their ids.
    id = NewId('d', store_.clock().Now());
    held.stored.mutable_upload()->mutable_document()->set_name(absl::StrCat("documents/", id));
    store_.PutNewDocument(transaction, id, stored);
    if (!password.empty()) transaction.Put(keys::Password(id), password);
    transaction.Put(keys::Upload(held.id), held.stored.SerializeAsString());
    return absl::OkStatus();
  }));
  return store_.Render(id, stored);
}

absl::Status Uploads::Sweep() {
  const absl::Time oldest = store_.clock().Now() - kUploadExpiry;
  std::set<std::string> known;
  std::vector<std::string> stale;
  const auto it = store_.kv().Scan(storage::ScanOptions::Prefix(keys::kUploads));
  for (; it->Valid(); it->Next()) {
    std::string id(it->key().substr(keys::kUploads.size()));
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredUpload> stored,
        ParseStored<v1::StoredUpload>(it->key(), std::optional(std::string(it->value()))));
    if (ToTime(stored->active_time()) <= oldest) stale.push_back(id);
    known.insert(std::move(id));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  // Bytes whose record is gone: a crash came between the two.
  FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> areas, store_.blobs().ListStaging());
  for (const std::string& id : areas) {
    if (known.count(id) != 0) continue;
    if (IsId('d', id)) {
      // Of a container's member: may be in use as long as the container's probe has not ended.
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> probe,
                            store_.kv().Get(keys::Task(0, id)));
      if (probe.has_value()) continue;
    }
    stale.push_back(id);
  }

  for (const std::string& id : stale) {
    Held held{id, Open(id), {}, {}};
    held.lock = std::unique_lock(held.session->mutex);
    // It may have gone on, or begun, since.
    FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredUpload> stored,
                          store_.Read<v1::StoredUpload>(keys::Upload(id)));
    if (stored.has_value()) {
      if (ToTime(stored->active_time()) > oldest) continue;
      held.stored = *std::move(stored);
    }
    FOIA_RETURN_IF_ERROR(Drop(held));
  }
  return absl::OkStatus();
}

absl::Status Uploads::Drop(Held& held) {
  // The record goes first: a record without bytes could pass for one whose bytes were published.
  FOIA_RETURN_IF_ERROR(store_.writer().Run([&](Transaction& transaction) {
    transaction.Delete(keys::Upload(held.id));
    if (!held.stored.request_id().empty()) {
      transaction.Delete(keys::UploadCall(held.stored.caller(), held.stored.request_id()));
    }
    return absl::OkStatus();
  }));
  FOIA_RETURN_IF_ERROR(OpenStaging(held));
  FOIA_RETURN_IF_ERROR(held.session->staging->Remove());
  held.session->staging.reset();
  Close(held.id);
  return absl::OkStatus();
}

absl::Status Uploads::Put(const Held& held) {
  return store_.writer().Run([&](Transaction& transaction) {
    transaction.Put(keys::Upload(held.id), held.stored.SerializeAsString());
    return absl::OkStatus();
  });
}

std::shared_ptr<Uploads::Session> Uploads::Open(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Session>& session = sessions_[id];
  if (session == nullptr) session = std::make_shared<Session>();
  std::shared_ptr<Session> opened = session;
  // An open staging area costs a descriptor, opening one again a pass over its bytes.
  for (auto it = sessions_.begin(); it != sessions_.end() && sessions_.size() > kMaxOpenSessions;) {
    it = it->second.use_count() == 1 ? sessions_.erase(it) : std::next(it);
  }
  return opened;
}

void Uploads::Close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

absl::StatusOr<std::string> Uploads::FindUpload(const Principal& caller,
                                                std::string_view name) const {
  const std::string id = IdIn("uploads", name);
  if (IsId('u', id) || !MayBeginId("uploads", NameIn("uploads", name))) return id;
  std::vector<std::string> found;
  const auto it =
      store_.kv().Scan(storage::ScanOptions::Prefix(absl::StrCat(ToAbsl(keys::kUploads), id)));
  for (; it->Valid() && found.size() < 2; it->Next()) {
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredUpload> stored,
        ParseStored<v1::StoredUpload>(it->key(), std::optional(std::string(it->value()))));
    if (stored->caller() == caller.name()) {
      found.emplace_back(it->key().substr(keys::kUploads.size()));
    }
  }
  FOIA_RETURN_IF_ERROR(it->status());
  if (found.size() > 1) return AmbiguousId("uploads", id, found);
  return found.empty() ? id : found.front();
}

absl::StatusOr<Uploads::Held> Uploads::Hold(const Principal& caller, std::string_view name) {
  Held held;
  FOIA_ASSIGN_OR_RETURN(held.id, FindUpload(caller, name));
  // Looked at twice, so that a session exists only for the owner of a real upload.
  for (const bool locked : {false, true}) {
    if (locked) {
      held.session = Open(held.id);
      held.lock = std::unique_lock(held.session->mutex);
    }
    FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredUpload> stored,
                          store_.Read<v1::StoredUpload>(keys::Upload(held.id)));
    if (!stored.has_value() || stored->caller() != caller.name()) return UploadNotFound(name);
    held.stored = *std::move(stored);
  }
  return held;
}

absl::StatusOr<uint64_t> Uploads::Committed(Held& held) {
  if (IsFinished(held.stored)) return SizeOf(held.stored);
  FOIA_ASSIGN_OR_RETURN(const bool is_published, IsPublished(held));
  return is_published ? SizeOf(held.stored) : held.session->staging->size();
}

absl::StatusOr<bool> Uploads::IsPublished(Held& held) {
  FOIA_RETURN_IF_ERROR(OpenStaging(held));
  // Only an upload that held every byte is marked, and its bytes leave the staging area only by
  // being published: so the mark cannot be had by announcing a hash that is known.
  if (!held.stored.publishing() || held.session->staging->size() != 0) return false;
  const absl::StatusOr<uint64_t> size =
      store_.blobs().Size(held.stored.upload().document().sha256());
  return size.ok() && *size == SizeOf(held.stored);
}

absl::Status Uploads::OpenStaging(Held& held) {
  if (held.session->staging != nullptr) return absl::OkStatus();
  FOIA_ASSIGN_OR_RETURN(held.session->staging, store_.blobs().OpenStaging(held.id));
  return absl::OkStatus();
}

v1::Upload Uploads::Render(const v1::StoredUpload& stored, uint64_t committed) {
  v1::Upload upload = stored.upload();
  upload.set_committed_size_bytes(static_cast<int64_t>(committed));
  *upload.mutable_expire_time() = stored.active_time();
  upload.mutable_expire_time()->set_seconds(stored.active_time().seconds() +
                                            absl::ToInt64Seconds(kUploadExpiry));
  return upload;
}

}  // namespace foia::documents
