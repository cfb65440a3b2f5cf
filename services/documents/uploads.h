// Resumable uploads: create, write at the committed size, finish. Every acknowledged chunk is
// durable; the document appears only with its last byte checked.
#ifndef FOIA_SERVICES_DOCUMENTS_UPLOADS_H_
#define FOIA_SERVICES_DOCUMENTS_UPLOADS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "foia/documents/v1/document_service.pb.h"
#include "services/documents/document_store.h"
#include "services/documents/request_directory.h"

namespace foia::documents {

inline constexpr absl::Duration kUploadExpiry = absl::Hours(24);
inline constexpr int64_t kMaxChunkBytes = 1 << 20;

// Safe for concurrent use.
class Uploads {
 public:
  Uploads(DocumentStore& store, RequestDirectory& requests) : store_(store), requests_(requests) {}

  absl::StatusOr<v1::Upload> CreateUpload(const Principal& caller,
                                          const v1::CreateUploadRequest& request);
  absl::StatusOr<v1::Upload> GetUpload(const Principal& caller,
                                       const v1::GetUploadRequest& request);
  absl::StatusOr<v1::Upload> WriteUpload(const Principal& caller,
                                         const v1::WriteUploadRequest& request);
  absl::StatusOr<v1::Document> FinishUpload(const Principal& caller,
                                            const v1::FinishUploadRequest& request);

  // Drops what stood still for 24 hours, finished uploads of that age and bytes that belong to no
  // upload. To be called at start and every hour or so.
  absl::Status Sweep();

 private:
  // An upload that is in use: one call at a time.
  struct Session {
    std::mutex mutex;
    std::unique_ptr<storage::StagingArea> staging;  // opened by the first call
  };
  // The caller's upload and the right to work on it. Members are released in reverse order.
  struct Held {
    std::string id;
    std::shared_ptr<Session> session;
    std::unique_lock<std::mutex> lock;
    v1::StoredUpload stored;
  };

  std::shared_ptr<Session> Open(const std::string& id);
  void Close(const std::string& id);
  // The id of the caller's upload that `name` means: its name, or the beginning of its id.
  absl::StatusOr<std::string> FindUpload(const Principal& caller, std::string_view name) const;
  // UPLOAD_NOT_FOUND for uploads of others, too.
  absl::StatusOr<Held> Hold(const Principal& caller, std::string_view name);
  absl::Status OpenStaging(Held& held);
  // How many bytes are durable.
  absl::StatusOr<uint64_t> Committed(Held& held);
  absl::StatusOr<bool> IsPublished(Held& held);
  absl::Status Put(const Held& held);
  // Removes the upload's record, then its bytes.
  absl::Status Drop(Held& held);
  absl::StatusOr<v1::Document> MakeDocument(Held& held, const RequestRef& owner,
                                            const std::string& password);
  static v1::Upload Render(const v1::StoredUpload& stored, uint64_t committed);

  DocumentStore& store_;
  RequestDirectory& requests_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;  // by upload
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_UPLOADS_H_
