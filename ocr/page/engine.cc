#include "ocr/page/engine.h"

#include "ocr/pdf/document.h"
#include "services/base/crypto.h"

namespace foia::ocr {
namespace {

// Raised with every change of what ReadPage makes.
constexpr char kPipeline[] = "9";

}  // namespace

documents::v1::Engine EngineOf(const Recognizer& recognizer, bool quick) {
  documents::v1::Engine engine;
  engine.set_pipeline(kPipeline);
  engine.set_recognizer(Recognizer::Version());
  engine.set_renderer(Document::Version());
  engine.set_languages(recognizer.languages());
  engine.set_quick(quick);
  engine.set_configuration_hash(Sha256(engine.pipeline() + "\n" + engine.recognizer() + "\n" +
                                       engine.renderer() + "\n" + engine.languages() + "\n" +
                                       recognizer.model_hash() + (quick ? "\nquick" : "")));
  return engine;
}

}  // namespace foia::ocr
