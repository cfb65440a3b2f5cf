// Exemption codes: from what was read, however badly, to the normal form and the printed form.
//
//   ParseCodes("(b)(6), (bN7)(C)", CodeContext::kZone).codes       // b6, b7C
//   ParseCodes("Personal Privacy / Ex. 6", CodeContext::kText).codes  // b6
#ifndef FOIA_OCR_REDACTION_CODES_H_
#define FOIA_OCR_REDACTION_CODES_H_

#include <string>
#include <string_view>
#include <vector>

namespace foia::ocr {

// How well the text was read. A zone (inside a box, in a margin block) was read for codes and holds
// little else, so misreads are repaired unless other words stand among them. Words are what they
// say: codes count as agencies spell them.
enum class CodeContext { kZone, kText };

struct ParsedCode {
  std::string code;     // normal form: b6, b7C, b7E-2, b1A, 3.5(c), k2, j2; b7? when cut off
  std::string raw;      // as read, with its statute
  std::string statute;  // that stands behind it: "50 USC 3024(i)"
};

struct ParsedCodes {
  std::vector<ParsedCode> codes;  // as they stand, repeated ones too
  bool truncated = false;         // the label goes on beyond what was read
  bool complete = false;          // nothing but codes was read, and what agencies write beside them
  bool says_withheld = false;  // no code, but only that something was taken out: "NR", "REDACTED"
  int other_words = 0;         // of four letters and more, that no label has
};

ParsedCodes ParseCodes(std::string_view text, CodeContext context);

// The form in page text: "(b)(7)(E)" for b7E, "3.5(c)" for itself.
std::string PrintedCode(std::string_view code);

}  // namespace foia::ocr

#endif  // FOIA_OCR_REDACTION_CODES_H_
