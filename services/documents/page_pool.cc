#include "services/documents/page_pool.h"

#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"

namespace foia::documents {
namespace {

absl::Status Stopping() {
  return MakeError(Reason::REASON_SHUTTING_DOWN, "the service is stopping");
}

}  // namespace

void PagePool::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const Process& process : all_) process->Cancel();
  changed_.notify_all();
}

absl::StatusOr<ocr::PageProcess*> PagePool::Take() {
  std::unique_lock lock(mutex_);
  if (free_.empty() && static_cast<int>(all_.size()) < options_.processes && !stopped_) {
    ocr::PageProcessOptions process_options;
    process_options.program = options_.program;
    process_options.page_limit = options_.limit;
    FOIA_ASSIGN_OR_RETURN(Process process, ocr::PageProcess::Start(std::move(process_options)));
    all_.push_back(std::move(process));
    return all_.back().get();
  }
  const auto overloaded = [] {
    return MakeError(Reason::REASON_OVERLOADED, "too many pages are being drawn already");
  };
  if (free_.empty() && waiting_ >= options_.max_waiting) return overloaded();
  ++waiting_;
  const bool ready = changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.wait),
                                       [this] { return stopped_ || !free_.empty(); });
  --waiting_;
  if (stopped_) return Stopping();
  if (!ready) return overloaded();
  ocr::PageProcess* process = free_.back();
  free_.pop_back();
  return process;
}

void PagePool::GiveBack(ocr::PageProcess* process) {
  const std::lock_guard lock(mutex_);
  free_.push_back(process);
  changed_.notify_one();
}

absl::StatusOr<v1::Picture> PagePool::Draw(int fd, const std::string& password, int page, int dpi) {
  FOIA_ASSIGN_OR_RETURN(ocr::PageProcess * process, Take());
  absl::StatusOr<v1::Picture> picture = process->Draw(fd, password, page, dpi);
  GiveBack(process);
  return absl::IsCancelled(picture.status()) ? Stopping() : std::move(picture);
}

absl::Status PagePool::WritePdf(int fd, const std::string& password, int pages,
                                const std::function<absl::StatusOr<v1::PageRecord>(int)>& record,
                                const std::function<absl::Status(std::string_view)>& write) {
  FOIA_ASSIGN_OR_RETURN(ocr::PageProcess * process, Take());
  const absl::Status written = process->WritePdf(fd, password, pages, record, write);
  GiveBack(process);
  return absl::IsCancelled(written) ? Stopping() : written;
}

}  // namespace foia::documents
