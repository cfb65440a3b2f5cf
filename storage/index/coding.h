// How the index writes numbers and strings into values: variable-byte numbers, length-prefixed
// strings. Internal to storage/index; docs/formats/index.md shows the values made of them.
#ifndef FOIA_STORAGE_INDEX_CODING_H_
#define FOIA_STORAGE_INDEX_CODING_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace foia::storage {

// Seven bits a byte, low bits first, the high bit set on all bytes but the last.
inline void AppendVarint(uint64_t number, std::string& out) {
  while (number >= 128) {
    out += static_cast<char>((number & 127) | 128);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

inline void AppendString(std::string_view text, std::string& out) {
  AppendVarint(text.size(), out);
  out.append(text);
}

// Reads a value from its front. After a read beyond the end ok() is false and every number is 0.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool done() const { return next_ == end_; }
  const char* position() const { return next_; }

  uint64_t Varint64() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64 && next_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*next_++);
      number |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return number;
    }
    return Fail();
  }
  uint32_t Varint() {
    const uint64_t number = Varint64();
    return number > UINT32_MAX ? static_cast<uint32_t>(Fail()) : static_cast<uint32_t>(number);
  }
  std::string_view String() {
    const uint64_t size = Varint64();
    if (size > static_cast<uint64_t>(end_ - next_)) {
      Fail();
      return {};
    }
    const std::string_view text(next_, size);
    next_ += size;
    return text;
  }
  void SkipVarints(uint32_t count) {
    for (; count > 0 && next_ != end_; ++next_) {
      if ((static_cast<unsigned char>(*next_) & 128) == 0) --count;
    }
    if (count > 0) Fail();
  }

 private:
  uint64_t Fail() {
    ok_ = false;
    next_ = end_;
    return 0;
  }

  const char* next_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_INDEX_CODING_H_
