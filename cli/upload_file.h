// Sends one file. An upload that broke off goes on where the server stands: its request_id follows
// from what is uploaded, so the same command finds the same upload again.
#ifndef FOIA_CLI_UPLOAD_FILE_H_
#define FOIA_CLI_UPLOAD_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/client.h"
#include "cli/progress.h"
#include "foia/documents/v1/document_service.pb.h"

namespace foia::cli {

// Adds name, size and hash of the file at `path` to `document` and derives the request_id.
// UNREADABLE_FILE when it cannot be read to its end.
absl::StatusOr<documents::v1::CreateUploadRequest> PlanUpload(
    const std::string& path, const documents::v1::Document& document);

// What the server is asked to repeat after: connection lost, server busy or restarting.
bool IsTransient(const absl::Status& status);

// Sends the file; tries again after transient errors. `password` opens it, empty for none;
// `progress` counts bytes.
absl::StatusOr<documents::v1::Document> UploadFile(Session& session, const std::string& path,
                                                   const documents::v1::CreateUploadRequest& plan,
                                                   const std::string& password, Progress& progress);

}  // namespace foia::cli

#endif  // FOIA_CLI_UPLOAD_FILE_H_
