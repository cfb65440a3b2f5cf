#include "tests/support/zip.h"

#include <zlib.h>

#include "services/base/strings.h"

namespace foia::testing {
namespace {

void Append(std::string& out, uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xFF);
}

std::string Deflate(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::string MakeZip(const std::vector<ZipFile>& files) {
  std::string out, directory;
  for (const ZipFile& file : files) {
    const std::string packed = file.deflated ? Deflate(file.bytes) : file.bytes;
    const uint32_t crc =
        static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file.bytes.data()),
                                    static_cast<uInt>(file.bytes.size()))) +
        file.bad_crc;
    const auto common = [&](std::string& to) {
      Append(to, 20, 2);
      Append(to, file.flags, 2);
      Append(to, file.deflated ? 8 : 0, 2);
      Append(to, 0, 4);
      Append(to, crc, 4);
      Append(to, packed.size(), 4);
      Append(to, file.bytes.size(), 4);
      Append(to, file.name.size(), 2);
      Append(to, 0, 2);
    };
    directory += "PK\1\2";
    Append(directory, 20, 2);
    common(directory);
    Append(directory, 0, 10);
    Append(directory, out.size(), 4);
    directory += file.name;
    out += "PK\3\4";
    common(out);
    out += file.name + packed;
  }
  const size_t start = out.size();
  out += directory + "PK\5\6";
  Append(out, 0, 4);
  Append(out, files.size(), 2);
  Append(out, files.size(), 2);
  Append(out, directory.size(), 4);
  Append(out, start, 4);
  Append(out, 0, 2);
  return out;
}

std::string PkwareEncryptedZip() {
  return HexDecode(
      "504b030414000900080054632d5100000000000000003f00000007001800666f782e747874555405"
      "000100105e5f75780b000104000000000400000000ec3c1f27a25a7488cd5a22fa3cd162db214974"
      "9ab6fb6f6d3eb1742c65cb7f2223ea2c691da862504b070846e9c24f270000003f000000504b0102"
      "140314000900080054632d5146e9c24f270000003f000000070018000000000000000000a4810000"
      "0000666f782e747874555405000100105e5f75780b000104000000000400000000504b0506000000"
      "00010001004d000000740000000000");
}

std::string Aes128Zip() {
  return HexDecode(
      "504b030414000900630054632d5100000000000000003f00000007002300666f782e747874555405"
      "000100105e5f75780b0001040000000004000000000199070001004145010800cc8cdde641938264"
      "6d62086724278207c80dbdf2b2ec7720da3859338a9bd728b881ae46d15fe7bb476533ab6dca4850"
      "4b070846e9c24f2f0000003f000000504b0102140314000900630054632d5146e9c24f2f0000003f"
      "000000070023000000000000000000a48100000000666f782e747874555405000100105e5f75780b"
      "0001040000000004000000000199070001004145010800504b050600000000010001005800000087"
      "0000000000");
}

std::string Aes256Zip() {
  return HexDecode(
      "504b030414000900630054632d5100000000000000003f00000007002300666f782e747874555405"
      "000100105e5f75780b00010400000000040000000001990700010041450308002a918addd98e0501"
      "e8ce57c79307cb5d01670db1dabb9343d01dd9445fb564f601f7241225fd3bd09be9cf7f3946cd62"
      "132d40b1328482504b070846e9c24f370000003f000000504b0102140314000900630054632d5146"
      "e9c24f370000003f000000070023000000000000000000a48100000000666f782e74787455540500"
      "0100105e5f75780b0001040000000004000000000199070001004145030800504b05060000000001"
      "000100580000008f0000000000");
}

std::string FoxText() { return "The quick brown fox. The quick brown fox. The quick brown fox.\n"; }

}  // namespace foia::testing
