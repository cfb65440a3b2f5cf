// Page tokens of List methods (AIP-158): opaque, URL-safe, bound to one list and its filter. They
// say where to go on and grant nothing.
#ifndef FOIA_SERVICES_BASE_PAGE_TOKEN_H_
#define FOIA_SERVICES_BASE_PAGE_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace foia {

// `list` names the method and everything that decides what is listed and in which order;
// `last_key` is the last key that was returned.
std::string MakePageToken(std::string_view list, std::string_view last_key);

// The last key, empty for an empty token. INVALID_PAGE_TOKEN for a damaged one or another list's.
absl::StatusOr<std::string> ReadPageToken(std::string_view list, std::string_view token);

// 0 becomes `standard`, more than `most` becomes `most`; INVALID_FIELD when negative.
absl::StatusOr<int> PageSize(int requested, int standard = 50, int most = 1000);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_PAGE_TOKEN_H_
