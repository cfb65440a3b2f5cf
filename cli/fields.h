// Options that stand for typed fields of requests and matters.
#ifndef FOIA_CLI_FIELDS_H_
#define FOIA_CLI_FIELDS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/party.pb.h"

namespace foia::cli {

// The words of an enum as people type them: news_media, counsel...
std::vector<std::string> EnumWords(const google::protobuf::EnumDescriptor* type,
                                   const std::string& prefix);
// The value that `word` names, case and hyphens aside. INVALID_FIELD with the words there are, or
// with the nearest one; `option` says where it stood.
absl::StatusOr<int> ParseEnumWord(const google::protobuf::EnumDescriptor* type,
                                  const std::string& prefix, const std::string& word,
                                  const std::string& option);

// The text of `file`. UNREADABLE_FILE.
absl::StatusOr<std::string> ReadText(const std::string& file);
// The first line of `file`, a password; empty when `file` is. UNREADABLE_FILE.
absl::StatusOr<std::string> ReadPassword(const std::string& file);

// "counsel:Center for Constitutional Rights".
absl::StatusOr<tracker::v1::Party> ParseParty(const std::string& text);
// "counsel: Center for Constitutional Rights; requester: ..."
std::string PartiesText(const google::protobuf::RepeatedPtrField<tracker::v1::Party>& parties);

using Tags = google::protobuf::RepeatedPtrField<std::string>;
using Parties = google::protobuf::RepeatedPtrField<tracker::v1::Party>;
// Adds the `given` tags that are not in `tags`, case aside, and takes out those of `removed`.
// INVALID_FIELD for one that is not there.
absl::Status ChangeTags(const std::vector<std::string>& given,
                        const std::vector<std::string>& removed, Tags& tags);
// Adds the `given` parties; one that is there by name takes the new role. Takes out those of
// `removed`, each NAME or ROLE:NAME. INVALID_FIELD for one that is not there, or several times.
absl::Status ChangeParties(const Parties& given, const std::vector<std::string>& removed,
                           Parties& parties);

// Options that empty a field: "--clear notes". `names` has the words and the fields' paths.
// Adds the paths to `mask`. INVALID_FIELD with the words that there are.
absl::Status ClearFields(const std::vector<std::string>& cleared,
                         const std::map<std::string, std::string>& names,
                         google::protobuf::FieldMask& mask);

// "3,7-9" as 3, 7, 8, 9; INVALID_FIELD. At most 100,000 pages.
absl::StatusOr<std::vector<int>> ParsePages(const std::string& text, const std::string& option);

}  // namespace foia::cli

#endif  // FOIA_CLI_FIELDS_H_
