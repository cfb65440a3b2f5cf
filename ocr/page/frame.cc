#include "ocr/page/frame.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "services/base/status.h"

namespace foia::ocr {
namespace {

constexpr size_t kMaxFrame = 64u << 20;
constexpr size_t kHeader = 4;

absl::Status Gone() { return absl::UnavailableError("the other side is gone"); }

using SteadyTime = std::chrono::steady_clock::time_point;

class Reader {
 public:
  Reader(int socket, absl::Duration limit, int* descriptor)
      : socket_(socket),
        endless_(limit == absl::InfiniteDuration()),
        end_(endless_ ? SteadyTime()
                      : std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(limit)),
        descriptor_(descriptor) {}

  absl::Status Read(char* data, size_t size) {
    while (size > 0) {
      FOIA_RETURN_IF_ERROR(Wait());
      iovec part{data, size};
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
      msghdr header{};
      header.msg_iov = &part;
      header.msg_iovlen = 1;
      header.msg_control = control;
      header.msg_controllen = sizeof control;
      const ssize_t n = recvmsg(socket_, &header, MSG_CMSG_CLOEXEC);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return Gone();
      TakeDescriptor(&header);
      data += n;
      size -= static_cast<size_t>(n);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Wait() {
    if (endless_) return absl::OkStatus();
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                            end_ - std::chrono::steady_clock::now())
                            .count();
      pollfd entry{socket_, POLLIN, 0};
      const int n = poll(&entry, 1, static_cast<int>(std::max<long>(left, 0)));
      if (n > 0) return absl::OkStatus();
      if (n == 0) return absl::DeadlineExceededError("no answer in time");
      if (errno != EINTR) return Gone();
    }
  }

  void TakeDescriptor(msghdr* header) {
    for (cmsghdr* c = CMSG_FIRSTHDR(header); c != nullptr; c = CMSG_NXTHDR(header, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
      if (descriptor_ != nullptr && *descriptor_ < 0) {
        *descriptor_ = fd;
      } else {
        close(fd);
      }
    }
  }

  const int socket_;
  const bool endless_;
  const SteadyTime end_;
  int* const descriptor_;
};

}  // namespace

absl::Status SendFrame(int socket, const google::protobuf::MessageLite& message, int descriptor) {
  std::string bytes(kHeader, '\0');
  if (!message.AppendToString(&bytes)) return absl::InternalError("message too large");
  const size_t size = bytes.size() - kHeader;
  for (size_t i = 0; i < kHeader; ++i) bytes[i] = static_cast<char>((size >> (8 * i)) & 0xFF);

  size_t sent = 0;
  while (sent < bytes.size()) {
    iovec part{bytes.data() + sent, bytes.size() - sent};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    if (sent == 0 && descriptor >= 0) {
      header.msg_control = control;
      header.msg_controllen = sizeof control;
      cmsghdr* c = CMSG_FIRSTHDR(&header);
      c->cmsg_level = SOL_SOCKET;
      c->cmsg_type = SCM_RIGHTS;
      c->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(c), &descriptor, sizeof descriptor);
    }
    const ssize_t n = sendmsg(socket, &header, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Gone();
    sent += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

absl::Status ReceiveFrame(int socket, absl::Duration limit, google::protobuf::MessageLite* message,
                          int* descriptor) {
  if (descriptor != nullptr) *descriptor = -1;
  Reader reader(socket, limit, descriptor);
  unsigned char head[kHeader];
  FOIA_RETURN_IF_ERROR(reader.Read(reinterpret_cast<char*>(head), kHeader));
  size_t size = 0;
  for (size_t i = 0; i < kHeader; ++i) size |= static_cast<size_t>(head[i]) << (8 * i);
  if (size > kMaxFrame) return absl::DataLossError("frame too long");
  std::string bytes(size, '\0');
  FOIA_RETURN_IF_ERROR(reader.Read(bytes.data(), size));
  if (!message->ParseFromString(bytes)) return absl::DataLossError("not the expected message");
  return absl::OkStatus();
}

}  // namespace foia::ocr
