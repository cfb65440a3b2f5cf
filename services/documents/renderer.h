// What draws pages and writes searchable PDFs for the documents service.
#ifndef FOIA_SERVICES_DOCUMENTS_RENDERER_H_
#define FOIA_SERVICES_DOCUMENTS_RENDERER_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_job.pb.h"

namespace foia::documents {

// Safe for concurrent use. `fd` is the file, read-only, and stays the caller's. Errors:
// CANNOT_RENDER, INVALID_FIELD for a password that is needed or wrong, OVERLOADED.
class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual absl::StatusOr<v1::Picture> Draw(int fd, const std::string& password, int page,
                                           int dpi) = 0;
  // Asks `record` for pages 1 to `pages` in order, then passes the PDF to `write`.
  virtual absl::Status WritePdf(int fd, const std::string& password, int pages,
                                const std::function<absl::StatusOr<v1::PageRecord>(int)>& record,
                                const std::function<absl::Status(std::string_view)>& write) = 0;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_RENDERER_H_
