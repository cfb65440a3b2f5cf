#include "services/access/access.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/access/policy.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/page_token.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "storage/kv/idempotency.h"

namespace foia::access {
namespace {

using storage::ScanOptions;
using storage::WriteBatch;

// Keys: the resource's name behind its kind; a token is found by the hash of its secret.
constexpr std::string_view kPersonPrefix = "person/";
constexpr std::string_view kTokenPrefix = "token/";
constexpr std::string_view kLabelPrefix = "label/";
constexpr std::string_view kGrantPrefix = "grant/";
constexpr std::string_view kAuditPrefix = "audit/";
constexpr std::string_view kPeople = "people";
constexpr std::string_view kLabels = "labels";
constexpr std::string_view kEpochKey = "label-epoch";

// Audit entries that may wait to be written before the oldest caller has to.
constexpr size_t kAuditQueueLimit = 100'000;

std::string Key(std::string_view prefix, std::string_view name) {
  return absl::StrCat(ToAbsl(prefix), ToAbsl(name));
}

std::string PersonOfToken(std::string_view token_name) {
  return std::string(token_name.substr(0, token_name.find("/tokens/")));
}

absl::Status NotFound(std::string_view name) {
  return MakeError(Reason::REASON_NOT_FOUND, absl::StrCat("there is no '", ToAbsl(name), "'"),
                   {{"name", std::string(name)}});
}

// The name in `map` that `reference` means: a whole name, which needs no `is_known`, or the
// beginning of an id or a whole display name, case aside, among those that `is_known` knows.
template <typename Map, typename IsKnown>
absl::StatusOr<std::string> FindByName(const Map& map, std::string_view collection,
                                       std::string_view reference, IsKnown is_known) {
  const std::string name = NameIn(collection, reference);
  if (const auto exact = map.find(name); exact != map.end()) return exact->first;
  std::vector<std::string> found;
  const bool may_begin = MayBeginId(collection, name);
  for (const auto& [key, record] : map) {
    const bool fits = (may_begin && absl::StartsWith(key, name)) ||
                      absl::EqualsIgnoreCase(record.display_name(), ToAbsl(reference));
    if (fits && is_known(record)) found.push_back(key);
  }
  if (found.size() == 1) return found.front();
  if (!found.empty()) return AmbiguousId(collection, reference, found);
  return NotFound(name);
}

absl::Status PersonOrOperator(const Principal& caller, std::string_view person) {
  return caller.name() == person ? absl::OkStatus() : CheckOperator(caller);
}

// The entries of `map` behind the page token, one page of them; `visit` returns false to pass over.
template <typename Map, typename Response, typename Visit>
absl::StatusOr<Response> ListMap(const Map& map, std::string_view list, int page_size,
                                 std::string_view page_token, Visit visit) {
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(page_size));
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, page_token));
  Response response;
  int count = 0;
  for (auto it = map.upper_bound(last); it != map.end(); ++it) {
    if (!visit(it->second, count < limit ? &response : nullptr)) continue;
    if (++count > limit) break;
    response.set_next_page_token(it->first);
  }
  response.set_next_page_token(count > limit ? MakePageToken(list, response.next_page_token())
                                             : std::string());
  return response;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Access>> Access::Open(const Options& options) {
  std::unique_ptr<Access> access(new Access(options));
  FOIA_RETURN_IF_ERROR(access->Load());
  if (access->people_.empty()) FOIA_RETURN_IF_ERROR(access->CreateOwner());
  access->audit_writer_ = std::thread([raw = access.get()] { raw->WriteAuditLog(); });
  return access;
}

Access::~Access() {
  {
    std::lock_guard lock(audit_mutex_);
    stopping_ = true;
  }
  audit_wake_.notify_all();
  if (audit_writer_.joinable()) audit_writer_.join();
}

absl::Status Access::Load() {
  auto load = [this](std::string_view prefix, auto& map) {
    auto it = options_.store->Scan(ScanOptions::Prefix(prefix));
    for (; it->Valid(); it->Next()) {
      auto& entry = map[std::string(it->key().substr(prefix.size()))];
      if (!entry.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
        return MakeError(Reason::REASON_DATA_CORRUPT, "an access record cannot be read");
      }
    }
    return it->status();
  };
  FOIA_RETURN_IF_ERROR(load(kPersonPrefix, people_));
  FOIA_RETURN_IF_ERROR(load(kTokenPrefix, tokens_));
  FOIA_RETURN_IF_ERROR(load(kLabelPrefix, labels_));
  FOIA_RETURN_IF_ERROR(load(kGrantPrefix, grants_));
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> epoch, options_.store->Get(kEpochKey));
  if (epoch.has_value()) label_epoch_ = static_cast<int64_t>(storage::ReadBigEndian64(*epoch));
  ScanOptions newest = ScanOptions::Prefix(kAuditPrefix);
  newest.reverse = true;
  auto it = options_.store->Scan(newest);
  if (it->Valid()) {
    audit_sequence_ =
        static_cast<int64_t>(storage::ReadBigEndian64(it->key().substr(kAuditPrefix.size())));
  }
  return it->status();
}

absl::Status Access::CreateOwner() {
  const absl::Time now = options_.clock->Now();
  v1::Person owner;
  owner.set_name(absl::StrCat("people/", NewId('p', now)));
  owner.set_display_name("Owner");
  owner.set_operator_(true);
  *owner.mutable_create_time() = ToTimestamp(now);
  v1::Label label;
  label.set_name(std::string(kPrivateLabel));
  label.set_display_name("Private");
  *label.mutable_create_time() = ToTimestamp(now);
  v1::Grant grant;
  grant.set_name(absl::StrCat(label.name(), "/grants/", owner.name().substr(7)));
  grant.set_person(owner.name());
  grant.set_role(v1::ROLE_OWNER);
  WriteBatch batch;
  batch.Put(Key(kPersonPrefix, owner.name()), owner.SerializeAsString());
  batch.Put(Key(kLabelPrefix, label.name()), label.SerializeAsString());
  batch.Put(Key(kGrantPrefix, grant.name()), grant.SerializeAsString());
  FOIA_RETURN_IF_ERROR(CommitRaisingEpoch(std::move(batch)));
  people_[owner.name()] = owner;
  labels_[label.name()] = label;
  grants_[grant.name()] = grant;
  return absl::OkStatus();
}

absl::Status Access::CommitRaisingEpoch(WriteBatch batch) {
  std::string epoch;
  storage::AppendBigEndian64(static_cast<uint64_t>(label_epoch_ + 1), epoch);
  batch.Put(kEpochKey, epoch);
  FOIA_RETURN_IF_ERROR(options_.store->Commit(batch));
  ++label_epoch_;
  return absl::OkStatus();
}

absl::StatusOr<std::string> Access::CreateOwnerToken() {
  std::unique_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const v1::CreateTokenResponse created,
                        NewToken(people_.begin()->first, "token file"));
  return created.secret();
}

absl::StatusOr<v1::CreateTokenResponse> Access::NewToken(const std::string& person,
                                                         const std::string& note) {
  const absl::Time now = options_.clock->Now();
  v1::CreateTokenResponse response;
  response.set_secret(absl::StrCat("foia_", HexEncode(RandomBytes(24))));
  v1::Token& token = *response.mutable_token();
  token.set_name(absl::StrCat(person, "/tokens/", NewId('t', now)));
  token.set_note(note);
  *token.mutable_create_time() = ToTimestamp(now);
  const std::string hash = HexEncode(Sha256(response.secret()));
  WriteBatch batch;
  batch.Put(Key(kTokenPrefix, hash), token.SerializeAsString());
  FOIA_RETURN_IF_ERROR(options_.store->Commit(batch));
  tokens_[hash] = token;
  return response;
}

Principal Access::PrincipalOf(const v1::Person& person) const {
  Principal principal;
  principal.set_name(person.name());
  principal.set_display_name(person.display_name());
  principal.set_operator_(person.operator_());
  principal.set_label_epoch(label_epoch_);
  for (const auto& [name, grant] : grants_) {
    if (grant.person() != person.name()) continue;
    (*principal.mutable_roles())[name.substr(0, name.find("/grants/"))] = grant.role();
  }
  return principal;
}

bool Access::HasRole(std::string_view person, std::string_view label) const {
  return grants_.find(absl::StrCat(ToAbsl(label), "/grants/", IdIn("people", person))) !=
         grants_.end();
}

bool Access::IsKnown(const Principal& caller, std::string_view person) const {
  return caller.name() == person || CheckOperator(caller).ok() ||
         std::any_of(caller.roles().begin(), caller.roles().end(),
                     [&](const auto& role) { return HasRole(person, role.first); });
}

bool Access::HasLeft(std::string_view person) const {
  bool had_token = false;
  for (const auto& [hash, token] : tokens_) {
    if (PersonOfToken(token.name()) != person) continue;
    if (!token.has_revoke_time()) return false;
    had_token = true;
  }
  return had_token;
}

std::string Access::ProblemOf(std::string_view person, std::string_view label) const {
  const auto found = people_.find(person);
  if (found == people_.end()) return absl::StrCat("there is no person '", ToAbsl(person), "'");
  const std::string& name = found->second.display_name();
  if (!HasRole(person, label)) return absl::StrCat(name, " may not see it");
  if (HasLeft(person)) return absl::StrCat(name, " has no token that works any more");
  return "";
}

std::string Access::ProblemOfOwner(std::string_view person, std::string_view label) const {
  std::shared_lock lock(mutex_);
  return ProblemOf(person, label);
}

absl::StatusOr<std::string> Access::FindPersonLocked(const Principal& caller,
                                                     std::string_view reference) const {
  if (reference == "me" && !caller.system()) return caller.name();
  return FindByName(people_, kPeople, reference,
                    [&](const v1::Person& person) { return IsKnown(caller, person.name()); });
}

absl::StatusOr<std::string> Access::FindPerson(const Principal& caller,
                                               std::string_view reference) const {
  std::shared_lock lock(mutex_);
  return FindPersonLocked(caller, reference);
}

absl::StatusOr<std::string> Access::FindOwner(const Principal& caller, std::string_view reference,
                                              std::string_view label,
                                              std::string_view field) const {
  std::shared_lock lock(mutex_);
  const absl::StatusOr<std::string> found = FindPersonLocked(caller, reference);
  if (ReasonOf(found.status()) == Reason::REASON_AMBIGUOUS_NAME) return found;
  // Of somebody whom the caller does not know nothing is said, not even that they are there.
  const bool is_known = found.ok() && (IsKnown(caller, *found) || HasRole(*found, label));
  const std::string problem =
      is_known ? ProblemOf(*found, label)
               : absl::StrCat("there is no person '", ToAbsl(reference), "' that you know of");
  if (problem.empty()) return found;
  return InvalidFields(
      {{std::string(field),
        absl::StrCat(problem, is_known && !HasRole(*found, label)
                                  ? absl::StrCat("; 'foia access grant set ", IdIn("labels", label),
                                                 " ", IdIn(kPeople, *found), " viewer' lets them")
                                  : "")}});
}

absl::StatusOr<std::string> Access::FindLabelLocked(const Principal& caller,
                                                    std::string_view reference) const {
  return FindByName(labels_, kLabels, reference,
                    [&](const v1::Label& label) { return MaySee(caller, label.name()); });
}

absl::StatusOr<Principal> Access::Resolve(std::string_view secret) {
  if (!options_.system_secret.empty() && SecretEquals(secret, options_.system_secret)) {
    Principal system;
    system.set_name("system");
    system.set_system(true);
    return system;
  }
  std::shared_lock lock(mutex_);
  const auto token = tokens_.find(HexEncode(Sha256(secret)));
  if (token == tokens_.end() || token->second.has_revoke_time()) {
    return MakeError(Reason::REASON_WRONG_TOKEN, "the token is unknown or was revoked");
  }
  const auto person = people_.find(PersonOfToken(token->second.name()));
  if (person == people_.end()) {
    return MakeError(Reason::REASON_DATA_CORRUPT, "a token belongs to nobody");
  }
  return PrincipalOf(person->second);
}

void Access::Record(v1::AuditEntry entry) {
  std::unique_lock lock(audit_mutex_);
  audit_wake_.wait(lock, [this] { return stopping_ || audit_queue_.size() < kAuditQueueLimit; });
  audit_queue_.push_back(std::move(entry));
  audit_wake_.notify_all();
}

// One writer takes whatever has come and commits it together: the log never waits for a disk
// write per entry, and entries keep their order.
void Access::WriteAuditLog() {
  std::unique_lock lock(audit_mutex_);
  while (true) {
    audit_wake_.wait(lock, [this] { return stopping_ || !audit_queue_.empty(); });
    if (audit_queue_.empty()) return;
    std::deque<v1::AuditEntry> entries;
    entries.swap(audit_queue_);
    audit_wake_.notify_all();
    lock.unlock();
    WriteBatch batch;
    for (v1::AuditEntry& entry : entries) {
      entry.set_sequence(++audit_sequence_);
      std::string key(kAuditPrefix);
      storage::AppendBigEndian64(static_cast<uint64_t>(entry.sequence()), key);
      batch.Put(key, entry.SerializeAsString());
    }
    const absl::Status status = options_.store->Commit(batch);
    if (!status.ok()) {
      Log(Severity::kError, "audit_lost",
          {{"entries", absl::StrCat(entries.size())}, {"status", status.ToString()}});
    }
    lock.lock();
  }
}

absl::StatusOr<Principal> Access::GetPrincipal(const Principal& caller,
                                               const v1::GetPrincipalRequest&) {
  return caller;
}

absl::StatusOr<Principal> Access::ResolveToken(const Principal& caller,
                                               const v1::ResolveTokenRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckSystem(caller));
  return Resolve(request.secret());
}

absl::StatusOr<v1::RecordAuditResponse> Access::RecordAudit(const Principal& caller,
                                                            const v1::RecordAuditRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckSystem(caller));
  for (const v1::AuditEntry& entry : request.entries()) Record(entry);
  return v1::RecordAuditResponse();
}

absl::StatusOr<v1::Person> Access::CreatePerson(const Principal& caller,
                                                const v1::CreatePersonRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckOperator(caller));
  if (request.person().display_name().empty()) {
    return InvalidFields({{"person.display_name", "is required"}});
  }
  std::unique_lock lock(mutex_);
  const storage::IdempotentCall call("CreatePerson", caller.name(), request.request_id(), request);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*options_.store));
  v1::Person person;
  if (answer.has_value() && person.ParseFromString(*answer)) return person;
  const absl::Time now = options_.clock->Now();
  person.set_name(absl::StrCat("people/", NewId('p', now)));
  person.set_display_name(request.person().display_name());
  person.set_operator_(request.person().operator_());
  *person.mutable_create_time() = ToTimestamp(now);
  WriteBatch batch;
  std::vector<storage::Precondition> preconditions;
  batch.Put(Key(kPersonPrefix, person.name()), person.SerializeAsString());
  call.Remember(person, batch, preconditions);
  FOIA_RETURN_IF_ERROR(options_.store->Commit(batch, preconditions));
  people_[person.name()] = person;
  return person;
}

absl::StatusOr<v1::ListPeopleResponse> Access::ListPeople(const Principal& caller,
                                                          const v1::ListPeopleRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckOperator(caller));
  std::shared_lock lock(mutex_);
  return ListMap<decltype(people_), v1::ListPeopleResponse>(
      people_, "people", request.page_size(), request.page_token(),
      [](const v1::Person& person, v1::ListPeopleResponse* response) {
        if (response != nullptr) *response->add_people() = person;
        return true;
      });
}

absl::StatusOr<v1::CreateTokenResponse> Access::CreateToken(const Principal& caller,
                                                            const v1::CreateTokenRequest& request) {
  std::unique_lock lock(mutex_);
  const absl::StatusOr<std::string> person = FindPersonLocked(caller, request.parent());
  // Whether somebody is there is for operators to know.
  FOIA_RETURN_IF_ERROR(PersonOrOperator(caller, person.value_or("")));
  FOIA_RETURN_IF_ERROR(person.status());
  return NewToken(*person, request.token().note());
}

absl::StatusOr<std::string> Access::FindTokenLocked(const Principal& caller,
                                                    std::string_view reference) const {
  // people/{person}/tokens/{token}, or the token's id alone.
  const size_t at = reference.find("/tokens/");
  const bool has_person = at != std::string_view::npos;
  const std::string id =
      absl::AsciiStrToLower(ToAbsl(has_person ? reference.substr(at + 8) : reference));
  std::string person;
  if (has_person) {
    const absl::StatusOr<std::string> found = FindPersonLocked(caller, reference.substr(0, at));
    FOIA_RETURN_IF_ERROR(PersonOrOperator(caller, found.value_or("")));
    FOIA_ASSIGN_OR_RETURN(person, found);
  }
  std::vector<std::string> found;
  for (const auto& [hash, token] : tokens_) {
    const std::string owner = PersonOfToken(token.name());
    const std::string own_id = token.name().substr(owner.size() + 8);
    if ((has_person && owner != person) || !PersonOrOperator(caller, owner).ok()) continue;
    if (own_id == id) return token.name();
    if (absl::StartsWith(own_id, id) && MayBeginId("tokens", NameIn("tokens", id))) {
      found.push_back(token.name());
    }
  }
  std::sort(found.begin(), found.end());
  if (found.size() > 1) return AmbiguousId("tokens", reference, found);
  if (found.empty()) return NotFound(reference);
  return found.front();
}

absl::StatusOr<v1::Token> Access::RevokeToken(const Principal& caller,
                                              const v1::RevokeTokenRequest& request) {
  std::unique_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const std::string name, FindTokenLocked(caller, request.name()));
  for (auto& [hash, token] : tokens_) {
    if (token.name() != name) continue;
    if (token.has_revoke_time()) return token;
    v1::Token revoked = token;
    *revoked.mutable_revoke_time() = ToTimestamp(options_.clock->Now());
    WriteBatch batch;
    batch.Put(Key(kTokenPrefix, hash), revoked.SerializeAsString());
    FOIA_RETURN_IF_ERROR(options_.store->Commit(batch));
    token = revoked;
    return token;
  }
  return NotFound(name);
}

absl::StatusOr<v1::Label> Access::CreateLabel(const Principal& caller,
                                              const v1::CreateLabelRequest& request) {
  if (request.label().display_name().empty()) {
    return InvalidFields({{"label.display_name", "is required"}});
  }
  std::unique_lock lock(mutex_);
  const storage::IdempotentCall call("CreateLabel", caller.name(), request.request_id(), request);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*options_.store));
  v1::Label label;
  if (answer.has_value() && label.ParseFromString(*answer)) {
    if (!MaySee(caller, label.name())) return NotFound(label.name());
    return label;
  }
  const absl::Time now = options_.clock->Now();
  label.set_name(absl::StrCat("labels/", NewId('l', now)));
  label.set_display_name(request.label().display_name());
  label.set_organisation(request.label().organisation());
  *label.mutable_create_time() = ToTimestamp(now);
  v1::Grant grant;
  grant.set_name(absl::StrCat(label.name(), "/grants/", caller.name().substr(7)));
  grant.set_person(caller.name());
  grant.set_role(v1::ROLE_OWNER);
  WriteBatch batch;
  batch.Put(Key(kLabelPrefix, label.name()), label.SerializeAsString());
  batch.Put(Key(kGrantPrefix, grant.name()), grant.SerializeAsString());
  std::vector<storage::Precondition> preconditions;
  call.Remember(label, batch, preconditions);
  FOIA_RETURN_IF_ERROR(CommitRaisingEpoch(std::move(batch)));
  labels_[label.name()] = label;
  grants_[grant.name()] = grant;
  return label;
}

absl::StatusOr<v1::ListLabelsResponse> Access::ListLabels(const Principal& caller,
                                                          const v1::ListLabelsRequest& request) {
  std::shared_lock lock(mutex_);
  return ListMap<decltype(labels_), v1::ListLabelsResponse>(
      labels_, "labels/" + caller.name(), request.page_size(), request.page_token(),
      [&caller](const v1::Label& label, v1::ListLabelsResponse* response) {
        if (!MaySee(caller, label.name())) return false;
        if (response != nullptr) *response->add_labels() = label;
        return true;
      });
}

absl::StatusOr<v1::Grant> Access::SetGrant(const Principal& caller,
                                           const v1::SetGrantRequest& request) {
  std::unique_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const std::string label, FindLabelLocked(caller, request.parent()));
  if (!MaySee(caller, label)) return NotFound(NameIn(kLabels, request.parent()));
  FOIA_RETURN_IF_ERROR(Check(caller, Action::kShare, label, label));
  if (request.grant().role() < v1::ROLE_VIEWER || request.grant().role() > v1::ROLE_OWNER) {
    return InvalidFields({{"grant.role", "must be VIEWER, EDITOR or OWNER"}});
  }
  FOIA_ASSIGN_OR_RETURN(const std::string person,
                        FindPersonLocked(caller, request.grant().person()));
  v1::Grant grant;
  grant.set_name(absl::StrCat(label, "/grants/", IdIn(kPeople, person)));
  grant.set_person(person);
  grant.set_role(request.grant().role());
  WriteBatch batch;
  batch.Put(Key(kGrantPrefix, grant.name()), grant.SerializeAsString());
  FOIA_RETURN_IF_ERROR(CommitRaisingEpoch(std::move(batch)));
  grants_[grant.name()] = grant;
  return grant;
}

absl::StatusOr<v1::DeleteGrantResponse> Access::DeleteGrant(const Principal& caller,
                                                            const v1::DeleteGrantRequest& request) {
  const size_t at = request.name().find("/grants/");
  if (at == std::string::npos) return NotFound(request.name());
  std::unique_lock lock(mutex_);
  const absl::StatusOr<std::string> label = FindLabelLocked(caller, request.name().substr(0, at));
  if (ReasonOf(label.status()) == Reason::REASON_AMBIGUOUS_NAME) return label.status();
  if (!label.ok() || !MaySee(caller, *label)) return NotFound(request.name());
  FOIA_RETURN_IF_ERROR(Check(caller, Action::kShare, *label, request.name()));
  FOIA_ASSIGN_OR_RETURN(const std::string person,
                        FindPersonLocked(caller, request.name().substr(at + 8)));
  const auto found = grants_.find(absl::StrCat(*label, "/grants/", IdIn(kPeople, person)));
  if (found == grants_.end()) return NotFound(request.name());
  WriteBatch batch;
  batch.Delete(Key(kGrantPrefix, found->first));
  FOIA_RETURN_IF_ERROR(CommitRaisingEpoch(std::move(batch)));
  grants_.erase(found);
  return v1::DeleteGrantResponse();
}

absl::StatusOr<v1::ListAuditEntriesResponse> Access::ListAuditEntries(
    const Principal& caller, const v1::ListAuditEntriesRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckOperator(caller));
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken("audit", request.page_token()));
  ScanOptions options = ScanOptions::Prefix(kAuditPrefix);
  options.reverse = true;
  if (!last.empty()) {
    // Tokens are not secret: anybody can make one.
    if (last.size() != kAuditPrefix.size() + sizeof(uint64_t) ||
        !absl::StartsWith(last, ToAbsl(kAuditPrefix))) {
      return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
    }
    options.end = last;
  }
  v1::ListAuditEntriesResponse response;
  std::string last_key;
  auto it = options_.store->Scan(options);
  for (; it->Valid(); it->Next()) {
    if (response.entries_size() == limit) {
      response.set_next_page_token(MakePageToken("audit", last_key));
      break;
    }
    last_key = std::string(it->key());
    if (!response.add_entries()->ParseFromArray(it->value().data(),
                                                static_cast<int>(it->value().size()))) {
      return MakeError(Reason::REASON_DATA_CORRUPT, "an audit entry cannot be read");
    }
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

}  // namespace foia::access
