#include "tests/mutation/mutator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace foia::testing {
namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  // Below `count`, which is not 0. Not std::uniform_int_distribution, whose results are the
  // library's own choice.
  size_t Below(size_t count) { return engine_() % count; }
  char Byte() { return static_cast<char>(engine_()); }
  template <typename T>
  const T& Of(const std::vector<T>& list) {
    return list[Below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

struct Range {
  size_t begin = 0, size = 0;
};

using Files = std::vector<SoundFile>;

// Numbers at which readers stumble.
const std::vector<std::string>& Numbers() {
  static const auto* const numbers =
      new std::vector<std::string>{"0",          "1",          "-1",         "2",
                                   "7",          "255",        "65535",      "65536",
                                   "199558",     "2147483647", "4294967295", "1e10",
                                   "-1e9",       "0.001",      "null",       "99999999999999999999",
                                   "2147483648", "-2147483648"};
  return *numbers;
}

// Where `text` stands from `from` on, in turn around the end.
std::optional<size_t> Find(const std::string& bytes, std::string_view text, size_t from) {
  size_t at = bytes.find(text, from);
  if (at == std::string::npos) at = bytes.find(text);
  return at == std::string::npos ? std::nullopt : std::optional<size_t>(at);
}

// The run of digits at or behind `from`.
std::optional<Range> NumberFrom(const std::string& bytes, size_t from) {
  const auto digit = [&](size_t i) {
    return absl::ascii_isdigit(static_cast<unsigned char>(bytes[i]));
  };
  size_t begin = from;
  while (begin < bytes.size() && !digit(begin)) ++begin;
  size_t end = begin;
  while (end < bytes.size() && digit(end)) ++end;
  return begin == end ? std::nullopt : std::optional<Range>({begin, end - begin});
}

void Put(std::string& bytes, Range where, std::string_view what) {
  bytes.replace(where.begin, where.size, what);
}

void ChangeBytes(std::string& bytes, Range where, Random& random) {
  if (where.size == 0) return;
  for (size_t n = 1 + random.Below(24); n > 0; --n) {
    char& byte = bytes[where.begin + random.Below(where.size)];
    // A bit, any value, or an end of the range.
    switch (random.Below(3)) {
      case 0:
        byte = static_cast<char>(byte ^ (1 << random.Below(8)));
        break;
      case 1:
        byte = random.Byte();
        break;
      default:
        byte = random.Below(2) == 0 ? '\0' : '\xFF';
    }
  }
}

Range Piece(const std::string& bytes, Random& random) {
  if (bytes.empty()) return {};
  const size_t begin = random.Below(bytes.size());
  const size_t most = std::min<size_t>(bytes.size() - begin, 4096);
  return {begin, 1 + random.Below(most)};
}

// Any file.

void AnyBytes(std::string& bytes, const Files&, Random& random) {
  ChangeBytes(bytes, {0, bytes.size()}, random);
}

void HeadBytes(std::string& bytes, const Files&, Random& random) {
  ChangeBytes(bytes, {0, std::min<size_t>(bytes.size(), 600)}, random);
}

void Truncate(std::string& bytes, const Files&, Random& random) {
  if (!bytes.empty()) bytes.resize(random.Below(bytes.size()));
}

void Remove(std::string& bytes, const Files&, Random& random) {
  Put(bytes, Piece(bytes, random), "");
}

void Double(std::string& bytes, const Files&, Random& random) {
  const Range piece = Piece(bytes, random);
  bytes.insert(piece.begin, bytes.substr(piece.begin, piece.size));
}

void Splice(std::string& bytes, const Files& files, Random& random) {
  const std::string& other = random.Of(files).bytes;
  const Range from = Piece(other, random);
  Range to = Piece(bytes, random);
  if (random.Below(2) == 0) to.size = std::min(from.size, bytes.size() - to.begin);
  Put(bytes, to, std::string_view(other).substr(from.begin, from.size));
}

void SecondHalfOfAnother(std::string& bytes, const Files& files, Random& random) {
  const std::string& other = random.Of(files).bytes;
  bytes.resize(random.Below(bytes.size() + 1));
  bytes += other.substr(random.Below(other.size()));
}

// PDF.

// One number behind one of these words.
void NumberBehind(std::string& bytes, const std::vector<std::string>& words, Random& random) {
  const auto at = Find(bytes, random.Of(words), random.Below(bytes.size() + 1));
  if (!at) return;
  if (const auto number = NumberFrom(bytes, *at)) Put(bytes, *number, random.Of(Numbers()));
}

void CrossReference(std::string& bytes, const Files&, Random& random) {
  const size_t table = bytes.rfind("\nxref");
  if (table == std::string::npos || random.Below(4) == 0) {
    NumberBehind(bytes, {"startxref", "/Prev", "/Size", "/Index", "/W", "/XRefStm"}, random);
    return;
  }
  // An offset or a generation, or the kind of an entry.
  const size_t at = table + random.Below(bytes.size() - table);
  if (random.Below(4) == 0) {
    if (const auto entry = Find(bytes, " n", at)) bytes[*entry + 1] = 'f';
  } else if (const auto number = NumberFrom(bytes, at)) {
    std::string other = absl::StrCat(random.Below(bytes.size() + 100));
    if (other.size() < number->size) other.insert(0, number->size - other.size(), '0');
    Put(bytes, *number, other);
  }
}

void Reference(std::string& bytes, const Files&, Random& random) {
  const auto at = Find(bytes, " 0 R", random.Below(bytes.size() + 1));
  if (!at) return;
  size_t begin = *at;
  while (begin > 0 && absl::ascii_isdigit(static_cast<unsigned char>(bytes[begin - 1]))) --begin;
  Put(bytes, {begin, *at - begin}, absl::StrCat(random.Below(40)));
}

void ObjectNumber(std::string& bytes, const Files&, Random& random) {
  NumberBehind(bytes, {"endobj\n", "endobj\r", "endobj"}, random);
}

void Length(std::string& bytes, const Files&, Random& random) {
  NumberBehind(bytes, {"/Length", "/Length1", "/First", "/N "}, random);
}

void DictionaryNumber(std::string& bytes, const Files&, Random& random) {
  NumberBehind(bytes, {"/Width",  "/Height",    "/BitsPerComponent", "/Columns",
                       "/Rows",   "/K ",        "/Predictor",        "/Colors",
                       "/Rotate", "/MediaBox",  "/CropBox",          "/UserUnit",
                       "/Count",  "/FirstChar", "/Widths",           "/Rect",
                       "/BBox",   "/Matrix",    "/Decode",           "/V ",
                       "/R ",     "/P "},
               random);
}

void Name(std::string& bytes, const Files&, Random& random) {
  static const auto* const names = new std::vector<std::string>{
      "/FlateDecode",    "/LZWDecode",      "/DCTDecode",       "/JPXDecode",
      "/JBIG2Decode",    "/CCITTFaxDecode", "/RunLengthDecode", "/ASCII85Decode",
      "/ASCIIHexDecode", "/Crypt",          "/Image",           "/Form",
      "/Page",           "/Pages",          "/Catalog",         "/Font",
      "/Type0",          "/Type3",          "/TrueType",        "/Indexed",
      "/ICCBased",       "/Separation",     "/Pattern",         "/DeviceCMYK",
      "/Identity-H",     "/Widget",         "/Redact",          "/XObject",
      "/Contents",       "/Kids",           "/Parent",          "/SMask",
      "/ObjStm"};
  const size_t from = random.Below(bytes.size() + 1);
  const auto at = Find(bytes, "/", from);
  if (!at) return;
  size_t end = *at + 1;
  while (end < bytes.size() && absl::ascii_isalnum(static_cast<unsigned char>(bytes[end]))) ++end;
  Put(bytes, {*at, end - *at}, random.Of(*names));
}

void Nesting(std::string& bytes, const Files&, Random& random) {
  const auto at = Find(bytes, random.Below(2) == 0 ? "<<" : "/", random.Below(bytes.size() + 1));
  if (!at) return;
  std::string deep;
  for (size_t n = size_t{1} << random.Below(14); n > 0; --n)
    deep += random.Below(2) == 0 ? "[" : "<</A";
  bytes.insert(*at, deep);
}

// The bytes between "stream" and "endstream" behind `from`.
std::optional<Range> StreamFrom(const std::string& bytes, size_t from) {
  for (auto at = Find(bytes, "stream", from); at;) {
    if (*at >= 3 && bytes.compare(*at - 3, 3, "end") == 0) {
      const size_t next = bytes.find("stream", *at + 6);
      if (next == std::string::npos) return std::nullopt;
      at = next;
      continue;
    }
    const size_t begin = std::min(*at + 7, bytes.size());
    const size_t end = bytes.find("endstream", begin);
    if (end == std::string::npos) return std::nullopt;
    return Range{begin, end - begin};
  }
  return std::nullopt;
}

void StreamBytes(std::string& bytes, const Files&, Random& random) {
  if (const auto stream = StreamFrom(bytes, random.Below(bytes.size() + 1))) {
    ChangeBytes(bytes, *stream, random);
  }
}

// Of an image by its filter, mostly near its beginning, where its headers are.
void ImageBytes(std::string& bytes, const Files&, Random& random) {
  static const auto* const filters =
      new std::vector<std::string>{"/JBIG2Decode", "/JPXDecode", "/CCITTFaxDecode", "/DCTDecode"};
  const size_t first = random.Below(filters->size());
  for (size_t i = 0; i < filters->size(); ++i) {
    const auto at =
        Find(bytes, (*filters)[(first + i) % filters->size()], random.Below(bytes.size() + 1));
    if (!at) continue;
    auto stream = StreamFrom(bytes, *at);
    if (!stream) return;
    if (random.Below(3) != 0) stream->size = std::min<size_t>(stream->size, 200);
    ChangeBytes(bytes, *stream, random);
    return;
  }
}

// TIFF.

void TiffTag(std::string& bytes, const Files&, Random& random) {
  const bool little = bytes.starts_with("II");
  const auto read = [&](size_t at, size_t count) {
    size_t value = 0;
    for (size_t i = 0; i < count && at + i < bytes.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes[at + i]);
      value = little ? value | size_t{byte} << (8 * i) : value << 8 | byte;
    }
    return value;
  };
  const size_t directory = read(4, 4);
  const size_t entries = read(directory, 2);
  if (entries == 0 || directory + 2 + 12 * entries > bytes.size()) return;
  // A word of one entry: tag, type, count or value.
  const size_t entry = directory + 2 + 12 * random.Below(entries);
  ChangeBytes(bytes, {entry + 2 * random.Below(6), 2}, random);
}

// ZIP.

void ZipField(std::string& bytes, const Files&, Random& random) {
  static const auto* const headers = new std::vector<std::string>{
      "PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x07\x08"};
  const auto at = Find(bytes, random.Of(*headers), random.Below(bytes.size() + 1));
  if (at) ChangeBytes(bytes, {*at, std::min<size_t>(46, bytes.size() - *at)}, random);
}

struct Mutation {
  const char* name;
  std::optional<FileKind> kind;  // none: of any file
  void (*apply)(std::string& bytes, const Files& files, Random& random);
};

constexpr std::array kMutations{
    Mutation{"bytes", std::nullopt, AnyBytes},
    Mutation{"head", std::nullopt, HeadBytes},
    Mutation{"truncated", std::nullopt, Truncate},
    Mutation{"removed", std::nullopt, Remove},
    Mutation{"doubled", std::nullopt, Double},
    Mutation{"spliced", std::nullopt, Splice},
    Mutation{"two halves", std::nullopt, SecondHalfOfAnother},
    Mutation{"xref", FileKind::kPdf, CrossReference},
    Mutation{"reference", FileKind::kPdf, Reference},
    Mutation{"object number", FileKind::kPdf, ObjectNumber},
    Mutation{"length", FileKind::kPdf, Length},
    Mutation{"number", FileKind::kPdf, DictionaryNumber},
    Mutation{"name", FileKind::kPdf, Name},
    Mutation{"nesting", FileKind::kPdf, Nesting},
    Mutation{"stream", FileKind::kPdf, StreamBytes},
    Mutation{"image", FileKind::kPdf, ImageBytes},
    Mutation{"image", FileKind::kPdf, ImageBytes},  // twice: decoders are where the errors are
    Mutation{"tag", FileKind::kTiff, TiffTag},
    Mutation{"tag", FileKind::kTiff, TiffTag},
    Mutation{"zip field", FileKind::kZip, ZipField},
    Mutation{"zip field", FileKind::kZip, ZipField},
};

}  // namespace

Mutant MakeMutant(const std::vector<SoundFile>& files, uint32_t seed) {
  Random random(seed);
  const SoundFile& file = random.Of(files);
  Mutant mutant{absl::StrCat(seed, " ", file.name, ":"), file.bytes};
  std::vector<const Mutation*> possible;
  for (const Mutation& m : kMutations) {
    if (!m.kind || *m.kind == file.kind) possible.push_back(&m);
  }
  for (size_t n = 1 + random.Below(3); n > 0 && !mutant.bytes.empty(); --n) {
    const Mutation& mutation = *random.Of(possible);
    mutation.apply(mutant.bytes, files, random);
    absl::StrAppend(&mutant.name, " ", mutation.name);
  }
  return mutant;
}

}  // namespace foia::testing
