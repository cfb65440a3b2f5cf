// Time is injected: services take a Clock, tests set it.
#ifndef FOIA_SERVICES_BASE_CLOCK_H_
#define FOIA_SERVICES_BASE_CLOCK_H_

#include <google/protobuf/timestamp.pb.h>

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace foia {

// Safe for concurrent use.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// A clock that stands until it is set; for tests and for "as of" computations.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now) : nanos_(absl::ToUnixNanos(now)) {}
  absl::Time Now() const override { return absl::FromUnixNanos(nanos_.load()); }
  void Set(absl::Time now) { nanos_.store(absl::ToUnixNanos(now)); }
  void Advance(absl::Duration by) { nanos_.fetch_add(absl::ToInt64Nanoseconds(by)); }

 private:
  std::atomic<int64_t> nanos_;
};

// A moment as protobufs hold it; not before 1970.
inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  const int64_t nanos = absl::ToUnixNanos(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(nanos / kNanosPerSecond);
  timestamp.set_nanos(static_cast<int32_t>(nanos % kNanosPerSecond));
  return timestamp;
}

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_CLOCK_H_
