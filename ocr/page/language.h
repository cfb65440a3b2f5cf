// In which language lines are written, by their function words ("of the", "de la"). Reading with
// another language's model spoils accents, not these.
#ifndef FOIA_OCR_PAGE_LANGUAGE_H_
#define FOIA_OCR_PAGE_LANGUAGE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foia::ocr {

// BCP 47 of a language pack of Tesseract: "es" for "spa"; its own name when it is not known here.
std::string LanguageTag(std::string_view pack);

// The packs of the languages whose function words are known here.
std::vector<std::string> KnownLanguages();

// A line of words: which, and what they say.
struct TextLine {
  size_t begin = 0, end = 0;
  std::string text;
};

// `Word` has a text and the number of its line; words of a line follow each other.
template <typename Word>
std::vector<TextLine> LinesOf(const std::vector<Word>& words) {
  std::vector<TextLine> lines;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i == 0 || words[i].line != words[i - 1].line) lines.push_back({i, i, ""});
    lines.back().end = i + 1;
    lines.back().text += words[i].text + " ";
  }
  return lines;
}

// For each line its language, an index into `packs`; all -1 when the lines have hardly a function
// word of any. A line without one goes with its neighbours, and so does a foreign phrase.
std::vector<int> LanguagesOfLines(const std::vector<TextLine>& lines,
                                  const std::vector<std::string>& packs);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LANGUAGE_H_
