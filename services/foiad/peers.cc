#include "services/foiad/peers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/access/policy.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::foiad {
namespace {

// Longer than the longest wait that the feed allows.
constexpr absl::Duration kFeedTimeout = absl::Seconds(20);
// Entries that may wait for the tracker; above that the oldest caller has to wait.
constexpr size_t kAuditQueueLimit = 100'000;

}  // namespace

RemoteAccess::RemoteAccess(rpc::Client tracker)
    : client_(std::move(tracker)),
      stub_(client_.NewStub<access::v1::AccessService>()),
      sender_([this] { Send(); }) {}

RemoteAccess::~RemoteAccess() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  sender_.join();
}

absl::StatusOr<access::v1::Principal> RemoteAccess::Resolve(std::string_view secret) {
  access::v1::ResolveTokenRequest request;
  request.set_secret(std::string(secret));
  return client_.Call(*stub_, &access::v1::AccessService::Stub::ResolveToken, request);
}

void RemoteAccess::Record(access::v1::AuditEntry entry) {
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || queue_.size() < kAuditQueueLimit; });
    queue_.push_back(std::move(entry));
  }
  wake_.notify_all();
}

void RemoteAccess::Send() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    access::v1::RecordAuditRequest request;
    for (; !queue_.empty(); queue_.pop_front()) *request.add_entries() = queue_.front();
    lock.unlock();
    wake_.notify_all();
    const auto response =
        client_.Call(*stub_, &access::v1::AccessService::Stub::RecordAudit, request);
    if (!response.ok()) {
      Log(Severity::kError, "audit_lost",
          {{"entries", absl::StrCat(request.entries_size())},
           {"status", response.status().ToString()}});
    }
    lock.lock();
  }
}

void TrackerRequests::Connect(rpc::Client tracker) {
  std::lock_guard lock(mutex_);
  client_ = std::make_shared<const rpc::Client>(std::move(tracker));
}

absl::StatusOr<documents::RequestRef> TrackerRequests::Find(const access::v1::Principal& caller,
                                                            std::string_view request) {
  std::shared_ptr<const rpc::Client> client;
  {
    std::lock_guard lock(mutex_);
    client = client_;
  }
  if (client == nullptr) {
    return MakeError(Reason::REASON_SERVER_UNREACHABLE, "the tracker is not connected yet");
  }
  tracker::v1::GetRequestRequest get;
  get.set_name(std::string(request));
  const auto stub = client->NewStub<tracker::v1::RequestService>();
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found,
                        client->Call(*stub, &tracker::v1::RequestService::Stub::GetRequest, get));
  if (!access::MaySee(caller, found.label())) {
    return MakeError(Reason::REASON_REQUEST_NOT_FOUND,
                     absl::StrCat("there is no request '", ToAbsl(request), "'"),
                     {{"request", std::string(request)}});
  }
  return documents::RequestRef{found.name(), found.label()};
}

search::ListChanges FeedOf(rpc::Client documents) {
  auto client = std::make_shared<const rpc::Client>(std::move(documents));
  std::shared_ptr<documents::v1::FeedService::Stub> stub =
      client->NewStub<documents::v1::FeedService>();
  return [client, stub](const documents::v1::ListChangesRequest& request) {
    return client->Call(*stub, &documents::v1::FeedService::Stub::ListChanges, request,
                        kFeedTimeout);
  };
}

}  // namespace foia::foiad
