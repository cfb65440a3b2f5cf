// Recognition of one upright and level page: at the size at which letters are read best, each line
// with the model of the language it is written in. Not safe for concurrent use.
#ifndef FOIA_OCR_PAGE_READING_H_
#define FOIA_OCR_PAGE_READING_H_

#include <string_view>
#include <vector>

#include "ocr/page/pipeline.h"
#include "ocr/raster/raster.h"
#include "ocr/recognize/recognizer.h"

namespace foia::ocr {

// Below this mean confidence a reading may be of a turned page, or of another language.
inline constexpr float kDoubtfulReading = 70;

class PageReading {
 public:
  // `page` must outlive this and not change.
  PageReading(const Raster& page, int dpi, Recognizer& recognizer, const PageOptions& options);

  // Words in reading order, in pixels of the page, read with the first language's model.
  std::vector<ReadWord> Read();
  // The words of the part where most text is.
  std::vector<ReadWord> ReadSample();
  // Reads a page of low confidence once more, unshrunk, and if it has no columns as one, so also
  // where layout analysis has torn a line apart. Keeps what gives more.
  void Retry(std::vector<ReadWord>* words);
  // Reads those lines again that are of another of the recognizer's languages, and tags all words
  // with theirs. A reading without words of a language known here is tried in the others as a
  // whole, if it is doubtful.
  void ReadForeignLines(std::vector<ReadWord>* words);
  // Clockwise quarter turns after which a sample of the page gives by far the most words; 0 when
  // none does.
  int TurnsOfSample();

 private:
  std::vector<ReadWord> Read(const Raster& pixels, Recognizer::Layout layout,
                             std::string_view language);
  void ReadInOtherLanguage(const std::vector<std::string>& packs, std::vector<ReadWord>* words);

  const Raster& page_;
  const int dpi_;
  Recognizer& recognizer_;
  const PageOptions& options_;
  double scale_ = 1;  // of what the recognizer is given
};

// Of letters rather than of words; 0 to 100, 0 without words.
template <typename Word>
float MeanConfidence(const std::vector<Word>& words) {
  float sum = 0, weight = 0;
  for (const Word& w : words) {
    const auto length = static_cast<float>(w.text.size());
    sum += w.confidence * length;
    weight += length;
  }
  return weight > 0 ? sum / weight : 0;
}

// Whether most of the longer words are higher than wide.
bool RunsDown(const std::vector<ReadWord>& words);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_READING_H_
