// What reads a page for a worker: a foia-page process, or a stand-in in tests.
#ifndef FOIA_SERVICES_WORKER_PAGE_READER_H_
#define FOIA_SERVICES_WORKER_PAGE_READER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "foia/documents/v1/page_job.pb.h"
#include "foia/documents/v1/page_record.pb.h"

namespace foia::worker {

// Blocking, one job at a time; only Cancel may come from another thread. A file or page that cannot
// be read is a state of the result; an error means that the reader itself does not work,
// INVALID_FIELD that it never will: one of its language packs is not installed.
class PageReader {
 public:
  virtual ~PageReader() = default;
  // `fd` is read-only and stays the caller's.
  virtual absl::StatusOr<documents::v1::ProbeResult> Probe(int fd, const std::string& password) = 0;
  // Passes the members of a container to `sink` in chunks; its error ends it and is returned. Says
  // what Probe says and which members could not be unpacked.
  virtual absl::StatusOr<documents::v1::ProbeResult> Unpack(
      int fd, const std::string& password,
      const std::function<absl::Status(const documents::v1::MemberChunk&)>& sink) = 0;
  virtual absl::StatusOr<documents::v1::PageRecord> ReadPage(int fd, int page,
                                                             const std::string& password) = 0;
  // Ends the running job and every later one with CANCELLED.
  virtual void Cancel() = 0;
};

// Makes a reader with these language packs ("eng+spa"); `seal_key` is the key of the hash over
// sealed text.
using PageReaderFactory = std::function<absl::StatusOr<std::unique_ptr<PageReader>>(
    const std::string& languages, const std::string& seal_key)>;

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_PAGE_READER_H_
