#include "services/foiad/worker_role.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "foia/documents/v1/page_task_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/worker/page_processes.h"
#include "services/worker/worker.h"

namespace foia::foiad {
namespace {

namespace dv1 = documents::v1;

// PageTaskService over RPC.
class RemotePageTasks final : public worker::PageTaskClient {
 public:
  explicit RemotePageTasks(rpc::Client documents)
      : client_(std::move(documents)), stub_(client_.NewStub<dv1::PageTaskService>()) {}

  absl::StatusOr<dv1::LeaseTasksResponse> LeaseTasks(
      const dv1::LeaseTasksRequest& request) override {
    return client_.Call(*stub_, &dv1::PageTaskService::Stub::LeaseTasks, request,
                        absl::Seconds(20));
  }
  absl::StatusOr<dv1::RenewLeasesResponse> RenewLeases(
      const dv1::RenewLeasesRequest& request) override {
    return client_.Call(*stub_, &dv1::PageTaskService::Stub::RenewLeases, request);
  }
  absl::StatusOr<dv1::CompleteTaskResponse> CompleteTask(
      const dv1::CompleteTaskRequest& request) override {
    return client_.Call(*stub_, &dv1::PageTaskService::Stub::CompleteTask, request);
  }
  absl::StatusOr<dv1::ReadTaskFileResponse> ReadTaskFile(
      const dv1::ReadTaskFileRequest& request) override {
    return client_.Call(*stub_, &dv1::PageTaskService::Stub::ReadTaskFile, request);
  }
  absl::StatusOr<dv1::WriteMemberResponse> WriteMember(
      const dv1::WriteMemberRequest& request) override {
    return client_.Call(*stub_, &dv1::PageTaskService::Stub::WriteMember, request);
  }

 private:
  const rpc::Client client_;
  const std::unique_ptr<dv1::PageTaskService::Stub> stub_;
};

}  // namespace

struct WorkerRole::Impl {
  Impl(const Options& options, rpc::Client documents)
      : tasks(std::move(documents)), readers(worker::PageProcesses("")) {
    worker_options.name = absl::StrCat("worker-", getpid());
    worker_options.processes = options.page_processes;
    worker_options.languages = options.languages;
    // Beside the data where there is some: originals are no business of the system's /tmp.
    const std::string tmp = options.data + "/tmp";
    if (std::filesystem::is_directory(tmp)) worker_options.tmp_directory = tmp;
  }

  RemotePageTasks tasks;
  worker::PageReaderFactory readers;
  worker::WorkerOptions worker_options;
  std::unique_ptr<worker::Worker> worker;
};

WorkerRole::WorkerRole(const Options& options, rpc::Client documents)
    : impl_(std::make_unique<Impl>(options, std::move(documents))) {}
WorkerRole::~WorkerRole() = default;

absl::Status WorkerRole::CheckLanguages(const Options& options) {
  absl::Status tried = worker::TryLanguages(worker::PageProcesses(""), options.languages);
  if (ReasonOf(tried) != Reason::REASON_INVALID_FIELD) return tried;
  return InvalidFields({{"--languages", ViolationsOf(tried).at(0).second}});
}

void WorkerRole::Start() {
  impl_->worker =
      std::make_unique<worker::Worker>(impl_->tasks, impl_->readers, impl_->worker_options);
}

void WorkerRole::Stop() {
  if (impl_->worker != nullptr) impl_->worker->Stop();
}

}  // namespace foia::foiad
