// People, tokens, labels, grants and the audit log.
//
// Everything but the audit log is small and kept in memory; each change is committed first, then
// taken over, so that a revocation is in force before its call returns.
//
// Thread-safety: safe for concurrent use.
#ifndef FOIA_SERVICES_ACCESS_ACCESS_H_
#define FOIA_SERVICES_ACCESS_ACCESS_H_

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/access/v1/access_service.pb.h"
#include "services/base/clock.h"
#include "services/rpc/authenticator.h"
#include "storage/kv/key_value_store.h"

namespace foia::access {

using v1::Principal;

// The label that an installation starts with.
inline constexpr std::string_view kPrivateLabel = "labels/private";

class Access final : public rpc::Authenticator, public rpc::AuditSink {
 public:
  struct Options {
    storage::KeyValueStore* store = nullptr;
    const Clock* clock = nullptr;
    // Secret of foiad's own services; empty: nobody can be "system" by token.
    std::string system_secret;
  };

  // Loads everything; an empty store gets an owner (operator) and the private label.
  static absl::StatusOr<std::unique_ptr<Access>> Open(const Options& options);
  ~Access() override;

  // A new token for the first person ever made, for the token file. The old ones stay valid.
  absl::StatusOr<std::string> CreateOwnerToken();

  absl::StatusOr<Principal> Resolve(std::string_view secret) override;
  void Record(v1::AuditEntry entry) override;

  absl::StatusOr<Principal> GetPrincipal(const Principal& caller, const v1::GetPrincipalRequest&);
  absl::StatusOr<Principal> ResolveToken(const Principal& caller, const v1::ResolveTokenRequest&);
  absl::StatusOr<v1::RecordAuditResponse> RecordAudit(const Principal& caller,
                                                      const v1::RecordAuditRequest&);
  absl::StatusOr<v1::Person> CreatePerson(const Principal& caller, const v1::CreatePersonRequest&);
  absl::StatusOr<v1::ListPeopleResponse> ListPeople(const Principal& caller,
                                                    const v1::ListPeopleRequest&);
  absl::StatusOr<v1::CreateTokenResponse> CreateToken(const Principal& caller,
                                                      const v1::CreateTokenRequest&);
  absl::StatusOr<v1::Token> RevokeToken(const Principal& caller, const v1::RevokeTokenRequest&);
  absl::StatusOr<v1::Label> CreateLabel(const Principal& caller, const v1::CreateLabelRequest&);
  absl::StatusOr<v1::ListLabelsResponse> ListLabels(const Principal& caller,
                                                    const v1::ListLabelsRequest&);
  absl::StatusOr<v1::Grant> SetGrant(const Principal& caller, const v1::SetGrantRequest&);
  absl::StatusOr<v1::DeleteGrantResponse> DeleteGrant(const Principal& caller,
                                                      const v1::DeleteGrantRequest&);
  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(const Principal& caller,
                                                                const v1::ListAuditEntriesRequest&);

  // The name of the person that `reference` means: "me", a name, an id, the beginning of one, or
  // the whole display name. Operators find everybody, others those with whom they share a label,
  // and whoever they name in full. NOT_FOUND; AMBIGUOUS_NAME.
  absl::StatusOr<std::string> FindPerson(const Principal& caller, std::string_view reference) const;
  // The same for somebody who is to look after a record under `label`; `field` names the place.
  // INVALID_FIELD unless that person is there, has a token that works or none yet, and may see it.
  absl::StatusOr<std::string> FindOwner(const Principal& caller, std::string_view reference,
                                        std::string_view label, std::string_view field) const;
  // Why the person cannot look after a record under `label`, one sentence; empty when nothing
  // stands against it.
  std::string ProblemOfOwner(std::string_view person, std::string_view label) const;

 private:
  explicit Access(const Options& options) : options_(options) {}

  absl::Status Load();
  absl::Status CreateOwner();
  absl::StatusOr<v1::CreateTokenResponse> NewToken(const std::string& person,
                                                   const std::string& note);
  Principal PrincipalOf(const v1::Person& person) const;
  // The following want `mutex_` held.
  bool HasRole(std::string_view person, std::string_view label) const;
  // Operators know everybody, others those with whom they share a label.
  bool IsKnown(const Principal& caller, std::string_view person) const;
  bool HasLeft(std::string_view person) const;  // had tokens, and none of them works any more
  std::string ProblemOf(std::string_view person, std::string_view label) const;
  absl::StatusOr<std::string> FindPersonLocked(const Principal& caller,
                                               std::string_view reference) const;
  absl::StatusOr<std::string> FindTokenLocked(const Principal& caller,
                                              std::string_view reference) const;
  absl::StatusOr<std::string> FindLabelLocked(const Principal& caller,
                                              std::string_view reference) const;
  // Commits `batch` and, when that went well, a raised label epoch with it.
  absl::Status CommitRaisingEpoch(storage::WriteBatch batch);
  void WriteAuditLog();

  const Options options_;

  mutable std::shared_mutex mutex_;  // guards the maps; held exclusively through each change
  std::map<std::string, v1::Person, std::less<>> people_;  // by name, so in order of creation
  std::map<std::string, v1::Token, std::less<>> tokens_;   // by SHA-256 of the secret
  std::map<std::string, v1::Label, std::less<>> labels_;
  std::map<std::string, v1::Grant, std::less<>> grants_;
  int64_t label_epoch_ = 0;

  std::mutex audit_mutex_;
  std::condition_variable audit_wake_;
  std::deque<v1::AuditEntry> audit_queue_;
  int64_t audit_sequence_ = 0;
  bool stopping_ = false;
  std::thread audit_writer_;
};

}  // namespace foia::access

#endif  // FOIA_SERVICES_ACCESS_ACCESS_H_
