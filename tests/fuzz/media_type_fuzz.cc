// The first thing that happens to an agency's bytes: they are typed, and archives are listed and
// unpacked.
#include <algorithm>

#include "ocr/pdf/media_type.h"
#include "ocr/pdf/zip.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = foia::testing::Text(data, size);
  const foia::ocr::FileType type = foia::ocr::IdentifyFile(bytes);
  FUZZ_CHECK(!type.noun.empty());
  FUZZ_CHECK(type.use == foia::ocr::FileUse::kKept || !type.media_type.empty());
  const foia::ocr::ZipArchive archive(bytes);
  FUZZ_CHECK(archive.members().size() <= foia::ocr::ZipArchive::kMaxMembers);
  for (const foia::ocr::ZipMember& member : archive.members()) {
    size_t left = 1 << 20;
    for (const char* password : {"", "secret"}) {
      (void)archive.Read(member, password, [&](std::string_view piece) {
        FUZZ_CHECK(piece.size() <= 64 << 10);
        left -= std::min(left, piece.size());
        return left > 0;
      });
    }
  }
  return 0;
}
