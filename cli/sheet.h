// Rows for other programs and for paper: CSV (RFC 4180) and a page of HTML.
#ifndef FOIA_CLI_SHEET_H_
#define FOIA_CLI_SHEET_H_

#include <string>
#include <string_view>
#include <vector>

namespace foia::cli {

// One line with its end. Text that a spreadsheet would take for a formula (it begins with = + - @)
// gets an apostrophe in front; numbers stay what they are.
std::string CsvLine(const std::vector<std::string>& cells);

// `text` for HTML, between tags and in attributes.
std::string HtmlText(std::string_view text);

struct HtmlTable {
  std::string heading;  // may be empty
  std::vector<std::string> headers;
  std::vector<std::vector<std::string>> rows;
};
// A page that needs nothing else, made for print. Everything is escaped here.
std::string HtmlPage(std::string_view title, const std::vector<std::string>& lines,
                     const std::vector<HtmlTable>& tables, std::string_view footer);

}  // namespace foia::cli

#endif  // FOIA_CLI_SHEET_H_
