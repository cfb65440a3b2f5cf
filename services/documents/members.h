// Members of containers on their way to become documents: the other half of what the worker's probe
// of an archive does. One member of a container at a time, in pieces; the last one makes the
// document, which is durable when the call returns. A member that is a document already stays as it
// is, so that unpacking may be repeated after a crash.
#ifndef FOIA_SERVICES_DOCUMENTS_MEMBERS_H_
#define FOIA_SERVICES_DOCUMENTS_MEMBERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_task_service.pb.h"
#include "services/base/crypto.h"
#include "services/documents/document_store.h"

namespace foia::documents {

// Containers within containers; a file deeper than this is kept, not unpacked.
inline constexpr int kMaxContainerDepth = 5;
// Of one member, and of all that comes of one uploaded file at every depth.
inline constexpr int64_t kMaxMemberBytes = int64_t{4} << 30;
inline constexpr int64_t kMaxTreeBytes = int64_t{32} << 30;
inline constexpr int kMaxTreeMembers = 50'000;
// Index of a member.
inline constexpr int kMaxMemberIndex = 10'000;

// Safe for concurrent use.
class Members {
 public:
  explicit Members(DocumentStore& store) : store_(store) {}

  // The caller has checked that the lease holds. OFFSET_MISMATCH when bytes are missing before
  // these; LEASE_LOST.
  absl::StatusOr<v1::WriteMemberResponse> Write(const std::string& container,
                                                const v1::WriteMemberRequest& request);
  // Drops what came of a member that was not finished: the container's probe has ended.
  void Forget(const std::string& container);

 private:
  // The member of a container that is being written.
  struct Session {
    std::mutex mutex;
    int64_t attempt = 0;
    int index = 0;
    std::unique_ptr<storage::StagingArea> staging;
    Sha256Stream hash;
  };

  std::shared_ptr<Session> Open(const std::string& container);
  absl::Status Begin(const std::string& container, Session& session,
                     const v1::WriteMemberRequest& request);
  // Makes the document; a reason when a limit stands against it.
  absl::StatusOr<std::string> Finish(const std::string& container, Session& session,
                                     const v1::WriteMemberRequest& request);

  DocumentStore& store_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;  // by container
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_MEMBERS_H_
