// The worker as a child process of foiad.
#ifndef FOIA_SERVICES_FOIAD_WORKER_CHILD_H_
#define FOIA_SERVICES_FOIAD_WORKER_CHILD_H_

#include <sys/types.h>

#include <string>

#include "absl/time/time.h"
#include "services/foiad/options.h"

namespace foia::foiad {

// Not safe for concurrent use.
class WorkerChild {
 public:
  // The worker will lease from `documents` and show `system_secret`.
  WorkerChild(Options options, std::string documents, std::string system_secret);
  ~WorkerChild() { Stop(absl::ZeroDuration()); }
  WorkerChild(const WorkerChild&) = delete;
  WorkerChild& operator=(const WorkerChild&) = delete;

  // Starts the worker when it does not run. To be called again and again, always from one thread
  // that lives as long as the worker shall: the kernel ends the worker with its parent thread.
  void KeepRunning();
  // Asks the worker to end, and kills it after `grace`.
  void Stop(absl::Duration grace);

 private:
  const Options options_;
  const std::string documents_;
  const std::string system_secret_;
  pid_t pid_ = -1;
};

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_WORKER_CHILD_H_
