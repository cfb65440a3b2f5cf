// ZIP archives for tests, with what is wrong in them.
#ifndef FOIA_TESTS_SUPPORT_ZIP_H_
#define FOIA_TESTS_SUPPORT_ZIP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace foia::testing {

struct ZipFile {
  std::string name;
  std::string bytes;
  bool deflated = true;
  uint16_t flags = 0;    // general purpose bits
  uint32_t bad_crc = 0;  // added to the right one
};

std::string MakeZip(const std::vector<ZipFile>& files);

// One member, fox.txt, under the password "secret", made by libarchive 3.6.2.
std::string PkwareEncryptedZip();
std::string Aes128Zip();
std::string Aes256Zip();
// What stands in fox.txt.
std::string FoxText();

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_ZIP_H_
