#include "services/tracker/agencies.h"

#include <mutex>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/access/policy.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "storage/kv/idempotency.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kPrefix = "agency/";
constexpr std::string_view kNamePrefix = "agencies/";
constexpr std::string_view kDefaultJurisdiction = "us-federal";

std::string Key(std::string_view name) { return absl::StrCat(ToAbsl(kPrefix), ToAbsl(name)); }

std::string EtagOf(const v1::Agency& stored) {
  return HexEncode(Sha256(stored.SerializeAsString())).substr(0, 16);
}

// "DHS/ICE", "dhs > ice" and "DHS>ICE" are one path.
std::string NormalPath(std::string_view path) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(ToAbsl(path), absl::ByAnyChar("/>"))) {
    parts.push_back(absl::AsciiStrToUpper(absl::StripAsciiWhitespace(part)));
  }
  return absl::StrJoin(parts, "/");
}

// Agencies are shared, so whoever may write anything at all may add to them.
absl::Status CheckMayEdit(const Principal& caller) {
  if (!access::DefaultLabel(caller).empty()) return absl::OkStatus();
  return MakeError(Reason::REASON_PERMISSION_DENIED, "viewers may not change agencies");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Agencies>> Agencies::Open(storage::KeyValueStore* store,
                                                         const Clock* clock,
                                                         const RulesInForce* rules) {
  std::unique_ptr<Agencies> agencies(new Agencies(store, clock, rules));
  auto it = store->Scan(storage::ScanOptions::Prefix(kPrefix));
  for (; it->Valid(); it->Next()) {
    v1::Agency agency;
    if (!agency.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return MakeError(Reason::REASON_DATA_CORRUPT, "an agency record cannot be read");
    }
    agencies->agencies_[agency.name()] = agency;
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return agencies;
}

v1::Agency Agencies::Completed(const v1::Agency& stored) const {
  v1::Agency agency = stored;
  agency.set_etag(EtagOf(stored));
  std::string path = stored.abbreviation();
  std::string jurisdiction = stored.jurisdiction();
  for (auto parent = agencies_.find(stored.parent()); parent != agencies_.end();
       parent = agencies_.find(parent->second.parent())) {
    path = absl::StrCat(parent->second.abbreviation(), " > ", path);
    if (jurisdiction.empty()) jurisdiction = parent->second.jurisdiction();
  }
  agency.set_path(path);
  agency.set_jurisdiction(jurisdiction.empty() ? std::string(kDefaultJurisdiction) : jurisdiction);
  return agency;
}

absl::StatusOr<v1::Agency> Agencies::Find(std::string_view reference) const {
  std::shared_lock lock(mutex_);
  return FindLocked(reference);
}

absl::StatusOr<v1::Agency> Agencies::FindLocked(std::string_view reference) const {
  if (const auto exact = agencies_.find(reference); exact != agencies_.end()) {
    return Completed(exact->second);
  }
  const std::string upper = absl::AsciiStrToUpper(ToAbsl(reference));
  const std::string path = NormalPath(reference);
  std::string id_prefix = absl::AsciiStrToLower(ToAbsl(reference));
  if (!absl::StartsWith(id_prefix, ToAbsl(kNamePrefix))) {
    id_prefix = absl::StrCat(ToAbsl(kNamePrefix), id_prefix);
  }
  // Abbreviation and path come before the id: nobody means an id by "A".
  std::vector<const v1::Agency*> by_words;
  std::vector<const v1::Agency*> by_id;
  for (const auto& [name, agency] : agencies_) {
    if (absl::EqualsIgnoreCase(agency.abbreviation(), upper) ||
        NormalPath(Completed(agency).path()) == path) {
      by_words.push_back(&agency);
    }
    // The first eleven letters of an id are its time: shorter prefixes mean nothing.
    if (id_prefix.size() > kNamePrefix.size() + 4 && absl::StartsWith(name, id_prefix)) {
      by_id.push_back(&agency);
    }
  }
  const std::vector<const v1::Agency*>& found = by_words.empty() ? by_id : by_words;
  const ErrorMetadata metadata{{"agency", std::string(reference)}};
  if (found.empty()) {
    return MakeError(Reason::REASON_AGENCY_NOT_FOUND,
                     absl::StrCat("there is no agency '", ToAbsl(reference), "'"), metadata);
  }
  if (found.size() > 1) {
    std::vector<std::string> paths;
    for (const v1::Agency* agency : found) paths.push_back(Completed(*agency).path());
    return MakeError(Reason::REASON_AMBIGUOUS_NAME,
                     absl::StrCat("'", ToAbsl(reference),
                                  "' fits several agencies: ", absl::StrJoin(paths, ", ")),
                     metadata);
  }
  return Completed(*found.front());
}

absl::Status Agencies::Validate(const v1::Agency& agency) const {
  FieldViolations violations;
  if (agency.display_name().empty()) violations.emplace_back("agency.display_name", "is required");
  if (agency.abbreviation().empty() ||
      agency.abbreviation().find_first_of("/>") != std::string::npos) {
    violations.emplace_back("agency.abbreviation", "is required, without '/' and '>'");
  }
  if (!agency.jurisdiction().empty()) {
    const absl::Status known = rules_->Get()->FindRules(agency.jurisdiction()).status();
    if (!known.ok()) {
      violations.emplace_back("agency.jurisdiction", std::string(known.message()));
    }
  }
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  for (const auto& [name, other] : agencies_) {
    if (name != agency.name() && other.parent() == agency.parent() &&
        absl::EqualsIgnoreCase(other.abbreviation(), agency.abbreviation())) {
      return MakeError(Reason::REASON_ALREADY_EXISTS,
                       absl::StrCat("there is an agency '", Completed(other).path(), "' already"),
                       {{"agency", name}});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Agency> Agencies::CreateAgency(const Principal& caller,
                                                  const v1::CreateAgencyRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckMayEdit(caller));
  std::unique_lock lock(mutex_);
  const storage::IdempotentCall call("CreateAgency", caller.name(), request.request_id(), request);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*store_));
  v1::Agency agency;
  if (answer.has_value() && agency.ParseFromString(*answer)) return agency;
  agency.set_display_name(request.agency().display_name());
  agency.set_abbreviation(request.agency().abbreviation());
  agency.set_jurisdiction(request.agency().jurisdiction());
  if (!request.agency().parent().empty()) {
    FOIA_ASSIGN_OR_RETURN(const v1::Agency parent, FindLocked(request.agency().parent()));
    agency.set_parent(parent.name());
  }
  FOIA_RETURN_IF_ERROR(Validate(agency));
  agency.set_name(absl::StrCat(ToAbsl(kNamePrefix), NewId('a', clock_->Now())));
  *agency.mutable_create_time() = ToTimestamp(clock_->Now());
  *agency.mutable_update_time() = agency.create_time();
  storage::WriteBatch batch;
  std::vector<storage::Precondition> preconditions;
  batch.Put(Key(agency.name()), agency.SerializeAsString());
  const v1::Agency completed = Completed(agency);
  call.Remember(completed, batch, preconditions);
  FOIA_RETURN_IF_ERROR(store_->Commit(batch, preconditions));
  agencies_[agency.name()] = agency;
  return completed;
}

absl::StatusOr<v1::Agency> Agencies::GetAgency(const Principal&,
                                               const v1::GetAgencyRequest& request) {
  return Find(request.name());
}

absl::StatusOr<v1::ListAgenciesResponse> Agencies::ListAgencies(
    const Principal&, const v1::ListAgenciesRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken("agencies", request.page_token()));
  std::shared_lock lock(mutex_);
  std::map<std::string, v1::Agency> by_path;
  for (const auto& [name, stored] : agencies_) {
    v1::Agency agency = Completed(stored);
    std::string path = NormalPath(agency.path());
    by_path[std::move(path)] = std::move(agency);
  }
  v1::ListAgenciesResponse response;
  std::string last_path;
  for (auto it = by_path.upper_bound(last); it != by_path.end(); ++it) {
    if (response.agencies_size() == limit) {
      response.set_next_page_token(MakePageToken("agencies", last_path));
      break;
    }
    last_path = it->first;
    *response.add_agencies() = it->second;
  }
  return response;
}

absl::StatusOr<v1::Agency> Agencies::UpdateAgency(const Principal& caller,
                                                  const v1::UpdateAgencyRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckMayEdit(caller));
  std::unique_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const v1::Agency current, FindLocked(request.agency().name()));
  if (!request.agency().etag().empty() && request.agency().etag() != current.etag()) {
    return MakeError(Reason::REASON_STALE_ETAG,
                     absl::StrCat("somebody changed '", current.path(), "' meanwhile"),
                     {{"agency", current.name()}});
  }
  v1::Agency agency = agencies_.find(current.name())->second;
  FOIA_RETURN_IF_ERROR(UpdateFields(request.update_mask(),
                                    {"display_name", "abbreviation", "jurisdiction"},
                                    request.agency(), agency));
  FOIA_RETURN_IF_ERROR(Validate(agency));
  *agency.mutable_update_time() = ToTimestamp(clock_->Now());
  storage::WriteBatch batch;
  batch.Put(Key(agency.name()), agency.SerializeAsString());
  FOIA_RETURN_IF_ERROR(store_->Commit(batch));
  agencies_[agency.name()] = agency;
  return Completed(agency);
}

}  // namespace foia::tracker
