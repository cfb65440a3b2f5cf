// Edits of requests and matters as people see them: what changed, who did it, taking one back.
#ifndef FOIA_CLI_EDITS_H_
#define FOIA_CLI_EDITS_H_

#include <map>
#include <string>
#include <vector>

#include "cli/client.h"
#include "foia/tracker/v1/edit.pb.h"
#include "foia/tracker/v1/matter.pb.h"
#include "foia/tracker/v1/request.pb.h"

namespace foia::cli {

// Display names by people/{person}; empty unless the caller is an operator, who alone may list
// them.
std::map<std::string, std::string> PeopleNames(Session& session);

// "Ana Ruiz", or the id of somebody who is not in `people`; with what stands against an owner.
std::string OwnerText(const std::string& owner, const std::string& warning);

// "owner: p01jd3 -> p01jd4; tags: + academy - ero".
std::string ChangesText(const tracker::v1::Edit& edit,
                        const std::map<std::string, std::string>& people);
// The same as a message; says so when nothing changed.
void SayChanges(const Session& session, const tracker::v1::Edit* edit, bool dry_run);

// What was done to a record, in the order it was done.
struct HistoryRow {
  google::protobuf::Timestamp time;
  std::string actor;
  std::string text;
  std::string id;
};
std::vector<HistoryRow> RowsOf(const google::protobuf::RepeatedPtrField<tracker::v1::Edit>& edits,
                               const std::map<std::string, std::string>& people);
void PrintHistory(const Session& session, std::vector<HistoryRow> rows,
                  const std::map<std::string, std::string>& people);

// Names the edit and asks whether it is to be taken back. Without a terminal to ask at,
// INVALID_FIELD with the command that does it: `verb` is "foia request undo r01jd3".
absl::StatusOr<bool> AgreeToUndo(Session& session,
                                 const google::protobuf::RepeatedPtrField<tracker::v1::Edit>& edits,
                                 const tracker::v1::Edit& undo, const std::string& verb);

}  // namespace foia::cli

#endif  // FOIA_CLI_EDITS_H_
