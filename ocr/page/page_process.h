// The other side of foia-page: reads pages of untrusted files in a child process and survives
// whatever that does. Links no PDF or OCR library.
//
//   FOIA_ASSIGN_OR_RETURN(auto process, PageProcess::Start({.languages = "eng"}));
//   FOIA_ASSIGN_OR_RETURN(ProbeResult probe, process->Probe(fd, ""));
//   FOIA_ASSIGN_OR_RETURN(PageRecord page, process->ReadPage(fd, 1, "")));
#ifndef FOIA_OCR_PAGE_PAGE_PROCESS_H_
#define FOIA_OCR_PAGE_PAGE_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "foia/documents/v1/page_job.pb.h"
#include "foia/documents/v1/page_record.pb.h"

namespace foia::ocr {

// The foia-page in `folder` that suits this processor: the one in x86-64-v3/ where it was built and
// the processor can run it.
std::string PageProgram(const std::string& folder);

struct PageProcessOptions {
  // Empty: FOIA_PAGE of the environment, else PageProgram of the running program's folder.
  std::string program;
  std::string languages = "eng";
  // After these the child is killed.
  absl::Duration start_limit = absl::Seconds(60);
  absl::Duration probe_limit = absl::Seconds(20);
  absl::Duration page_limit = absl::Seconds(90);
  // Of an answer in pieces as a whole, beside the limit for each piece: the members of a container,
  // a searchable PDF. The largest that may be unpacked take a minute or two.
  absl::Duration pieces_limit = absl::Minutes(10);
  // After this, recognition stops by itself and keeps what it has.
  absl::Duration soft_limit = absl::Seconds(60);
  // The child is replaced after so many pages or above so much peak memory.
  int recycle_after_pages = 500;
  int64_t recycle_rss_kib = 600 * 1024;
  // Key of the hash over sealed text; random per process when empty.
  std::string seal_key;
};

// Takes one chunk of a member.
using MemberSink = std::function<absl::Status(const documents::v1::MemberChunk&)>;

// Blocking, one job at a time; not safe for concurrent use except Cancel. The child is started with
// the first job and anew after it died.
class PageProcess {
 public:
  // REASON_UNREADABLE_FILE when there is no such program.
  static absl::StatusOr<std::unique_ptr<PageProcess>> Start(PageProcessOptions options);
  ~PageProcess();

  // `fd`: the file, readable; stays the caller's. A file that cannot be read is a state of the
  // result; an error means that the program cannot be started at all (REASON_INTERNAL), that a
  // language pack is missing (REASON_INVALID_FIELD) or that Cancel was called (CANCELLED).
  absl::StatusOr<documents::v1::ProbeResult> Probe(int fd, const std::string& password);
  // Passes the members of a container to `sink`, in chunks, and says at the end what Probe says and
  // which members could not be unpacked; TIMED_OUT or FAILED when it had to be given up after some.
  // `sink` may take its time: limits are on the child's. An error of `sink` ends it and is
  // returned.
  absl::StatusOr<documents::v1::ProbeResult> Unpack(int fd, const std::string& password,
                                                    const MemberSink& sink);
  // `page` counts from 1. When the child dies, the page is tried once more in full: it may have
  // died of an earlier page, or of somebody's signal. After a second death or a timeout it is tried
  // in the cheap way (unless this was it), which the record then says; then the record is FAILED or
  // TIMED_OUT.
  absl::StatusOr<documents::v1::PageRecord> ReadPage(int fd, int page, const std::string& password,
                                                     bool cheap = false);

  // The page as displayed; `dpi` sinks where it would be too large. CANNOT_RENDER; INVALID_FIELD
  // when the password is missing or wrong; errors as above.
  absl::StatusOr<documents::v1::Picture> Draw(int fd, const std::string& password, int page,
                                              int dpi);
  // A searchable PDF of the file: asks `record` for pages 1 to `pages` in order, then passes pieces
  // of at most 1 MiB to `write`. Errors of both end it; otherwise as Draw.
  absl::Status WritePdf(
      int fd, const std::string& password, int pages,
      const std::function<absl::StatusOr<documents::v1::PageRecord>(int page)>& record,
      const std::function<absl::Status(std::string_view)>& write);

  // Ends the running job from another thread, and every later one at once.
  void Cancel();

  // Of the child, 0 when none runs. For tests and supervision.
  pid_t child() const;
  // What the system did not let the last child cut itself off from: of "namespaces", "files" and
  // "system calls" with commas between; empty when nothing is left, and before the first job.
  const std::string& isolation() const { return isolation_; }

 private:
  explicit PageProcess(PageProcessOptions options);
  absl::Status StartChild();
  // The wait status of the child, 0 when there was none.
  int StopChild();
  // Ends a child that gave no answer; `status` again, with how it died when it did, or CANCELLED.
  absl::Status Lose(absl::Status status);
  // Probe and Unpack.
  absl::StatusOr<documents::v1::ProbeResult> Look(int fd, documents::v1::PageJob job,
                                                  const std::string& password,
                                                  const MemberSink& sink);
  // The steps of a job: the child is started when there is none, and gone after an error.
  absl::Status SendJob(int fd, documents::v1::PageJob job);
  absl::Status ReceiveReply(absl::Duration limit, documents::v1::PageReply* reply);
  // One of many: `left` is what remains for all of them.
  absl::Status ReceivePiece(absl::Duration limit, absl::Duration* left,
                            documents::v1::PageReply* reply);
  void EndJob(const documents::v1::PageReply& reply);
  // All of them. `reply` is valid when OK. Members that come before it go to `sink`; then the limit
  // is for each of their chunks.
  absl::Status Exchange(int fd, documents::v1::PageJob job, absl::Duration limit,
                        documents::v1::PageReply* reply, const MemberSink& sink = nullptr);

  const PageProcessOptions options_;
  mutable absl::Mutex mutex_;
  pid_t child_ ABSL_GUARDED_BY(mutex_) = 0;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  int socket_ = -1;
  int pages_ = 0;     // read by this child
  std::string file_;  // identity of the file the child has open
  std::string isolation_;
  std::string password_;  // with which it was opened
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_PAGE_PROCESS_H_
