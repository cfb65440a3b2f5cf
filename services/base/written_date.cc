#include "services/base/written_date.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {"monday",   "tuesday", "wednesday",
                                                       "thursday", "friday",  "saturday",
                                                       "sunday"};  // as absl counts
// Nobody writes a longer one; what is longer is not looked at.
constexpr size_t kMaxDate = 64;
constexpr int kFirstShortYear = kFirstYear - 1900;

// A run of digits, or of letters.
struct Token {
  std::string word;  // in lower case; empty for digits
  int number = 0;
  size_t digits = 0;
};

absl::Status Refuse(std::string_view field, std::string_view text, const std::string& why) {
  return MakeError(Reason::REASON_INVALID_DATE,
                   absl::StrCat(ToAbsl(field), ": '", ToAbsl(text), "' ", why),
                   {{"field", std::string(field)}, {"value", std::string(text)}});
}

absl::Status NotADate(std::string_view field, std::string_view text) {
  return Refuse(field, text, "is not a date");
}

// "2020-03-04 or 2020-04-03".
std::string Readings(std::vector<CivilDate> dates) {
  std::sort(dates.begin(), dates.end());
  return absl::StrJoin(dates, " or ",
                       [](std::string* out, CivilDate date) { *out += FullDate(date); });
}

// The name that `word` is short for, by its first three letters or more ("Sept" too); -1: none.
template <size_t n>
int Find(const std::array<std::string_view, n>& names, std::string_view word) {
  if (word.size() < 3) return -1;
  for (size_t i = 0; i < n; ++i) {
    if (names[i].substr(0, word.size()) == word) return static_cast<int>(i);
  }
  return -1;
}

bool IsOrdinal(std::string_view word) {
  return word == "st" || word == "nd" || word == "rd" || word == "th";
}

// False when there is anything but numbers, words and what may stand between them.
bool Split(std::string_view text, std::vector<Token>& tokens) {
  bool separated = true;  // at most one of , . / - between two tokens
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == ' ') {
      ++i;
    } else if (c == ',' || c == '.' || c == '/' || c == '-') {
      if (separated) return false;
      separated = true;
      ++i;
    } else if (absl::ascii_isalnum(c)) {
      const bool is_number = absl::ascii_isdigit(c);
      size_t end = i;
      while (end < text.size() && absl::ascii_isalnum(static_cast<unsigned char>(text[end])) &&
             (absl::ascii_isdigit(static_cast<unsigned char>(text[end])) != 0) == is_number) {
        ++end;
      }
      Token token;
      if (is_number) {
        token.digits = end - i;
        if (!absl::SimpleAtoi(ToAbsl(text.substr(i, end - i)), &token.number)) return false;
        tokens.push_back(token);
      } else {
        token.word = std::string(text.substr(i, end - i));
        const bool after_number = !tokens.empty() && tokens.back().digits > 0;
        const bool says_nothing =
            token.word == "of" || token.word == "the" || (after_number && IsOrdinal(token.word));
        if (!says_nothing) tokens.push_back(token);
      }
      separated = false;
      i = end;
    } else {
      return false;
    }
  }
  return true;
}

// 20 is 2020, 85 is 1985.
int YearOf(const Token& token) {
  if (token.digits > 2) return token.number;
  return token.number + (token.number < kFirstShortYear ? 2000 : 1900);
}

bool CanBeYear(const Token& token) { return token.digits == 2 || token.digits == 4; }

// Adds a date that exists.
void AddDate(int year, int month, int day, std::vector<CivilDate>& dates) {
  const CivilDate date(year, month, day);
  const bool exists = year > 0 && date.year() == year && date.month() == month && date.day() == day;
  if (exists && std::find(dates.begin(), dates.end(), date) == dates.end()) dates.push_back(date);
}

// All readings of three numbers.
std::vector<CivilDate> ReadNumbers(const Token& a, const Token& b, const Token& c) {
  std::vector<CivilDate> dates;
  if (a.digits == 4) {  // year first: nobody puts the day in the middle
    AddDate(a.number, b.number, c.number, dates);
    return dates;
  }
  if (CanBeYear(c)) {
    AddDate(YearOf(c), a.number, b.number, dates);
    AddDate(YearOf(c), b.number, a.number, dates);
  }
  if (a.digits == 2 && c.digits == 2) AddDate(YearOf(a), b.number, c.number, dates);
  return dates;
}

// All readings of a day without a year, in the years around today.
std::vector<CivilDate> ReadWithoutYear(const std::vector<std::pair<int, int>>& month_days,
                                       CivilDate today) {
  std::vector<CivilDate> dates;
  for (const auto& [month, day] : month_days) {
    for (int year = static_cast<int>(today.year()) - 1; year <= today.year() + 1; ++year) {
      AddDate(year, month, day, dates);
    }
  }
  // The one before and the one after today are the likely ones.
  std::sort(dates.begin(), dates.end());
  std::vector<CivilDate> near;
  const auto after = std::upper_bound(dates.begin(), dates.end(), today);
  if (after != dates.begin()) near.push_back(*(after - 1));
  if (after != dates.end()) near.push_back(*after);
  return near;
}

std::optional<int64_t> DaysOf(std::string_view unit) {
  if (unit == "d" || unit == "day" || unit == "days") return 1;
  if (unit == "w" || unit == "week" || unit == "weeks") return 7;
  return std::nullopt;
}

// "today", "-3d", "3 days ago", "in 2 weeks"; nothing when it is none of these.
absl::StatusOr<std::optional<CivilDate>> ParseRelative(std::string_view lower,
                                                       std::string_view text,
                                                       std::string_view field,
                                                       std::optional<CivilDate> today) {
  std::optional<int64_t> days;
  const std::vector<std::string> words = absl::StrSplit(ToAbsl(lower), ' ', absl::SkipEmpty());
  std::string_view body = lower;
  int sign = 0;
  for (const auto& [word, offset] :
       {std::pair<std::string_view, int64_t>{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}}) {
    if (lower != word) continue;
    days = offset;
    sign = 1;
  }
  if (!days.has_value()) {
    if (body.front() == '-' || body.front() == '+') {
      sign = body.front() == '-' ? -1 : 1;
      body.remove_prefix(1);
    } else if (words.size() > 1 && words.back() == "ago") {
      sign = -1;
      body.remove_suffix(3);
    } else if (words.size() > 1 && words.front() == "in") {
      sign = 1;
      body.remove_prefix(2);
    }
    std::vector<Token> tokens;
    const bool is_count = Split(body, tokens) && tokens.size() == 2 && tokens[0].digits > 0 &&
                          tokens[0].digits <= 5 && DaysOf(tokens[1].word).has_value();
    if (!is_count) return std::optional<CivilDate>();
    days = tokens[0].number * *DaysOf(tokens[1].word);
  }
  if (!today.has_value()) {
    return Refuse(field, text, "counts from today, which has no meaning here");
  }
  if (sign == 0) {
    return Refuse(field, text,
                  absl::StrCat("lies before or after today: write ",
                               Readings({*today - *days, *today + *days})));
  }
  return std::optional<CivilDate>(*today + *days * sign);
}

}  // namespace

absl::StatusOr<CivilDate> ParseWrittenDate(std::string_view text, std::string_view field,
                                           std::optional<CivilDate> today) {
  if (const absl::StatusOr<CivilDate> iso = ParseDate(text, field); iso.ok()) return iso;
  const std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text)));
  if (lower.empty() || lower.size() > kMaxDate) return NotADate(field, text);
  FOIA_ASSIGN_OR_RETURN(const std::optional<CivilDate> relative,
                        ParseRelative(lower, text, field, today));
  if (relative.has_value()) return *relative;

  std::vector<Token> tokens;
  if (!Split(lower, tokens)) return NotADate(field, text);
  int weekday = -1, month = 0;
  size_t month_at = 0;
  std::vector<Token> numbers;
  for (const Token& token : tokens) {
    const int day_name = Find(kWeekdays, token.word);
    const int month_name = Find(kMonths, token.word);
    if (token.digits > 0) {
      numbers.push_back(token);
    } else if (month_name >= 0 && month == 0) {
      month = month_name + 1;
      month_at = numbers.size();
    } else if (day_name >= 0 && weekday < 0) {
      weekday = day_name;
    } else {
      return NotADate(field, text);
    }
  }

  std::vector<CivilDate> dates;
  std::string why = "has several readings";
  if (month > 0 && numbers.size() == 2) {
    const bool year_first = numbers[0].digits == 4;
    const Token& day = numbers[year_first ? 1 : 0];
    const Token& year = numbers[year_first ? 0 : 1];
    if (day.digits <= 2 && CanBeYear(year) && month_at < 2) {
      AddDate(YearOf(year), month, day.number, dates);
    }
  } else if (month == 0 && numbers.size() == 3) {
    dates = ReadNumbers(numbers[0], numbers[1], numbers[2]);
  } else if (month == 0 && numbers.size() == 1 && numbers[0].digits == 8) {  // 20200716
    const int number = numbers[0].number;
    AddDate(number / 10000, number / 100 % 100, number % 100, dates);
  } else if (today.has_value() && month > 0 && numbers.size() == 1 && numbers[0].digits <= 2) {
    why = "says no year";
    dates = ReadWithoutYear({{month, numbers[0].number}}, *today);
  } else if (today.has_value() && month == 0 && numbers.size() == 2 && numbers[0].digits <= 2 &&
             numbers[1].digits <= 2) {
    why = "says no year";
    dates = ReadWithoutYear(
        {{numbers[0].number, numbers[1].number}, {numbers[1].number, numbers[0].number}}, *today);
  } else if (today.has_value() && weekday >= 0 && numbers.empty() && month == 0) {
    why = "says no date";
    for (int i = 1; i <= 7; ++i) {
      for (const CivilDate near : {*today - i, *today + i}) {
        if (static_cast<int>(absl::GetWeekday(near)) == weekday) dates.push_back(near);
      }
    }
  }
  if (weekday >= 0) {
    const std::vector<CivilDate> all = dates;
    dates.erase(std::remove_if(dates.begin(), dates.end(),
                               [weekday](CivilDate date) {
                                 return static_cast<int>(absl::GetWeekday(date)) != weekday;
                               }),
                dates.end());
    if (dates.empty() && !all.empty()) {
      return Refuse(field, text,
                    absl::StrCat("names the wrong day of the week: it is ", Readings(all)));
    }
  }
  if (dates.empty()) return NotADate(field, text);
  const bool says_enough = why == "has several readings";
  if (dates.size() > 1 || !says_enough) {
    return Refuse(field, text, absl::StrCat(why, ": ", Readings(dates)));
  }
  return dates.front();
}

bool IsDateWord(std::string_view word) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  std::string_view bare = lower;
  while (!bare.empty() && (bare.back() == ',' || bare.back() == '.')) bare.remove_suffix(1);
  if (bare.empty()) return false;
  if (absl::ascii_isdigit(static_cast<unsigned char>(bare.front())) != 0 || bare.front() == '-' ||
      bare.front() == '+') {
    return true;
  }
  for (const std::string_view other :
       {"today", "yesterday", "tomorrow", "of", "the", "in", "ago"}) {
    if (bare == other) return true;
  }
  // "Jul-16-2020": the first run of letters decides.
  const auto end = static_cast<size_t>(
      std::find_if_not(bare.begin(), bare.end(),
                       [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }) -
      bare.begin());
  const std::string_view head = bare.substr(0, end);
  return Find(kMonths, head) >= 0 || Find(kWeekdays, head) >= 0 || DaysOf(head).has_value();
}

absl::StatusOr<std::string> ParseWrittenTime(std::string_view text, std::string_view field) {
  const auto refuse = [&](const std::string& why) {
    return InvalidFields({{std::string(field), absl::StrCat("'", ToAbsl(text), "' ", why)}});
  };
  const std::string not_a_time = "is not a time; write 17:00 or 5 pm";
  // "5:30 P.M." as "5:30pm".
  std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text)));
  if (lower.empty() || lower.size() > kMaxDate) return refuse(not_a_time);
  if (lower == "noon") return std::string("12:00");
  const std::string midnight =
      "is the beginning of the day or its end: write 00:00 of that day, or 23:59";
  if (lower == "midnight") return refuse(midnight);
  lower = absl::StrReplaceAll(
      lower, {{" ", ""}, {"a.m.", "am"}, {"p.m.", "pm"}, {"a.m", "am"}, {"p.m", "pm"}});
  const bool is_am = absl::EndsWith(lower, "am");
  const bool is_pm = absl::EndsWith(lower, "pm");
  if (is_am || is_pm) lower.resize(lower.size() - 2);
  const std::vector<std::string> parts = absl::StrSplit(lower, ':');
  int hour = 0, minute = 0;
  const auto number = [](const std::string& digits, int* value) {
    return !digits.empty() && digits.size() <= 2 &&
           digits.find_first_not_of("0123456789") == std::string::npos &&
           absl::SimpleAtoi(digits, value);
  };
  const bool shaped =
      parts.size() <= 2 && number(parts[0], &hour) &&
      (parts.size() == 1 ? is_am || is_pm : parts[1].size() == 2 && number(parts[1], &minute));
  if (!shaped || minute > 59 || hour > 23) return refuse(not_a_time);
  if (is_am || is_pm) {
    if (hour < 1 || hour > 12) return refuse(not_a_time);
    if (is_am && hour == 12 && minute == 0) return refuse(midnight);
    hour = hour % 12 + (is_pm ? 12 : 0);
  } else if (parts[0].size() == 1) {
    return refuse(absl::StrFormat("is morning or afternoon: write %02d:%02d or %02d:%02d", hour,
                                  minute, hour + 12, minute));
  }
  return absl::StrFormat("%02d:%02d", hour, minute);
}

std::vector<CivilDate> LikelyDates(CivilDate date, CivilDate first, CivilDate last) {
  const auto year = static_cast<int>(date.year());
  const auto exchanged = [](int number) { return number % 10 * 10 + number / 10; };
  // The latest of `readings` that fits.
  const auto best = [&](const std::vector<CivilDate>& readings) {
    std::optional<CivilDate> found;
    for (const CivilDate reading : readings) {
      const bool fits = reading != date && reading >= first && reading <= last;
      if (fits && (!found.has_value() || *found < reading)) found = reading;
    }
    return found;
  };
  const auto in_years = [&](const std::vector<int>& years) {
    std::vector<CivilDate> readings;
    for (const int each : years) AddDate(each, date.month(), date.day(), readings);
    return best(readings);
  };
  std::vector<int> swapped;
  std::vector<int> mistyped = {year - 100, year + 100};  // 1920 for 2020
  std::vector<int> any;
  for (int place = 1; place <= 1000; place *= 10) {
    const int digit = year / place % 10;
    const int left = year / (place * 10) % 10;
    swapped.push_back(year + (left - digit) * place + (digit - left) * place * 10);
    for (int other = 0; other < 10; ++other) mistyped.push_back(year + (other - digit) * place);
  }
  for (auto each = first.year(); each <= last.year(); ++each) any.push_back(static_cast<int>(each));

  std::vector<CivilDate> likely;
  std::vector<CivilDate> other_order;
  AddDate(year, date.day(), date.month(), other_order);
  if (const auto found = best(other_order)) likely.push_back(*found);
  for (const std::vector<int>& years : {std::vector<int>{year - 1, year + 1}, swapped, mistyped}) {
    if (const auto found = in_years(years)) {
      likely.push_back(*found);
      break;
    }
  }
  if (!likely.empty()) return likely;
  std::vector<CivilDate> other_digits;
  AddDate(year, date.month(), exchanged(date.day()), other_digits);
  AddDate(year, exchanged(date.month()), date.day(), other_digits);
  if (const auto found = best(other_digits)) return {*found};
  if (const auto found = in_years(any)) return {*found};
  return {};
}

std::string LikelyText(CivilDate date, CivilDate first, CivilDate last) {
  const std::vector<CivilDate> likely = LikelyDates(date, first, last);
  if (likely.empty()) return "";
  return absl::StrCat(likely.size() > 1 ? "; likely dates are " : "; the likely date is ",
                      absl::StrJoin(likely, " or ", [](std::string* out, CivilDate each) {
                        *out += FullDate(each);
                      }));
}

std::string FullDate(CivilDate date) {
  return absl::StrCat(ToAbsl(WeekdayName(date)), " ", FormatDate(date));
}

}  // namespace foia
