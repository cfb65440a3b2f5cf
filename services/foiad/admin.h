// What the operator does with this process: status, backup, check.
#ifndef FOIA_SERVICES_FOIAD_ADMIN_H_
#define FOIA_SERVICES_FOIAD_ADMIN_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/access/v1/admin_service.pb.h"
#include "services/documents/document_store.h"
#include "services/rpc/dispatcher.h"
#include "services/search/searcher.h"
#include "services/tracker/requests.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/key_value_store.h"

namespace foia::foiad {

// Pointers are null where the role does not run here. Safe for concurrent use.
class Admin {
 public:
  struct Parts {
    std::set<std::string> roles;
    std::map<std::string, storage::KeyValueStore*> stores;  // by name; without the index
    storage::KeyValueStore* index_store = nullptr;
    storage::BlobStore* blobs = nullptr;
    tracker::Requests* requests = nullptr;
    documents::DocumentStore* documents = nullptr;
    search::Searcher* searcher = nullptr;
    const search::Indexer* indexer = nullptr;
    const tracker::RulesInForce* rules = nullptr;
  };
  explicit Admin(Parts parts) : parts_(std::move(parts)) {}

  absl::StatusOr<access::v1::GetStatusResponse> GetStatus(const access::v1::Principal& caller,
                                                          const access::v1::GetStatusRequest&);
  absl::StatusOr<access::v1::CreateBackupResponse> CreateBackup(
      const access::v1::Principal& caller, const access::v1::CreateBackupRequest& request);
  absl::StatusOr<access::v1::CheckDataResponse> CheckData(const access::v1::Principal& caller,
                                                          const access::v1::CheckDataRequest&);

  // False when a store has refused a write.
  bool Writable() const;

 private:
  const Parts parts_;
};

std::unique_ptr<grpc::Service> NewAdminService(rpc::Dispatcher* dispatcher, Admin* logic);

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_ADMIN_H_
