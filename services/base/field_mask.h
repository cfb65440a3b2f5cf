// Update methods: which fields a caller changes (AIP-134).
#ifndef FOIA_SERVICES_BASE_FIELD_MASK_H_
#define FOIA_SERVICES_BASE_FIELD_MASK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace foia {

// Copies the masked top-level fields of `source` to `target`. An empty mask means the fields of
// `changeable` that are set in `source`; "*" means all of `changeable`. INVALID_FIELD, and nothing
// changed, when the mask names any other field.
absl::Status UpdateFields(const google::protobuf::FieldMask& mask,
                          const std::vector<std::string>& changeable,
                          const google::protobuf::Message& source,
                          google::protobuf::Message& target);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_FIELD_MASK_H_
