// The jobs of PageProcess that make files: pictures and searchable PDFs.
#include <utility>

#include "ocr/page/frame.h"
#include "ocr/page/page_process.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

absl::Status NotMade(pb::PageState state, const std::string& reason) {
  if (state == pb::PAGE_STATE_NEEDS_PASSWORD) return InvalidFields({{"password", reason}});
  return MakeError(Reason::REASON_CANNOT_RENDER, reason);
}

// An error that has no reason yet is the child's end.
absl::Status Named(const absl::Status& status) {
  if (status.ok() || absl::IsCancelled(status) || ReasonOf(status) != Reason::REASON_UNSPECIFIED) {
    return status;
  }
  return MakeError(Reason::REASON_CANNOT_RENDER, absl::IsDeadlineExceeded(status)
                                                     ? "making it took longer than the limit"
                                                     : ToStd(status.message()));
}

}  // namespace

absl::StatusOr<pb::Picture> PageProcess::Draw(int fd, const std::string& password, int page,
                                              int dpi) {
  pb::PageJob job;
  job.mutable_draw()->set_page(page);
  job.mutable_draw()->set_dpi(dpi);
  job.set_password(password);
  pb::PageReply reply;
  absl::Status status = Exchange(fd, job, options_.page_limit, &reply);
  // Once more: the child may have died of an earlier file.
  if (absl::IsUnavailable(status)) status = Exchange(fd, job, options_.page_limit, &reply);
  if (!status.ok()) return Named(status);
  pb::Picture& picture = *reply.mutable_picture();
  if (picture.state() != pb::PAGE_STATE_DONE) {
    return NotMade(picture.state(), picture.state_reason());
  }
  return std::move(picture);
}

absl::Status PageProcess::WritePdf(int fd, const std::string& password, int pages,
                                   const std::function<absl::StatusOr<pb::PageRecord>(int)>& record,
                                   const std::function<absl::Status(std::string_view)>& write) {
  pb::PageJob job;
  job.mutable_write_pdf()->set_pages(pages);
  job.set_password(password);
  FOIA_RETURN_IF_ERROR(Named(SendJob(fd, std::move(job))));
  // From here on the child is in the middle of the job: it ends with it, or with the child.
  const auto give_up = [this](const absl::Status& why) {
    StopChild();
    return why;
  };
  for (int page = 1; page <= pages; ++page) {
    const absl::StatusOr<pb::PageRecord> next = record(page);
    if (!next.ok()) return give_up(next.status());
    if (const absl::Status sent = SendFrame(socket_, *next); !sent.ok()) {
      return Named(Lose(sent));
    }
  }
  absl::Duration left = options_.pieces_limit;
  while (true) {
    pb::PageReply reply;
    if (const absl::Status got = ReceivePiece(options_.page_limit, &left, &reply); !got.ok()) {
      return Named(got);
    }
    const pb::Chunk& chunk = reply.chunk();
    if (chunk.end() != pb::PAGE_STATE_UNSPECIFIED) {
      EndJob(reply);
      return chunk.end() == pb::PAGE_STATE_DONE ? absl::OkStatus()
                                                : NotMade(chunk.end(), chunk.reason());
    }
    if (chunk.data().empty()) {
      return give_up(MakeError(Reason::REASON_INTERNAL, "the page program gave no valid answer"));
    }
    if (const absl::Status written = write(chunk.data()); !written.ok()) return give_up(written);
  }
}

}  // namespace foia::ocr
