#include "cli/fields.h"

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/app.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

constexpr char kRolePrefix[] = "PARTY_ROLE_";

absl::Status Invalid(const std::string& option, const std::string& message) {
  return MakeError(Reason::REASON_INVALID_FIELD, absl::StrCat(option, ": ", message),
                   {{"field", option}});
}

}  // namespace

std::vector<std::string> EnumWords(const google::protobuf::EnumDescriptor* type,
                                   const std::string& prefix) {
  std::vector<std::string> words;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    words.push_back(absl::AsciiStrToLower(type->value(i)->name().substr(prefix.size())));
  }
  return words;
}

absl::StatusOr<int> ParseEnumWord(const google::protobuf::EnumDescriptor* type,
                                  const std::string& prefix, const std::string& word,
                                  const std::string& option) {
  const std::string name =
      prefix + absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}, {" ", "_"}});
  const auto* value = type->FindValueByName(name);
  if (value != nullptr && value->number() != 0) return value->number();
  const std::vector<std::string> words = EnumWords(type, prefix);
  return Invalid(option, absl::StrCat("'", word, "' is not one of ", absl::StrJoin(words, ", "),
                                      DidYouMean(word, words)));
}

absl::StatusOr<std::string> ReadPassword(const std::string& file) {
  std::string password;
  if (file.empty()) return password;
  std::ifstream in(file);
  if (!std::getline(in, password)) {
    return MakeError(Reason::REASON_UNREADABLE_FILE,
                     absl::StrCat("cannot read a password from '", file, "'"), {{"file", file}});
  }
  return password;
}

absl::StatusOr<std::string> ReadText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.good()) {
    return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", file, "'"),
                     {{"file", file}});
  }
  return text.str();
}

absl::StatusOr<tracker::v1::Party> ParseParty(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return Invalid("--party", absl::StrCat("'", text, "' is not ROLE:NAME"));
  }
  tracker::v1::Party party;
  FOIA_ASSIGN_OR_RETURN(const int role,
                        ParseEnumWord(tracker::v1::PartyRole_descriptor(), kRolePrefix,
                                      text.substr(0, colon), "--party"));
  party.set_role(static_cast<tracker::v1::PartyRole>(role));
  party.set_display_name(std::string(absl::StripAsciiWhitespace(text.substr(colon + 1))));
  return party;
}

std::string PartiesText(const google::protobuf::RepeatedPtrField<tracker::v1::Party>& parties) {
  return absl::StrJoin(parties, "; ", [](std::string* out, const tracker::v1::Party& party) {
    absl::StrAppend(out, EnumText(PartyRole_Name(party.role()), kRolePrefix), ": ",
                    party.display_name());
  });
}

absl::StatusOr<int64_t> ParseDollars(const std::string& text, const std::string& option) {
  const size_t point = text.find('.');
  std::string cents = point == std::string::npos ? "" : text.substr(point + 1);
  int64_t dollars = 0;
  int fraction = 0;
  const bool digits = text.find_first_not_of("0123456789.") == std::string::npos;
  cents.resize(std::max<size_t>(cents.size(), 2), '0');
  if (!digits || cents.size() > 2 || !absl::SimpleAtoi(text.substr(0, point), &dollars) ||
      !absl::SimpleAtoi(cents, &fraction) || dollars > 1'000'000'000) {
    return Invalid(option, absl::StrCat("'", text, "' is not an amount such as 25 or 25.00"));
  }
  return dollars * 100 + fraction;
}

absl::StatusOr<std::vector<int>> ParsePages(const std::string& text, const std::string& option) {
  constexpr int kMaxPages = 100'000;
  std::vector<int> pages;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> ends = absl::StrSplit(part, '-');
    int first = 0, last = 0;
    if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &first) ||
        !absl::SimpleAtoi(ends.back(), &last) || first < 1 || last < first ||
        last - first >= kMaxPages - static_cast<int>(pages.size())) {
      return Invalid(option, absl::StrCat("'", text, "' are no pages; say 3,7-9"));
    }
    for (int page = first; page <= last; ++page) pages.push_back(page);
  }
  return pages;
}

}  // namespace foia::cli
