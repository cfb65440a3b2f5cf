// The options that choose and order requests, the same for every verb that lists them. For each
// --NAME VALUE there is --not-NAME VALUE, which leaves out what fits and may be repeated.
#ifndef FOIA_CLI_FILTER_H_
#define FOIA_CLI_FILTER_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::cli {

// What --order says: due, created, owner, matter, agency, jurisdiction, state, number, subject.
tracker::v1::DocketOrder OrderOf(const std::string& word);

class FilterOptions {
 public:
  // "matter=IDP-7 agency=ICE, not-state=closed text=citizen academy": the same as words; a word
  // without a key belongs to the value before it. INVALID_FIELD.
  static absl::StatusOr<FilterOptions> Parse(const std::string& text);

  // Chooses by `key`, one of the conditions, unless that is chosen already.
  FilterOptions& Choose(const std::string& key, const std::string& value);
  void Define(CLI::App& verb);
  // With whole names in place of what people type.
  absl::StatusOr<tracker::v1::RequestFilter> Resolve(Session& session) const;
  // "owner me, not agency DHS/ICE"; empty for all requests.
  std::string Words() const;

 private:
  struct Condition {
    const char* name;
    const char* help;
    std::string value;
    std::vector<std::string> excluded;
  };
  static absl::Status Set(Session& session, const std::string& name, const std::string& value,
                          tracker::v1::RequestFilter& filter);
  // Where the value of `key` goes; nullptr when there is no such condition.
  std::string* ValueOf(const std::string& key);

  std::vector<Condition> conditions_ = {
      {"owner", "Who looks after it: me, or a person's id", {}, {}},
      {"matter", "Id or client code", {}, {}},
      {"agency", "This agency and what is below it: id, abbreviation or path", {}, {}},
      {"jurisdiction", "For example us-federal-dhs", {}, {}},
      {"state", "Draft, sent, processing, tolled, overdue, determined, ...", {}, {}},
      {"tag", "One of its tags", {}, {}},
      {"text", "Stands in subject, tracking numbers or notes", {}, {}}};
};

}  // namespace foia::cli

#endif  // FOIA_CLI_FILTER_H_
