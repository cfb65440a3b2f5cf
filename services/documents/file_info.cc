#include "services/documents/file_info.h"

#include <algorithm>

#include "services/base/civil_date.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxFileNameBytes = 255;

bool IsFileName(const std::string& name) {
  if (name.empty() || name.size() > kMaxFileNameBytes || name == "." || name == "..") return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
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
  return violations;
}

}  // namespace foia::documents
