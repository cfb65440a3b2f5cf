#include "cli/views.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/status.h"

namespace foia::cli {
namespace {

constexpr char kOption[] = "--view";

absl::Status Unwritable(const std::string& file) {
  return MakeError(Reason::REASON_UNREADABLE_FILE,
                   absl::StrCat("cannot write '", file, "': ", std::strerror(errno)),
                   {{"file", file}});
}

}  // namespace

std::string ViewsFile() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config != '\0') return absl::StrCat(config, "/foia/views");
  const char* home = std::getenv("HOME");
  return absl::StrCat(home == nullptr ? "" : home, "/.config/foia/views");
}

absl::StatusOr<SavedViews> LoadViews(const std::string& file) {
  SavedViews views;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> words = absl::StrSplit(line, '\t', absl::SkipEmpty());
    if (words.empty()) continue;
    const std::string name = words.front();
    if (const absl::Status status = CheckViewName(name); !status.ok()) {
      return MakeError(Reason::REASON_INVALID_FIELD,
                       absl::StrCat("'", file, "' is no file of views: ", status.message()),
                       {{"file", file}});
    }
    words.erase(words.begin());
    views[name] = std::move(words);
  }
  return views;
}

absl::Status StoreViews(const std::string& file, const SavedViews& views) {
  std::string text;
  for (const auto& [name, words] : views) {
    absl::StrAppend(&text, name, words.empty() ? "" : "\t", absl::StrJoin(words, "\t"), "\n");
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const std::string next = file + ".new";
  std::ofstream out(next, std::ios::trunc);
  out << text;
  out.close();
  if (!out) return Unwritable(next);
  std::filesystem::rename(next, file, error);
  return error ? Unwritable(file) : absl::OkStatus();
}

absl::Status CheckViewName(const std::string& name) {
  if (!name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos) {
    return absl::OkStatus();
  }
  return MakeError(
      Reason::REASON_INVALID_FIELD,
      absl::StrCat("'", name, "' is no name of a view; use small letters, digits and hyphens"),
      {{"view", name}});
}

std::vector<std::string> WithSavedView(const std::vector<std::string>& words,
                                       const SavedViews& views) {
  const auto verb = std::find(words.begin(), words.end(), "docket");
  if (verb == words.end()) return words;
  std::vector<std::string> before(words.begin(), verb + 1);
  std::vector<std::string> after;
  for (auto word = verb + 1; word != words.end(); ++word) {
    std::string name;
    const bool is_split = *word == kOption && word + 1 != words.end();
    if (is_split) name = *(word + 1);
    if (absl::StartsWith(*word, absl::StrCat(kOption, "=")))
      name = word->substr(std::strlen(kOption) + 1);
    const auto saved = views.find(name);
    if (name.empty() || saved == views.end()) {
      after.push_back(*word);
      continue;
    }
    before.insert(before.end(), saved->second.begin(), saved->second.end());
    if (is_split) ++word;
  }
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

}  // namespace foia::cli
