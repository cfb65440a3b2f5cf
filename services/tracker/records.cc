#include "services/tracker/records.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/tracker/fields.h"

namespace foia::tracker {

std::string RequestKey(std::string_view name) {
  return absl::StrCat(ToAbsl(kRequestPrefix), ToAbsl(name));
}
std::string EventPrefix(std::string_view name) { return absl::StrCat("event/", ToAbsl(name), "/"); }
std::string HeadKey(std::string_view name) { return absl::StrCat("head/", ToAbsl(name)); }

v1::Request ParseRequest(std::string_view bytes) {
  v1::Request request;
  request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (request.numbers().empty() && !request.tracking_numbers().empty()) {
    AddNumbers(request.tracking_numbers(), *request.mutable_numbers());
    for (v1::TrackingNumber& number : *request.mutable_numbers()) {
      number.set_kind(v1::TRACKING_NUMBER_KIND_INITIAL);
      number.set_issuer(request.agency());
    }
  }
  request.clear_tracking_numbers();
  return request;
}

const v1::Event* FindVoiding(const std::vector<v1::Event>& events) {
  const auto stands = [&events](const v1::Event& event) {
    return event.type() == v1::EVENT_TYPE_VOIDED &&
           std::none_of(events.begin(), events.end(), [&event](const v1::Event& other) {
             return other.supersedes() == event.name();
           });
  };
  const auto found = std::find_if(events.begin(), events.end(), stands);
  return found == events.end() ? nullptr : &*found;
}

LogReader::LogReader(storage::KeyValueStore* store, const storage::Snapshot* snapshot) {
  storage::ScanOptions heads = storage::ScanOptions::Prefix("head/");
  heads.snapshot = snapshot;
  heads_ = store->Scan(heads);
  storage::ScanOptions events = storage::ScanOptions::Prefix("event/");
  events.snapshot = snapshot;
  events_ = store->Scan(events);
}

absl::StatusOr<std::string> LogReader::ReadHead(std::string_view name) {
  const std::string key = HeadKey(name);
  if (heads_->Valid() && heads_->key() < key) heads_->Seek(key);
  FOIA_RETURN_IF_ERROR(heads_->status());
  if (!heads_->Valid() || heads_->key() != key) return std::string();
  return std::string(heads_->value());
}

absl::StatusOr<EventLog> LogReader::Read(std::string_view name) {
  EventLog log;
  FOIA_ASSIGN_OR_RETURN(log.head, ReadHead(name));
  const std::string prefix = EventPrefix(name);
  if (events_->Valid() && events_->key() < prefix) events_->Seek(prefix);
  for (; events_->Valid() && absl::StartsWith(ToAbsl(events_->key()), prefix); events_->Next()) {
    v1::StoredEvent stored;
    v1::Event event;
    if (!stored.ParseFromArray(events_->value().data(),
                               static_cast<int>(events_->value().size())) ||
        !event.ParseFromString(stored.payload())) {
      return MakeError(Reason::REASON_DATA_CORRUPT,
                       absl::StrCat("an event of '", ToAbsl(name), "' cannot be read"),
                       {{"request", std::string(name)}});
    }
    log.events.push_back(std::move(event));
  }
  FOIA_RETURN_IF_ERROR(events_->status());
  return log;
}

}  // namespace foia::tracker
