// The rules in force, for operators: what they cover, and putting changed files in force.
#ifndef FOIA_SERVICES_TRACKER_RULES_ADMIN_H_
#define FOIA_SERVICES_TRACKER_RULES_ADMIN_H_

#include <string>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/rules_service.pb.h"
#include "services/tracker/docket.h"
#include "services/tracker/rules/rules_in_force.h"

namespace foia::tracker {

// Safe for concurrent use.
class RulesAdmin {
 public:
  // `directory` holds the operator's files; empty: there are none. Pointers outlive the object.
  RulesAdmin(std::string directory, const RulesInForce* rules, Docket* docket)
      : directory_(std::move(directory)), rules_(rules), docket_(docket) {}

  absl::StatusOr<v1::ListJurisdictionsResponse> ListJurisdictions(
      const Principal& caller, const v1::ListJurisdictionsRequest& request) const;
  // INVALID_RULES with file, line and reason, or UNREADABLE_FILE: the old rules stay in force.
  absl::StatusOr<v1::ReloadRulesResponse> ReloadRules(const Principal& caller,
                                                      const v1::ReloadRulesRequest& request);

 private:
  const std::string directory_;
  const RulesInForce* const rules_;
  Docket* const docket_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_RULES_ADMIN_H_
