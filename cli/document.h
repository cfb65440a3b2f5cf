// What the verbs of `foia document` share.
#ifndef FOIA_CLI_DOCUMENT_H_
#define FOIA_CLI_DOCUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/app.h"
#include "foia/documents/v1/document.pb.h"

namespace foia::cli {

// By id, or the beginning of it.
absl::StatusOr<documents::v1::Document> FindDocument(Session& session, const std::string& text);

// export and view: files made of what was read.
void AddDocumentFileVerbs(App& app, CLI::App& noun);

}  // namespace foia::cli

#endif  // FOIA_CLI_DOCUMENT_H_
