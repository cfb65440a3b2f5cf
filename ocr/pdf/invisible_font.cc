#include "ocr/pdf/invisible_font.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace foia::ocr {
namespace {

constexpr unsigned kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF;
constexpr char32_t kReplacement = 0xFFFD;
// A CMap section holds at most this many entries (Adobe Technical Note 5014).
constexpr size_t kEntriesPerSection = 100;

// Takes one character off the front of UTF-8.
char32_t TakeCharacter(std::string_view* text) {
  const auto lead = static_cast<unsigned char>(text->front());
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xC2 ? 0
                      : lead < 0xE0 ? 2
                      : lead < 0xF0 ? 3
                      : lead < 0xF5 ? 4
                                    : 0;
  char32_t code = size == 1 ? lead : lead & (0x7FU >> size);
  bool good = size > 0 && size <= text->size();
  for (size_t i = 1; good && i < size; ++i) {
    const auto next = static_cast<unsigned char>((*text)[i]);
    good = (next & 0xC0U) == 0x80;
    code = (code << 6) | (next & 0x3FU);
  }
  text->remove_prefix(good ? size : 1);
  const bool surrogate = code >= kFirstSurrogate && code <= kLastSurrogate;
  return good && !surrogate && code <= 0x10FFFF ? code : kReplacement;
}

std::string Section(const char* name, const std::vector<std::string>& entries) {
  std::string out;
  for (size_t i = 0; i < entries.size(); i += kEntriesPerSection) {
    const size_t end = std::min(entries.size(), i + kEntriesPerSection);
    absl::StrAppend(&out, end - i, " begin", name, "\n");
    for (size_t k = i; k < end; ++k) absl::StrAppend(&out, entries[k], "\n");
    absl::StrAppend(&out, "end", name, "\n");
  }
  return out;
}

// Big-endian, as everything in TrueType.
void Add16(std::string* out, unsigned value) {
  *out += static_cast<char>((value >> 8) & 0xFF);
  *out += static_cast<char>(value & 0xFF);
}
void Add32(std::string* out, uint32_t value) {
  Add16(out, value >> 16);
  Add16(out, value & 0xFFFF);
}

uint32_t Checksum(std::string_view table) {
  uint32_t sum = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    sum += static_cast<uint32_t>(static_cast<unsigned char>(table[i])) << (8 * (3 - i % 4));
  }
  return sum;
}

}  // namespace

InvisibleCodes::Encoded InvisibleCodes::Encode(std::string_view text) {
  Encoded out;
  while (!text.empty()) {
    char32_t code = TakeCharacter(&text);
    if (code > 0xFFFF) {
      const auto next = static_cast<unsigned>(kFirstSurrogate + beyond_.size());
      const auto found = beyond_.find(code);
      if (found != beyond_.end()) {
        code = found->second;
      } else if (next <= kLastSurrogate) {
        beyond_[code] = next;
        code = next;
      } else {
        code = kReplacement;
      }
    }
    absl::StrAppendFormat(&out.hex, "%04X", static_cast<unsigned>(code));
    ++out.characters;
  }
  return out;
}

std::string InvisibleCodes::ToUnicode() const {
  std::vector<std::string> ranges, single;
  for (unsigned row = 0; row < 256; ++row) {  // a range may not leave its row
    if (row >= kFirstSurrogate >> 8 && row <= kLastSurrogate >> 8) continue;
    ranges.push_back(absl::StrFormat("<%02X00> <%02XFF> <%02X00>", row, row, row));
  }
  for (const auto& [character, code] : beyond_) {
    const auto rest = static_cast<unsigned>(character) - 0x10000;
    single.push_back(
        absl::StrFormat("<%04X> <%04X%04X>", code, 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF)));
  }
  return absl::StrCat(
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
      Section("bfrange", ranges), Section("bfchar", single),
      "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

std::string InvisibleTrueType() {
  constexpr unsigned kUnits = 1000, kGlyphs = 2;
  constexpr auto kAscent = static_cast<unsigned>(kInvisibleAscent * kUnits);
  constexpr auto kDescent = static_cast<unsigned>(0x10000 - kInvisibleDescent * kUnits);
  constexpr auto kAdvance = static_cast<unsigned>(kInvisibleAdvance * kUnits);
  constexpr size_t kAdjustment = 8;  // where head has the checksum of the whole

  std::string head;
  for (const uint32_t v : {0x00010000U, 0x00010000U, 0U, 0x5F0F3CF5U}) Add32(&head, v);
  for (const unsigned v : {0x000BU, kUnits}) Add16(&head, v);
  head.append(16, '\0');  // made and changed: 1904
  for (const unsigned v : {0U, kDescent, kAdvance, kAscent}) Add16(&head, v);  // bounding box
  for (const unsigned v : {0U, 8U, 2U, 0U, 0U}) Add16(&head, v);  // style, smallest size, loca form

  std::string hhea;
  Add32(&hhea, 0x00010000);
  for (const unsigned v : {kAscent, kDescent, 0U, kAdvance}) Add16(&hhea, v);
  for (const unsigned v : {0U, 0U, 0U, 1U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 1U}) Add16(&hhea, v);

  std::string maxp;
  Add32(&maxp, 0x00010000);
  for (const unsigned v : {kGlyphs, 0U, 0U, 0U, 0U, 2U}) Add16(&maxp, v);
  maxp.append(16, '\0');

  std::string hmtx;
  for (const unsigned v : {kAdvance, 0U, 0U}) Add16(&hmtx, v);
  // All glyphs are empty; the table itself must not be.
  const std::string loca(2 * (kGlyphs + 1), '\0'), glyf(4, '\0');

  const std::array<std::pair<const char*, const std::string*>, 6> tables{{{"glyf", &glyf},
                                                                          {"head", &head},
                                                                          {"hhea", &hhea},
                                                                          {"hmtx", &hmtx},
                                                                          {"loca", &loca},
                                                                          {"maxp", &maxp}}};
  std::string font, bodies;
  Add32(&font, 0x00010000);
  for (const unsigned v : {6U, 64U, 2U, 32U}) Add16(&font, v);  // six tables, for binary search
  const size_t directory = font.size() + 16 * tables.size();
  size_t head_at = 0;
  for (const auto& [name, table] : tables) {
    if (table == &head) head_at = directory + bodies.size();
    font += name;
    Add32(&font, Checksum(*table));
    Add32(&font, static_cast<uint32_t>(directory + bodies.size()));
    Add32(&font, static_cast<uint32_t>(table->size()));
    bodies += *table;
    bodies.append((4 - bodies.size() % 4) % 4, '\0');
  }
  font += bodies;
  std::string adjustment;
  Add32(&adjustment, 0xB1B0AFBA - Checksum(font));
  return font.replace(head_at + kAdjustment, 4, adjustment);
}

}  // namespace foia::ocr
