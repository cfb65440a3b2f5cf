#include "cli/bulk.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/output.h"
#include "services/base/error.h"

namespace foia::cli {

void BulkReport::Done(std::vector<std::string> cells) {
  rows_.push_back({std::move(cells), done_, done_, absl::OkStatus()});
}

void BulkReport::Already(std::vector<std::string> cells, const std::string& why) {
  rows_.push_back({std::move(cells), "already", why, absl::OkStatus()});
}

void BulkReport::Failed(std::vector<std::string> cells, const absl::Status& error) {
  rows_.push_back({std::move(cells), "failed", absl::StrCat("failed: ", error.message()), error});
}

absl::Status BulkReport::Finish(Session& session) const {
  int done = 0, already = 0, failed = 0;
  std::vector<Column> headers;
  for (const std::string& column : columns_) {
    headers.emplace_back(column.c_str(), column == "REQUEST" ? Keep::kWhole : Keep::kText);
  }
  headers.emplace_back("RESULT", Keep::kText);
  Table table(headers);
  google::protobuf::ListValue list;
  absl::Status first_error;
  for (const Row& row : rows_) {
    ++(row.kind == "failed" ? failed : row.kind == "already" ? already : done);
    if (first_error.ok()) first_error = row.error;
    std::vector<std::string> cells = row.cells;
    cells.push_back(row.text);
    table.Add(cells);
    auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string name = absl::AsciiStrToLower(absl::StripPrefix(columns_[i], ">"));
      fields[name].set_string_value(i < row.cells.size() ? row.cells[i] : "");
    }
    fields["result"].set_string_value(row.kind);
    if (row.kind == "already") fields["why"].set_string_value(row.text);
    if (row.error.ok()) continue;
    fields["error"].set_string_value(std::string(row.error.message()));
    fields["reason"].set_string_value(
        std::string(absl::StripPrefix(common::v1::Reason_Name(ReasonOf(row.error)), "REASON_")));
  }
  if (session.out.json) {
    session.out.PrintJson(list);
  } else {
    session.out.Print(table);
    session.out.Say(absl::StrCat(done, " ", done_,
                                 already > 0 ? absl::StrCat(", ", already, " already there") : "",
                                 failed > 0 ? absl::StrCat(", ", failed, " failed") : ""));
  }
  if (failed > 0 && failed == static_cast<int>(rows_.size())) return first_error;
  if (failed > 0) session.exit_code = kExitPartlyFailed;
  return absl::OkStatus();
}

}  // namespace foia::cli
