#include "services/tracker/matters.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "foia/tracker/v1/request.pb.h"
#include "services/access/policy.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/page_token.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/tracker/edit_log.h"
#include "services/tracker/edits.h"
#include "services/tracker/fields.h"
#include "services/tracker/records.h"
#include "storage/kv/idempotency.h"

namespace foia::tracker {
namespace {

using storage::Precondition;
using storage::ScanOptions;
using storage::WriteBatch;

// Keys. {matter} is the whole name "matters/m01...".
//   matter/{matter}                     v1::Matter as stored
//   matter-code/{label}/{code}/         name of the matter; the code in capitals
//   matter-request/{matter}/{request}   empty
constexpr std::string_view kPrefix = "matter/";
constexpr std::string_view kNamePrefix = "matters/";

std::string Key(std::string_view name) { return absl::StrCat(ToAbsl(kPrefix), ToAbsl(name)); }
std::string CodeKey(const v1::Matter& matter) {
  return absl::StrCat("matter-code/", matter.label(), "/",
                      absl::AsciiStrToUpper(matter.client_code()), "/");
}
std::string RequestsPrefix(std::string_view matter) {
  return absl::StrCat("matter-request/", ToAbsl(matter), "/");
}

absl::StatusOr<v1::Matter> Parse(std::string_view bytes) {
  v1::Matter matter;
  if (!matter.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return MakeError(Reason::REASON_DATA_CORRUPT, "a matter cannot be read");
  }
  return matter;
}

absl::Status Check(v1::Matter& matter) {
  FieldViolations violations;
  if (absl::StripAsciiWhitespace(matter.title()).empty()) {
    violations.emplace_back("matter.title", "is required");
  }
  matter.set_client_code(std::string(absl::StripAsciiWhitespace(matter.client_code())));
  if (absl::StrContains(matter.client_code(), '/')) {
    violations.emplace_back("matter.client_code", "must not contain '/'");
  }
  CheckParties(matter.parties(), "matter.parties", violations);
  CleanTags(*matter.mutable_tags());
  return InvalidFields(violations);
}

absl::Status CodeTaken(const v1::Matter& matter) {
  return MakeError(
      Reason::REASON_ALREADY_EXISTS,
      absl::StrCat("there is a matter with the client code '", matter.client_code(), "' already"),
      {{"client_code", matter.client_code()}});
}

}  // namespace

absl::StatusOr<v1::Matter> Matters::Find(const Principal& caller,
                                         std::string_view reference) const {
  const std::string name = NameIn("matters", reference);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> exact, store_->Get(Key(name)));
  if (exact.has_value()) {
    FOIA_ASSIGN_OR_RETURN(v1::Matter matter, Parse(*exact));
    if (access::MaySee(caller, matter.label())) return matter;
  }
  const bool may_be_id = MayBeginId("matters", name);
  std::vector<v1::Matter> found;
  auto it = store_->Scan(ScanOptions::Prefix(kPrefix));
  for (; it->Valid(); it->Next()) {
    FOIA_ASSIGN_OR_RETURN(v1::Matter matter, Parse(it->value()));
    const bool fits = (may_be_id && absl::StartsWith(matter.name(), name)) ||
                      (!matter.client_code().empty() &&
                       absl::EqualsIgnoreCase(matter.client_code(), ToAbsl(reference)));
    if (fits && access::MaySee(caller, matter.label())) found.push_back(std::move(matter));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  if (found.empty()) {
    return MakeError(Reason::REASON_MATTER_NOT_FOUND,
                     absl::StrCat("there is no matter '", ToAbsl(reference), "'"),
                     {{"matter", std::string(reference)}});
  }
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const v1::Matter& matter : found) {
      names.push_back(absl::StrCat(matter.name(), " '", matter.title(), "'"));
    }
    return AmbiguousId("matters", reference, names);
  }
  return std::move(found.front());
}

absl::StatusOr<v1::Matter> Matters::Completed(const Principal& caller, v1::Matter stored) const {
  stored.set_etag(HexEncode(Sha256(stored.SerializeAsString())).substr(0, 16));
  stored.set_owner_warning(owners_.Problem(stored.owner(), stored.label()));
  const std::string prefix = RequestsPrefix(stored.name());
  int count = 0;
  LogReader logs(store_, nullptr);
  auto it = store_->Scan(ScanOptions::Prefix(prefix));
  for (; it->Valid(); it->Next()) {
    FOIA_ASSIGN_OR_RETURN(
        const std::optional<std::string> bytes,
        store_->Get(absl::StrCat("request/", ToAbsl(it->key().substr(prefix.size())))));
    v1::Request request;
    if (!bytes.has_value() || !request.ParseFromString(*bytes) ||
        !access::MaySee(caller, request.label())) {
      continue;
    }
    const absl::StatusOr<EventLog> log = logs.Read(request.name());
    if (!log.ok() || FindVoiding(log->events) == nullptr) ++count;
  }
  FOIA_RETURN_IF_ERROR(it->status());
  stored.set_request_count(count);
  return stored;
}

absl::StatusOr<v1::Matter> Matters::CreateMatter(const Principal& caller,
                                                 const v1::CreateMatterRequest& request) {
  const storage::IdempotentCall call("CreateMatter", caller.name(), request.request_id(), request);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*store_));
  v1::Matter stored;
  if (answer.has_value() && stored.ParseFromString(*answer)) {
    FOIA_ASSIGN_OR_RETURN(stored, Find(caller, stored.name()));  // the caller's role may be gone
    return Completed(caller, std::move(stored));
  }
  stored = request.matter();
  stored.clear_etag();
  stored.clear_request_count();
  stored.clear_owner_warning();
  stored.clear_edit();
  FOIA_RETURN_IF_ERROR(Check(stored));
  if (stored.label().empty()) {
    stored.set_label(access::DefaultLabel(caller));
  } else {
    FOIA_ASSIGN_OR_RETURN(*stored.mutable_label(), access::FindLabel(caller, stored.label()));
  }
  if (stored.label().empty()) {
    return MakeError(Reason::REASON_PERMISSION_DENIED,
                     "you have no label to write to; ask an owner for a role on one");
  }
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, access::Action::kWrite, stored.label(), stored.label()));
  const absl::Time now = clock_->Now();
  stored.set_name(absl::StrCat(ToAbsl(kNamePrefix), NewId('m', now)));
  if (stored.owner().empty()) {
    stored.set_owner(caller.name());
  } else {
    FOIA_ASSIGN_OR_RETURN(*stored.mutable_owner(),
                          owners_.Find(caller, stored.owner(), stored.label(), "matter.owner"));
  }
  *stored.mutable_create_time() = ToTimestamp(now);
  *stored.mutable_update_time() = stored.create_time();
  WriteBatch batch;
  std::vector<Precondition> preconditions;
  batch.Put(Key(stored.name()), stored.SerializeAsString());
  if (!stored.client_code().empty()) {
    batch.Put(CodeKey(stored), stored.name());
    preconditions.push_back(Precondition::KeyAbsent(CodeKey(stored)));
  }
  call.Remember(stored, batch, preconditions);
  const absl::Status status = store_->Commit(batch, preconditions);
  if (absl::IsAborted(status)) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> first, call.FindAnswer(*store_));
    if (first.has_value() && stored.ParseFromString(*first)) {
      return Completed(caller, std::move(stored));
    }
    return CodeTaken(stored);
  }
  FOIA_RETURN_IF_ERROR(status);
  return Completed(caller, std::move(stored));
}

absl::StatusOr<v1::Matter> Matters::GetMatter(const Principal& caller,
                                              const v1::GetMatterRequest& request) const {
  FOIA_ASSIGN_OR_RETURN(v1::Matter stored, Find(caller, request.name()));
  return Completed(caller, std::move(stored));
}

absl::StatusOr<v1::ListMattersResponse> Matters::ListMatters(
    const Principal& caller, const v1::ListMattersRequest& request) const {
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  const std::string list = absl::StrCat("matters/", request.include_closed(), "/", request.text());
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, request.page_token()));
  ScanOptions scan = ScanOptions::Prefix(kPrefix);
  if (!last.empty()) scan.begin = last + '\0';
  v1::ListMattersResponse response;
  std::string last_key;
  auto it = store_->Scan(scan);
  for (; it->Valid(); it->Next()) {
    FOIA_ASSIGN_OR_RETURN(v1::Matter matter, Parse(it->value()));
    if (!access::MaySee(caller, matter.label())) continue;
    if (matter.closed() && !request.include_closed()) continue;
    if (!StandsIn(request.text(),
                  {matter.title(), matter.client_code(), absl::StrJoin(matter.tags(), "\n")})) {
      continue;
    }
    if (response.matters_size() == limit) {
      response.set_next_page_token(MakePageToken(list, last_key));
      break;
    }
    last_key = std::string(it->key());
    FOIA_ASSIGN_OR_RETURN(*response.add_matters(), Completed(caller, std::move(matter)));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return response;
}

absl::Status Matters::StaleEtag(const v1::Matter& stored, std::string_view etag) const {
  FOIA_ASSIGN_OR_RETURN(std::vector<v1::Edit> edits, ReadEdits(*store_, stored.name()));
  auto first = std::find_if(edits.begin(), edits.end(),
                            [&](const v1::Edit& edit) { return edit.etag() == etag; });
  if (first == edits.end() && !edits.empty()) --first;
  std::vector<std::string> meanwhile;
  for (; first != edits.end(); ++first) {
    DescribeChanges(stored, *first);
    meanwhile.push_back(EditText(*first));
  }
  return MakeError(Reason::REASON_STALE_ETAG,
                   absl::StrCat("'", stored.name(), "' has changed since it was read",
                                meanwhile.empty() ? "" : ": ", absl::StrJoin(meanwhile, "; ")),
                   {{"matter", stored.name()}, {"changes", absl::StrJoin(meanwhile, "\n")}});
}

absl::StatusOr<v1::Matter> Matters::Edit(const Principal& caller, std::string_view reference,
                                         std::string_view etag, bool validate_only,
                                         std::string_view undoes,
                                         const std::function<absl::Status(v1::Matter&)>& apply) {
  FOIA_ASSIGN_OR_RETURN(const v1::Matter found, Find(caller, reference));
  FOIA_RETURN_IF_ERROR(access::Check(caller, access::Action::kWrite, found.label(), found.name()));
  while (true) {  // again when somebody changed it meanwhile
    FOIA_ASSIGN_OR_RETURN(const v1::Matter current, Find(caller, found.name()));
    FOIA_ASSIGN_OR_RETURN(const v1::Matter completed, Completed(caller, current));
    if (!etag.empty() && etag != completed.etag()) return StaleEtag(current, etag);
    v1::Matter changed = current;
    FOIA_RETURN_IF_ERROR(apply(changed));
    FOIA_RETURN_IF_ERROR(Check(changed));
    if (!changed.owner().empty() && changed.owner() != current.owner()) {
      FOIA_ASSIGN_OR_RETURN(*changed.mutable_owner(),
                            owners_.Find(caller, changed.owner(), changed.label(), "matter.owner"));
    }
    v1::Edit edit = MakeEdit(current, changed, MatterFields());
    if (edit.fields().empty()) return completed;
    edit.set_etag(completed.etag());
    edit.set_undoes(std::string(undoes));
    const absl::Time now = clock_->Now();
    *changed.mutable_update_time() = ToTimestamp(now);
    WriteBatch batch;
    std::vector<Precondition> preconditions{
        Precondition::KeyEquals(Key(current.name()), current.SerializeAsString())};
    const auto has_code = [](const v1::Matter& matter) { return !matter.client_code().empty(); };
    if (!has_code(current) || !has_code(changed) || CodeKey(current) != CodeKey(changed)) {
      if (has_code(current)) batch.Delete(CodeKey(current));
      if (has_code(changed)) {
        batch.Put(CodeKey(changed), changed.name());
        FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> other,
                              store_->Get(CodeKey(changed)));
        if (other.has_value()) return CodeTaken(changed);
        preconditions.push_back(Precondition::KeyAbsent(CodeKey(changed)));
      }
    }
    batch.Put(Key(changed.name()), changed.SerializeAsString());
    FOIA_RETURN_IF_ERROR(
        AppendEdit(*store_, caller, now, found.name(), edit, batch, preconditions));
    if (!validate_only) {
      const absl::Status status = store_->Commit(batch, preconditions);
      if (absl::IsAborted(status)) continue;
      FOIA_RETURN_IF_ERROR(status);
    }
    FOIA_ASSIGN_OR_RETURN(v1::Matter answer, Completed(caller, std::move(changed)));
    DescribeChanges(answer, edit);
    ForgetStored(edit);
    if (validate_only) edit.clear_name();
    *answer.mutable_edit() = std::move(edit);
    return answer;
  }
}

absl::StatusOr<v1::Matter> Matters::UpdateMatter(const Principal& caller,
                                                 const v1::UpdateMatterRequest& request) {
  return Edit(caller, request.matter().name(), request.matter().etag(), request.validate_only(), "",
              [&](v1::Matter& changed) {
                return UpdateFields(request.update_mask(), MatterFields(), request.matter(),
                                    changed);
              });
}

absl::StatusOr<v1::ListMatterEditsResponse> Matters::ListMatterEdits(
    const Principal& caller, const v1::ListMatterEditsRequest& request) const {
  FOIA_ASSIGN_OR_RETURN(const v1::Matter stored, Find(caller, request.parent()));
  v1::ListMatterEditsResponse response;
  FOIA_ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                        PageOfEdits(*store_, stored.name(), request.page_size(),
                                    request.page_token(), *response.mutable_edits()));
  for (v1::Edit& edit : *response.mutable_edits()) {
    DescribeChanges(stored, edit);
    ForgetStored(edit);
  }
  return response;
}

absl::StatusOr<v1::Matter> Matters::UndoMatterEdit(const Principal& caller,
                                                   const v1::UndoMatterEditRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const v1::Matter stored, Find(caller, request.parent()));
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, access::Action::kWrite, stored.label(), stored.name()));
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Edit> edits, ReadEdits(*store_, stored.name()));
  FOIA_ASSIGN_OR_RETURN(const v1::Edit edit, ChooseEdit(edits, stored.name(), request.edit()));
  return Edit(caller, stored.name(), request.etag(), request.validate_only(), edit.name(),
              [&](v1::Matter& changed) { return TakeBack(edit, changed); });
}

void Matters::MoveRequest(std::string_view request, std::string_view before, std::string_view after,
                          WriteBatch& batch) {
  if (before == after) return;
  if (!before.empty()) batch.Delete(RequestsPrefix(before) + std::string(request));
  if (!after.empty()) batch.Put(RequestsPrefix(after) + std::string(request), "");
}

}  // namespace foia::tracker
