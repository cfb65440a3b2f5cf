#include "services/base/page_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia {
namespace {

constexpr char kVersion = 1;
constexpr size_t kHashSize = 8;

// Version, hash over list and key, key: a token that was cut or belongs elsewhere does not match.
std::string Tag(std::string_view list, std::string_view last_key) {
  std::string input(list);
  input += '\0';
  input += last_key;
  return Sha256(input).substr(0, kHashSize);
}

}  // namespace

std::string MakePageToken(std::string_view list, std::string_view last_key) {
  std::string bytes(1, kVersion);
  bytes += Tag(list, last_key);
  bytes += last_key;
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::string> ReadPageToken(std::string_view list, std::string_view token) {
  if (token.empty()) return std::string();
  std::string bytes;
  if (absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) && bytes.size() > 1 + kHashSize &&
      bytes[0] == kVersion) {
    std::string last_key = bytes.substr(1 + kHashSize);
    if (bytes.substr(1, kHashSize) == Tag(list, last_key)) return last_key;
  }
  return MakeError(Reason::REASON_INVALID_PAGE_TOKEN,
                   "the page token is damaged or belongs to another list");
}

absl::StatusOr<int> PageSize(int requested, int standard, int most) {
  if (requested < 0) return InvalidFields({{"page_size", "must not be negative"}});
  return requested == 0 ? standard : std::min(requested, most);
}

}  // namespace foia
