// How requests and their logs lie in the store; docs/formats/tracker-keys.md is the list.
#ifndef FOIA_SERVICES_TRACKER_RECORDS_H_
#define FOIA_SERVICES_TRACKER_RECORDS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/request.pb.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

// {request} is the whole name "requests/r01...".
inline constexpr std::string_view kRequestPrefix = "request/";
std::string RequestKey(std::string_view name);
std::string EventPrefix(std::string_view name);
std::string HeadKey(std::string_view name);

// A stored request. Numbers of requests that were stored before numbers had kinds and issuers are
// the agency's first ones.
v1::Request ParseRequest(std::string_view bytes);

// A log as it was recorded.
struct EventLog {
  std::string head;               // as stored; empty when there is no event
  std::vector<v1::Event> events;  // in the order they were recorded
};

// The event that voids the request, of those that stand; null when none does.
const v1::Event* FindVoiding(const std::vector<v1::Event>& events);

// Reads the logs of many requests, in the order of their names.
class LogReader {
 public:
  // Both outlive the reader; a null snapshot: the state now.
  LogReader(storage::KeyValueStore* store, const storage::Snapshot* snapshot);

  // Each name comes after the last one. Empty when there is no event.
  absl::StatusOr<std::string> ReadHead(std::string_view name);
  // DATA_CORRUPT when an event cannot be read.
  absl::StatusOr<EventLog> Read(std::string_view name);

 private:
  std::unique_ptr<storage::Iterator> heads_;
  std::unique_ptr<storage::Iterator> events_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_RECORDS_H_
