#include "cli/output.h"

#include <google/protobuf/util/json_util.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "...";
constexpr size_t kMinColumn = 8;
constexpr size_t kMinShortId = 12;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The first `columns` code points.
std::string_view Truncate(std::string_view text, size_t columns) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && seen++ == columns) break;
  }
  return text.substr(0, end);
}

std::string Fit(std::string_view cell, size_t columns) {
  if (DisplayWidth(cell) <= columns) return std::string(cell);
  return absl::StrCat(ToAbsl(Truncate(cell, columns - kEllipsis.size())), ToAbsl(kEllipsis));
}

// Where a query went wrong: the query and a mark under the column.
std::string QueryMark(const ErrorMetadata& metadata) {
  const auto query = metadata.find("query");
  const auto column = metadata.find("column");
  if (query == metadata.end() || column == metadata.end()) return "";
  const int at = std::max(1, std::atoi(column->second.c_str()));
  return absl::StrCat("  ", Printable(query->second), "\n  ",
                      std::string(static_cast<size_t>(at) - 1, ' '), "^\n");
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || c == '\t' || c == '\r') {
      clean += ' ';
    } else if (c < 0x20 || c == 0x7F) {
      clean += kReplacement;
    } else if (c == 0xC2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xA0) {  // U+0080 to U+009F
      clean += kReplacement;
      ++i;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

size_t DisplayWidth(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

Table::Table(std::vector<std::string> headers) {
  for (std::string& header : headers) {
    right_.push_back(absl::StartsWith(header, ">"));
    if (right_.back()) header.erase(0, 1);
  }
  rows_.push_back(std::move(headers));
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(right_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::Render(size_t width) const {
  std::vector<size_t> widths(right_.size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  const size_t gaps = 2 * (widths.size() - 1);
  while (width > 0 && std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kMinColumn) break;
    --*widest;
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string cell = Fit(row[i], widths[i]);
      const std::string pad(widths[i] - DisplayWidth(cell), ' ');
      absl::StrAppend(&line, i > 0 ? "  " : "", right_[i] ? pad : "", cell, right_[i] ? "" : pad);
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string RenderFields(const std::vector<std::pair<std::string, std::string>>& fields) {
  size_t widest = 0;
  for (const auto& [key, value] : fields) {
    if (!value.empty()) widest = std::max(widest, key.size());
  }
  std::string out;
  for (const auto& [key, value] : fields) {
    if (value.empty()) continue;
    absl::StrAppend(&out, key, std::string(widest - key.size() + 2, ' '), Printable(value), "\n");
  }
  return out;
}

std::string RenderJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  // Only an Any of an unknown type could fail, and no message has one.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json;
}

std::string DateText(const common::v1::Date& date) {
  if (date.year() == 0) return "";
  return FormatDate(CivilDate(date.year(), date.month(), date.day()));
}

std::string DayText(const common::v1::Date& date) {
  if (date.year() == 0) return "";
  const CivilDate day(date.year(), date.month(), date.day());
  return absl::StrCat(ToAbsl(WeekdayName(day)), " ", FormatDate(day));
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

std::string SizeText(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes);
  const char* unit = "KiB";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    unit = next;
    value /= 1024;
    if (value < 1024) break;
  }
  return absl::StrFormat("%.1f %s", value, unit);
}

std::string CountText(int64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", ToAbsl(noun), count == 1 ? "" : "s");
}

std::string EnumText(std::string_view name, std::string_view prefix) {
  const absl::string_view bare = absl::StripPrefix(ToAbsl(name), ToAbsl(prefix));
  if (bare == "UNSPECIFIED") return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(bare), {{"_", " "}});
}

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::vector<std::string> ShortIds(const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  std::vector<std::string> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  size_t length = kMinShortId;
  for (size_t i = 1; i < sorted.size(); ++i) {
    const auto differ = std::mismatch(sorted[i - 1].begin(), sorted[i - 1].end(), sorted[i].begin(),
                                      sorted[i].end());
    length = std::max(length, static_cast<size_t>(differ.second - sorted[i].begin()) + 1);
  }
  for (std::string& id : ids) id = id.substr(0, length);
  return ids;
}

std::string RenderError(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  std::string out = absl::StrCat("foia: ", Printable(ToStd(status.message())), "\n");
  for (const auto& [field, description] : ViolationsOf(status)) {
    // What InvalidFields made says it already.
    if (absl::StrContains(status.message(), description)) continue;
    absl::StrAppend(&out, "  ", field, field.empty() ? "" : ": ", Printable(description), "\n");
  }
  if (reason == Reason::REASON_INVALID_QUERY) absl::StrAppend(&out, QueryMark(MetadataOf(status)));
  const std::string code = reason == Reason::REASON_UNSPECIFIED
                               ? absl::StatusCodeToString(status.code())
                               : std::string(absl::StripPrefix(Reason_Name(reason), "REASON_"));
  absl::StrAppend(&out, "  ", ToAbsl(GetReasonInfo(reason).remedy), " [", code, "]\n");
  return out;
}

void Output::Print(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Output::Say(std::string_view line) const {
  if (!quiet) Warn(line);
}

void Output::Warn(std::string_view line) const {
  std::fflush(stdout);  // so that both streams keep their order where they end in one place
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

Output MakeOutput(bool json, bool quiet, bool no_color) {
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  const char* no_color_variable = std::getenv("NO_COLOR");
  Output output;
  output.json = json;
  output.quiet = quiet;
  output.color = !no_color && !dumb && isatty(STDOUT_FILENO) == 1 &&
                 (no_color_variable == nullptr || *no_color_variable == '\0');
  output.live = !dumb && isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    output.width = size.ws_col;
  }
  return output;
}

}  // namespace foia::cli
