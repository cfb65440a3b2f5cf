// Frames come from the sandboxed side: whatever the bytes are, the reader ends.
#include <sys/socket.h>
#include <unistd.h>

#include "foia/documents/v1/page_job.pb.h"
#include "ocr/page/frame.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kFitsIntoTheSocket = 64 << 10;
  if (size > kFitsIntoTheSocket) return 0;
  int ends[2];
  FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  FUZZ_CHECK(write(ends[0], data, size) == static_cast<ssize_t>(size));
  close(ends[0]);
  foia::documents::v1::PageJob job;
  int descriptor = -1;
  while (foia::ocr::ReceiveFrame(ends[1], absl::Seconds(1), &job, &descriptor).ok()) {
    FUZZ_CHECK(descriptor == -1);
  }
  close(ends[1]);
  return 0;
}
