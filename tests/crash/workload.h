// The contents that crash_workload writes and unsynced_data_test expects.
#ifndef FOIA_TESTS_CRASH_WORKLOAD_H_
#define FOIA_TESTS_CRASH_WORKLOAD_H_

#include <functional>
#include <random>
#include <string>
#include <string_view>

namespace foia::testing {

// The only value or blob of a name: its size (up to 24 KiB, often small) follows from the name.
inline std::string ContentOf(std::string_view name) {
  std::mt19937 random(static_cast<uint32_t>(std::hash<std::string_view>{}(name)));
  const size_t size = random() % (random() % 4 == 0 ? 24u << 10 : 400u);
  std::string content(name);
  while (content.size() < size) content.push_back(static_cast<char>(random()));
  return content;
}

}  // namespace foia::testing

#endif  // FOIA_TESTS_CRASH_WORKLOAD_H_
