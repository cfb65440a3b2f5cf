#include "services/tracker/edit_log.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/base/page_token.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/tracker/edits.h"

namespace foia::tracker {
namespace {

using storage::Precondition;
using storage::ScanOptions;

constexpr std::string_view kEdits = "edits";

std::string Prefix(std::string_view record) { return absl::StrCat("edit/", ToAbsl(record), "/"); }

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

}  // namespace

absl::Status AppendEdit(storage::KeyValueStore& store, const access::v1::Principal& actor,
                        absl::Time now, std::string_view record, v1::Edit& edit,
                        storage::WriteBatch& batch, std::vector<Precondition>& preconditions) {
  edit.set_name(absl::StrCat(ToAbsl(record), "/edits/", NewId('c', now)));
  *edit.mutable_edit_time() = ToTimestamp(now);
  edit.set_actor(actor.name());
  const std::string prefix = Prefix(record);
  ScanOptions newest = ScanOptions::Prefix(prefix);
  newest.reverse = true;
  const auto it = store.Scan(newest);
  FOIA_RETURN_IF_ERROR(it->status());
  const uint32_t number =
      it->Valid() ? storage::ReadBigEndian32(it->key().substr(prefix.size())) + 1 : 0;
  std::string key = prefix;
  storage::AppendBigEndian32(number, key);
  preconditions.push_back(Precondition::KeyAbsent(key));
  batch.Put(key, edit.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Edit>> ReadEdits(storage::KeyValueStore& store,
                                                std::string_view record) {
  std::vector<v1::Edit> edits;
  const auto it = store.Scan(ScanOptions::Prefix(Prefix(record)));
  for (; it->Valid(); it->Next()) {
    if (!edits.emplace_back().ParseFromArray(it->value().data(),
                                             static_cast<int>(it->value().size()))) {
      return MakeError(Reason::REASON_DATA_CORRUPT,
                       absl::StrCat("an edit of '", ToAbsl(record), "' cannot be read"),
                       {{"record", std::string(record)}});
    }
  }
  FOIA_RETURN_IF_ERROR(it->status());
  for (const v1::Edit& edit : edits) {
    if (edit.undoes().empty()) continue;
    const auto undone = std::find_if(edits.begin(), edits.end(), [&](const v1::Edit& other) {
      return other.name() == edit.undoes();
    });
    if (undone != edits.end()) undone->set_undone_by(edit.name());
  }
  return edits;
}

absl::StatusOr<std::string> PageOfEdits(storage::KeyValueStore& store, std::string_view record,
                                        int page_size, std::string_view page_token,
                                        google::protobuf::RepeatedPtrField<v1::Edit>& page) {
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(page_size));
  const std::string list = absl::StrCat("edits/", ToAbsl(record));
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, page_token));
  size_t next = 0;
  if (!last.empty() && !absl::SimpleAtoi(last, &next)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Edit> edits, ReadEdits(store, record));
  for (; next < edits.size() && page.size() < limit; ++next) *page.Add() = edits[next];
  return next < edits.size() ? MakePageToken(list, absl::StrCat(next)) : "";
}

void ForgetStored(v1::Edit& edit) {
  edit.clear_before();
  edit.clear_after();
  edit.clear_etag();
}

absl::StatusOr<v1::Edit> ChooseEdit(const std::vector<v1::Edit>& edits, std::string_view record,
                                    std::string_view reference) {
  const std::string id = IdIn(kEdits, IdOf(reference));
  std::vector<std::string> names;
  const v1::Edit* found = nullptr;
  for (const v1::Edit& edit : edits) {
    const std::string own_id = IdOf(edit.name());
    if (reference.empty() ? !edit.undoes().empty() || !edit.undone_by().empty()
                          : own_id != id && (!absl::StartsWith(own_id, id) ||
                                             !MayBeginId(kEdits, NameIn(kEdits, id)))) {
      continue;
    }
    found = &edit;
    names.push_back("edits/" + own_id);
    if (own_id == id) break;
  }
  const ErrorMetadata metadata = {{"record", std::string(record)},
                                  {"edit", std::string(reference)}};
  if (found == nullptr) {
    return MakeError(
        Reason::REASON_NOTHING_TO_UNDO,
        reference.empty()
            ? absl::StrCat("no edit of '", ToAbsl(record), "' is left to take back")
            : absl::StrCat("'", ToAbsl(record), "' has no edit '", ToAbsl(reference), "'"),
        metadata);
  }
  if (!reference.empty() && names.size() > 1 && IdOf(found->name()) != id) {
    return AmbiguousId(kEdits, reference, names);
  }
  if (!found->undone_by().empty()) {
    return MakeError(Reason::REASON_NOTHING_TO_UNDO,
                     absl::StrCat("'", found->name(), "' was taken back already"), metadata);
  }
  return *found;
}

std::string EditText(const v1::Edit& edit) {
  return absl::StrCat(
      ChangesText(edit), " by ", edit.actor(), " at ",
      absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(edit.edit_time().seconds()),
                       absl::UTCTimeZone()));
}

}  // namespace foia::tracker
