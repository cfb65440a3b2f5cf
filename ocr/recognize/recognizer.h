// Tesseract behind a small wall: words with boxes and confidences. Not safe for concurrent use.
#ifndef FOIA_OCR_RECOGNIZE_RECOGNIZER_H_
#define FOIA_OCR_RECOGNIZE_RECOGNIZER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ocr/raster/raster.h"

namespace foia::ocr {

// A word as read, in pixels.
struct ReadWord {
  std::string text;
  Rect box;
  float confidence = 0;  // 0 to 100
  int line = 0;          // counts over the whole page
  int block = 0;
  std::string language;  // BCP 47, for whoever finds it out
};

class Recognizer {
 public:
  enum class Layout { kAutomatic, kOneColumn };

  // `languages` as Tesseract names them, "eng+spa". Loads a model for each and reads a blank
  // picture, so that nothing is opened later. REASON_INVALID_FIELD when one is not installed: the
  // metadata "languages" holds its name, "installed" those there are, joined by '+'.
  static absl::StatusOr<std::unique_ptr<Recognizer>> Create(const std::string& languages);
  ~Recognizer();

  // Words in reading order, read with the model of one language of languages(); the first when
  // empty. After `limit_ms` (0: none) it returns what it has; layout analysis does not look at the
  // clock, so this is no hard limit.
  std::vector<ReadWord> ReadPage(const Raster& page, int dpi, Layout layout, int limit_ms,
                                 std::string_view language = {});
  // One line that holds exemption codes: brackets, letters and digits only.
  ReadWord ReadLabel(const Raster& line);

  // Whether the dictionary of one of the languages has this word, as written or in lower case.
  bool Knows(std::string_view word) const;

  // As given to Create.
  const std::string& languages() const;
  // SHA-256 over the model files, 32 raw bytes.
  const std::string& model_hash() const;

  // For example "tesseract 5.3.0", or "tesseract 5.3.0 tuned" for our own build of it.
  static std::string Version();

 private:
  struct Impl;
  explicit Recognizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_RECOGNIZE_RECOGNIZER_H_
