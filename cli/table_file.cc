#include "cli/table_file.h"

#include <iostream>
#include <iterator>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/fields.h"
#include "services/base/csv.h"
#include "services/base/error.h"
#include "services/base/status.h"

namespace foia::cli {
namespace {

absl::Status Wrong(const std::string& file, int line, const std::string& message) {
  return MakeError(Reason::REASON_INVALID_FIELD, absl::StrCat(file, ", line ", line, ": ", message),
                   {{"file", file}});
}

// A sheet that was pasted, or printed by foia, has tabs.
char SeparatorOf(const std::string& text) {
  const std::string header = text.substr(0, text.find('\n'));
  return header.find('\t') != std::string::npos ? '\t' : ',';
}

}  // namespace

std::string TableRow::Get(const std::string& column) const {
  const auto found = cells.find(column);
  return found == cells.end() ? "" : found->second;
}

absl::StatusOr<std::vector<TableRow>> ReadTable(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    FOIA_ASSIGN_OR_RETURN(text, ReadText(file));
  }
  const std::vector<CsvRecord> records = ParseCsv(text, SeparatorOf(text));
  std::vector<TableRow> rows;
  if (records.empty()) return Wrong(file, 1, "the file is empty");
  std::vector<std::string> columns;
  for (const std::string& header : records[0].fields) {
    columns.push_back(absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripAsciiWhitespace(header)),
                                          {{" ", "_"}, {"-", "_"}}));
  }
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (!column.empty() && !seen.insert(column).second) {
      return Wrong(file, 1, absl::StrCat("the column '", column, "' stands there twice"));
    }
  }
  for (size_t i = 1; i < records.size(); ++i) {
    TableRow row{records[i].line};
    for (size_t j = 0; j < records[i].fields.size(); ++j) {
      const std::string cell(absl::StripAsciiWhitespace(records[i].fields[j]));
      if (cell.empty()) continue;
      if (j >= columns.size() || columns[j].empty()) {
        return Wrong(file, row.line,
                     absl::StrCat("'", cell, "' is in no column; quote what has a comma in it"));
      }
      row.cells[columns[j]] = cell;
    }
    if (!row.cells.empty()) rows.push_back(std::move(row));
  }
  if (rows.empty()) return Wrong(file, 1, "there is no row below the names of the columns");
  return rows;
}

}  // namespace foia::cli
