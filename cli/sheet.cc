#include "cli/sheet.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/output.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

constexpr char kStyle[] =
    "@page{size:landscape;margin:12mm}"
    "body{font:10pt/1.35 sans-serif;color:#000;background:#fff;margin:1em}"
    "h1{font-size:15pt;margin:0 0 .3em}h2{font-size:12pt;margin:1.2em 0 .3em;break-after:avoid}"
    "p{margin:.2em 0}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #999;padding:2px 6px;text-align:left;vertical-align:top}"
    "thead{display:table-header-group}tr{break-inside:avoid}footer{margin-top:1.2em}";

std::string Cell(const std::string& text) {
  double number = 0;
  const bool is_number = absl::SimpleAtod(text, &number);
  // Escape sequences have no place in a table, wherever it is shown.
  std::string cell;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\n') cell += c;
  }
  const size_t first = cell.find_first_not_of(" \n");
  if (first != std::string::npos && !is_number &&
      std::string_view("=+-@").find(cell[first]) != std::string_view::npos) {
    cell = absl::StrCat("'", cell);
  }
  if (cell.find_first_of("\",\r\n") == std::string::npos) return cell;
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i)
    absl::StrAppend(&line, i > 0 ? "," : "", Cell(cells[i]));
  return line + "\r\n";
}

std::string HtmlText(std::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string HtmlPage(std::string_view title, const std::vector<std::string>& lines,
                     const std::vector<HtmlTable>& tables, std::string_view footer) {
  std::string page =
      absl::StrCat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
                   HtmlText(title), "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n<h1>",
                   HtmlText(title), "</h1>\n");
  for (const std::string& line : lines) {
    if (!line.empty()) absl::StrAppend(&page, "<p>", HtmlText(line), "</p>\n");
  }
  const auto row = [&page](const char* tag, const std::vector<std::string>& cells) {
    page += "<tr>";
    for (const std::string& cell : cells) {
      absl::StrAppend(&page, "<", tag, ">", HtmlText(cell), "</", tag, ">");
    }
    page += "</tr>\n";
  };
  for (const HtmlTable& table : tables) {
    if (!table.heading.empty()) {
      absl::StrAppend(&page, "<h2>", HtmlText(table.heading), "</h2>\n");
    }
    page += "<table>\n<thead>\n";
    row("th", table.headers);
    page += "</thead>\n<tbody>\n";
    for (const auto& cells : table.rows) row("td", cells);
    page += "</tbody>\n</table>\n";
  }
  absl::StrAppend(&page, "<footer>", HtmlText(footer), "</footer>\n</body>\n</html>\n");
  return page;
}

}  // namespace foia::cli
