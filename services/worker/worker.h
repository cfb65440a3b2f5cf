// The worker role: leases pages, fetches the originals, hands them to foia-page and brings back
// what it says. It parses nothing of them itself.
//
//   worker::Worker worker(client, worker::PageProcesses(program), {.tmp_directory = tmp});
//   ...
//   worker.Stop();
//
// One thread leases tasks, one more for each place than it reads, so that none stands idle; one
// renews all leases. Each place has a thread with its own readers, one per language set, of the
// sets that it used last, and another that delivers what they read.
#ifndef FOIA_SERVICES_WORKER_WORKER_H_
#define FOIA_SERVICES_WORKER_WORKER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "foia/documents/v1/page_task_service.pb.h"
#include "services/worker/file_cache.h"
#include "services/worker/page_reader.h"
#include "services/worker/page_task_client.h"

namespace foia::worker {

struct WorkerOptions {
  std::string name = "worker";         // for the server's log
  int processes = 0;                   // pages read at the same time; 0: one per core
  std::string languages = "eng+spa";   // of tasks that name none
  std::string tmp_directory = "/tmp";  // for originals, in files without a name
  int64_t cache_bytes = int64_t{1} << 30;
  absl::Duration lease_wait = absl::Seconds(2);          // how long a call for tasks may wait
  absl::Duration heartbeat = absl::Seconds(15);          // a quarter of a lease
  absl::Duration first_delay = absl::Milliseconds(100);  // after an error; doubles up to the last
  absl::Duration last_delay = absl::Seconds(10);
  absl::Duration drain = absl::Seconds(5);  // how long Stop lets pages end
};

// Safe for concurrent use.
class Worker {
 public:
  // Starts at once. `client` must outlive it.
  Worker(PageTaskClient& client, PageReaderFactory readers, const WorkerOptions& options);
  ~Worker() { Stop(); }

  // Takes no more tasks, lets the running pages end for `drain`, then cancels them; what was not
  // finished is given back. Returns within `lease_wait` and `drain` and the
  // deadlines of the calls that deliver what was read.
  void Stop();

 private:
  struct Reader {
    std::string languages, seal_key;
    std::unique_ptr<PageReader> reader;
  };
  struct Place {
    std::list<Reader> readers;  // the one used last is first
    int failures = 0;           // in a row
  };

  void LeaseLoop();
  void RenewLoop();
  void WorkLoop(Place& place);
  void DeliverLoop();

  // Reads the page and has its result delivered, or the task given back.
  void Work(Place& place, const documents::v1::PageTask& task);
  void Deliver(documents::v1::CompleteTaskRequest result);
  absl::Status Read(Place& place, const documents::v1::PageTask& task,
                    documents::v1::CompleteTaskRequest& result);
  // Hands the container's members to the service; the result says what the file is.
  absl::StatusOr<documents::v1::ProbeResult> Unpack(PageReader& reader, int fd,
                                                    const documents::v1::PageTask& task,
                                                    const documents::v1::ProbeResult& probe);
  absl::StatusOr<std::string> WriteMember(const documents::v1::WriteMemberRequest& request);
  absl::StatusOr<PageReader*> ReaderFor(Place& place, const documents::v1::PageTask& task);
  void Complete(const documents::v1::CompleteTaskRequest& request);
  void Forget(const documents::v1::Lease& lease);
  // Waits after the nth failure in a row; false when the worker stops.
  bool BackOff(int failures);
  bool stopping() const;

  PageTaskClient& client_;
  const PageReaderFactory readers_;
  const WorkerOptions options_;
  FileCache files_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                                   // no more tasks
  bool leasing_ = true;                                     // more tasks may still come
  bool cancelled_ = false;                                  // no more pages
  bool working_ = true;                                     // results may still come
  bool finished_ = false;                                   // no more leases to renew
  std::deque<documents::v1::PageTask> waiting_;             // leased, no place yet
  std::deque<documents::v1::CompleteTaskRequest> results_;  // to be delivered
  std::list<documents::v1::Lease> held_;                    // all leases
  std::vector<Place> places_;  // readers are made and cancelled under mutex_

  std::mutex stop_mutex_;
  std::thread lease_thread_;
  std::thread renew_thread_;
  std::vector<std::thread> work_threads_;
  std::vector<std::thread> deliver_threads_;
};

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_WORKER_H_
