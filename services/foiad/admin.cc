#include "services/foiad/admin.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "foia/access/v1/admin_service.grpc.pb.h"
#include "services/access/policy.h"
#include "services/base/status.h"
#include "services/foiad/backup.h"

namespace foia::foiad {
namespace {

namespace av1 = access::v1;

// Pages that are read but not in the index, or the reverse.
absl::Status CheckIndex(documents::DocumentStore& documents, storage::KeyValueStore& index_store,
                        const search::Indexer& indexer, av1::CheckDataResponse& response) {
  if (indexer.applied_sequence() < indexer.last_sequence()) return absl::OkStatus();  // still busy
  auto documents_it = documents.kv().Scan(storage::ScanOptions::Prefix("document/"));
  for (; documents_it->Valid(); documents_it->Next()) {
    const std::string name =
        absl::StrCat("documents/",
                     std::string(documents_it->key().substr(std::string_view("document/").size())));
    if (!index_store.Get(search::ShownDocumentKey(name))->has_value()) {
      auto& problem = *response.add_problems();
      problem.set_resource(name);
      problem.set_description("is not in the index");
    }
  }
  return documents_it->status();
}

class AdminHandlers final : public rpc::Handlers<av1::AdminService, Admin> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(GetStatus, av1::GetStatusRequest, av1::GetStatusResponse)
  FOIA_RPC(CreateBackup, av1::CreateBackupRequest, av1::CreateBackupResponse)
  FOIA_RPC(CheckData, av1::CheckDataRequest, av1::CheckDataResponse)
};

}  // namespace

bool Admin::Writable() const {
  return std::all_of(parts_.stores.begin(), parts_.stores.end(),
                     [](const auto& entry) { return entry.second->Writable(); }) &&
         (parts_.index_store == nullptr || parts_.index_store->Writable());
}

absl::StatusOr<av1::GetStatusResponse> Admin::GetStatus(const av1::Principal&,
                                                        const av1::GetStatusRequest&) {
  av1::GetStatusResponse response;
  response.set_version(FOIA_VERSION);
  for (const std::string& role : parts_.roles) response.add_roles(role);
  response.set_writable(Writable());
  response.set_rules_digest(parts_.rules_digest);
  if (parts_.documents != nullptr) {
    response.set_pages_queued(parts_.documents->tasks().queued());
    response.set_pages_running(parts_.documents->tasks().running());
  }
  if (parts_.searcher != nullptr) {
    av1::Principal system;
    system.set_system(true);
    FOIA_ASSIGN_OR_RETURN(const auto index, parts_.searcher->GetIndexStatus(system, {}));
    response.set_pages_indexed(index.pages());
    response.set_index_lag(index.last_sequence() - index.applied_sequence());
  }
  return response;
}

absl::StatusOr<av1::CreateBackupResponse> Admin::CreateBackup(
    const av1::Principal& caller, const av1::CreateBackupRequest& request) {
  FOIA_RETURN_IF_ERROR(access::CheckOperator(caller));
  av1::CreateBackupResponse response;
  FOIA_ASSIGN_OR_RETURN(const int64_t blobs,
                        foiad::CreateBackup(request.directory(), parts_.stores, parts_.blobs));
  response.set_directory(request.directory());
  response.set_blobs(blobs);
  return response;
}

absl::StatusOr<av1::CheckDataResponse> Admin::CheckData(const av1::Principal& caller,
                                                        const av1::CheckDataRequest&) {
  FOIA_RETURN_IF_ERROR(access::CheckOperator(caller));
  av1::CheckDataResponse response;
  if (parts_.requests != nullptr) {
    FOIA_ASSIGN_OR_RETURN(const auto chains, parts_.requests->VerifyAll());
    response.set_events_checked(chains.events);
    for (const std::string& broken : chains.broken) {
      auto& problem = *response.add_problems();
      problem.set_resource(broken);
      problem.set_description("the event log's hash chain is broken here");
    }
  }
  if (parts_.documents != nullptr) {
    FOIA_RETURN_IF_ERROR(documents::CheckData(*parts_.documents, response));
    if (parts_.index_store != nullptr) {
      FOIA_RETURN_IF_ERROR(
          CheckIndex(*parts_.documents, *parts_.index_store, *parts_.indexer, response));
    }
  }
  return response;
}

std::unique_ptr<grpc::Service> NewAdminService(rpc::Dispatcher* dispatcher, Admin* logic) {
  return std::make_unique<AdminHandlers>(dispatcher, logic);
}

}  // namespace foia::foiad
