// Hashes and random bytes, from OpenSSL.
#ifndef FOIA_SERVICES_BASE_CRYPTO_H_
#define FOIA_SERVICES_BASE_CRYPTO_H_

#include <memory>
#include <string>
#include <string_view>

namespace foia {

inline constexpr size_t kSha256Size = 32;

// SHA-256 (FIPS 180-4) of `bytes`: 32 raw bytes.
std::string Sha256(std::string_view bytes);

// SHA-256 of bytes that come in pieces. Not safe for concurrent use.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void Update(std::string_view bytes);
  // The digest of all that came so far; more may follow.
  std::string Digest() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// HMAC-SHA-256 (RFC 2104): 32 raw bytes.
std::string HmacSha256(std::string_view key, std::string_view bytes);

// Cryptographically random bytes. Aborts when the system has none to give.
std::string RandomBytes(size_t count);

// Compares in constant time.
bool SecretEquals(std::string_view a, std::string_view b);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_CRYPTO_H_
