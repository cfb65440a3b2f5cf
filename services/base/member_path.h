// Paths of files in archives, which come from strangers.
#ifndef FOIA_SERVICES_BASE_MEMBER_PATH_H_
#define FOIA_SERVICES_BASE_MEMBER_PATH_H_

#include <string>
#include <string_view>

namespace foia {

// A path from an archive (UTF-8) as it may be shown and joined to others: '/' between names, no
// "..", no drive, not absolute, no control or direction characters, names of at most 255 bytes and
// 1024 in all, the end of longer ones. Never empty.
std::string CleanMemberPath(std::string_view path);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_MEMBER_PATH_H_
