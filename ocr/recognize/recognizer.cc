#include "ocr/recognize/recognizer.h"

#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_split.h"
#include "services/base/crypto.h"
#include "services/base/error.h"

namespace foia::ocr {
namespace {

// Codes, executive-order codes, and what "Page withheld" style labels need.
constexpr char kLabelAlphabet[] = "()bBkj0123456789ABCDEFHacdeghu.,;-/ ";

std::string TakeText(char* text) {
  std::string out = text == nullptr ? "" : text;
  delete[] text;
  return out;
}

std::string HashModels(const std::string& folder, const std::string& languages) {
  Sha256Stream hash;
  for (const auto language : absl::StrSplit(languages, '+')) {
    std::ifstream file(folder + "/" + std::string(language) + ".traineddata", std::ios::binary);
    std::string buffer(1 << 16, '\0');
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())),
           file.gcount() > 0) {
      hash.Update({buffer.data(), static_cast<size_t>(file.gcount())});
    }
  }
  return hash.Digest();
}

}  // namespace

struct Recognizer::Impl {
  tesseract::TessBaseAPI page, label;
  std::string languages, model_hash;
};

Recognizer::Recognizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recognizer::~Recognizer() = default;

absl::StatusOr<std::unique_ptr<Recognizer>> Recognizer::Create(const std::string& languages) {
  auto impl = std::make_unique<Impl>();
  const std::string first = languages.substr(0, languages.find('+'));
  const auto missing = [](const std::string& language) {
    return MakeError(Reason::REASON_INVALID_FIELD,
                     "the language pack '" + language + "' cannot be loaded",
                     {{"languages", language}});
  };
  const bool loaded = impl->page.Init(nullptr, languages.c_str(), tesseract::OEM_LSTM_ONLY) == 0 &&
                      impl->label.Init(nullptr, first.c_str(), tesseract::OEM_LSTM_ONLY) == 0;
  // Tesseract goes on without the second and later ones.
  std::vector<std::string> have;
  if (loaded) impl->page.GetLoadedLanguagesAsVector(&have);
  for (const auto language : absl::StrSplit(languages, '+')) {
    if (std::find(have.begin(), have.end(), language) == have.end()) {
      return missing(loaded ? std::string(language) : first);
    }
  }
  impl->languages = languages;
  impl->model_hash = HashModels(impl->page.GetDatapath(), languages);
  impl->label.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  impl->label.SetVariable("tessedit_char_whitelist", kLabelAlphabet);
  std::unique_ptr<Recognizer> recognizer(new Recognizer(std::move(impl)));
  recognizer->ReadPage(Raster::White(400, 60), 200, Layout::kAutomatic, 0);
  recognizer->ReadLabel(Raster::White(400, 60));
  return recognizer;
}

std::vector<ReadWord> Recognizer::ReadPage(const Raster& page, int dpi, Layout layout,
                                           int limit_ms) {
  std::vector<ReadWord> words;
  tesseract::TessBaseAPI& api = impl_->page;
  api.SetPageSegMode(layout == Layout::kAutomatic ? tesseract::PSM_AUTO
                                                  : tesseract::PSM_SINGLE_BLOCK);
  api.SetImage(page.pix());
  api.SetSourceResolution(dpi);
  tesseract::ETEXT_DESC monitor;
  if (limit_ms > 0) monitor.set_deadline_msecs(limit_ms);
  if (api.Recognize(&monitor) == 0) {
    const std::unique_ptr<tesseract::ResultIterator> it(api.GetIterator());
    int line = -1, block = -1;
    if (it != nullptr) {
      do {
        if (it->Empty(tesseract::RIL_WORD)) continue;
        // The iterator stands on text blocks only, so starts are seen in order.
        if (it->IsAtBeginningOf(tesseract::RIL_BLOCK)) ++block;
        if (it->IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++line;
        ReadWord word;
        word.text = TakeText(it->GetUTF8Text(tesseract::RIL_WORD));
        if (word.text.find_first_not_of(" \t\n") == std::string::npos) continue;
        int x0, y0, x1, y1;
        if (!it->BoundingBox(tesseract::RIL_WORD, &x0, &y0, &x1, &y1)) continue;
        word.box = {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(x1),
                    static_cast<float>(y1)};
        word.confidence = it->Confidence(tesseract::RIL_WORD);
        word.line = std::max(line, 0);
        word.block = std::max(block, 0);
        words.push_back(std::move(word));
      } while (it->Next(tesseract::RIL_WORD));
    }
  }
  api.Clear();
  return words;
}

ReadWord Recognizer::ReadLabel(const Raster& line) {
  tesseract::TessBaseAPI& api = impl_->label;
  api.SetImage(line.pix());
  api.SetSourceResolution(200);
  ReadWord word;
  if (api.Recognize(nullptr) == 0) {
    word.text = TakeText(api.GetUTF8Text());
    word.confidence = static_cast<float>(api.MeanTextConf());
  }
  api.Clear();
  return word;
}

const std::string& Recognizer::languages() const { return impl_->languages; }
const std::string& Recognizer::model_hash() const { return impl_->model_hash; }

std::string Recognizer::Version() {
  return std::string("tesseract ") + tesseract::TessBaseAPI::Version();
}

}  // namespace foia::ocr
