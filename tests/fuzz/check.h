// FUZZ_CHECK(condition): a fuzz target's promise. A broken one ends the process, which is what
// libFuzzer and the replay both report.
#ifndef FOIA_TESTS_FUZZ_CHECK_H_
#define FOIA_TESTS_FUZZ_CHECK_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace foia::testing {

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace foia::testing

#endif  // FOIA_TESTS_FUZZ_CHECK_H_
