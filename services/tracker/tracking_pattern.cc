#include "services/tracker/tracking_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::tracker {
namespace {

constexpr size_t kMaxPattern = 200;
constexpr size_t kMaxNumber = 100;
// Bytes for a compiled pattern and its automata: plenty for a number, nothing for a bomb.
constexpr int64_t kMaxMemory = 256 * 1024;

absl::Status Wrong(std::string_view why) { return MakeError(Reason::REASON_INVALID_FIELD, why); }

}  // namespace

absl::StatusOr<TrackingPattern> TrackingPattern::Compile(const v1::TrackingNumberPattern& pattern) {
  if (pattern.pattern().empty()) return Wrong("the pattern is missing");
  if (pattern.pattern().size() > kMaxPattern) {
    return Wrong(absl::StrCat("the pattern has more than ", kMaxPattern, " characters"));
  }
  if (!v1::TrackingNumberKind_IsValid(pattern.kind()) ||
      pattern.kind() == v1::TRACKING_NUMBER_KIND_UNSPECIFIED) {
    return Wrong("the kind of number is missing");
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxMemory);
  auto regex = std::make_shared<const RE2>(pattern.pattern(), options);
  if (!regex->ok()) return Wrong(absl::StrCat("the pattern is wrong: ", regex->error()));
  if (RE2::FullMatch("", *regex)) return Wrong("the pattern fits the empty number");
  TrackingPattern compiled(std::move(regex), pattern.kind());
  if (!pattern.example().empty() && !compiled.Matches(SpellingsOf(pattern.example()))) {
    return Wrong(absl::StrCat("the pattern does not fit the example '", pattern.example(), "'"));
  }
  return compiled;
}

bool TrackingPattern::Matches(const std::vector<std::string>& spellings) const {
  return std::any_of(spellings.begin(), spellings.end(),
                     [&](const std::string& each) { return RE2::FullMatch(each, *regex_); });
}

std::vector<std::string> SpellingsOf(std::string_view number) {
  if (number.size() > kMaxNumber) return {};
  std::string text = absl::StrReplaceAll(ToAbsl(number), {{"\u2010", "-"},
                                                          {"\u2011", "-"},
                                                          {"\u2012", "-"},
                                                          {"\u2013", "-"},
                                                          {"\u2014", "-"},
                                                          {"\u2212", "-"},
                                                          {"\u00a0", " "}});
  absl::AsciiStrToUpper(&text);
  absl::RemoveExtraAsciiWhitespace(&text);
  if (text.empty()) return {};
  std::vector<std::string> spellings = {text};
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  if (words.size() > 1) {
    spellings.push_back(absl::StrJoin(words, ""));
    spellings.push_back(absl::StrJoin(words, "-"));
  }
  return spellings;
}

}  // namespace foia::tracker
