// The worker in this process: leases page tasks over RPC and reads pages.
#ifndef FOIA_SERVICES_FOIAD_WORKER_ROLE_H_
#define FOIA_SERVICES_FOIAD_WORKER_ROLE_H_

#include <memory>

#include "absl/status/status.h"
#include "services/foiad/options.h"
#include "services/rpc/client.h"

namespace foia::foiad {

class WorkerRole {
 public:
  WorkerRole(const Options& options, rpc::Client documents);
  ~WorkerRole();
  // INVALID_FIELD when one of the default language packs is not installed: without it no page
  // would be read.
  static absl::Status CheckLanguages(const Options& options);
  void Start();
  // Ends page processes and returns leases; at most ten seconds.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_WORKER_ROLE_H_
