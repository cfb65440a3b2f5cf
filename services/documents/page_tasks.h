// Page tasks: what PageTaskService does. For foiad's own services only.
//
//   lease -> (renew...) -> complete. A lease that is not renewed expires and its task goes to
//   another worker under a higher attempt number; the first worker is then told LEASE_LOST. A task
//   whose leases expired three times fails. What nobody leased again may still be completed late.
#ifndef FOIA_SERVICES_DOCUMENTS_PAGE_TASKS_H_
#define FOIA_SERVICES_DOCUMENTS_PAGE_TASKS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "foia/documents/v1/page_task_service.pb.h"
#include "services/documents/document_store.h"
#include "services/documents/members.h"

namespace foia::documents {

inline constexpr absl::Duration kLeaseTime = absl::Seconds(60);
inline constexpr int kMaxExpiredLeases = 3;

// Safe for concurrent use. PERMISSION_DENIED for callers that are not foiad's services.
class PageTasks {
 public:
  explicit PageTasks(DocumentStore& store) : store_(store), members_(store) {}

  // Also ends the leases that expired. Waits until there is a task, `wait` is over or the store is
  // stopped.
  absl::StatusOr<v1::LeaseTasksResponse> LeaseTasks(const Principal& caller,
                                                    const v1::LeaseTasksRequest& request);
  absl::StatusOr<v1::RenewLeasesResponse> RenewLeases(const Principal& caller,
                                                      const v1::RenewLeasesRequest& request);
  // LEASE_LOST when another attempt holds the task or it has ended otherwise; repeating a
  // completion is harmless. A result that fails the checks ends the page as FAILED.
  absl::StatusOr<v1::CompleteTaskResponse> CompleteTask(const Principal& caller,
                                                        const v1::CompleteTaskRequest& request);
  absl::StatusOr<v1::ReadTaskFileResponse> ReadTaskFile(const Principal& caller,
                                                        const v1::ReadTaskFileRequest& request);
  // Adds to a member of a container whose probe the caller holds: services/documents/members.h.
  absl::StatusOr<v1::WriteMemberResponse> WriteMember(const Principal& caller,
                                                      const v1::WriteMemberRequest& request);

 private:
  absl::Status ExpireLeases();
  absl::Status LeaseTaken(const std::vector<TaskQueue::Taken>& taken,
                          v1::LeaseTasksResponse& response);
  absl::Status LeaseOne(Transaction& transaction, const TaskQueue::Taken& taken, absl::Time expire,
                        v1::LeaseTasksResponse& response);
  // Ends the page with the result that another document with the same bytes has in the task's
  // languages; false when none has.
  absl::StatusOr<bool> ReuseResult(Transaction& transaction, const TaskQueue::Taken& taken,
                                   const v1::StoredTask& task);
  absl::Status CompleteProbe(Transaction& transaction, const std::string& document, int64_t attempt,
                             const v1::ProbeResult& probe);
  absl::Status CompletePage(Transaction& transaction, const std::string& document, int page,
                            const v1::StoredTask& task, const v1::PageRecord& record,
                            const std::string& record_bytes);
  // The task that this attempt ends. nullopt: it did so before.
  absl::StatusOr<std::optional<v1::StoredTask>> CheckLease(const Transaction& transaction,
                                                           const std::string& document, int page,
                                                           int64_t attempt);

  DocumentStore& store_;
  Members members_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_PAGE_TASKS_H_
