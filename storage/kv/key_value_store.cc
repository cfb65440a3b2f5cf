#include "storage/kv/key_value_store.h"

namespace foia::storage {
namespace {

template <typename Number>
void AppendBigEndian(Number number, std::string& key) {
  for (int shift = static_cast<int>(sizeof(number) - 1) * 8; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>((number >> shift) & 0xff));
  }
}

template <typename Number>
Number ReadBigEndian(std::string_view bytes) {
  Number number = 0;
  for (char byte : bytes.substr(0, sizeof(number))) {
    number = static_cast<Number>(number << 8) | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

ScanOptions ScanOptions::Prefix(std::string_view prefix) {
  ScanOptions options;
  options.begin = prefix;
  options.end = PrefixEnd(prefix);
  return options;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

void AppendBigEndian32(uint32_t number, std::string& key) { AppendBigEndian(number, key); }
void AppendBigEndian64(uint64_t number, std::string& key) { AppendBigEndian(number, key); }
uint32_t ReadBigEndian32(std::string_view bytes) { return ReadBigEndian<uint32_t>(bytes); }
uint64_t ReadBigEndian64(std::string_view bytes) { return ReadBigEndian<uint64_t>(bytes); }

}  // namespace foia::storage
