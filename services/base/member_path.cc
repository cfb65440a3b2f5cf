#include "services/base/member_path.h"

#include <iterator>
#include <utility>
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
    std::string name = Tail(WithoutControls(ToStd(part)), kMaxFileNameBytes);
    const bool drive = name.size() == 2 && name[1] == ':';
    if (name.empty() || name == "." || name == ".." || drive) continue;
    names.push_back(std::move(name));
  }
  // Whole names from the end: what a cut leaves of one might be "..", or nothing.
  auto first = names.end();
  for (size_t size = 0; first != names.begin(); --first) {
    size += std::prev(first)->size() + (first == names.end() ? 0 : 1);
    if (size > kMaxPathBytes) break;
  }
  return first == names.end() ? "unnamed" : absl::StrJoin(first, names.end(), "/");
}

}  // namespace foia
