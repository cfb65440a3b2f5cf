// Exemption codes: from what was read, however badly, to the normal form and the printed form.
//
//   ParseCodes("(b)(6), (bN7)(C)", CodeContext::kZone).codes  // b6, b7C
#ifndef FOIA_OCR_REDACTION_CODES_H_
#define FOIA_OCR_REDACTION_CODES_H_

#include <string>
#include <string_view>
#include <vector>

namespace foia::ocr {

// Where the text stands. A zone (inside a box, in a margin block) holds codes and little else, so
// misreads are repaired; running text must show a literal b, and citations are not codes.
enum class CodeContext { kZone, kText };

struct ParsedCode {
  std::string code;  // normal form: b6, b7C, b7E-2, b1A, 3.5(c), k2, j2; b7? when cut off
  std::string raw;   // as read
};

struct ParsedCodes {
  std::vector<ParsedCode> codes;  // as they stand, repeated ones too
  bool truncated = false;         // the label goes on beyond what was read
  bool complete = false;          // nothing but codes was read
};

ParsedCodes ParseCodes(std::string_view text, CodeContext context);

// The form in page text: "(b)(7)(E)" for b7E, "3.5(c)" for itself.
std::string PrintedCode(std::string_view code);

}  // namespace foia::ocr

#endif  // FOIA_OCR_REDACTION_CODES_H_
