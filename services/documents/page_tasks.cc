#include "services/documents/page_tasks.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ocr/page/quality.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/member_path.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/keys.h"
#include "services/documents/record_check.h"

namespace foia::documents {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kMaxTasks = 64;
constexpr int kMaxMemberErrors = 100;
constexpr int64_t kMaxReadBytes = 1 << 20;
constexpr int64_t kMaxWaitSeconds = 10;
// How often a waiting LeaseTasks looks for expired leases.
constexpr auto kExpiryCheck = std::chrono::seconds(1);

std::string DocumentId(std::string_view name) {
  return std::string(absl::StripPrefix(ToAbsl(name), "documents/"));
}

// The document a task belongs to; a task without one is damage.
absl::StatusOr<v1::StoredDocument> ReadOwner(const Transaction& transaction,
                                             const std::string& document) {
  const std::string key = keys::Document(document);
  FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredDocument> stored,
                        DocumentStore::Read<v1::StoredDocument>(transaction, key));
  if (!stored.has_value()) return CorruptRecord(key);
  return *std::move(stored);
}

absl::StatusOr<v1::StoredPage> ReadLink(const Transaction& transaction, const std::string& document,
                                        int page) {
  const std::string key = keys::Page(document, page);
  FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredPage> stored,
                        DocumentStore::Read<v1::StoredPage>(transaction, key));
  if (!stored.has_value()) return CorruptRecord(key);
  return *std::move(stored);
}

// What foia-page says of members that could not be unpacked, in place of what it said before.
void SetMemberErrors(const v1::ProbeResult& probe, v1::Document& document) {
  document.clear_member_errors();
  for (const v1::MemberError& given : probe.member_errors()) {
    if (document.member_errors_size() == kMaxMemberErrors) break;
    v1::MemberError* const error = document.add_member_errors();
    if (!given.path().empty()) error->set_path(CleanMemberPath(given.path()));
    error->set_state(given.state());
    error->set_reason(CleanReason(given.reason()));
  }
  document.set_member_error_count(std::max(probe.member_error_count(), probe.member_errors_size()));
}

}  // namespace

absl::StatusOr<v1::LeaseTasksResponse> PageTasks::LeaseTasks(const Principal& caller,
                                                             const v1::LeaseTasksRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  const auto count = static_cast<size_t>(std::clamp(request.max_tasks(), 1, kMaxTasks));
  // Clamped first, so that no sum overflows.
  const auto wait = std::chrono::milliseconds(
      std::clamp<int64_t>(request.wait().seconds(), 0, kMaxWaitSeconds) * 1000 +
      request.wait().nanos() / 1'000'000);
  const auto deadline = SteadyClock::now() + wait;

  v1::LeaseTasksResponse response;
  do {
    FOIA_RETURN_IF_ERROR(ExpireLeases());
    const std::vector<TaskQueue::Taken> taken =
        store_.tasks().Take(count, std::min(deadline, SteadyClock::now() + kExpiryCheck));
    if (!taken.empty()) FOIA_RETURN_IF_ERROR(LeaseTaken(taken, response));
  } while (response.tasks().empty() && SteadyClock::now() < deadline && !store_.tasks().stopped());
  return response;
}

absl::Status PageTasks::LeaseTaken(const std::vector<TaskQueue::Taken>& taken,
                                   v1::LeaseTasksResponse& response) {
  const absl::Time expire = store_.clock().Now() + kLeaseTime;
  absl::Status status = store_.writer().Run([&](Transaction& transaction) -> absl::Status {
    for (const TaskQueue::Taken& task : taken) {
      const absl::Status leased = LeaseOne(transaction, task, expire, response);
      if (leased.ok()) continue;
      // One damaged record must not stop the queue; foia admin check names it.
      Log(Severity::kError, "task_dropped",
          {{"document", task.document},
           {"page", absl::StrCat(task.page)},
           {"why", std::string(leased.message())}});
      transaction.OnCommit([this, task] { store_.tasks().Remove(task.document, task.page); });
    }
    return absl::OkStatus();
  });
  if (!status.ok()) {
    for (const TaskQueue::Taken& task : taken) store_.tasks().Return(task.document, task.page);
  }
  return status;
}

absl::Status PageTasks::LeaseOne(Transaction& transaction, const TaskQueue::Taken& taken,
                                 absl::Time expire, v1::LeaseTasksResponse& response) {
  const std::string key = keys::Task(taken.page, taken.document);
  FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredTask> stored,
                        DocumentStore::Read<v1::StoredTask>(transaction, key));
  if (!stored.has_value()) {  // a late completion was faster
    transaction.OnCommit([this, taken] { store_.tasks().Remove(taken.document, taken.page); });
    return absl::OkStatus();
  }
  stored->set_attempt(stored->attempt() + 1);
  if (taken.page != 0) {
    FOIA_ASSIGN_OR_RETURN(const v1::StoredDocument owner, ReadOwner(transaction, taken.document));
    FOIA_ASSIGN_OR_RETURN(const v1::StoredPage link,
                          ReadLink(transaction, taken.document, taken.page));
    stored->set_languages(link.languages().empty() ? owner.document().languages()
                                                   : link.languages());
    FOIA_ASSIGN_OR_RETURN(const bool reused, ReuseResult(transaction, taken, *stored));
    if (reused) return absl::OkStatus();
  }
  // Attempts are durable, so that a number is never given twice, not even over a restart.
  transaction.Put(key, stored->SerializeAsString());
  transaction.OnCommit([this, taken, attempt = stored->attempt(), expire] {
    store_.tasks().Lease(taken.document, taken.page, attempt, expire);
  });

  v1::PageTask& task = *response.add_tasks();
  task.set_document(absl::StrCat("documents/", taken.document));
  task.set_page(taken.page);
  task.set_attempt(stored->attempt());
  task.set_sha256(taken.sha256);
  task.set_size_bytes(taken.size_bytes);
  *task.mutable_lease_expire_time() = ToTimestamp(expire);
  task.set_seal_key(store_.seal_key());
  task.set_languages(stored->languages());
  FOIA_ASSIGN_OR_RETURN(std::optional<std::string> password,
                        transaction.Get(keys::Password(taken.document)));
  if (password.has_value()) task.set_password(*std::move(password));
  if (taken.page == 0) {
    FOIA_ASSIGN_OR_RETURN(const v1::StoredDocument owner, ReadOwner(transaction, taken.document));
    task.set_may_unpack(owner.document().container_depth() < kMaxContainerDepth);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PageTasks::ReuseResult(Transaction& transaction, const TaskQueue::Taken& taken,
                                            const v1::StoredTask& task) {
  if (task.anew()) return false;
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> pipeline,
                        transaction.Get(keys::Pipeline(task.languages())));
  if (!pipeline.has_value()) return false;
  FOIA_ASSIGN_OR_RETURN(const std::optional<v1::PageRecord> record,
                        DocumentStore::Read<v1::PageRecord>(
                            transaction, keys::Result(taken.sha256, taken.page, *pipeline)));
  if (!record.has_value()) return false;
  FOIA_RETURN_IF_ERROR(CompletePage(transaction, taken.document, taken.page, task, *record, {}));
  return true;
}

absl::Status PageTasks::ExpireLeases() {
  const std::vector<TaskQueue::Taken> expired = store_.tasks().TakeExpired(store_.clock().Now());
  if (expired.empty()) return absl::OkStatus();
  absl::Status status = store_.writer().Run([&](Transaction& transaction) -> absl::Status {
    for (const TaskQueue::Taken& taken : expired) {
      const std::string key = keys::Task(taken.page, taken.document);
      FOIA_ASSIGN_OR_RETURN(std::optional<v1::StoredTask> task,
                            DocumentStore::Read<v1::StoredTask>(transaction, key));
      if (!task.has_value()) {  // completed in this moment
        transaction.OnCommit([this, taken] { store_.tasks().Remove(taken.document, taken.page); });
        continue;
      }
      Log(Severity::kWarning, "lease_expired",
          {{"document", taken.document},
           {"page", absl::StrCat(taken.page)},
           {"attempt", absl::StrCat(task->attempt())}});
      task->set_expired(task->expired() + 1);
      if (task->expired() < kMaxExpiredLeases) {
        transaction.Put(key, task->SerializeAsString());
        transaction.OnCommit([this, taken] { store_.tasks().Return(taken.document, taken.page); });
        continue;
      }
      if (taken.page == 0) {
        v1::ProbeResult probe;
        probe.set_state(v1::PAGE_STATE_FAILED);
        probe.set_state_reason("attempt limit");
        FOIA_RETURN_IF_ERROR(CompleteProbe(transaction, taken.document, task->attempt(), probe));
      } else {
        v1::PageRecord record;
        record.set_state(v1::PAGE_STATE_FAILED);
        record.set_state_reason("attempt limit");
        FOIA_RETURN_IF_ERROR(
            CompletePage(transaction, taken.document, taken.page, *task, record, {}));
      }
    }
    return absl::OkStatus();
  });
  for (const TaskQueue::Taken& taken : expired) {
    if (taken.page == 0) members_.Forget(taken.document);
  }
  if (!status.ok()) {
    for (const TaskQueue::Taken& taken : expired) {
      store_.tasks().Return(taken.document, taken.page);
    }
  }
  return status;
}

absl::StatusOr<v1::RenewLeasesResponse> PageTasks::RenewLeases(
    const Principal& caller, const v1::RenewLeasesRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  v1::RenewLeasesResponse response;
  const absl::Time expire = store_.clock().Now() + kLeaseTime;
  *response.mutable_lease_expire_time() = ToTimestamp(expire);
  for (const v1::Lease& lease : request.leases()) {
    if (!store_.tasks().Renew(DocumentId(lease.document()), lease.page(), lease.attempt(),
                              expire)) {
      *response.add_lost() = lease;
    }
  }
  return response;
}

absl::StatusOr<v1::CompleteTaskResponse> PageTasks::CompleteTask(
    const Principal& caller, const v1::CompleteTaskRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  const std::string document = DocumentId(request.lease().document());
  const int page = request.lease().page();
  const int64_t attempt = request.lease().attempt();
  v1::CompleteTaskResponse response;

  if (request.result_case() == v1::CompleteTaskRequest::RESULT_NOT_SET) {
    if (!store_.tasks().Holds(document, page, attempt)) return LeaseLost(document, page);
    store_.tasks().Return(document, page);
    return response;
  }
  if (request.has_probe() != (page == 0)) {
    return InvalidFields({{"result", "must be a probe for page 0 and a page for the others"}});
  }

  v1::ProbeResult probe = request.probe();
  v1::PageRecord refused;
  const v1::PageRecord* record = &request.page();
  std::string_view wrong = request.has_probe() ? WhatIsWrong(probe) : WhatIsWrong(*record);
  if (!wrong.empty()) {
    Log(Severity::kWarning, "result_refused",
        {{"document", document}, {"page", absl::StrCat(page)}, {"why", std::string(wrong)}});
    const std::string reason = absl::StrCat("the result was refused: ", ToAbsl(wrong));
    probe.Clear();
    probe.set_state(v1::PAGE_STATE_FAILED);
    probe.set_state_reason(reason);
    refused.set_state(v1::PAGE_STATE_FAILED);
    refused.set_state_reason(reason);
    record = &refused;
  } else if (probe.state() == v1::PAGE_STATE_DONE && probe.page_count() > kMaxPages) {
    probe.set_state(v1::PAGE_STATE_UNSUPPORTED);
    probe.set_state_reason(absl::StrCat("more than ", kMaxPages, " pages"));
  }
  // Serialised here, since steps of the writer run one after the other.
  const std::string record_bytes =
      IsRead(record->state()) ? record->SerializeAsString() : std::string();

  const absl::Status completed = store_.writer().Run([&](Transaction& transaction) -> absl::Status {
    FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredTask> task,
                          CheckLease(transaction, document, page, attempt));
    if (!task.has_value()) return absl::OkStatus();
    if (page == 0) return CompleteProbe(transaction, document, attempt, probe);
    return CompletePage(transaction, document, page, *task, *record, record_bytes);
  });
  FOIA_RETURN_IF_ERROR(completed);
  if (page == 0) members_.Forget(document);
  return response;
}

absl::StatusOr<std::optional<v1::StoredTask>> PageTasks::CheckLease(const Transaction& transaction,
                                                                    const std::string& document,
                                                                    int page, int64_t attempt) {
  FOIA_ASSIGN_OR_RETURN(
      std::optional<v1::StoredTask> task,
      DocumentStore::Read<v1::StoredTask>(transaction, keys::Task(page, document)));
  if (attempt < 1) return LeaseLost(document, page);
  if (task.has_value()) {
    if (task->attempt() == attempt) return task;
    return LeaseLost(document, page);
  }
  int64_t ended_by = 0;
  if (page == 0) {
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredDocument> stored,
        DocumentStore::Read<v1::StoredDocument>(transaction, keys::Document(document)));
    if (stored.has_value()) ended_by = stored->probe_attempt();
  } else {
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<v1::StoredPage> stored,
        DocumentStore::Read<v1::StoredPage>(transaction, keys::Page(document, page)));
    if (stored.has_value()) ended_by = stored->attempt();
  }
  if (ended_by == attempt) return std::nullopt;
  return LeaseLost(document, page);
}

absl::Status PageTasks::CompleteProbe(Transaction& transaction, const std::string& document,
                                      int64_t attempt, const v1::ProbeResult& probe) {
  FOIA_ASSIGN_OR_RETURN(v1::StoredDocument stored, ReadOwner(transaction, document));
  stored.set_probe_state(probe.state());
  stored.set_probe_reason(CleanReason(probe.state_reason()));
  stored.set_probe_attempt(attempt);
  SetMemberErrors(probe, *stored.mutable_document());
  if (probe.is_container() && stored.document().container_depth() >= kMaxContainerDepth) {
    const std::string reason =
        absl::StrCat("it lies in ", kMaxContainerDepth, " containers: kept, not unpacked");
    if (probe.page_count() == 0) {
      stored.set_probe_state(v1::PAGE_STATE_UNSUPPORTED);
      stored.set_probe_reason(reason);
    } else {
      stored.mutable_document()->set_member_error_count(1);
      v1::MemberError* const error = stored.mutable_document()->add_member_errors();
      error->set_state(v1::PAGE_STATE_UNSUPPORTED);
      error->set_reason(reason);
    }
  }
  if (!probe.media_type().empty()) stored.mutable_document()->set_media_type(probe.media_type());
  if (probe.state() == v1::PAGE_STATE_DONE) {
    const int pages = probe.page_count();
    stored.mutable_document()->set_page_count(pages);
    CountPages(*stored.mutable_document(), v1::PAGE_STATE_QUEUED, pages);
    v1::StoredPage link;
    link.set_state(v1::PAGE_STATE_QUEUED);
    *link.mutable_update_time() = store_.Now();
    const std::string link_bytes = link.SerializeAsString();
    for (int page = 1; page <= pages; ++page) {
      transaction.Put(keys::Page(document, page), link_bytes);
    }
    store_.PutTasks(transaction, document, stored, 1, pages);
  }
  store_.EndProbe(transaction, document, stored);
  return absl::OkStatus();
}

absl::Status PageTasks::CompletePage(Transaction& transaction, const std::string& document,
                                     int page, const v1::StoredTask& task,
                                     const v1::PageRecord& record,
                                     const std::string& record_bytes) {
  FOIA_ASSIGN_OR_RETURN(v1::StoredDocument stored, ReadOwner(transaction, document));
  FOIA_ASSIGN_OR_RETURN(v1::StoredPage link, ReadLink(transaction, document, page));
  link.set_state(record.state());
  link.set_state_reason(CleanReason(record.state_reason()));
  link.set_attempt(task.attempt());
  const bool read = IsRead(record.state());
  if (read) link.set_pipeline(PipelineVersion(record.engine()));
  const std::string key = keys::Result(stored.document().sha256(), page, link.pipeline());
  std::optional<v1::PageRecord> existing;
  if (!link.pipeline().empty()) {
    FOIA_ASSIGN_OR_RETURN(existing, DocumentStore::Read<v1::PageRecord>(transaction, key));
  }
  if (read || existing.has_value()) {
    if (!existing.has_value()) transaction.Put(key, record_bytes);
    // A result never changes: other documents may stand on it. And what was read once stays, when
    // the page cannot be read anew.
    const v1::PageRecord& kept = existing.has_value() ? *existing : record;
    link.set_state(kept.state());
    link.set_state_reason(CleanReason(kept.state_reason()));
    link.set_sealed_characters(kept.sealed().characters());
    link.set_confidence(kept.mean_confidence());
    link.set_ink_covered(kept.ink_covered());
    link.set_doubt(std::string(ocr::WhyDoubtful(kept)));
    if (!read) {
      link.set_doubt(absl::StrCat("reading it again failed: ", CleanReason(record.state_reason())));
    }
    // Other documents do not start from a page that was read the quick way.
    if (read && !record.engine().quick()) {
      transaction.Put(keys::Pipeline(task.languages()), link.pipeline());
    }
  }
  store_.EndPage(transaction, document, page, link, stored);
  return absl::OkStatus();
}

absl::StatusOr<v1::ReadTaskFileResponse> PageTasks::ReadTaskFile(
    const Principal& caller, const v1::ReadTaskFileRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  const std::string document = DocumentId(request.lease().document());
  if (!store_.tasks().Holds(document, request.lease().page(), request.lease().attempt())) {
    return LeaseLost(document, request.lease().page());
  }
  if (request.offset() < 0 || request.length() < 1 || request.length() > kMaxReadBytes) {
    return InvalidFields({{"length", "must be 1 to 1 MiB, from an offset of at least 0"}});
  }
  FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredDocument> stored,
                        store_.Read<v1::StoredDocument>(keys::Document(document)));
  if (!stored.has_value()) return LeaseLost(document, request.lease().page());
  v1::ReadTaskFileResponse response;
  FOIA_ASSIGN_OR_RETURN(
      *response.mutable_data(),
      store_.blobs().Read(stored->document().sha256(), static_cast<uint64_t>(request.offset()),
                          static_cast<uint64_t>(request.length())));
  return response;
}

absl::StatusOr<v1::WriteMemberResponse> PageTasks::WriteMember(
    const Principal& caller, const v1::WriteMemberRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckSystem(caller));
  const std::string container = DocumentId(request.lease().document());
  if (request.lease().page() != 0 ||
      !store_.tasks().Holds(container, 0, request.lease().attempt())) {
    return LeaseLost(container, request.lease().page());
  }
  return members_.Write(container, request);
}

}  // namespace foia::documents
