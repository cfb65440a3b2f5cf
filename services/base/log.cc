#include "services/base/log.h"

#include <unistd.h>

#include <atomic>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace foia {
namespace {

std::atomic<Severity> g_threshold{Severity::kInfo};

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void SetLogThreshold(Severity threshold) { g_threshold.store(threshold); }

void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  if (severity < g_threshold.load(std::memory_order_relaxed)) return;
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  std::string line = R"({"time":)";
  AppendJsonString(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()),
                   line);
  line += R"(,"severity":)";
  AppendJsonString(kNames[static_cast<int>(severity)], line);
  line += R"(,"event":)";
  AppendJsonString(event, line);
  for (const auto& [key, value] : fields) {
    line += ',';
    AppendJsonString(key, line);
    line += ':';
    AppendJsonString(value, line);
  }
  line += "}\n";
  // One write per line keeps lines of several threads and processes whole.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace foia
