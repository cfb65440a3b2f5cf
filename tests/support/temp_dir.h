// A folder of its own for one test, removed at the end.
#ifndef FOIA_TESTS_SUPPORT_TEMP_DIR_H_
#define FOIA_TESTS_SUPPORT_TEMP_DIR_H_

#include <filesystem>
#include <string>

namespace foia::testing {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Writes a whole file, or reads one; fails the test when it cannot.
void WriteFile(const std::string& path, const std::string& bytes);
std::string ReadFile(const std::string& path);

// The folder of real documents named by FOIA_TEST_DATA; empty, with a line
// "skipped: FOIA_TEST_DATA not set" on stdout, when there is none.
std::string TestDataDir();

// build/.../bin, where foia, foiad and foia-page are.
std::string BinDir();
// The root of the source tree.
std::string SourceDir();

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_TEMP_DIR_H_
