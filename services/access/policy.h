// The one place that decides who may do what. Every service asks here, inside, before it says
// anything of a record.
//
// Thread-safety: pure functions.
#ifndef FOIA_SERVICES_ACCESS_POLICY_H_
#define FOIA_SERVICES_ACCESS_POLICY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"

namespace foia::access {

using v1::Principal;

enum class Action {
  kRead,                // viewer
  kWrite,               // editor
  kShare,               // owner: give access, change labels
  kReadSealedOriginal,  // owner: bytes that hold text under failed redactions
};

// OK when `caller` may do `action` to records under `label`, otherwise PERMISSION_DENIED. A record
// that the caller may not even see (MaySee) is answered exactly like one that does not exist, with
// the service's NOT_FOUND. foiad's own services may do everything.
absl::Status Check(const Principal& caller, Action action, std::string_view label,
                   std::string_view resource);

// OK for operators.
absl::Status CheckOperator(const Principal& caller);
// OK for foiad's own services.
absl::Status CheckSystem(const Principal& caller);

// True when records under `label` are visible at all.
bool MaySee(const Principal& caller, std::string_view label);

// The name of the label that `reference` means: its name, its id, or the beginning of that, among
// those on which the caller has a role. What means none of them is given back as a name, so that
// the check of it answers. AMBIGUOUS_NAME.
absl::StatusOr<std::string> FindLabel(const Principal& caller, std::string_view reference);

// The label that the caller's new records go under: "labels/private" when the caller may write
// there, else the first label with an editor's role; empty when there is none.
std::string DefaultLabel(const Principal& caller);

}  // namespace foia::access

#endif  // FOIA_SERVICES_ACCESS_POLICY_H_
