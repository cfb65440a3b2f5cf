// Where the documents service asks for requests: they belong to the tracker, which may run in the
// same process or behind RPC.
#ifndef FOIA_SERVICES_DOCUMENTS_REQUEST_DIRECTORY_H_
#define FOIA_SERVICES_DOCUMENTS_REQUEST_DIRECTORY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/access/policy.h"

namespace foia::documents {

struct RequestRef {
  std::string name;   // requests/{request}
  std::string label;  // labels/{label}
};

// Implementations are safe for concurrent use.
class RequestDirectory {
 public:
  virtual ~RequestDirectory() = default;
  // The request that `request` means: its name, a unique prefix or a tracking number.
  // REQUEST_NOT_FOUND when there is none that the caller may see.
  virtual absl::StatusOr<RequestRef> Find(const access::Principal& caller,
                                          std::string_view request) = 0;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_REQUEST_DIRECTORY_H_
