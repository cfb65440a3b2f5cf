#include "services/tracker/agencies.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/access/policy.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/tracker/agency_checks.h"
#include "services/tracker/directory/directory.h"
#include "storage/kv/idempotency.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kPrefix = "agency/";
constexpr std::string_view kNamePrefix = "agencies/";
constexpr size_t kMaxDepth = 10;

// What a caller may set.
const std::vector<std::string>& Changeable() {
  static const auto& fields =
      *new std::vector<std::string>{"display_name", "abbreviation", "parent",
                                    "jurisdiction", "kind",         "appeal_office",
                                    "contacts",     "aliases",      "tracking_number_patterns",
                                    "source",       "notes"};
  return fields;
}

std::string Key(std::string_view name) { return absl::StrCat(ToAbsl(kPrefix), ToAbsl(name)); }

absl::StatusOr<std::vector<v1::Agency>> ReadStored(storage::KeyValueStore& store) {
  std::vector<v1::Agency> agencies;
  auto it = store.Scan(storage::ScanOptions::Prefix(kPrefix));
  for (; it->Valid(); it->Next()) {
    v1::Agency agency;
    if (!agency.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return MakeError(Reason::REASON_DATA_CORRUPT, "an agency record cannot be read");
    }
    agencies.push_back(std::move(agency));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return agencies;
}

// The stored agencies and those shipped ones that they do not replace. What hangs on a replaced one
// hangs on its replacement.
std::vector<v1::Agency> Overlay(const std::vector<v1::Agency>& shipped,
                                std::vector<v1::Agency> stored) {
  using Place = std::pair<std::string, std::string>;  // parent, abbreviation in capitals
  const auto place_of = [](const v1::Agency& agency) {
    return Place(agency.parent(), absl::AsciiStrToUpper(agency.abbreviation()));
  };
  std::map<Place, std::string> taken;
  std::map<std::string, std::string> replaced_by;
  for (const v1::Agency& agency : stored) {
    taken.emplace(place_of(agency), agency.name());
    replaced_by.emplace(agency.name(), agency.name());
  }
  const auto replace = [&](std::string& name) {
    if (const auto found = replaced_by.find(name); found != replaced_by.end()) name = found->second;
  };
  std::vector<v1::Agency> all = std::move(stored);
  for (v1::Agency agency : shipped) {
    if (replaced_by.count(agency.name()) > 0) continue;
    replace(*agency.mutable_parent());
    if (const auto found = taken.find(place_of(agency)); found != taken.end()) {
      replaced_by.emplace(agency.name(), found->second);
      continue;
    }
    agency.set_shipped(true);
    all.push_back(std::move(agency));
  }
  for (v1::Agency& agency : all) {
    if (agency.shipped()) replace(*agency.mutable_appeal_office());
  }
  return all;
}

// Agencies are shared, so whoever may write anything at all may add to them.
absl::Status CheckMayEdit(const Principal& caller) {
  if (!access::DefaultLabel(caller).empty()) return absl::OkStatus();
  return MakeError(Reason::REASON_PERMISSION_DENIED, "viewers may not change agencies");
}

// `upper` in capitals.
bool HasText(const v1::Agency& agency, const std::string& upper) {
  const auto has = [&](const std::string& name) {
    return absl::StrContains(absl::AsciiStrToUpper(name), upper);
  };
  return has(agency.display_name()) || has(agency.abbreviation()) ||
         std::any_of(agency.aliases().begin(), agency.aliases().end(), has);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Agencies>> Agencies::Open(storage::KeyValueStore* store,
                                                         const Clock* clock,
                                                         const RulesInForce* rules) {
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Agency> shipped, ParseDirectory(EmbeddedDirectory()));
  FOIA_ASSIGN_OR_RETURN(std::vector<v1::Agency> stored, ReadStored(*store));
  std::unique_ptr<Agencies> agencies(new Agencies(store, clock, rules));
  FOIA_ASSIGN_OR_RETURN(agencies->tree_, AgencyTree::Build(Overlay(shipped, std::move(stored))));
  return agencies;
}

absl::StatusOr<v1::Agency> Agencies::Find(std::string_view reference) const {
  std::shared_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const AgencyTree::Node* found, tree_.Find(reference));
  return found->completed;
}

std::optional<RecognisedNumber> Agencies::Recognise(std::string_view number,
                                                    std::string_view agency) const {
  std::shared_lock lock(mutex_);
  if (agency.empty()) return tree_.Recognise(number, nullptr);
  const auto found = tree_.Find(agency);
  return found.ok() ? tree_.Recognise(number, *found) : std::nullopt;
}

// Replaces the references to other agencies, which may be any words for them, by names.
absl::Status Agencies::ResolveReferences(v1::Agency& agency) const {
  if (!agency.parent().empty()) {
    FOIA_ASSIGN_OR_RETURN(const AgencyTree::Node* parent, tree_.Find(agency.parent()));
    agency.set_parent(parent->stored.name());
  }
  if (!agency.appeal_office().empty()) {
    FOIA_ASSIGN_OR_RETURN(const AgencyTree::Node* office, tree_.Find(agency.appeal_office()));
    agency.set_appeal_office(office->stored.name());
  }
  return absl::OkStatus();
}

absl::Status Agencies::Validate(const v1::Agency& agency) const {
  // The day it is somewhere on Earth: nobody is told that today lies in the future.
  const CivilDate today = absl::ToCivilDay(clock_->Now() + absl::Hours(14), absl::UTCTimeZone());
  FieldViolations violations = CheckAgency(agency, today);
  if (!agency.jurisdiction().empty()) {
    const absl::Status known = rules_->Get()->FindRules(agency.jurisdiction()).status();
    if (!known.ok()) {
      violations.emplace_back("agency.jurisdiction", std::string(known.message()));
    }
  }
  size_t depth = 0;
  for (const auto* at = tree_.FindByName(agency.parent()); at != nullptr; at = at->parent) {
    ++depth;
    if (at->stored.name() == agency.name()) {
      violations.emplace_back("agency.parent", "stands below the agency itself");
    }
  }
  if (depth > kMaxDepth) violations.emplace_back("agency.parent", "stands too deep in the tree");
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  const auto* sibling = tree_.FindChild(agency.parent(), agency.abbreviation());
  if (sibling != nullptr && sibling->stored.name() != agency.name()) {
    return MakeError(Reason::REASON_ALREADY_EXISTS,
                     absl::StrCat("there is an agency '", sibling->completed.path(), "' already (",
                                  sibling->stored.display_name(),
                                  sibling->stored.shipped() ? ", shipped" : "", ")"),
                     {{"agency", sibling->stored.name()}});
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
  FOIA_RETURN_IF_ERROR(UpdateFields({}, Changeable(), request.agency(), agency));
  FOIA_RETURN_IF_ERROR(ResolveReferences(agency));
  FOIA_RETURN_IF_ERROR(Validate(agency));
  agency.set_name(absl::StrCat(ToAbsl(kNamePrefix), NewId('a', clock_->Now())));
  *agency.mutable_create_time() = ToTimestamp(clock_->Now());
  *agency.mutable_update_time() = agency.create_time();
  storage::WriteBatch batch;
  std::vector<storage::Precondition> preconditions;
  batch.Put(Key(agency.name()), agency.SerializeAsString());
  call.Remember(tree_.Complete(agency).completed, batch, preconditions);
  FOIA_RETURN_IF_ERROR(store_->Commit(batch, preconditions));
  ++version_;
  return tree_.Add(agency).completed;
}

absl::StatusOr<v1::Agency> Agencies::GetAgency(const Principal&,
                                               const v1::GetAgencyRequest& request) {
  return Find(request.name());
}

absl::StatusOr<v1::ListAgenciesResponse> Agencies::ListAgencies(
    const Principal&, const v1::ListAgenciesRequest& request) {
  const std::string list = absl::StrCat("agencies ", request.under(), "\n", request.text());
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, request.page_token()));
  std::shared_lock lock(mutex_);
  const AgencyTree::Node* under = nullptr;
  if (!request.under().empty()) {
    FOIA_ASSIGN_OR_RETURN(under, tree_.Find(request.under()));
  }
  const std::string text = absl::AsciiStrToUpper(request.text());
  v1::ListAgenciesResponse response;
  std::string last_path;
  for (auto it = tree_.by_path().upper_bound(last); it != tree_.by_path().end(); ++it) {
    if (under != nullptr && !IsWithin(*it->second, *under)) continue;
    if (!HasText(it->second->stored, text)) continue;
    if (response.agencies_size() == limit) {
      response.set_next_page_token(MakePageToken(list, last_path));
      break;
    }
    last_path = it->first;
    *response.add_agencies() = it->second->completed;
  }
  return response;
}

absl::StatusOr<v1::Agency> Agencies::UpdateAgency(const Principal& caller,
                                                  const v1::UpdateAgencyRequest& request) {
  FOIA_RETURN_IF_ERROR(CheckMayEdit(caller));
  std::unique_lock lock(mutex_);
  FOIA_ASSIGN_OR_RETURN(const AgencyTree::Node* current, tree_.Find(request.agency().name()));
  if (!request.agency().etag().empty() && request.agency().etag() != current->completed.etag()) {
    return MakeError(Reason::REASON_STALE_ETAG,
                     absl::StrCat("somebody changed '", current->completed.path(), "' meanwhile"),
                     {{"agency", current->stored.name()}});
  }
  v1::Agency agency = current->stored;
  v1::Agency changes = request.agency();
  if (request.update_mask().paths().empty()) {
    // Whoever sends back what was read does not mean to make inherited values the agency's own.
    if (changes.jurisdiction() == current->completed.jurisdiction()) {
      changes.set_jurisdiction(current->stored.jurisdiction());
    }
    if (changes.appeal_office() == current->completed.appeal_office()) {
      changes.set_appeal_office(current->stored.appeal_office());
    }
  }
  FOIA_RETURN_IF_ERROR(ResolveReferences(changes));
  FOIA_RETURN_IF_ERROR(UpdateFields(request.update_mask(), Changeable(), changes, agency));
  FOIA_RETURN_IF_ERROR(Validate(agency));
  agency.set_shipped(false);
  if (!agency.has_create_time()) *agency.mutable_create_time() = ToTimestamp(clock_->Now());
  *agency.mutable_update_time() = ToTimestamp(clock_->Now());
  std::vector<v1::Agency> all;
  for (const auto& [name, node] : tree_.by_name()) {
    all.push_back(name == agency.name() ? agency : node.stored);
  }
  FOIA_ASSIGN_OR_RETURN(AgencyTree tree, AgencyTree::Build(all));
  storage::WriteBatch batch;
  batch.Put(Key(agency.name()), agency.SerializeAsString());
  FOIA_RETURN_IF_ERROR(store_->Commit(batch));
  tree_ = std::move(tree);
  ++version_;
  return tree_.FindByName(agency.name())->completed;
}

absl::StatusOr<v1::RecogniseNumberResponse> Agencies::RecogniseNumber(
    const Principal&, const v1::RecogniseNumberRequest& request) const {
  std::shared_lock lock(mutex_);
  const AgencyTree::Node* agency = nullptr;
  if (!request.agency().empty()) {
    FOIA_ASSIGN_OR_RETURN(agency, tree_.Find(request.agency()));
  }
  const auto found = tree_.Recognise(request.number(), agency);
  if (!found.has_value()) {
    return MakeError(
        Reason::REASON_NOT_FOUND,
        absl::StrCat("no pattern fits '", request.number(), "', or those of several agencies do"),
        {{"number", request.number()}});
  }
  v1::RecogniseNumberResponse response;
  response.set_kind(found->kind);
  *response.mutable_issuer() = tree_.FindByName(found->issuer)->completed;
  return response;
}

}  // namespace foia::tracker
