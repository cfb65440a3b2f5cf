#include "services/base/member_path.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/strings.h"

namespace foia {
namespace {

constexpr size_t kMaxPathBytes = 1024;
constexpr size_t kMaxFileNameBytes = 255;

// At most so many bytes from the end, without a cut character at the start.
std::string Tail(std::string text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t from = text.size() - bytes;
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
  return text.substr(from);
}

// Control characters, and those that turn the direction of what follows, in UTF-8.
std::string WithoutControls(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size();) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const auto at = [&](size_t k) {
      return i + k < name.size() ? static_cast<unsigned char>(name[i + k]) : 0U;
    };
    size_t drop = 0;
    if (byte < 0x20 || byte == 0x7F) drop = 1;
    if (byte == 0xC2 && at(1) >= 0x80 && at(1) < 0xA0) drop = 2;  // U+0080 to U+009F
    if (byte == 0xE2 && at(1) == 0x80 &&
        ((at(2) >= 0x8E && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE))) {
      drop = 3;  // U+200E, U+200F, U+2028 to U+202E
    }
    if (byte == 0xE2 && at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9) drop = 3;  // U+2066..2069
    if (drop > 0) {
      out += '?';
      i += drop;
    } else {
      out += name[i++];
    }
  }
  return out;
}

}  // namespace

std::string CleanMemberPath(std::string_view path) {
  std::vector<std::string> names;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(path), absl::ByAnyChar("/\\"))) {
    const bool drive = names.empty() && part.size() == 2 && part[1] == ':';
    if (part.empty() || part == "." || part == ".." || drive) continue;
    names.push_back(Tail(WithoutControls(ToStd(part)), kMaxFileNameBytes));
  }
  std::string joined = Tail(absl::StrJoin(names, "/"), kMaxPathBytes);
  return joined.empty() ? "unnamed" : joined;
}

}  // namespace foia
