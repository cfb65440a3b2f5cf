// Waiting for pages to be read.
#ifndef FOIA_CLI_WATCH_H_
#define FOIA_CLI_WATCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/client.h"
#include "foia/documents/v1/document.pb.h"

namespace foia::cli {

// True when nothing more happens to a document by itself.
bool IsFinal(documents::v1::DocumentState state);
// Pages that wait for nothing any more.
int64_t FinishedPages(const documents::v1::Document& document);
// "partly read: 1 failed (page program died); 3 members".
std::string StateText(const documents::v1::Document& document);

// Shows progress until every document and every member of one is final; returns them as they are
// then, in the same order, members behind.
absl::StatusOr<std::vector<documents::v1::Document>> WaitUntilRead(Session& session,
                                                                   std::vector<std::string> names);

// Documents as a table, members under their containers, or as one JSON document.
void PrintDocuments(const Session& session, const std::vector<documents::v1::Document>& documents);

}  // namespace foia::cli

#endif  // FOIA_CLI_WATCH_H_
