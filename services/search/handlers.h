// The search area's RPCs.
#ifndef FOIA_SERVICES_SEARCH_HANDLERS_H_
#define FOIA_SERVICES_SEARCH_HANDLERS_H_

#include <memory>

#include "services/rpc/dispatcher.h"
#include "services/search/searcher.h"

namespace foia::search {

// Both pointers outlive the service.
std::unique_ptr<grpc::Service> NewSearchService(rpc::Dispatcher* dispatcher, Searcher* logic);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_HANDLERS_H_
