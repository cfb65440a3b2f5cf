#include "ocr/pdf/zip.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "services/base/crypto.h"

namespace foia::ocr {
namespace {

constexpr std::string_view kLocalHeader("PK\3\4", 4);
constexpr std::string_view kCentralHeader("PK\1\2", 4);
constexpr std::string_view kDescriptor("PK\7\x8", 4);
constexpr std::string_view kEnd("PK\5\6", 4);
constexpr std::string_view kEnd64("PK\6\6", 4);
constexpr std::string_view kEnd64Locator("PK\6\7", 4);
constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kLocatorSize = 20;
constexpr size_t kMaxComment = 0xFFFF;
constexpr uint32_t kIn64 = 0xFFFFFFFF;  // the value stands in the ZIP64 extra field

constexpr uint16_t kEncrypted = 1 << 0, kHasDescriptor = 1 << 3, kStrong = 1 << 6, kUtf8 = 1 << 11;
constexpr uint16_t kStored = 0, kDeflated = 8, kAes = 99;
constexpr uint16_t kExtra64 = 0x0001, kExtraAes = 0x9901;

constexpr size_t kPiece = 64 << 10;
constexpr size_t kAesMac = 10, kAesCheck = 2, kAesBlock = 16;
constexpr int kAesRounds = 1000;
constexpr size_t kPkwareHeader = 12;

// Little-endian numbers; 0 behind the end.
uint64_t Number(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  if (at > bytes.size() || bytes.size() - at < size) return 0;
  for (size_t i = 0; i < size; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}
uint16_t U16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(Number(bytes, at, 2));
}
uint32_t U32(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(Number(bytes, at, 4));
}

bool HasAt(std::string_view bytes, uint64_t at, std::string_view what) {
  return at <= bytes.size() && bytes.substr(at, what.size()) == what;
}

std::string_view FindExtra(std::string_view extra, uint16_t id) {
  while (extra.size() >= 4) {
    const size_t size = U16(extra, 2);
    if (U16(extra, 0) == id) return extra.substr(4, size);
    extra.remove_prefix(std::min(extra.size(), 4 + size));
  }
  return {};
}

// What a local or central header has in common, `at` its version field.
ZipMember ReadCommon(std::string_view bytes, size_t at) {
  ZipMember member;
  member.flags = U16(bytes, at + 2);
  member.method = U16(bytes, at + 4);
  member.time = U16(bytes, at + 6);
  member.crc = U32(bytes, at + 10);
  member.packed_size = U32(bytes, at + 14);
  member.size = U32(bytes, at + 18);
  member.encrypted = (member.flags & kEncrypted) != 0;
  member.utf8 = (member.flags & kUtf8) != 0;
  return member;
}

// Replaces what does not fit into 32 bits by what the ZIP64 field says, in its order.
void Read64(ZipMember& member) {
  const std::string_view extra = FindExtra(member.extra, kExtra64);
  size_t at = 0;
  for (uint64_t* const value : {&member.size, &member.packed_size, &member.header_offset}) {
    if (*value != kIn64 || at + 8 > extra.size()) continue;
    *value = Number(extra, at, 8);
    at += 8;
  }
}

// The cipher that PKWARE's tools had before 2003; APPNOTE.TXT 6.1.
class PkwareCipher {
 public:
  explicit PkwareCipher(std::string_view password) {
    for (const char c : password) Update(static_cast<unsigned char>(c));
  }
  void Decrypt(std::string& bytes) {
    for (char& c : bytes) {
      const uint32_t mixed = (keys_[2] & 0xFFFF) | 2;
      const auto key = static_cast<unsigned char>((mixed * (mixed ^ 1)) >> 8);
      const auto plain = static_cast<unsigned char>(static_cast<unsigned char>(c) ^ key);
      Update(plain);
      c = static_cast<char>(plain);
    }
  }

 private:
  static uint32_t Crc(uint32_t crc, unsigned char byte) {
    return get_crc_table()[(crc ^ byte) & 0xFF] ^ (crc >> 8);
  }
  void Update(unsigned char byte) {
    keys_[0] = Crc(keys_[0], byte);
    keys_[1] = (keys_[1] + (keys_[0] & 0xFF)) * 134775813 + 1;
    keys_[2] = Crc(keys_[2], static_cast<unsigned char>(keys_[1] >> 24));
  }
  std::array<uint32_t, 3> keys_{0x12345678, 0x23456789, 0x34567890};
};

// WinZip's AES: counter mode with a little-endian counter, authenticated by HMAC-SHA1.
class AesCipher {
 public:
  // `strength` 1, 2, 3 for 128, 192, 256 bits. `check` gets the two bytes that tell a wrong
  // password.
  AesCipher(const std::string& password, std::string_view salt, int strength, std::string* check)
      : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free), mac_(nullptr, EVP_MAC_CTX_free) {
    const size_t size = 8 + 8 * static_cast<size_t>(strength);
    std::string keys(2 * size + kAesCheck, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(keys.data());
    const EVP_CIPHER* const cipher = strength == 1   ? EVP_aes_128_ecb()
                                     : strength == 2 ? EVP_aes_192_ecb()
                                                     : EVP_aes_256_ecb();
    EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    mac_.reset(EVP_MAC_CTX_new(hmac));
    EVP_MAC_free(hmac);
    std::string digest = "SHA1";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    ok_ = mac_ != nullptr && context_ != nullptr &&
          PKCS5_PBKDF2_HMAC_SHA1(password.data(), static_cast<int>(password.size()),
                                 reinterpret_cast<const unsigned char*>(salt.data()),
                                 static_cast<int>(salt.size()), kAesRounds,
                                 static_cast<int>(keys.size()), out) == 1 &&
          EVP_EncryptInit_ex(context_.get(), cipher, nullptr, out, nullptr) == 1 &&
          EVP_MAC_init(mac_.get(), out + size, size, parameters.data()) == 1;
    *check = keys.substr(2 * size);
  }
  bool Decrypt(std::string& bytes) {
    if (!ok_) return false;
    EVP_MAC_update(mac_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    for (char& c : bytes) {
      if (used_ == kAesBlock && !NextBlock()) return false;
      c = static_cast<char>(static_cast<unsigned char>(c) ^ stream_[used_++]);
    }
    return true;
  }
  // The first bytes of the code over all that was decrypted.
  std::string Mac() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    size_t size = 0;
    EVP_MAC_final(mac_.get(), out.data(), &size, out.size());
    return {reinterpret_cast<const char*>(out.data()), kAesMac};
  }

 private:
  bool NextBlock() {
    for (size_t i = 0; i < counter_.size() && ++counter_[i] == 0; ++i) {
    }
    int size = 0;
    used_ = 0;
    return EVP_EncryptUpdate(context_.get(), stream_.data(), &size, counter_.data(),
                             static_cast<int>(kAesBlock)) == 1;
  }

  bool ok_ = false;
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> mac_;
  std::array<unsigned char, kAesBlock> counter_{};
  std::array<unsigned char, kAesBlock> stream_{};
  size_t used_ = kAesBlock;
};

// Inflates, or passes stored bytes on; counts and sums what comes out.
class Unpacker {
 public:
  Unpacker(uint16_t method, const std::function<bool(std::string_view)>& write)
      : method_(method), write_(write), out_(kPiece, '\0') {
    if (method_ == kDeflated) ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  ~Unpacker() {
    if (method_ == kDeflated && ready_) inflateEnd(&stream_);
  }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // kOk: goes on, or has ended (see ended()).
  ZipResult Feed(std::string& piece) {
    if (!ready_) return ZipResult::kDamaged;
    if (method_ == kStored) return Write(piece);
    stream_.next_in = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    while (!ended_) {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      const size_t made = out_.size() - stream_.avail_out;
      if (made > 0) {
        const ZipResult written = Write({out_.data(), made});
        if (written != ZipResult::kOk) return written;
      }
      ended_ = code == Z_STREAM_END;
      if (code == Z_BUF_ERROR && made == 0) break;  // wants more
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return ZipResult::kDamaged;
      if (stream_.avail_in == 0 && stream_.avail_out != 0) break;
    }
    return ZipResult::kOk;
  }

  bool ended() const { return method_ == kStored || ended_; }
  uint64_t size() const { return size_; }
  uint32_t crc() const { return static_cast<uint32_t>(crc_); }

 private:
  ZipResult Write(std::string_view bytes) {
    crc_ =
        crc32(crc_, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    size_ += bytes.size();
    return write_(bytes) ? ZipResult::kOk : ZipResult::kStopped;
  }

  const uint16_t method_;
  const std::function<bool(std::string_view)>& write_;
  std::string out_;
  z_stream stream_{};
  bool ready_ = true;
  bool ended_ = false;
  uint64_t size_ = 0;
  uLong crc_ = crc32(0, nullptr, 0);
};

}  // namespace

bool IsFolder(const ZipMember& member) {
  return !member.name.empty() && member.name.back() == '/' && member.size == 0;
}

ZipArchive::ZipArchive(std::string_view bytes) : bytes_(bytes) {
  if (ReadDirectory()) return;
  members_.clear();
  unlisted_ = 0;
  shift_ = 0;
  recovered_ = true;
  ReadLocalHeaders();
}

void ZipArchive::Add(const ZipMember& member) {
  if (members_.size() < kMaxMembers) {
    members_.push_back(member);
  } else {
    ++unlisted_;
  }
}

bool ZipArchive::ReadDirectory() {
  if (bytes_.size() < kEndSize) return false;
  const size_t lowest = bytes_.size() - std::min(bytes_.size(), kEndSize + kMaxComment);
  const size_t end = bytes_.rfind(kEnd);
  if (end == std::string_view::npos || end < lowest || bytes_.size() - end < kEndSize) return false;
  uint64_t count = U16(bytes_, end + 10);
  uint64_t size = U32(bytes_, end + 12), offset = U32(bytes_, end + 16);
  uint64_t directory_end = end;
  if (end >= kLocatorSize && HasAt(bytes_, end - kLocatorSize, kEnd64Locator)) {
    const uint64_t at = Number(bytes_, end - kLocatorSize + 8, 8);
    if (HasAt(bytes_, at, kEnd64)) {
      count = Number(bytes_, at + 32, 8);
      size = Number(bytes_, at + 40, 8);
      offset = Number(bytes_, at + 48, 8);
      directory_end = at;
    }
  }
  if (count == 0) return size == 0;
  if (size > directory_end) return false;
  // A program before the archive (self-extracting) is not counted in its offsets.
  uint64_t at = directory_end - size;
  if (!HasAt(bytes_, at, kCentralHeader)) at = offset;
  shift_ = at > offset ? at - offset : 0;
  uint64_t found = 0;
  for (; HasAt(bytes_, at, kCentralHeader) && bytes_.size() - at >= kCentralSize; ++found) {
    const size_t name = U16(bytes_, at + 28), extra = U16(bytes_, at + 30);
    const size_t comment = U16(bytes_, at + 32);
    if (bytes_.size() - at - kCentralSize < name + extra) return false;
    ZipMember member = ReadCommon(bytes_, at + 6);
    member.header_offset = U32(bytes_, at + 42);
    member.name = bytes_.substr(at + kCentralSize, name);
    member.extra = bytes_.substr(at + kCentralSize + name, extra);
    Read64(member);
    Add(member);
    at += kCentralSize + name + extra + comment;
  }
  // The count has 16 bits where there is no ZIP64 end, and old programs let it wrap.
  return found > 0 && (found & 0xFFFF) == (count & 0xFFFF);
}

void ZipArchive::ReadLocalHeaders() {
  size_t at = bytes_.find(kLocalHeader);
  while (at != std::string_view::npos && bytes_.size() - at >= kLocalSize) {
    const size_t name = U16(bytes_, at + 26), extra = U16(bytes_, at + 28);
    const size_t data = at + kLocalSize + name + extra;
    if (data > bytes_.size()) return;
    ZipMember member = ReadCommon(bytes_, at + 4);
    member.name = bytes_.substr(at + kLocalSize, name);
    member.extra = bytes_.substr(at + kLocalSize + name, extra);
    Read64(member);
    member.header_offset = at;
    if ((member.flags & kHasDescriptor) != 0 && member.packed_size == 0) {
      // Sizes stand behind the data, whose end nobody tells: what compression makes of it decides.
      member.sizes_known = false;
      size_t next = bytes_.find(kLocalHeader, data);
      next = std::min({next, bytes_.find(kCentralHeader, data), bytes_.size()});
      if (member.method == kStored) next = std::min(next, bytes_.find(kDescriptor, data));
      member.packed_size = next - data;
      at = next;
    } else {
      at = data + std::min<uint64_t>(member.packed_size, bytes_.size() - data);
    }
    Add(member);
    at = bytes_.find(kLocalHeader, at);
  }
}

ZipResult ZipArchive::Read(const ZipMember& member, const std::string& password,
                           const std::function<bool(std::string_view)>& write) const {
  const uint64_t header = member.header_offset + shift_;
  if (!HasAt(bytes_, header, kLocalHeader) || bytes_.size() - header < kLocalSize) {
    return ZipResult::kDamaged;
  }
  const uint64_t data = header + kLocalSize + U16(bytes_, header + 26) + U16(bytes_, header + 28);
  if (data > bytes_.size()) return ZipResult::kDamaged;
  // What is there of a member that is cut off is tried: the code over its bytes decides.
  std::string_view packed = bytes_.substr(data, member.packed_size);

  uint16_t method = member.method;
  std::optional<PkwareCipher> pkware;
  std::optional<AesCipher> aes;
  std::string_view mac;
  bool has_crc = member.sizes_known;
  if (member.encrypted) {
    if ((member.flags & kStrong) != 0) return ZipResult::kUnsupported;
    if (password.empty()) return ZipResult::kPassword;
    if (method == kAes) {
      const std::string_view field = FindExtra(member.extra, kExtraAes);
      const int strength = field.size() < 7 ? 0 : field[4];
      if (strength < 1 || strength > 3) return ZipResult::kUnsupported;
      const size_t salt = 4 + 4 * static_cast<size_t>(strength);
      if (packed.size() < salt + kAesCheck + kAesMac) return ZipResult::kDamaged;
      method = U16(field, 5);
      if (U16(field, 0) == 2) has_crc = false;  // AE-2: the code below stands in its place
      std::string check;
      aes.emplace(password, packed.substr(0, salt), strength, &check);
      if (!SecretEquals(check, packed.substr(salt, kAesCheck))) return ZipResult::kPassword;
      mac = packed.substr(packed.size() - kAesMac);
      packed = packed.substr(salt + kAesCheck, packed.size() - salt - kAesCheck - kAesMac);
    } else {
      pkware.emplace(password);
      std::string first(packed.substr(0, kPkwareHeader));
      if (first.size() < kPkwareHeader) return ZipResult::kDamaged;
      pkware->Decrypt(first);
      const auto last = static_cast<unsigned char>(first.back());
      const bool by_time = (member.flags & kHasDescriptor) != 0;
      if (last != (by_time ? member.time >> 8 : static_cast<int>(member.crc >> 24))) {
        return ZipResult::kPassword;
      }
      packed.remove_prefix(kPkwareHeader);
    }
  }
  if (method != kStored && method != kDeflated) return ZipResult::kUnsupported;

  // One in 256 wrong passwords passes the first look of the old cipher.
  const ZipResult wrong = pkware.has_value() ? ZipResult::kPassword : ZipResult::kDamaged;
  Unpacker unpacker(method, write);
  std::string piece;
  // Encrypted bytes are all read, since their code is over all of them.
  while (!packed.empty() && (method == kStored || !unpacker.ended() || aes.has_value())) {
    piece.assign(packed.substr(0, kPiece));
    packed.remove_prefix(piece.size());
    if (pkware.has_value()) pkware->Decrypt(piece);
    if (aes.has_value() && !aes->Decrypt(piece)) return ZipResult::kDamaged;
    const ZipResult fed = unpacker.Feed(piece);
    if (fed == ZipResult::kStopped) return fed;
    if (fed == ZipResult::kDamaged) return wrong;
  }
  const bool right = unpacker.ended() && (!member.sizes_known || unpacker.size() == member.size) &&
                     (!has_crc || unpacker.crc() == member.crc) &&
                     (!aes.has_value() || SecretEquals(aes->Mac(), mac));
  return right ? ZipResult::kOk : wrong;
}

}  // namespace foia::ocr
