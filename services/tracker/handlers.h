// The tracker area's RPCs.
#ifndef FOIA_SERVICES_TRACKER_HANDLERS_H_
#define FOIA_SERVICES_TRACKER_HANDLERS_H_

#include <memory>

#include "services/rpc/dispatcher.h"
#include "services/tracker/agencies.h"
#include "services/tracker/matters.h"
#include "services/tracker/requests.h"
#include "services/tracker/rules_admin.h"

namespace foia::tracker {

// All pointers outlive the services.
std::unique_ptr<grpc::Service> NewAgencyService(rpc::Dispatcher* dispatcher, Agencies* logic);
std::unique_ptr<grpc::Service> NewMatterService(rpc::Dispatcher* dispatcher, Matters* logic);
std::unique_ptr<grpc::Service> NewRequestService(rpc::Dispatcher* dispatcher, Requests* logic);
std::unique_ptr<grpc::Service> NewRulesService(rpc::Dispatcher* dispatcher, RulesAdmin* logic);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_HANDLERS_H_
