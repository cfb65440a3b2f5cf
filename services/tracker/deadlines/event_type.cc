#include "services/tracker/deadlines/event_type.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/base/strings.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kPrefix = "EVENT_TYPE_";

// Names that trackers and letters use beside ours.
constexpr std::pair<std::string_view, EventType> kAliases[] = {
    {"request_sent", v1::EVENT_TYPE_SENT},
    {"delivery_evidence", v1::EVENT_TYPE_DELIVERED},
    {"info_requested", v1::EVENT_TYPE_INFO_TOLL_START},
    {"info_supplied", v1::EVENT_TYPE_INFO_TOLL_STOP},
    {"fee_question", v1::EVENT_TYPE_FEE_TOLL_START},
    {"fee_resolved", v1::EVENT_TYPE_FEE_TOLL_STOP},
    {"unusual_circumstances", v1::EVENT_TYPE_EXTENSION_NOTICE},
    {"expedite_asked", v1::EVENT_TYPE_EXPEDITE_REQUESTED},
    {"order", v1::EVENT_TYPE_COURT_ORDER},
};

struct Names {
  Names() {
    by_type.resize(v1::EventType_ARRAYSIZE);
    const auto* values = v1::EventType_descriptor();
    for (int i = 0; i < values->value_count(); ++i) {
      const auto* value = values->value(i);
      std::string name =
          absl::AsciiStrToLower(ToAbsl(std::string_view(value->name()).substr(kPrefix.size())));
      const auto type = static_cast<EventType>(value->number());
      if (type != v1::EVENT_TYPE_UNSPECIFIED) by_name[name] = type;
      by_type[static_cast<size_t>(type)] = std::move(name);
    }
    for (const auto& [name, type] : kAliases) by_name[std::string(name)] = type;
    for (std::string& name : by_type) {
      if (name.empty()) name = by_type[v1::EVENT_TYPE_UNSPECIFIED];
    }
  }
  std::vector<std::string> by_type;
  std::map<std::string, EventType, std::less<>> by_name;
};

const Names& AllNames() {
  static const Names& names = *new Names;
  return names;
}

}  // namespace

const std::string& EventTypeName(EventType type) {
  const auto& names = AllNames().by_type;
  const auto index = static_cast<size_t>(type);
  return index < names.size() ? names[index] : names[v1::EVENT_TYPE_UNSPECIFIED];
}

EventType ParseEventType(std::string_view name) {
  const auto& names = AllNames().by_name;
  const auto found = names.find(name);
  return found == names.end() ? v1::EVENT_TYPE_UNSPECIFIED : found->second;
}

}  // namespace foia::tracker
