#include "services/worker/worker.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::worker {
namespace {

using documents::v1::CompleteTaskRequest;
using documents::v1::Lease;
using documents::v1::PageTask;
using documents::v1::ProbeResult;
using documents::v1::WriteMemberRequest;

// Results above it do not fit into one RPC.
constexpr size_t kMaxResultBytes = 3u << 20;
// Of a place: a document in other languages must not cost the others their loaded models. Each is a
// process that holds its models in memory.
constexpr size_t kMaxReaders = 2;
constexpr int kMaxListedErrors = 100;
// After so many tries the lease has expired anyway.
constexpr int kMaxCompletionTries = 12;

Lease LeaseOf(const PageTask& task) {
  Lease lease;
  lease.set_document(task.document());
  lease.set_page(task.page());
  lease.set_attempt(task.attempt());
  return lease;
}

bool SameLease(const Lease& a, const Lease& b) {
  return a.document() == b.document() && a.page() == b.page() && a.attempt() == b.attempt();
}

documents::v1::PageRecord Failed(std::string_view reason) {
  documents::v1::PageRecord page;
  page.set_format(1);
  page.set_state(documents::v1::PAGE_STATE_FAILED);
  page.set_state_reason(std::string(reason));
  return page;
}

bool MayRepeat(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

Worker::Worker(PageTaskClient& client, PageReaderFactory readers, const WorkerOptions& options)
    : client_(client),
      readers_(std::move(readers)),
      options_(options),
      files_(options.tmp_directory, options.cache_bytes),
      places_(options.processes > 0 ? static_cast<size_t>(options.processes)
                                    : std::max(1u, std::thread::hardware_concurrency())) {
  lease_thread_ = std::thread([this] { LeaseLoop(); });
  renew_thread_ = std::thread([this] { RenewLoop(); });
  for (Place& place : places_) {
    work_threads_.emplace_back([this, &place] { WorkLoop(place); });
    deliver_threads_.emplace_back([this] { DeliverLoop(); });
  }
}

void Worker::Stop() {
  const std::lock_guard once(stop_mutex_);
  if (work_threads_.empty()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.drain),
                      [this] { return held_.empty(); });
    cancelled_ = true;
    for (Place& place : places_) {
      for (const Reader& reader : place.readers) reader.reader->Cancel();
    }
    changed_.notify_all();
  }
  lease_thread_.join();
  for (std::thread& thread : work_threads_) thread.join();
  work_threads_.clear();
  {
    const std::lock_guard lock(mutex_);
    working_ = false;
    changed_.notify_all();
  }
  for (std::thread& thread : deliver_threads_) thread.join();
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  renew_thread_.join();
}

void Worker::LeaseLoop() {
  int failures = 0;
  while (true) {
    documents::v1::LeaseTasksRequest request;
    {
      std::unique_lock lock(mutex_);
      // One waits for each place while another is read; a service that is slow to take results
      // gets no more to do.
      changed_.wait(lock, [this] {
        return stopping_ || (waiting_.size() < places_.size() && results_.size() < places_.size());
      });
      if (stopping_) break;
      request.set_max_tasks(static_cast<int>(places_.size() - waiting_.size()));
    }
    request.set_worker(options_.name);
    const int64_t wait = absl::ToInt64Milliseconds(options_.lease_wait);
    request.mutable_wait()->set_seconds(wait / 1000);
    request.mutable_wait()->set_nanos(static_cast<int>(wait % 1000) * 1'000'000);
    const absl::StatusOr<documents::v1::LeaseTasksResponse> response = client_.LeaseTasks(request);
    if (!response.ok()) {
      if (failures++ == 0) {
        Log(Severity::kWarning, "no_tasks", {{"why", std::string(response.status().message())}});
      }
      BackOff(failures);
      continue;
    }
    failures = 0;
    const std::lock_guard lock(mutex_);
    for (const PageTask& task : response->tasks()) {
      held_.push_back(LeaseOf(task));
      waiting_.push_back(task);
    }
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  leasing_ = false;
  changed_.notify_all();
}

void Worker::RenewLoop() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.heartbeat),
                            [this] { return finished_; })) {
    if (held_.empty()) continue;
    documents::v1::RenewLeasesRequest request;
    for (const Lease& lease : held_) *request.add_leases() = lease;
    lock.unlock();
    const auto response = client_.RenewLeases(request);
    lock.lock();
    if (!response.ok()) {
      Log(Severity::kWarning, "leases_not_renewed",
          {{"why", std::string(response.status().message())}});
      continue;
    }
    // The page is read to its end: nobody may have taken it yet when the result comes. What was
    // completed while the call was under way is not lost.
    for (const Lease& lost : response->lost()) {
      const bool held = std::any_of(held_.begin(), held_.end(),
                                    [&lost](const Lease& lease) { return SameLease(lease, lost); });
      if (!held) continue;
      Log(Severity::kWarning, "lease_lost",
          {{"document", lost.document()}, {"page", absl::StrCat(lost.page())}});
    }
  }
}

void Worker::WorkLoop(Place& place) {
  while (true) {
    PageTask task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !leasing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
      changed_.notify_all();
    }
    Work(place, task);
  }
}

void Worker::DeliverLoop() {
  while (true) {
    CompleteTaskRequest result;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !working_ || !results_.empty(); });
      if (results_.empty()) return;
      result = std::move(results_.front());
      results_.pop_front();
      changed_.notify_all();
    }
    Complete(result);
    Forget(result.lease());
  }
}

void Worker::Deliver(CompleteTaskRequest result) {
  const std::lock_guard lock(mutex_);
  results_.push_back(std::move(result));
  changed_.notify_all();
}

void Worker::Work(Place& place, const PageTask& task) {
  CompleteTaskRequest result;
  *result.mutable_lease() = LeaseOf(task);
  const absl::Status status =
      stopping() ? absl::CancelledError("stopping") : Read(place, task, result);
  if (status.ok()) {
    place.failures = 0;
    Deliver(std::move(result));
    return;
  }
  if (ReasonOf(status) == Reason::REASON_LEASE_LOST) {
    Forget(result.lease());
    return;
  }
  // It is no fault of the page: somebody else may have more luck, or this worker later.
  result.clear_result();
  Deliver(std::move(result));
  if (absl::IsCancelled(status)) return;
  Log(Severity::kError, "page_given_back",
      {{"document", task.document()},
       {"page", absl::StrCat(task.page())},
       {"why", std::string(status.message())}});
  BackOff(++place.failures);
}

absl::Status Worker::Read(Place& place, const PageTask& task, CompleteTaskRequest& result) {
  FOIA_ASSIGN_OR_RETURN(
      const std::shared_ptr<const CachedFile> file,
      files_.Get(task.sha256(), task.size_bytes(),
                 [&](int64_t offset, int64_t length) -> absl::StatusOr<std::string> {
                   documents::v1::ReadTaskFileRequest request;
                   *request.mutable_lease() = result.lease();
                   request.set_offset(offset);
                   request.set_length(length);
                   FOIA_ASSIGN_OR_RETURN(auto response, client_.ReadTaskFile(request));
                   return std::move(*response.mutable_data());
                 }));
  FOIA_ASSIGN_OR_RETURN(PageReader* const reader, ReaderFor(place, task));
  if (task.page() == 0) {
    FOIA_ASSIGN_OR_RETURN(*result.mutable_probe(), reader->Probe(file->fd(), task.password()));
    if (result.probe().is_container() && task.may_unpack()) {
      FOIA_ASSIGN_OR_RETURN(*result.mutable_probe(),
                            Unpack(*reader, file->fd(), task, result.probe()));
    }
    return absl::OkStatus();
  }
  absl::StatusOr<documents::v1::PageRecord> page =
      reader->ReadPage(file->fd(), task.page(), task.password());
  if (ReasonOf(page.status()) == Reason::REASON_INVALID_FIELD) {
    // Of no use to any worker until somebody installs the language pack.
    page = Failed(ViolationsOf(page.status()).at(0).second);
  }
  FOIA_ASSIGN_OR_RETURN(*result.mutable_page(), std::move(page));
  if (result.ByteSizeLong() > kMaxResultBytes) {
    *result.mutable_page() = Failed("the page holds more than can be kept of one");
  }
  return absl::OkStatus();
}

absl::StatusOr<ProbeResult> Worker::Unpack(PageReader& reader, int fd, const PageTask& task,
                                           const ProbeResult& probe) {
  std::vector<documents::v1::MemberError> refused;
  int index = 0, refused_index = 0, refused_count = 0, kept = 0;
  int64_t offset = 0;
  const auto sink = [&](const documents::v1::MemberChunk& chunk) -> absl::Status {
    const bool ended = chunk.end() != documents::v1::PAGE_STATE_UNSPECIFIED;
    const bool whole = chunk.end() == documents::v1::PAGE_STATE_DONE;
    // What came of a member that cannot be unpacked is dropped when the next one begins.
    if (chunk.index() != index) offset = 0;
    index = chunk.index();
    if (index == refused_index || (ended && !whole)) return absl::OkStatus();
    documents::v1::WriteMemberRequest request;
    *request.mutable_lease() = LeaseOf(task);
    request.set_index(index);
    request.set_raw_path(chunk.raw_path());
    request.set_path(chunk.path());
    request.set_offset(offset);
    request.set_data(chunk.data());
    request.set_last(whole);
    offset += static_cast<int64_t>(chunk.data().size());
    FOIA_ASSIGN_OR_RETURN(const std::string why, WriteMember(request));
    kept += whole && why.empty() ? 1 : 0;
    if (why.empty()) return absl::OkStatus();
    refused_index = index;
    if (++refused_count > kMaxListedErrors) return absl::OkStatus();
    documents::v1::MemberError& error = refused.emplace_back();
    error.set_path(chunk.path());
    error.set_state(documents::v1::PAGE_STATE_UNSUPPORTED);
    error.set_reason(why);
    return absl::OkStatus();
  };
  FOIA_ASSIGN_OR_RETURN(ProbeResult unpacked, reader.Unpack(fd, task.password(), sink));
  const bool lost = unpacked.state() == documents::v1::PAGE_STATE_FAILED ||
                    unpacked.state() == documents::v1::PAGE_STATE_TIMED_OUT;
  if (lost && (probe.page_count() > 0 || kept > 0)) {
    // It must not keep the pages from being read, or the members that came from being counted.
    ++refused_count;
    documents::v1::MemberError& error = refused.emplace_back();
    error.set_state(unpacked.state());
    error.set_reason("not everything in it could be unpacked: " + unpacked.state_reason());
    unpacked = probe;
  }
  for (documents::v1::MemberError& error : refused) {
    *unpacked.add_member_errors() = std::move(error);
  }
  unpacked.set_member_error_count(unpacked.member_error_count() + refused_count);
  return unpacked;
}

absl::StatusOr<std::string> Worker::WriteMember(const WriteMemberRequest& request) {
  for (int tries = 1;; ++tries) {
    absl::StatusOr<documents::v1::WriteMemberResponse> response = client_.WriteMember(request);
    if (response.ok()) return std::move(*response->mutable_refused());
    if (!MayRepeat(response.status()) || tries >= kMaxCompletionTries || !BackOff(tries)) {
      return response.status();
    }
  }
}

absl::StatusOr<PageReader*> Worker::ReaderFor(Place& place, const PageTask& task) {
  const std::string& languages = task.languages().empty() ? options_.languages : task.languages();
  const auto found =
      std::find_if(place.readers.begin(), place.readers.end(), [&](const Reader& reader) {
        return reader.languages == languages && reader.seal_key == task.seal_key();
      });
  std::list<Reader> added, dropped;  // those that are dropped end without the lock
  if (found == place.readers.end()) {
    FOIA_ASSIGN_OR_RETURN(std::unique_ptr<PageReader> reader, readers_(languages, task.seal_key()));
    added.push_back({languages, task.seal_key(), std::move(reader)});
  }
  const std::lock_guard lock(mutex_);
  if (added.empty()) {
    place.readers.splice(place.readers.begin(), place.readers, found);
  } else {
    if (cancelled_) added.front().reader->Cancel();
    place.readers.splice(place.readers.begin(), added);
  }
  if (place.readers.size() > kMaxReaders) {
    dropped.splice(dropped.begin(), place.readers, std::prev(place.readers.end()));
  }
  return place.readers.front().reader.get();
}

void Worker::Complete(const CompleteTaskRequest& request) {
  for (int tries = 1;; ++tries) {
    const absl::Status status = client_.CompleteTask(request).status();
    if (status.ok() || ReasonOf(status) == Reason::REASON_LEASE_LOST) return;
    const bool repeat = MayRepeat(status) && tries < kMaxCompletionTries;
    if (!repeat || !BackOff(tries)) {
      // The lease expires, and the task goes to another worker.
      Log(Severity::kError, "result_not_delivered",
          {{"document", request.lease().document()},
           {"page", absl::StrCat(request.lease().page())},
           {"why", std::string(status.message())}});
      return;
    }
  }
}

void Worker::Forget(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  held_.remove_if([&lease](const Lease& held) { return SameLease(held, lease); });
  changed_.notify_all();
}

bool Worker::BackOff(int failures) {
  const absl::Duration delay =
      std::min(options_.last_delay, options_.first_delay * (1 << std::min(failures - 1, 20)));
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoMilliseconds(delay), [this] { return stopping_; });
}

bool Worker::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace foia::worker
