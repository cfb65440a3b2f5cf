// The access area's RPCs.
#ifndef FOIA_SERVICES_ACCESS_HANDLERS_H_
#define FOIA_SERVICES_ACCESS_HANDLERS_H_

#include <memory>

#include "services/access/access.h"
#include "services/rpc/dispatcher.h"

namespace foia::access {

// Both pointers outlive the service.
std::unique_ptr<grpc::Service> NewAccessService(rpc::Dispatcher* dispatcher, Access* logic);

}  // namespace foia::access

#endif  // FOIA_SERVICES_ACCESS_HANDLERS_H_
