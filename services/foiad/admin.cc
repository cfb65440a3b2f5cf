#include "services/foiad/admin.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "foia/access/v1/admin_service.grpc.pb.h"
#include "services/access/policy.h"
#include "services/base/status.h"
#include "services/documents/feed.h"
#include "services/foiad/backup.h"

namespace foia::foiad {
namespace {

namespace av1 = access::v1;

// What was read must be in the index, and nothing else. Only when the index is up to date.
absl::Status CheckIndex(documents::DocumentStore& documents, storage::KeyValueStore& index_store,
                        const search::Indexer& indexer, av1::CheckDataResponse& response) {
  if (indexer.applied_sequence() < indexer.last_sequence()) return absl::OkStatus();
  av1::Principal system;
  system.set_system(true);
  documents::Feed feed(documents);
  documents::v1::ListChangesRequest request;
  request.set_page_size(500);
  while (true) {
    FOIA_ASSIGN_OR_RETURN(const auto changes, feed.ListChanges(system, request));
    if (changes.changes().empty()) return absl::OkStatus();
    for (const auto& change : changes.changes()) {
      std::string name = change.document().name();
      std::string key = search::ShownDocumentKey(name);
      bool expected = true;
      if (change.has_page()) {
        name = change.page().name();
        key = search::ShownPageKey(name.substr(0, name.find("/pages/")), change.page().number());
        expected = change.page().state() == documents::v1::PAGE_STATE_DONE;
      }
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> shown, index_store.Get(key));
      if (shown.has_value() == expected) continue;
      auto& problem = *response.add_problems();
      problem.set_resource(name);
      problem.set_description(expected ? "is not in the index"
                                       : "is in the index but was not read");
    }
    request.set_epoch(changes.epoch());
    request.set_after_sequence(changes.changes(changes.changes_size() - 1).sequence());
  }
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

absl::StatusOr<av1::GetStatusResponse> Admin::GetStatus(const av1::Principal& caller,
                                                        const av1::GetStatusRequest&) {
  av1::GetStatusResponse response;
  response.set_version(FOIA_VERSION);
  for (const std::string& role : parts_.roles) response.add_roles(role);
  response.set_writable(Writable());
  if (parts_.rules != nullptr) response.set_rules_digest(parts_.rules->Get()->digest());
  // Counts are of the whole installation: not for people who may see a part of it.
  if (!access::CheckOperator(caller).ok()) return response;
  if (parts_.documents != nullptr) {
    response.set_pages_queued(parts_.documents->tasks().queued());
    response.set_pages_running(parts_.documents->tasks().running());
  }
  if (parts_.searcher != nullptr) {
    FOIA_ASSIGN_OR_RETURN(const auto index, parts_.searcher->GetIndexStatus(caller, {}));
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
