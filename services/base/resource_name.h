// How people refer to records: by a whole name, by its id, or by the beginning of the id, case
// aside.
#ifndef FOIA_SERVICES_BASE_RESOURCE_NAME_H_
#define FOIA_SERVICES_BASE_RESOURCE_NAME_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"

namespace foia {

// "people/p01jd3" of "P01JD3", "people/p01jd3" and "People/P01JD3".
std::string NameIn(std::string_view collection, std::string_view reference);

// Its id: "p01jd3".
std::string IdIn(std::string_view collection, std::string_view reference);

// Whether `name`, made by NameIn, says more than the type and the century, so that it may be the
// beginning of an id.
bool MayBeginId(std::string_view collection, std::string_view name);

// AMBIGUOUS_NAME with the ids of `candidates`: "'r01jd' fits several requests: r01jd3...,
// r01jd4...". `collection` is the word for them, and its singular the key of the metadata.
absl::Status AmbiguousId(std::string_view collection, std::string_view reference,
                         const std::vector<std::string>& candidates);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_RESOURCE_NAME_H_
