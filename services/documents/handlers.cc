#include "services/documents/handlers.h"

#include "foia/documents/v1/document_service.grpc.pb.h"
#include "foia/documents/v1/feed_service.grpc.pb.h"
#include "foia/documents/v1/page_task_service.grpc.pb.h"

namespace foia::documents {
namespace {

class DocumentHandlers final : public rpc::Handlers<v1::DocumentService, Documents> {
 public:
  DocumentHandlers(rpc::Dispatcher* dispatcher, Documents* logic, rpc::Dispatcher* slow,
                   Renditions* renditions)
      : Handlers(dispatcher, logic), slow_(slow), renditions_(renditions) {}

  FOIA_RPC(CreateUpload, v1::CreateUploadRequest, v1::Upload)
  FOIA_RPC(GetUpload, v1::GetUploadRequest, v1::Upload)
  FOIA_RPC(WriteUpload, v1::WriteUploadRequest, v1::Upload)
  FOIA_RPC(FinishUpload, v1::FinishUploadRequest, v1::Document)
  FOIA_RPC(GetDocument, v1::GetDocumentRequest, v1::Document)
  FOIA_RPC(ListDocuments, v1::ListDocumentsRequest, v1::ListDocumentsResponse)
  FOIA_RPC(UpdateDocument, v1::UpdateDocumentRequest, v1::Document)
  FOIA_RPC(SetDocumentLabel, v1::SetDocumentLabelRequest, v1::Document)
  FOIA_RPC(RetryDocument, v1::RetryDocumentRequest, v1::Document)
  FOIA_RPC(GetPage, v1::GetPageRequest, v1::Page)
  FOIA_RPC(ListPages, v1::ListPagesRequest, v1::ListPagesResponse)
  FOIA_RPC(ListDoubtfulPages, v1::ListDoubtfulPagesRequest, v1::ListDoubtfulPagesResponse)
  FOIA_RPC(ReadOriginal, v1::ReadOriginalRequest, v1::ReadOriginalResponse)
  FOIA_RPC_BY(slow_, renditions_, RenderPage, v1::RenderPageRequest, v1::RenderPageResponse)
  FOIA_RPC_BY(slow_, renditions_, ExportDocument, v1::ExportDocumentRequest, v1::Export)
  FOIA_RPC_BY(dispatcher_, renditions_, ReadExport, v1::ReadExportRequest, v1::ReadExportResponse)

 private:
  rpc::Dispatcher* const slow_;
  Renditions* const renditions_;
};

class PageTaskHandlers final : public rpc::Handlers<v1::PageTaskService, PageTasks> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(LeaseTasks, v1::LeaseTasksRequest, v1::LeaseTasksResponse)
  FOIA_RPC(RenewLeases, v1::RenewLeasesRequest, v1::RenewLeasesResponse)
  FOIA_RPC(CompleteTask, v1::CompleteTaskRequest, v1::CompleteTaskResponse)
  FOIA_RPC(ReadTaskFile, v1::ReadTaskFileRequest, v1::ReadTaskFileResponse)
  FOIA_RPC(WriteMember, v1::WriteMemberRequest, v1::WriteMemberResponse)
};

class FeedHandlers final : public rpc::Handlers<v1::FeedService, Feed> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(ListChanges, v1::ListChangesRequest, v1::ListChangesResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> NewDocumentService(rpc::Dispatcher* dispatcher, Documents* logic,
                                                  rpc::Dispatcher* slow, Renditions* renditions) {
  return std::make_unique<DocumentHandlers>(dispatcher, logic, slow, renditions);
}
std::unique_ptr<grpc::Service> NewPageTaskService(rpc::Dispatcher* dispatcher, PageTasks* logic) {
  return std::make_unique<PageTaskHandlers>(dispatcher, logic);
}
std::unique_ptr<grpc::Service> NewFeedService(rpc::Dispatcher* dispatcher, Feed* logic) {
  return std::make_unique<FeedHandlers>(dispatcher, logic);
}

}  // namespace foia::documents
