// The real Renderer: a few page processes of the documents role's own, started when they are first
// needed, so that what people wait for does not stand behind the pages that workers read.
#ifndef FOIA_SERVICES_DOCUMENTS_PAGE_POOL_H_
#define FOIA_SERVICES_DOCUMENTS_PAGE_POOL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ocr/page/page_process.h"
#include "services/documents/renderer.h"

namespace foia::documents {

struct PagePoolOptions {
  std::string program;  // empty: foia-page beside the running program
  int processes = 2;
  int max_waiting = 16;                      // calls that wait for a process; more are OVERLOADED
  absl::Duration wait = absl::Seconds(10);   // so long at most
  absl::Duration limit = absl::Seconds(30);  // for a picture, and between pieces of a PDF
};

class PagePool final : public Renderer {
 public:
  explicit PagePool(const PagePoolOptions& options) : options_(options) {}
  // Ends what runs: SHUTTING_DOWN, now and later.
  void Stop();

  absl::StatusOr<v1::Picture> Draw(int fd, const std::string& password, int page, int dpi) override;
  absl::Status WritePdf(int fd, const std::string& password, int pages,
                        const std::function<absl::StatusOr<v1::PageRecord>(int)>& record,
                        const std::function<absl::Status(std::string_view)>& write) override;

 private:
  using Process = std::unique_ptr<ocr::PageProcess>;

  absl::StatusOr<ocr::PageProcess*> Take();
  void GiveBack(ocr::PageProcess* process);

  const PagePoolOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  int waiting_ = 0;
  std::vector<Process> all_;
  std::vector<ocr::PageProcess*> free_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_PAGE_POOL_H_
