// A path of an archive never leads out of where it is joined to.
#include "services/base/member_path.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string path = foia::CleanMemberPath(foia::testing::Text(data, size));
  FUZZ_CHECK(!path.empty() && path.size() <= 1024 && path.front() != '/');
  FUZZ_CHECK(foia::CleanMemberPath(path) == path);
  for (size_t begin = 0; begin <= path.size();) {
    size_t end = path.find('/', begin);
    if (end == std::string::npos) end = path.size();
    const std::string name = path.substr(begin, end - begin);
    FUZZ_CHECK(!name.empty() && name.size() <= 255 && name != "." && name != "..");
    begin = end + 1;
  }
  for (const char c : path) FUZZ_CHECK(static_cast<unsigned char>(c) >= ' ' && c != '\x7F');
  return 0;
}
