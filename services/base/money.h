// Amounts of US dollars as people and letters write them, kept exactly as cents.
#ifndef FOIA_SERVICES_BASE_MONEY_H_
#define FOIA_SERVICES_BASE_MONEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace foia {

// The largest amount that is taken: ten million dollars.
inline constexpr int64_t kMaxCents = 1'000'000'000;

// "450", "450.00", "1200.5", "$1,200.50", "USD 25", "25 dollars" in cents. INVALID_FIELD for what
// is no amount, is negative or too large, and for what has several readings: "1.200,50" and "1,5"
// are written with a comma for the cents elsewhere, and "1.200" may be 1200. `field` names the
// place.
absl::StatusOr<int64_t> ParseMoney(std::string_view text, std::string_view field);

// "1200.50": how an amount is stored and shown.
std::string FormatMoney(int64_t cents);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_MONEY_H_
