#include "services/foiad/worker_role.h"
namespace foia::foiad {
struct WorkerRole::Impl {};
WorkerRole::WorkerRole(const Options&, rpc::Client) {}
WorkerRole::~WorkerRole() = default;
absl::Status WorkerRole::Start() { return absl::OkStatus(); }
void WorkerRole::Stop() {}
}  // namespace foia::foiad
