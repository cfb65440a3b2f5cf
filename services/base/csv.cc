#include "services/base/csv.h"

#include <utility>

namespace foia {

std::vector<CsvRecord> ParseCsv(std::string_view text, char separator) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<CsvRecord> records;
  CsvRecord record{1, {""}};
  int line = 1;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& field = record.fields.back();
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == separator) {
      record.fields.emplace_back();
    } else if (c == '\n') {
      records.push_back(std::exchange(record, CsvRecord{line, {""}}));
    } else if (c != '\r') {
      field += c;
    }
  }
  if (record.fields != std::vector<std::string>{""}) records.push_back(record);
  return records;
}

}  // namespace foia
