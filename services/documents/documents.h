// Files of agencies: what DocumentService does.
//
// Originals are guarded until their redactions are known to hold: as long as a document is not
// DONE, and for ever when it has sealed text, ReadOriginal needs the owner's role.
#ifndef FOIA_SERVICES_DOCUMENTS_DOCUMENTS_H_
#define FOIA_SERVICES_DOCUMENTS_DOCUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/documents/v1/document_service.pb.h"
#include "services/documents/document_store.h"
#include "services/documents/request_directory.h"
#include "services/documents/uploads.h"

namespace foia::documents {

// Safe for concurrent use. A document that the caller may not see is answered like one that does
// not exist: DOCUMENT_NOT_FOUND with the same text.
class Documents {
 public:
  Documents(DocumentStore& store, RequestDirectory& requests)
      : store_(store), requests_(requests), uploads_(store, requests) {}

  absl::StatusOr<v1::Upload> CreateUpload(const Principal& caller,
                                          const v1::CreateUploadRequest& request) {
    return uploads_.CreateUpload(caller, request);
  }
  absl::StatusOr<v1::Upload> GetUpload(const Principal& caller,
                                       const v1::GetUploadRequest& request) {
    return uploads_.GetUpload(caller, request);
  }
  absl::StatusOr<v1::Upload> WriteUpload(const Principal& caller,
                                         const v1::WriteUploadRequest& request) {
    return uploads_.WriteUpload(caller, request);
  }
  absl::StatusOr<v1::Document> FinishUpload(const Principal& caller,
                                            const v1::FinishUploadRequest& request) {
    return uploads_.FinishUpload(caller, request);
  }
  absl::Status SweepUploads() { return uploads_.Sweep(); }

  absl::StatusOr<v1::Document> GetDocument(const Principal& caller,
                                           const v1::GetDocumentRequest& request);
  absl::StatusOr<v1::ListDocumentsResponse> ListDocuments(const Principal& caller,
                                                          const v1::ListDocumentsRequest& request);
  absl::StatusOr<v1::Document> UpdateDocument(const Principal& caller,
                                              const v1::UpdateDocumentRequest& request);
  absl::StatusOr<v1::Document> SetDocumentLabel(const Principal& caller,
                                                const v1::SetDocumentLabelRequest& request);
  absl::StatusOr<v1::Document> RetryDocument(const Principal& caller,
                                             const v1::RetryDocumentRequest& request);
  absl::StatusOr<v1::Page> GetPage(const Principal& caller, const v1::GetPageRequest& request);
  absl::StatusOr<v1::ListPagesResponse> ListPages(const Principal& caller,
                                                  const v1::ListPagesRequest& request);
  absl::StatusOr<v1::ListDoubtfulPagesResponse> ListDoubtfulPages(
      const Principal& caller, const v1::ListDoubtfulPagesRequest& request);
  absl::StatusOr<v1::ReadOriginalResponse> ReadOriginal(const Principal& caller,
                                                        const v1::ReadOriginalRequest& request);

 private:
  // Members of a container, in its order.
  absl::StatusOr<v1::ListDocumentsResponse> ListMembers(const Principal& caller,
                                                        const v1::ListDocumentsRequest& request,
                                                        size_t limit);
  // Finds the document, then runs `change` on what the writer sees, with the right checked again
  // there; answers with the document as it is afterwards.
  template <typename Change>
  absl::StatusOr<v1::Document> Modify(const Principal& caller, std::string_view name,
                                      access::Action action, std::string_view etag, Change change);

  // Ids of documents behind `after`, in order: those of a request, or all that the caller may see.
  absl::StatusOr<std::vector<std::string>> DocumentsAfter(const Principal& caller,
                                                          const std::string& request,
                                                          const std::string& after, size_t limit);

  DocumentStore& store_;
  RequestDirectory& requests_;
  Uploads uploads_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_DOCUMENTS_H_
