#include "services/documents/file_info.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/base/civil_date.h"
#include "services/base/strings.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxFileNameBytes = 255;
constexpr size_t kMaxLanguages = 8;
constexpr size_t kMaxLanguageBytes = 32;
constexpr size_t kMaxPasswordBytes = 256;

bool IsFileName(const std::string& name) {
  if (name.empty() || name.size() > kMaxFileNameBytes || name == "." || name == "..") return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

// Names become files of the folder of language packs, so nothing else may be in them.
bool IsLanguage(std::string_view name) {
  return !name.empty() && name.size() <= kMaxLanguageBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
         });
}

}  // namespace

FieldViolations CheckFileInfo(const v1::Document& document) {
  FieldViolations violations;
  if (!IsFileName(document.file_name())) {
    violations.emplace_back("document.file_name",
                            "must be 1 to 255 bytes, without folders or control characters");
  }
  if (!v1::DocumentKind_IsValid(document.kind())) {
    violations.emplace_back("document.kind", "is not a known kind");
  }
  if (document.release_number() < 0) {
    violations.emplace_back("document.release_number", "must not be negative");
  }
  if (document.has_receive_date() &&
      !DateFromProto(document.receive_date(), "document.receive_date").ok()) {
    violations.emplace_back("document.receive_date", "is not a date");
  }
  CheckLanguages(document.languages(), "document.languages", violations);
  return violations;
}

std::string StoredLanguages(std::string_view languages) {
  return languages == "default" ? std::string() : std::string(languages);
}

void CheckLanguages(std::string_view languages, const std::string& field,
                    FieldViolations& violations) {
  if (languages.empty()) return;
  const std::vector<std::string> names = absl::StrSplit(ToAbsl(languages), '+');
  const std::set<std::string> distinct(names.begin(), names.end());
  if (names.size() > kMaxLanguages || distinct.size() < names.size() ||
      !std::all_of(names.begin(), names.end(), IsLanguage)) {
    violations.emplace_back(field,
                            "must be up to 8 language packs of Tesseract, joined by '+', such as "
                            "fra+eng; letters, digits and '_'");
  }
}

absl::Status CheckPassword(std::string_view password) {
  if (password.size() <= kMaxPasswordBytes) return absl::OkStatus();
  return InvalidFields({{"password", "must have at most 256 bytes"}});
}

}  // namespace foia::documents
