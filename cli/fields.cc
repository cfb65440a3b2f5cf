#include "cli/fields.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
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

absl::Status ChangeTags(const std::vector<std::string>& given,
                        const std::vector<std::string>& removed, Tags& tags) {
  const auto find = [&tags](const std::string& tag) {
    return std::find_if(tags.begin(), tags.end(), [&](const std::string& known) {
      return absl::EqualsIgnoreCase(known, absl::StripAsciiWhitespace(tag));
    });
  };
  for (const std::string& tag : removed) {
    const auto known = find(tag);
    if (known == tags.end()) {
      return Invalid("--untag", absl::StrCat("'", tag, "' is none of its tags",
                                             tags.empty() ? "; it has none" : ": ",
                                             absl::StrJoin(tags, ", ")));
    }
    tags.erase(known);
  }
  for (const std::string& tag : given) {
    if (find(tag) == tags.end()) *tags.Add() = tag;
  }
  return absl::OkStatus();
}

absl::Status ChangeParties(const Parties& given, const std::vector<std::string>& removed,
                           Parties& parties) {
  const auto find = [&parties](const std::string& name) {
    std::vector<int> found;
    for (int i = 0; i < parties.size(); ++i) {
      if (absl::EqualsIgnoreCase(parties[i].display_name(), absl::StripAsciiWhitespace(name))) {
        found.push_back(i);
      }
    }
    return found;
  };
  for (const std::string& text : removed) {
    const absl::StatusOr<tracker::v1::Party> with_role = ParseParty(text);
    std::vector<int> found = find(with_role.ok() ? with_role->display_name() : text);
    if (with_role.ok()) {
      std::erase_if(found, [&](int i) { return parties[i].role() != with_role->role(); });
      // A name may begin like a role.
      if (found.empty()) found = find(text);
    }
    if (found.size() != 1) {
      return Invalid("--unparty", absl::StrCat("'", text, "' ",
                                               found.empty() ? "is none of its parties"
                                                             : "stands there in several roles",
                                               ": ", PartiesText(parties)));
    }
    parties.DeleteSubrange(found.front(), 1);
  }
  for (const tracker::v1::Party& party : given) {
    const std::vector<int> found = find(party.display_name());
    if (std::any_of(found.begin(), found.end(),
                    [&](int i) { return parties[i].role() == party.role(); })) {
      continue;
    }
    if (found.size() > 1) {
      return Invalid("--party",
                     absl::StrCat("'", party.display_name(), "' stands there in several roles: ",
                                  PartiesText(parties), "; take one out with --unparty"));
    }
    if (found.empty()) {
      *parties.Add() = party;
    } else {
      parties[found.front()].set_role(party.role());
    }
  }
  return absl::OkStatus();
}

absl::Status ClearFields(const std::vector<std::string>& cleared,
                         const std::map<std::string, std::string>& names,
                         google::protobuf::FieldMask& mask) {
  for (const std::string& word : cleared) {
    const auto found = names.find(absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", "-"}}));
    if (found == names.end()) {
      std::vector<std::string> words;
      for (const auto& [name, path] : names) words.push_back(name);
      return Invalid("--clear", absl::StrCat("'", word, "' is not one of ",
                                             absl::StrJoin(words, ", "), DidYouMean(word, words)));
    }
    mask.add_paths(found->second);
  }
  return absl::OkStatus();
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
