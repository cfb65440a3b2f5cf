// Comma-separated values, RFC 4180, as spreadsheets write them.
#ifndef FOIA_SERVICES_BASE_CSV_H_
#define FOIA_SERVICES_BASE_CSV_H_

#include <string>
#include <string_view>
#include <vector>

namespace foia {

struct CsvRecord {
  int line = 0;  // in the text, from 1
  std::vector<std::string> fields;
};

// Every record, empty lines included (one empty field). Quoted fields may hold separators, doubled
// quotes and line breaks. A byte order mark is passed over.
std::vector<CsvRecord> ParseCsv(std::string_view text, char separator = ',');

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_CSV_H_
