#include "services/base/money.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia {
namespace {

bool IsDigits(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Groups of three digits after the first: "1,200,300".
bool IsGrouped(const std::vector<std::string>& groups) {
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool fits = i == 0 ? groups[i].size() <= 3 : groups[i].size() == 3;
    if (!IsDigits(groups[i]) || !fits) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ParseMoney(std::string_view text, std::string_view field) {
  const auto refuse = [&](std::string_view why) {
    return MakeError(Reason::REASON_INVALID_FIELD,
                     absl::StrCat(ToAbsl(field), ": '", ToAbsl(text), "' ", ToAbsl(why)));
  };
  const std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text)));
  absl::string_view rest = lower;
  const bool is_negative = absl::ConsumePrefix(&rest, "-") || absl::ConsumePrefix(&rest, "(");
  const auto drop_unit = [&rest](absl::string_view unit) {
    rest = absl::StripAsciiWhitespace(rest);
    absl::ConsumePrefix(&rest, unit);
    absl::ConsumeSuffix(&rest, unit);
    rest = absl::StripAsciiWhitespace(rest);
  };
  for (const char* unit : {"usd", "us$", "$", "dollars", "dollar"}) drop_unit(unit);
  if (is_negative || absl::StartsWith(rest, "-")) {
    return refuse("is negative: money that came back is a refund, and what was wrong is corrected");
  }
  const size_t comma = rest.find(',');
  const size_t point = rest.find('.');
  const bool has_comma = comma != absl::string_view::npos;
  const bool has_point = point != absl::string_view::npos;
  if (has_comma && has_point && comma > point) {
    return refuse("is ambiguous: write the cents after a point, as in 1,200.50 or 1200.50");
  }
  const std::string whole(rest.substr(0, point));
  std::string cents(has_point ? rest.substr(point + 1) : "");
  const bool is_number = rest.find_first_not_of("0123456789.,") == absl::string_view::npos &&
                         rest.find_first_of("0123456789") == 0;
  if (!is_number || (has_point && !IsDigits(cents))) {
    return refuse("is no amount; write 1200.50 or $1,200.50");
  }
  if (has_comma && !IsGrouped(absl::StrSplit(whole, ','))) {
    return refuse("is ambiguous: write the cents after a point, as in 1,200.50 or 1200.50");
  }
  if (cents.size() == 3) {
    return refuse("is ambiguous: it may be thousands or parts of a cent; write 1200 or 1.20");
  }
  if (cents.size() > 2) return refuse("has parts of a cent");
  cents.resize(2, '0');
  std::string digits;
  std::copy_if(whole.begin(), whole.end(), std::back_inserter(digits),
               [](char c) { return c != ','; });
  int64_t amount = 0;
  if (!absl::SimpleAtoi(digits + cents, &amount) || amount > kMaxCents) {
    return refuse("is more than 10,000,000.00");
  }
  return amount;
}

std::string FormatMoney(int64_t cents) {
  return absl::StrFormat("%d.%02d", cents / 100, cents % 100);
}

}  // namespace foia
