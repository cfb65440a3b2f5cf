#include "services/worker/page_processes.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "ocr/page/page_process.h"
#include "services/base/status.h"

namespace foia::worker {
namespace {

class PageProcessReader final : public PageReader {
 public:
  explicit PageProcessReader(std::unique_ptr<ocr::PageProcess> process)
      : process_(std::move(process)) {}
  absl::StatusOr<documents::v1::ProbeResult> Probe(int fd, const std::string& password) override {
    return process_->Probe(fd, password);
  }
  absl::StatusOr<documents::v1::ProbeResult> Unpack(
      int fd, const std::string& password,
      const std::function<absl::Status(const documents::v1::MemberChunk&)>& sink) override {
    return process_->Unpack(fd, password, sink);
  }
  absl::StatusOr<documents::v1::PageRecord> ReadPage(int fd, int page,
                                                     const std::string& password) override {
    return process_->ReadPage(fd, page, password);
  }
  void Cancel() override { process_->Cancel(); }

 private:
  std::unique_ptr<ocr::PageProcess> process_;
};

}  // namespace

PageReaderFactory PageProcesses(std::string program) {
  return [program = std::move(program)](
             const std::string& languages,
             const std::string& seal_key) -> absl::StatusOr<std::unique_ptr<PageReader>> {
    ocr::PageProcessOptions options;
    options.program = program;
    options.languages = languages;
    options.seal_key = seal_key;
    FOIA_ASSIGN_OR_RETURN(auto process, ocr::PageProcess::Start(std::move(options)));
    return std::make_unique<PageProcessReader>(std::move(process));
  };
}

absl::Status TryLanguages(const PageReaderFactory& readers, const std::string& languages) {
  FOIA_ASSIGN_OR_RETURN(const std::unique_ptr<PageReader> reader, readers(languages, ""));
  const int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
  absl::Status status = reader->Probe(empty, "").status();
  close(empty);
  return status;
}

}  // namespace foia::worker
