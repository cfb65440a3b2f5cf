// What `foia` prints: data to stdout (tables for people, proto JSON for scripts), messages and
// errors to stderr.
#ifndef FOIA_CLI_OUTPUT_H_
#define FOIA_CLI_OUTPUT_H_

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <memory>
#include <optional>
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

// `text` in lines of at most `width` columns, broken at blanks, and within words that are longer
// than a line. Leading blanks begin every line. One line when `width` is 0.
std::vector<std::string> WrapText(std::string_view text, size_t width);

// What may happen to a column on a narrow screen. Nothing is ever cut.
enum class Keep {
  kWhole,  // it identifies (dates, ids, numbers, amounts): never broken, on the line while it fits
  kText,   // wraps at blanks; on a very narrow screen it goes below the row
  kBelow,  // the first to go below the row
  kRoom,   // left out where there is no room for it on the line
};

struct Column {
  // The header; one that starts with '>' makes the column right-aligned.
  Column(const char* text, Keep what = Keep::kWhole)  // NOLINT: written as a list of headers
      : header(*text == '>' ? text + 1 : text), keep(what), right(*text == '>') {}

  std::string header;
  Keep keep;
  bool right;
  bool heading = false;
};
// The column stands in a heading above the rows that share its text, not on their lines.
Column Heading(Column column);

// Rows under a header. For people: columns two spaces apart, or several lines a row where they do
// not fit. For other programs: tab-separated, everything on one line.
class Table {
 public:
  explicit Table(std::vector<Column> columns);
  // Cells are made printable; missing ones are empty.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

  // Lines of at most `width` columns, 0: as wide as they are. Only what may not be broken makes a
  // line longer. Columns in which nothing stands are left out.
  std::string Render(size_t width) const;
  // A header line and one line a row.
  std::string RenderTsv() const;

 private:
  struct Layout;
  Layout Fit(size_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
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

// What the global options say of the output.
struct OutputOptions {
  bool json = false;      // --json
  bool quiet = false;     // --quiet: no messages, no progress
  bool no_color = false;  // --no-color
  bool no_pager = false;  // --no-pager
  int width = -1;         // --width; -1: not given
};

// How and where to print. Made once from the global options and the environment.
struct Output {
  bool json = false;
  bool quiet = false;
  bool color = false;  // stdout is a terminal that takes colours
  bool live = false;   // stderr is a terminal that takes carriage returns
  bool tsv = false;    // tables are for programs: stdout is no terminal, and no width was given
  size_t width = 0;    // of tables for people; 0: as wide as they are
  size_t rows = 0;     // of the terminal, where output may be shown page by page; 0: it may not

  // Data.
  void Print(std::string_view text) const;
  void Print(const Table& table) const { Print(tsv ? table.RenderTsv() : table.Render(width)); }
  void PrintJson(const google::protobuf::Message& message) const { Print(RenderJson(message)); }
  // How a table names records: short ids for people, whole ones for programs.
  std::vector<std::string> Ids(const std::vector<std::string>& names) const;
  // What people read beside a table, wrapped: with the data for them, a message where a program
  // reads the data.
  void Note(std::string_view text) const;
  // Messages.
  void Say(std::string_view line) const;
  // Errors and warnings; not silenced by --quiet.
  void Warn(std::string_view line) const;
  // Asks a question whose answer is yes or, unless it is typed out, no. Nothing when there is no
  // terminal on which a person could read it and answer.
  std::optional<bool> Ask(std::string_view question) const;

  // Until EndPage all output is kept back, so that what is longer than the screen can go through
  // $PAGER ["less"]. Nothing happens where output may not be shown page by page.
  void StartPage();
  void EndPage() const;

 private:
  struct Page {
    std::string text;
    std::vector<std::string> messages;  // come after the text
  };
  std::shared_ptr<Page> page_;
};

Output MakeOutput(const OutputOptions& options);

}  // namespace foia::cli

#endif  // FOIA_CLI_OUTPUT_H_
