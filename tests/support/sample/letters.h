// Scanned letters with boxed exemption codes in every style, as agencies and their scanners make
// them, with what stands on them: to measure how well codes are read. Same seed, same bytes.
#ifndef FOIA_TESTS_SUPPORT_SAMPLE_LETTERS_H_
#define FOIA_TESTS_SUPPORT_SAMPLE_LETTERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sample/sheet.h"

namespace foia::testing {

// How a letter was scanned. Of the profiles "clean300", "office300", "copy300bw", "fax200bw",
// "low150", "poor300", "rot90" and "rot180" the first two are good.
struct LetterProfile {
  std::string_view name;
  Scanner scanner;
  bool degraded = false;
};
const std::vector<LetterProfile>& LetterProfiles();

// "black", "white", "grey", "margin", and "none": text with citations, a table, a heading on a
// black bar and a stamp, but no redaction.
const std::vector<std::string>& LetterStyles();

struct LetterPage {
  std::string profile, style;
  std::string text;                // as printed, codes included
  std::vector<std::string> codes;  // normal form
  std::vector<DrawnBox> boxes;     // of the upright page
};

struct Letters {
  std::string pdf;
  std::vector<LetterPage> pages;
};

// A page of each style for each profile; `only` may name a profile, a style, or both: "fax200bw
// white".
Letters MakeLetters(uint32_t seed, std::string_view only = {});

// What bench/score_codes.py reads: boxes in pixels at 300 dpi.
std::string BoxesJson(const Letters& letters);

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_SAMPLE_LETTERS_H_
