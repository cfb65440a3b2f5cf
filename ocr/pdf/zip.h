// Reads ZIP archives from memory (APPNOTE.TXT 6.3.10; encryption: section 6.1 and WinZip's AES,
// AE-1 and AE-2). Names stay bytes, members keep their order and may share a name, and an archive
// cut off before its directory is read from its local headers. Not safe for concurrent use; the
// bytes must outlive it. Why no library: docs/adr/2026-11-25-own-zip-reader.md.
#ifndef FOIA_OCR_PDF_ZIP_H_
#define FOIA_OCR_PDF_ZIP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace foia::ocr {

struct ZipMember {
  std::string_view name;       // as it stands in the archive
  bool utf8 = false;           // the archive says that the name is UTF-8
  bool encrypted = false;      // with whatever method
  uint16_t flags = 0;          // general purpose bits
  uint16_t method = 0;         // 0 stored, 8 deflated, 99 WinZip AES
  uint16_t time = 0;           // of change, in MS-DOS form
  uint32_t crc = 0;            // of the bytes; unknown in a recovered member with a data descriptor
  uint64_t packed_size = 0;    // in the archive
  uint64_t size = 0;           // as the archive says; not to be relied on
  uint64_t header_offset = 0;  // of the local header
  std::string_view extra;      // extra fields
  bool sizes_known = true;     // false: recovered, and crc, size and packed_size are guesses
};

enum class ZipResult {
  kOk,
  kPassword,     // encrypted, and the password is missing or wrong
  kUnsupported,  // a method of compression or encryption that is not known
  kDamaged,      // cut off, or not what the archive says
  kStopped,      // `write` said so
};

class ZipArchive {
 public:
  // Members beyond this many are counted, not listed.
  static constexpr size_t kMaxMembers = 10'000;

  explicit ZipArchive(std::string_view bytes);

  // Files and folders, in the archive's order.
  const std::vector<ZipMember>& members() const { return members_; }
  // How many are not in members().
  uint64_t unlisted() const { return unlisted_; }
  // The archive's directory is missing or broken: members() are what local headers say.
  bool recovered() const { return recovered_; }

  // Passes the member's bytes on, in pieces of at most 64 KiB, until `write` returns false. What
  // was passed on is good only when the result is kOk. An empty password is none.
  ZipResult Read(const ZipMember& member, const std::string& password,
                 const std::function<bool(std::string_view)>& write) const;

 private:
  bool ReadDirectory();
  void ReadLocalHeaders();
  void Add(const ZipMember& member);

  const std::string_view bytes_;
  std::vector<ZipMember> members_;
  uint64_t unlisted_ = 0;
  bool recovered_ = false;
  uint64_t shift_ = 0;  // bytes before the archive that its offsets do not count
};

// True for a folder's entry, which has no bytes.
bool IsFolder(const ZipMember& member);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_ZIP_H_
