#include "services/base/resource_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/strings.h"

namespace foia {
namespace {

// The letter of the type and four of the time: whole centuries share less.
constexpr size_t kShortestPrefix = 5;
constexpr size_t kMostNamed = 5;

}  // namespace

std::string NameIn(std::string_view collection, std::string_view reference) {
  std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(reference)));
  const std::string prefix = absl::StrCat(ToAbsl(collection), "/");
  return absl::StartsWith(name, prefix) ? name : prefix + name;
}

std::string IdIn(std::string_view collection, std::string_view reference) {
  return NameIn(collection, reference).substr(collection.size() + 1);
}

bool MayBeginId(std::string_view collection, std::string_view name) {
  return name.size() >= collection.size() + 1 + kShortestPrefix;
}

absl::Status AmbiguousId(std::string_view collection, std::string_view reference,
                         const std::vector<std::string>& candidates) {
  std::vector<std::string> shown;
  for (const std::string& name : candidates) {
    if (shown.size() == kMostNamed) break;
    const size_t at = collection.size() + 1;
    shown.push_back(
        name.compare(0, at, absl::StrCat(ToAbsl(collection), "/")) == 0 ? name.substr(at) : name);
  }
  const size_t more = candidates.size() - shown.size();
  const std::string key =
      collection == "people" ? "person" : std::string(collection.substr(0, collection.size() - 1));
  return MakeError(Reason::REASON_AMBIGUOUS_NAME,
                   absl::StrCat("'", ToAbsl(reference), "' fits several ", ToAbsl(collection), ": ",
                                absl::StrJoin(shown, ", "),
                                more == 0 ? "" : absl::StrCat(" and ", more, " more")),
                   {{key, std::string(reference)}});
}

}  // namespace foia
