// The other roles as seen from here: always over RPC as "system", through this process' own channel
// when the role runs here. One way to call, wherever the role is.
#ifndef FOIA_SERVICES_FOIAD_PEERS_H_
#define FOIA_SERVICES_FOIAD_PEERS_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "foia/access/v1/access_service.grpc.pb.h"
#include "foia/documents/v1/feed_service.grpc.pb.h"
#include "foia/documents/v1/page_task_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/documents/request_directory.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/client.h"
#include "services/search/indexer.h"

namespace foia::foiad {

// The access service in another process. Audit entries are sent by one thread, in order.
class RemoteAccess final : public rpc::Authenticator, public rpc::AuditSink {
 public:
  explicit RemoteAccess(rpc::Client tracker);
  ~RemoteAccess() override;
  absl::StatusOr<access::v1::Principal> Resolve(std::string_view secret) override;
  void Record(access::v1::AuditEntry entry) override;

 private:
  void Send();

  const rpc::Client client_;
  const std::unique_ptr<access::v1::AccessService::Stub> stub_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<access::v1::AuditEntry> queue_;
  bool stopping_ = false;
  std::thread sender_;
};

// The tracker's requests.
class TrackerRequests final : public documents::RequestDirectory {
 public:
  // Calls fail with SERVER_UNREACHABLE until it is connected.
  void Connect(rpc::Client tracker);
  absl::StatusOr<documents::RequestRef> Find(const access::v1::Principal& caller,
                                             std::string_view request) override;

 private:
  std::mutex mutex_;
  std::shared_ptr<const rpc::Client> client_;
};

// FeedService.ListChanges.
search::ListChanges FeedOf(rpc::Client documents);

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_PEERS_H_
