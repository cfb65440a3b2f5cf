// What people change of requests: how it is done, kept, shown and taken back.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "services/access/policy.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/edit_log.h"
#include "services/tracker/edits.h"
#include "services/tracker/fields.h"
#include "services/tracker/records.h"
#include "services/tracker/requests.h"

namespace foia::tracker {
namespace {

using storage::Precondition;
using storage::ScanOptions;
using storage::WriteBatch;

std::string When(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

}  // namespace

void Requests::Describe(const Principal& caller, v1::Edit& edit) const {
  for (std::string* bytes : {edit.mutable_before(), edit.mutable_after()}) {
    v1::Request values;
    values.ParseFromString(*bytes);
    auto& links = *values.mutable_links();
    links.erase(std::remove_if(links.begin(), links.end(),
                               [&](const v1::RequestLink& link) {
                                 return !Find(caller, link.request()).ok();
                               }),
                links.end());
    *bytes = values.SerializeAsString();
  }
  DescribeChanges(v1::Request(), edit);
  auto& changes = *edit.mutable_changes();
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [](const v1::FieldChange& change) {
                                 return change.field() == "links" && change.added().empty() &&
                                        change.removed().empty();
                               }),
                changes.end());
  ForgetStored(edit);
}

absl::Status Requests::StaleEtag(const Principal& caller, const v1::Request& stored,
                                 std::string_view etag) const {
  std::vector<std::string> meanwhile;
  const auto add_edit = [&](v1::Edit edit) {
    Describe(caller, edit);
    meanwhile.push_back(
        absl::StrCat(ChangesText(edit), " by ", edit.actor(), " at ", When(edit.edit_time())));
  };
  const auto add_event = [&](const v1::Event& event) {
    meanwhile.push_back(absl::StrCat(EventTypeName(event.type()), " recorded by ", event.actor(),
                                     " at ", When(event.record_time())));
  };
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Edit> edits, ReadEdits(*store_, stored.name()));
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(stored, nullptr));
  // Each edit knows the etag before it: what came from there on is news to the caller.
  const auto first = std::find_if(edits.begin(), edits.end(),
                                  [&](const v1::Edit& edit) { return edit.etag() == etag; });
  for (auto edit = first; edit != edits.end(); ++edit) add_edit(*edit);
  if (first != edits.end()) {
    for (const v1::Event& event : loaded.events) {
      if (event.record_time().seconds() > first->edit_time().seconds()) add_event(event);
    }
  } else if (loaded.events.empty() ||
             (!edits.empty() &&
              edits.back().edit_time().seconds() > loaded.events.back().record_time().seconds())) {
    if (!edits.empty()) add_edit(edits.back());
  } else {
    add_event(loaded.events.back());
  }
  return MakeError(Reason::REASON_STALE_ETAG,
                   absl::StrCat("'", stored.name(), "' has changed since it was read",
                                meanwhile.empty() ? "" : ": " + absl::StrJoin(meanwhile, "; ")),
                   {{"request", stored.name()}, {"changes", absl::StrJoin(meanwhile, "\n")}});
}

absl::StatusOr<v1::Request> Requests::Edit(const Principal& caller, const Change& change,
                                           const std::function<absl::Status(v1::Request&)>& apply) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request found, Find(caller, change.request));
  FOIA_RETURN_IF_ERROR(access::Check(caller, access::Action::kWrite, found.label(), found.name()));
  while (true) {  // again when somebody changed it, or one of its tracking numbers, meanwhile
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          store_->Get(RequestKey(found.name())));
    const v1::Request current = ParseRequest(bytes.value_or(""));
    FOIA_ASSIGN_OR_RETURN(const v1::Request completed, Completed(current));
    if (!change.etag.empty() && change.etag != completed.etag()) {
      return StaleEtag(caller, current, change.etag);
    }
    v1::Request changed = current;
    FOIA_RETURN_IF_ERROR(apply(changed));
    FOIA_RETURN_IF_ERROR(Resolve(caller, current, changed));
    FOIA_RETURN_IF_ERROR(ResolveOwner(caller, current, changed));
    v1::Edit edit = MakeEdit(current, changed, RequestFields());
    if (edit.fields().empty()) return WithLinks(caller, current);
    const absl::Time now = clock_->Now();
    *changed.mutable_update_time() = ToTimestamp(now);
    edit.set_etag(completed.etag());
    edit.set_undoes(change.undoes);
    WriteBatch batch;
    std::vector<Precondition> preconditions;
    FOIA_RETURN_IF_ERROR(
        AppendEdit(*store_, caller, now, found.name(), edit, batch, preconditions));
    const absl::Status status =
        Save(caller, *bytes, changed, change.shared_numbers, std::move(batch),
             std::move(preconditions), change.validate_only);
    if (absl::IsAborted(status)) continue;
    FOIA_RETURN_IF_ERROR(status);
    FOIA_ASSIGN_OR_RETURN(v1::Request answer, WithLinks(caller, std::move(changed)));
    Describe(caller, edit);
    *answer.mutable_edit() = std::move(edit);
    if (change.validate_only) answer.mutable_edit()->clear_name();
    return answer;
  }
}

absl::StatusOr<v1::Request> Requests::UpdateRequest(const Principal& caller,
                                                    const v1::UpdateRequestRequest& request) {
  Change change;
  change.request = request.request().name();
  change.etag = request.request().etag();
  change.shared_numbers = request.shared_numbers();
  change.validate_only = request.validate_only();
  return Edit(caller, change, [&](v1::Request& changed) -> absl::Status {
    FOIA_RETURN_IF_ERROR(
        UpdateFields(request.update_mask(), RequestFields(), request.request(), changed));
    const auto& paths = request.update_mask().paths();
    if (std::count(paths.begin(), paths.end(), "tracking_numbers") > 0 ||
        !changed.tracking_numbers().empty()) {
      AddNumbers(changed.tracking_numbers(), *changed.mutable_numbers());
      RetireOtherNumbers(changed.tracking_numbers(), *changed.mutable_numbers());
      changed.clear_tracking_numbers();
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::ListRequestEditsResponse> Requests::ListRequestEdits(
    const Principal& caller, const v1::ListRequestEditsRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request stored, Find(caller, request.parent()));
  v1::ListRequestEditsResponse response;
  FOIA_ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                        PageOfEdits(*store_, stored.name(), request.page_size(),
                                    request.page_token(), *response.mutable_edits()));
  for (v1::Edit& edit : *response.mutable_edits()) Describe(caller, edit);
  return response;
}

absl::StatusOr<v1::Request> Requests::UndoRequestEdit(const Principal& caller,
                                                      const v1::UndoRequestEditRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request stored, Find(caller, request.parent()));
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, access::Action::kWrite, stored.label(), stored.name()));
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Edit> edits, ReadEdits(*store_, stored.name()));
  FOIA_ASSIGN_OR_RETURN(const v1::Edit edit, ChooseEdit(edits, stored.name(), request.edit()));
  Change change;
  change.request = stored.name();
  change.etag = request.etag();
  change.validate_only = request.validate_only();
  change.shared_numbers = true;  // a number that comes back was there before
  change.undoes = edit.name();
  return Edit(caller, change, [&](v1::Request& changed) { return TakeBack(edit, changed); });
}

}  // namespace foia::tracker
