// What people say of a document, checked.
#ifndef FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_
#define FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_

#include <string>
#include <string_view>

#include "foia/documents/v1/document.pb.h"
#include "services/base/error.h"

namespace foia::documents {

// Violations of file_name, kind, release_number, receive_date and languages, each under
// "document.".
FieldViolations CheckFileInfo(const v1::Document& document);

// The stored form of language packs that a person names: empty for "default".
std::string StoredLanguages(std::string_view languages);
// A violation of `field` unless `languages` is empty or up to 8 names of Tesseract's packs, each
// once, joined by '+'. Whether they are installed is for the worker to say.
void CheckLanguages(std::string_view languages, const std::string& field,
                    FieldViolations& violations);

// INVALID_FIELD for a password that is too long to be one.
absl::Status CheckPassword(std::string_view password);

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_
