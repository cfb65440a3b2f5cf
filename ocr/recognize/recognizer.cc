#include "ocr/recognize/recognizer.h"

#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

// Codes, executive-order codes, and what "Page withheld" style labels need.
constexpr char kLabelAlphabet[] = "()bBkj0123456789ABCDEFHacdeghu.,;-/ ";

constexpr char kModelSuffix[] = ".traineddata";

// Not a path, nor a model of something else than a language: orientation, equations.
bool IsPackName(std::string_view pack) {
  return !pack.empty() && pack.front() != '/' && pack != "osd" && pack != "equ" &&
         std::all_of(pack.begin(), pack.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '/';  // script/Latin
         });
}

std::string TakeText(char* text) {
  std::string out = text == nullptr ? "" : text;
  delete[] text;
  return out;
}

void AddFile(const std::string& path, Sha256Stream* hash) {
  std::ifstream file(path, std::ios::binary);
  std::string buffer(1 << 16, '\0');
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    hash->Update({buffer.data(), static_cast<size_t>(file.gcount())});
  }
}

// The packs in the folder that Tesseract uses.
std::vector<std::string> Installed(const tesseract::TessBaseAPI& api) {
  std::vector<std::string> packs;
  api.GetAvailableLanguagesAsVector(&packs);
  std::erase_if(packs, [](const std::string& pack) { return !IsPackName(pack); });
  std::sort(packs.begin(), packs.end());
  return packs;
}

// One language, loaded.
struct Model {
  std::string language;
  tesseract::TessBaseAPI api;
};

}  // namespace

// A model for each language, not one for all: Tesseract would read every word that it is not sure
// of once more with each.
struct Recognizer::Impl {
  std::vector<std::unique_ptr<Model>> models;
  tesseract::TessBaseAPI label;
  std::string languages, model_hash;

  Model* Find(std::string_view language) const {
    const auto at = std::find_if(models.begin(), models.end(),
                                 [&](const auto& m) { return m->language == language; });
    return at == models.end() ? nullptr : at->get();
  }
};

Recognizer::Recognizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recognizer::~Recognizer() = default;

absl::StatusOr<std::unique_ptr<Recognizer>> Recognizer::Create(const std::string& languages) {
  auto impl = std::make_unique<Impl>();
  impl->languages = languages;
  Sha256Stream hash;
  for (const auto name : absl::StrSplit(languages, '+')) {
    const std::string language(name);
    auto model = std::make_unique<Model>();
    if (impl->Find(language) != nullptr) continue;
    if (!IsPackName(language) ||
        model->api.Init(nullptr, language.c_str(), tesseract::OEM_LSTM_ONLY) != 0 ||
        (impl->models.empty() &&
         impl->label.Init(nullptr, language.c_str(), tesseract::OEM_LSTM_ONLY) != 0)) {
      return MakeError(
          Reason::REASON_INVALID_FIELD,
          absl::StrCat("the language pack '", language, "' cannot be loaded"),
          {{"languages", language}, {"installed", absl::StrJoin(Installed(model->api), "+")}});
    }
    model->language = language;
    AddFile(std::string(model->api.GetDatapath()) + "/" + language + kModelSuffix, &hash);
    impl->models.push_back(std::move(model));
  }
  impl->model_hash = hash.Digest();
  impl->label.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  impl->label.SetVariable("tessedit_char_whitelist", kLabelAlphabet);
  std::unique_ptr<Recognizer> recognizer(new Recognizer(std::move(impl)));
  for (const auto& model : recognizer->impl_->models) {
    recognizer->ReadPage(Raster::White(400, 60), 200, Layout::kAutomatic, 0, model->language);
  }
  recognizer->ReadLabel(Raster::White(400, 60));
  return recognizer;
}

std::vector<ReadWord> Recognizer::ReadPage(const Raster& page, int dpi, Layout layout, int limit_ms,
                                           std::string_view language) {
  std::vector<ReadWord> words;
  Model* model = language.empty() ? impl_->models.front().get() : impl_->Find(language);
  if (model == nullptr) return words;
  tesseract::TessBaseAPI& api = model->api;
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
        // A rule, or the dark edge of the glass, that passes for a letter an inch wide.
        if (word.text.size() == 1 && x1 - x0 > dpi) continue;
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

bool Recognizer::Knows(std::string_view word) const {
  const std::string written(word);
  std::string lower = written;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::any_of(impl_->models.begin(), impl_->models.end(), [&](const auto& model) {
    return model->api.IsValidWord(lower.c_str()) != 0 ||
           (lower != written && model->api.IsValidWord(written.c_str()) != 0);
  });
}

const std::string& Recognizer::languages() const { return impl_->languages; }
const std::string& Recognizer::model_hash() const { return impl_->model_hash; }

std::string Recognizer::Version() {
  return std::string("tesseract ") + tesseract::TessBaseAPI::Version();
}

}  // namespace foia::ocr
