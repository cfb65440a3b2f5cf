// A fixed number of threads behind a bounded queue: what does not fit is refused, not kept.
#ifndef FOIA_SERVICES_RPC_WORKER_POOL_H_
#define FOIA_SERVICES_RPC_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace foia::rpc {

// Safe for concurrent use. The destructor runs what is queued, then joins.
class WorkerPool {
 public:
  WorkerPool(int threads, size_t max_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full.
  bool TrySubmit(std::function<void()> work);
  size_t queued() const;

 private:
  void Run();

  const size_t max_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace foia::rpc

#endif  // FOIA_SERVICES_RPC_WORKER_POOL_H_
