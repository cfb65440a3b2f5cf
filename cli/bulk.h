// What became of each row of a command that does one thing to many.
#ifndef FOIA_CLI_BULK_H_
#define FOIA_CLI_BULK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "cli/client.h"

namespace foia::cli {

class BulkReport {
 public:
  // `columns` as Table has them; "RESULT" is put behind them. `done` is what a row without error
  // has become: "recorded", or "would be recorded".
  BulkReport(std::vector<std::string> columns, std::string done)
      : columns_(std::move(columns)), done_(std::move(done)) {}

  void Done(std::vector<std::string> cells);
  // Nothing was to be done, and `why`.
  void Already(std::vector<std::string> cells, const std::string& why);
  void Failed(std::vector<std::string> cells, const absl::Status& error);

  // Prints the rows, and how many of each kind. The first error when all failed; else sets exit
  // code 4 when some did.
  absl::Status Finish(Session& session) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string kind;  // done_, "already", "failed"
    std::string text;
    absl::Status error;
  };
  std::vector<std::string> columns_;
  std::string done_;
  std::vector<Row> rows_;
};

}  // namespace foia::cli

#endif  // FOIA_CLI_BULK_H_
