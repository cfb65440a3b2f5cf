// The one mapping between absl::Status (inside) and gRPC status with google.rpc details (outside).
#ifndef FOIA_SERVICES_RPC_STATUS_MAPPING_H_
#define FOIA_SERVICES_RPC_STATUS_MAPPING_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace foia::rpc {

// Codes are numerically the same; payloads become google.rpc.Status details. An error without a
// reason gets ErrorInfo INTERNAL and its message is kept out of the answer (it goes to the log).
grpc::Status ToGrpc(const absl::Status& status);

// The reverse. Errors that gRPC itself makes get a reason: UNAVAILABLE becomes SERVER_UNREACHABLE,
// DEADLINE_EXCEEDED becomes TIMEOUT.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace foia::rpc

#endif  // FOIA_SERVICES_RPC_STATUS_MAPPING_H_
