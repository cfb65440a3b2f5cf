// Identifiers: a lower-case ULID (48 bits of Unix milliseconds, 80 random bits, Crockford base 32)
// behind a letter for the type, for example "r01jd3v8m6k9q0t2w4x6y8z0ab". They sort by creation
// time. https://github.com/ulid/spec
#ifndef FOIA_SERVICES_BASE_ULID_H_
#define FOIA_SERVICES_BASE_ULID_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace foia {

// A new id; ids of one process made with the same letter strictly increase as long as `now` does
// not go back. Safe for concurrent use.
std::string NewId(char type_letter, absl::Time now);

// The id that a hash of at least 16 bytes stands for: the same hash, the same id. Says nothing
// about time.
std::string IdFromHash(char type_letter, std::string_view hash);

// True for a complete id of the type, in lower case.
bool IsId(char type_letter, std::string_view id);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_ULID_H_
