// What people change of a record, so that it can be shown and taken back: the fields as they were
// and as they are since. Knows messages only, no store.
#ifndef FOIA_SERVICES_TRACKER_EDITS_H_
#define FOIA_SERVICES_TRACKER_EDITS_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "foia/tracker/v1/edit.pb.h"

namespace foia::tracker {

// The edit that turns `before` into `after`, two messages of one type, with those of `fields` in
// which they differ; without any when there is no difference. Lists are compared as sets.
v1::Edit MakeEdit(const google::protobuf::Message& before, const google::protobuf::Message& after,
                  const std::vector<std::string>& fields);

// Puts `changes` into words. `type` is any message of the record's type.
void DescribeChanges(const google::protobuf::Message& type, v1::Edit& edit);

// "owner people/p01 -> people/p02, tags + academy", long values cut.
std::string ChangesText(const v1::Edit& edit);

// Takes `edit` back in `record`: single fields get their old value, entries of lists that were
// added go, and those that were removed return. STALE_ETAG, and nothing changed, when one of its
// fields is no longer as the edit left it.
absl::Status TakeBack(const v1::Edit& edit, google::protobuf::Message& record);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_EDITS_H_
