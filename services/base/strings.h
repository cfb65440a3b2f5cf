// absl::string_view and std::string_view are different types in Debian's absl: convert at the call.
#ifndef FOIA_SERVICES_BASE_STRINGS_H_
#define FOIA_SERVICES_BASE_STRINGS_H_

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace foia {

inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view ToStd(absl::string_view s) { return {s.data(), s.size()}; }

// Lower-case hexadecimal.
std::string HexEncode(std::string_view bytes);
// Empty when `hex` is not hexadecimal of even length.
std::string HexDecode(std::string_view hex);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_STRINGS_H_
