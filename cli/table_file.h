// Tables that people bring: CSV from a spreadsheet, or the tab-separated columns of another
// command.
#ifndef FOIA_CLI_TABLE_FILE_H_
#define FOIA_CLI_TABLE_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace foia::cli {

struct TableRow {
  int line = 0;  // in the file, from 1
  // By column, in lower case with '_' for blanks; empty cells are left out.
  std::map<std::string, std::string> cells = {};

  // Empty when there is none.
  std::string Get(const std::string& column) const;
};

// The rows of `file` ('-': stdin), whose first line names the columns. UNREADABLE_FILE;
// INVALID_FIELD for a file without rows, a column that stands twice, a row with more cells than
// there are columns.
absl::StatusOr<std::vector<TableRow>> ReadTable(const std::string& file);

}  // namespace foia::cli

#endif  // FOIA_CLI_TABLE_FILE_H_
