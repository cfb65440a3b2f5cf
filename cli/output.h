// What `foia` prints: data to stdout (tables for people, proto JSON for scripts), messages and
// errors to stderr.
#ifndef FOIA_CLI_OUTPUT_H_
#define FOIA_CLI_OUTPUT_H_

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "foia/common/v1/date.pb.h"

namespace foia::cli {

// Text from files and other people made harmless for a terminal: line ends and tabs become spaces,
// other control characters (escape sequences begin with one) U+FFFD.
std::string Printable(std::string_view text);
// Columns that `text` takes; every code point counts as one.
size_t DisplayWidth(std::string_view text);

// Columns with a header line, two spaces apart.
class Table {
 public:
  // A header that starts with '>' makes the column right-aligned.
  explicit Table(std::vector<std::string> headers);
  // Cells are made printable; missing ones are empty.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }
  // One line a row. Where `width` is not 0, the widest columns are cut ("...") until a line fits.
  std::string Render(size_t width) const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // the first is the header
};

// "key   value" lines; empty values are left out.
std::string RenderFields(const std::vector<std::pair<std::string, std::string>>& fields);

// One JSON document, indented; defaults are printed, so that scripts find every key.
std::string RenderJson(const google::protobuf::Message& message);

// "2020-08-13", empty when unset.
std::string DateText(const common::v1::Date& date);
// "Thu 2020-08-13", empty when unset.
std::string DayText(const common::v1::Date& date);
// "2026-11-22 04:50" in the machine's zone, empty when unset.
std::string TimeText(const google::protobuf::Timestamp& time);
// "1.2 MiB".
std::string SizeText(int64_t bytes);
// "1 page", "2 pages".
std::string CountText(int64_t count, std::string_view noun);
// DOCUMENT_STATE_PARTLY_READ -> "partly read", given the prefix "DOCUMENT_STATE_".
std::string EnumText(std::string_view name, std::string_view prefix);

// "r01jd3..." of "requests/r01jd3...".
std::string IdOf(std::string_view name);
// The ids of `names`, cut to the shortest length at which those here still differ (12 at least):
// the server takes any unique prefix.
std::vector<std::string> ShortIds(const std::vector<std::string>& names);

// What, where and how to fix, with the reason in brackets:
//   foia: no request 'r01x'
//     See 'foia request list'. [REQUEST_NOT_FOUND]
std::string RenderError(const absl::Status& status);

// How and where to print. Made once from the global options and the environment.
struct Output {
  bool json = false;   // --json
  bool quiet = false;  // --quiet: no messages, no progress
  bool color = false;  // stdout is a terminal that takes colours
  bool live = false;   // stderr is a terminal that takes carriage returns
  size_t width = 0;    // of the terminal on stdout; 0: none, lines are never cut

  // Data.
  void Print(std::string_view text) const;
  void Print(const Table& table) const { Print(table.Render(width)); }
  void PrintJson(const google::protobuf::Message& message) const { Print(RenderJson(message)); }
  // Messages.
  void Say(std::string_view line) const;
  // Errors and warnings; not silenced by --quiet.
  void Warn(std::string_view line) const;
};

// `json` and `quiet` as given; the rest from NO_COLOR, TERM and what stdout and stderr are.
Output MakeOutput(bool json, bool quiet, bool no_color);

}  // namespace foia::cli

#endif  // FOIA_CLI_OUTPUT_H_
