// In which language lines are written, by their function words ("of the", "de la"). Reading with
// another language's model spoils accents, not these.
#ifndef FOIA_OCR_PAGE_LANGUAGE_H_
#define FOIA_OCR_PAGE_LANGUAGE_H_

#include <string>
#include <string_view>
#include <vector>

namespace foia::ocr {

// BCP 47 of a language pack of Tesseract: "es" for "spa"; its own name when it is not known here.
std::string LanguageTag(std::string_view pack);

// Whether function words of the pack's language are known here.
bool KnowsLanguage(std::string_view pack);

// For each line its language, an index into `packs`; all -1 when the lines have hardly a function
// word of any. A line without one goes with its neighbours, and so does a foreign phrase.
std::vector<int> LanguagesOfLines(const std::vector<std::string>& lines,
                                  const std::vector<std::string>& packs);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LANGUAGE_H_
