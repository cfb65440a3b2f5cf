// Messages over a stream socket: 4 bytes of length, little-endian, and a protobuf; a descriptor may
// travel with the first byte.
#ifndef FOIA_OCR_PAGE_FRAME_H_
#define FOIA_OCR_PAGE_FRAME_H_

#include <google/protobuf/message_lite.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace foia::ocr {

// Sends `message`, and `descriptor` unless it is negative. UNAVAILABLE when the other side is gone.
absl::Status SendFrame(int socket, const google::protobuf::MessageLite& message,
                       int descriptor = -1);

// Receives one message. `descriptor` gets the one that came with it, or -1; the caller closes it.
// UNAVAILABLE when the other side is gone, DEADLINE_EXCEEDED after `limit`, DATA_LOSS when it is no
// such message or longer than 64 MiB.
absl::Status ReceiveFrame(int socket, absl::Duration limit, google::protobuf::MessageLite* message,
                          int* descriptor = nullptr);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_FRAME_H_
