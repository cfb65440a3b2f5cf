// The font of text that nobody sees: every character is an empty glyph half as wide as high, so
// that a viewer can find, mark and copy it. Own construction; private to ocr/pdf.
#ifndef FOIA_OCR_PDF_INVISIBLE_FONT_H_
#define FOIA_OCR_PDF_INVISIBLE_FONT_H_

#include <map>
#include <string>
#include <string_view>

namespace foia::ocr {

// Of a font size: where a box of text begins and ends, and how far a character goes.
inline constexpr double kInvisibleAscent = 0.8, kInvisibleDescent = 0.2, kInvisibleAdvance = 0.5;

// Codes of two bytes for the characters of one document. A character of the basic plane is its own
// code; one beyond it gets one of the 2048 codes of surrogates, which are no characters, and
// U+FFFD when they are used up.
class InvisibleCodes {
 public:
  struct Encoded {
    std::string hex;  // <...> of a PDF string, without the brackets
    int characters = 0;
  };
  // Of valid UTF-8; other bytes become U+FFFD.
  Encoded Encode(std::string_view text);

  // The CMap from codes to Unicode, for all text encoded so far.
  std::string ToUnicode() const;

 private:
  std::map<char32_t, unsigned> beyond_;
};

// A TrueType font of two glyphs without outline; 1000 units per em.
std::string InvisibleTrueType();

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_INVISIBLE_FONT_H_
