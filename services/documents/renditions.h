// What is made of documents when somebody asks for it: pictures of pages and searchable PDFs. Kept
// in a bounded cache on disk, and made again when they are not there.
#ifndef FOIA_SERVICES_DOCUMENTS_RENDITIONS_H_
#define FOIA_SERVICES_DOCUMENTS_RENDITIONS_H_

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "foia/documents/v1/document_service.pb.h"
#include "services/documents/document_store.h"
#include "services/documents/renderer.h"
#include "storage/cache/disk_cache.h"

namespace foia::documents {

struct RenditionsOptions {
  absl::Duration wait = absl::Seconds(4);  // how long ExportDocument waits for the end
  size_t max_exports = 8;                  // that wait or are being made; more are OVERLOADED
};

// Safe for concurrent use. Pictures show pixels only, so those of pages that were read are for
// every reader, also where words under their boxes are sealed; a PDF holds what the original holds
// and needs the same right.
class Renditions {
 public:
  // The arguments must outlive it.
  Renditions(DocumentStore& store, Renderer& renderer, storage::DiskCache& cache,
             const RenditionsOptions& options = {});
  ~Renditions() { Stop(); }
  // Waits for the export that is being made. Stop the renderer first.
  void Stop();

  absl::StatusOr<v1::RenderPageResponse> RenderPage(const Principal& caller,
                                                    const v1::RenderPageRequest& request);
  absl::StatusOr<v1::Export> ExportDocument(const Principal& caller,
                                            const v1::ExportDocumentRequest& request);
  absl::StatusOr<v1::ReadExportResponse> ReadExport(const Principal& caller,
                                                    const v1::ReadExportRequest& request);

 private:
  struct Job {
    std::string document, sha256, password;
    bool ended = false;
    absl::Status status;
    v1::Export result;
  };

  void Run();
  absl::Status Make(Job& job);
  absl::StatusOr<std::string> PasswordOf(const std::string& document, const std::string& given);

  DocumentStore& store_;
  Renderer& renderer_;
  storage::DiskCache& cache_;
  const RenditionsOptions options_;

  std::mutex mutex_;  // guards all below and the jobs' results
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // by the export's name
  std::deque<std::shared_ptr<Job>> waiting_;
  std::thread thread_;  // makes one after the other; started with the first
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_RENDITIONS_H_
