// Which probes and pages wait for a worker and which are leased: the memory of what the store's
// tasks say, filled again at every start. Tasks are handed out by page number, then document, so
// that a small document never waits for the end of a huge one. A page of a blob that is being read
// already is not handed out a second time: its result will serve both documents.
//
// Thread-safety: safe for concurrent use.
#ifndef FOIA_SERVICES_DOCUMENTS_TASK_QUEUE_H_
#define FOIA_SERVICES_DOCUMENTS_TASK_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace foia::documents {

class TaskQueue {
 public:
  // A task that was taken. Page 0 is the probe.
  struct Taken {
    std::string document;  // id
    int page;
    std::string sha256;
    int64_t size_bytes;
  };

  // Adds the pages [first, last] of a document; pages that are here already stay as they are.
  void Add(std::string_view document, std::string_view sha256, int64_t size_bytes, int first,
           int last);

  // Takes up to `count` tasks out of the queue; waits until `deadline` for the first. Each must be
  // given to Lease, Return or Remove then.
  std::vector<Taken> Take(size_t count, std::chrono::steady_clock::time_point deadline);
  // A taken task is with a worker now.
  void Lease(std::string_view document, int page, int64_t attempt, absl::Time expire);
  // A taken or leased task waits again.
  void Return(std::string_view document, int page);
  // A task is done, wherever it is.
  void Remove(std::string_view document, int page);

  // False unless this attempt holds the task.
  bool Renew(std::string_view document, int page, int64_t attempt, absl::Time expire);
  bool Holds(std::string_view document, int page, int64_t attempt) const;
  // Leases that ended before `now`. They count as taken: Lease, Return or Remove must follow.
  std::vector<Taken> TakeExpired(absl::Time now);

  // Ends every wait in Take, now and later.
  void Stop();
  bool stopped() const;

  int64_t queued() const;
  int64_t running() const;
  // Leased pages of one document, without its probe.
  std::set<int> RunningPages(std::string_view document) const;

 private:
  struct File {
    std::string document;
    std::string sha256;
    int64_t size_bytes;
    size_t tasks = 0;
  };
  struct Task {
    int page;
    File* file;
    bool operator<(const Task& other) const {
      return page != other.page ? page < other.page : file->document < other.file->document;
    }
  };
  struct Holder {
    int64_t attempt = 0;  // 0: taken, not leased yet
    absl::Time expire = absl::InfiniteFuture();
  };

  // All with mutex_ held.
  std::vector<Taken> TakeReady(size_t count);
  File* FindFile(std::string_view document) const;
  void ForgetBusy(const Task& task);
  const Holder* FindHolder(std::string_view document, int page, int64_t attempt) const;
  static Taken MakeTaken(const Task& task) {
    return {task.file->document, task.page, task.file->sha256, task.file->size_bytes};
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::map<std::string, std::unique_ptr<File>, std::less<>> files_;  // by document
  std::set<Task> ready_;
  std::map<Task, Holder> held_;
  std::set<std::pair<std::string_view, int>> busy_;  // blob and page; views into files_
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_TASK_QUEUE_H_
