// The options that choose requests, the same for every verb that lists them.
#ifndef FOIA_CLI_FILTER_H_
#define FOIA_CLI_FILTER_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::cli {

struct FilterOptions {
  std::string owner;
  std::string matter;
  std::string agency;
  std::string jurisdiction;
  std::string state;
  std::string tag;
  std::string text;

  void Define(CLI::App& verb);
  // With whole names in place of what people type.
  absl::StatusOr<tracker::v1::RequestFilter> Resolve(Session& session) const;
  // "owner me, agency DHS/ICE"; empty for all requests.
  std::string Words() const;
};

}  // namespace foia::cli

#endif  // FOIA_CLI_FILTER_H_
