// The documents area's RPCs.
#ifndef FOIA_SERVICES_DOCUMENTS_HANDLERS_H_
#define FOIA_SERVICES_DOCUMENTS_HANDLERS_H_

#include <memory>

#include "services/documents/documents.h"
#include "services/documents/feed.h"
#include "services/documents/page_tasks.h"
#include "services/documents/renditions.h"
#include "services/rpc/dispatcher.h"

namespace foia::documents {

// All pointers outlive the services. What has to be drawn or written first goes to `slow`, so that
// it keeps nothing else waiting. PageTaskService and FeedService calls may wait for seconds:
// give them a dispatcher of their own, so that they never keep people waiting.
std::unique_ptr<grpc::Service> NewDocumentService(rpc::Dispatcher* dispatcher, Documents* logic,
                                                  rpc::Dispatcher* slow, Renditions* renditions);
std::unique_ptr<grpc::Service> NewPageTaskService(rpc::Dispatcher* dispatcher, PageTasks* logic);
std::unique_ptr<grpc::Service> NewFeedService(rpc::Dispatcher* dispatcher, Feed* logic);

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_HANDLERS_H_
