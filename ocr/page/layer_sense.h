// Does a text layer say what the page shows? A layer can be complete and still be in the wrong
// encoding: shifted, with letters exchanged, with ligatures lost, in part or as a whole. Its words
// are looked up in a dictionary; where that leaves a doubt, a few of them are compared with what
// recognition makes of their pixels. Names, numbers, codes and other languages are in no dictionary
// either, so only the pixels condemn a layer.
#ifndef FOIA_OCR_PAGE_LAYER_SENSE_H_
#define FOIA_OCR_PAGE_LAYER_SENSE_H_

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "ocr/page/assemble.h"

namespace foia::ocr {

using KnowsWord = std::function<bool(std::string_view)>;

// Words of a layer that stand together: one, or what may be one.
struct WordRun {
  size_t begin = 0, end = 0;
  bool operator==(const WordRun&) const = default;
};

// What of a layer should be compared with the pixels, some of what makes least sense: of the whole,
// or else of each font that makes less sense than the others, as encodings are a font's. Empty when
// the layer is beyond doubt.
std::vector<std::vector<WordRun>> WordsToCompare(const std::vector<PageWord>& words,
                                                 const KnowsWord& dictionary);

// What a comparison says: the same word, another one, or nothing since the pixels cannot be read
// surely.
enum class Comparison { kSame, kOther, kUnclear };
Comparison CompareWord(std::string_view layer, std::string_view read, float confidence,
                       const KnowsWord& knows);

// Whether comparisons speak against a layer.
bool IsContradicted(const std::vector<Comparison>& comparisons);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_LAYER_SENSE_H_
