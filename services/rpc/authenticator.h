// Who a token stands for, and where accesses are recorded: two seams, since a service may run in
// another process than the access service.
#ifndef FOIA_SERVICES_RPC_AUTHENTICATOR_H_
#define FOIA_SERVICES_RPC_AUTHENTICATOR_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"

namespace foia::rpc {

// Safe for concurrent use.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // WRONG_TOKEN when the secret is unknown or revoked. Never answers from a cache, so that a
  // revocation is in force at once; when the access service cannot be asked, the call fails.
  virtual absl::StatusOr<access::v1::Principal> Resolve(std::string_view secret) = 0;
};

// Safe for concurrent use.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // Does not wait; entries are written soon, in order.
  virtual void Record(access::v1::AuditEntry entry) = 0;
};

}  // namespace foia::rpc

#endif  // FOIA_SERVICES_RPC_AUTHENTICATOR_H_
