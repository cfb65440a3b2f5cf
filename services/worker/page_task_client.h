// Where a worker gets its tasks from: PageTaskService, behind RPC or in the same process.
#ifndef FOIA_SERVICES_WORKER_PAGE_TASK_CLIENT_H_
#define FOIA_SERVICES_WORKER_PAGE_TASK_CLIENT_H_

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_task_service.pb.h"

namespace foia::worker {

// Its RPCs, blocking, each with a deadline of its own. Implementations are safe for concurrent
// use.
class PageTaskClient {
 public:
  virtual ~PageTaskClient() = default;
  virtual absl::StatusOr<documents::v1::LeaseTasksResponse> LeaseTasks(
      const documents::v1::LeaseTasksRequest& request) = 0;
  virtual absl::StatusOr<documents::v1::RenewLeasesResponse> RenewLeases(
      const documents::v1::RenewLeasesRequest& request) = 0;
  virtual absl::StatusOr<documents::v1::CompleteTaskResponse> CompleteTask(
      const documents::v1::CompleteTaskRequest& request) = 0;
  virtual absl::StatusOr<documents::v1::ReadTaskFileResponse> ReadTaskFile(
      const documents::v1::ReadTaskFileRequest& request) = 0;
  virtual absl::StatusOr<documents::v1::WriteMemberResponse> WriteMember(
      const documents::v1::WriteMemberRequest& request) = 0;
};

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_PAGE_TASK_CLIENT_H_
