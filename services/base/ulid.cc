#include "services/base/ulid.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>

#include "services/base/crypto.h"

namespace foia {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kUlidLength = 26;

struct Ulid {
  int64_t millis = 0;
  std::array<unsigned char, 10> random = {};
};

// Within one millisecond the first 24 random bits count up, so that ids keep their order and still
// differ early: a short prefix stays unique.
Ulid NextUlid(int64_t millis) {
  static std::mutex mutex;
  static Ulid last;
  std::lock_guard lock(mutex);
  const std::array<unsigned char, 3> count{last.random[0], last.random[1], last.random[2]};
  const std::string bytes = RandomBytes(last.random.size());
  for (size_t i = 0; i < last.random.size(); ++i) {
    last.random[i] = static_cast<unsigned char>(bytes[i]);
  }
  if (millis > last.millis) {
    last.millis = millis;
    last.random[0] &= 0x7f;  // room to count up
  } else {
    std::copy(count.begin(), count.end(), last.random.begin());
    for (size_t i = count.size(); i-- > 0;) {
      if (++last.random[i] != 0) break;
    }
  }
  return last;
}

std::string Encode(char type_letter, const Ulid& ulid) {
  std::string id(1, type_letter);
  for (int shift = 45; shift >= 0; shift -= 5) {
    id += kAlphabet[static_cast<size_t>((ulid.millis >> shift) & 31)];
  }
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char byte : ulid.random) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += kAlphabet[(buffer >> bits) & 31];
    }
  }
  return id;
}

}  // namespace

std::string NewId(char type_letter, absl::Time now) {
  return Encode(type_letter, NextUlid(absl::ToUnixMillis(now)));
}

std::string IdFromHash(char type_letter, std::string_view hash) {
  Ulid ulid;
  for (size_t i = 0; i < 6; ++i) {
    ulid.millis = (ulid.millis << 8) | static_cast<unsigned char>(hash[i]);
  }
  for (size_t i = 0; i < ulid.random.size(); ++i) {
    ulid.random[i] = static_cast<unsigned char>(hash[6 + i]);
  }
  return Encode(type_letter, ulid);
}

bool IsId(char type_letter, std::string_view id) {
  if (id.size() != kUlidLength + 1 || id[0] != type_letter) return false;
  return id.substr(1).find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace foia
