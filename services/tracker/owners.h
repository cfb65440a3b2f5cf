// Who may look after requests and matters: people of the access store that may see them.
#ifndef FOIA_SERVICES_TRACKER_OWNERS_H_
#define FOIA_SERVICES_TRACKER_OWNERS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"

namespace foia::access {
class Access;
}  // namespace foia::access

namespace foia::tracker {

// Safe for concurrent use.
class Owners {
 public:
  // It outlives the object. nullptr, in tests of other things: everybody is known and sees all.
  explicit Owners(const access::Access* access) : access_(access) {}

  // The name of the person that `reference` means, as in Access::FindOwner. INVALID_FIELD naming
  // `field`; AMBIGUOUS_NAME.
  absl::StatusOr<std::string> Find(const access::v1::Principal& caller, std::string_view reference,
                                   std::string_view label, std::string_view field) const;
  // The name of a person in a filter. Whoever is named in full need not be there any more.
  absl::StatusOr<std::string> FindForFilter(const access::v1::Principal& caller,
                                            std::string_view reference) const;
  // Why the person cannot look after a record under `label`; empty when nothing is in the way.
  std::string Problem(std::string_view owner, std::string_view label) const;

 private:
  const access::Access* access_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_OWNERS_H_
