#include "services/documents/task_queue.h"

namespace foia::documents {

void TaskQueue::Add(std::string_view document, std::string_view sha256, int64_t size_bytes,
                    int first, int last) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<File>& file = files_[std::string(document)];
  if (file == nullptr) {
    file = std::make_unique<File>(File{std::string(document), std::string(sha256), size_bytes});
  }
  for (int page = first; page <= last; ++page) {
    const Task task{page, file.get()};
    if (held_.count(task) == 0 && ready_.insert(task).second) ++file->tasks;
  }
  if (file->tasks == 0) files_.erase(files_.find(document));
  changed_.notify_all();
}

std::vector<TaskQueue::Taken> TaskQueue::Take(size_t count,
                                              std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  while (true) {
    std::vector<Taken> taken = TakeReady(count);
    if (!taken.empty() || stopped_) return taken;
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return TakeReady(count);
  }
}

std::vector<TaskQueue::Taken> TaskQueue::TakeReady(size_t count) {
  std::vector<Taken> taken;
  for (auto task = ready_.begin(); task != ready_.end() && taken.size() < count;) {
    // A probe depends on the document's password, so it is never shared.
    if (task->page != 0 && !busy_.emplace(task->file->sha256, task->page).second) {
      ++task;
      continue;
    }
    taken.push_back(MakeTaken(*task));
    held_.emplace(*task, Holder{});
    task = ready_.erase(task);
  }
  return taken;
}

void TaskQueue::Lease(std::string_view document, int page, int64_t attempt, absl::Time expire) {
  const std::lock_guard lock(mutex_);
  File* const file = FindFile(document);
  if (file == nullptr) return;
  const auto held = held_.find(Task{page, file});
  if (held != held_.end()) held->second = Holder{attempt, expire};
}

void TaskQueue::Return(std::string_view document, int page) {
  const std::lock_guard lock(mutex_);
  File* const file = FindFile(document);
  if (file == nullptr) return;
  const Task task{page, file};
  if (held_.erase(task) == 0) return;
  ForgetBusy(task);
  ready_.insert(task);
  changed_.notify_all();
}

void TaskQueue::Remove(std::string_view document, int page) {
  const std::lock_guard lock(mutex_);
  File* const file = FindFile(document);
  if (file == nullptr) return;
  const Task task{page, file};
  if (held_.erase(task) != 0) {
    ForgetBusy(task);
    changed_.notify_all();  // another document's same page may go on
  } else if (ready_.erase(task) == 0) {
    return;
  }
  if (--file->tasks == 0) files_.erase(files_.find(document));
}

bool TaskQueue::Renew(std::string_view document, int page, int64_t attempt, absl::Time expire) {
  const std::lock_guard lock(mutex_);
  if (FindHolder(document, page, attempt) == nullptr) return false;
  held_[Task{page, FindFile(document)}].expire = expire;
  return true;
}

bool TaskQueue::Holds(std::string_view document, int page, int64_t attempt) const {
  const std::lock_guard lock(mutex_);
  return FindHolder(document, page, attempt) != nullptr;
}

std::vector<TaskQueue::Taken> TaskQueue::TakeExpired(absl::Time now) {
  const std::lock_guard lock(mutex_);
  std::vector<Taken> taken;
  for (auto& [task, holder] : held_) {
    if (holder.expire > now) continue;
    holder = Holder{};
    taken.push_back(MakeTaken(task));
  }
  return taken;
}

void TaskQueue::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool TaskQueue::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

int64_t TaskQueue::queued() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(ready_.size());
}

int64_t TaskQueue::running() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(held_.size());
}

std::set<int> TaskQueue::RunningPages(std::string_view document) const {
  const std::lock_guard lock(mutex_);
  std::set<int> pages;
  // Leases are few: as many as workers have threads.
  for (const auto& [task, holder] : held_) {
    if (task.page != 0 && holder.attempt != 0 && task.file->document == document) {
      pages.insert(task.page);
    }
  }
  return pages;
}

TaskQueue::File* TaskQueue::FindFile(std::string_view document) const {
  const auto found = files_.find(document);
  return found == files_.end() ? nullptr : found->second.get();
}

void TaskQueue::ForgetBusy(const Task& task) {
  if (task.page != 0) busy_.erase({task.file->sha256, task.page});
}

const TaskQueue::Holder* TaskQueue::FindHolder(std::string_view document, int page,
                                               int64_t attempt) const {
  File* const file = FindFile(document);
  if (file == nullptr || attempt == 0) return nullptr;
  const auto held = held_.find(Task{page, file});
  return held == held_.end() || held->second.attempt != attempt ? nullptr : &held->second;
}

}  // namespace foia::documents
