// What people say of a document, checked.
#ifndef FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_
#define FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_

#include <string>

#include "foia/documents/v1/document.pb.h"
#include "services/base/error.h"

namespace foia::documents {

// Violations of file_name, kind, release_number and receive_date, each under "document.".
FieldViolations CheckFileInfo(const v1::Document& document);

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_FILE_INFO_H_
