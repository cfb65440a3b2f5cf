// Structured logs: one JSON object a line on stderr, never with content of documents or letters.
//
//   Log(Severity::kInfo, "page_done", {{"document", name}, {"page", "3"}});
#ifndef FOIA_SERVICES_BASE_LOG_H_
#define FOIA_SERVICES_BASE_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace foia {

enum class Severity { kDebug, kInfo, kWarning, kError };

// Lines below it are dropped; kInfo at first. Safe for concurrent use, as is Log.
void SetLogThreshold(Severity threshold);

using LogField = std::pair<std::string_view, std::string>;

// `event` is a fixed snake_case name; values go into fields. Ids, sizes, counts and reasons may be
// logged; text, names of people and file names may not.
void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_LOG_H_
