#include "ocr/page/quality.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// Below these a page of office print has lines that are wrong or missing (docs/measurements.md).
constexpr float kMinConfidence = 75;
constexpr float kMinInkCovered = 0.6F;

}  // namespace

std::string_view WhyDoubtful(const pb::PageRecord& page) {
  if (page.state() == pb::PAGE_STATE_BLANK) return {};
  if (page.state() != pb::PAGE_STATE_DONE) return "it was not read";
  if (page.engine().quick()) return "it was read the quick way only";
  if (!page.state_reason().empty()) return "part of it could not be read";
  // Zero: not measured, by an older pipeline.
  const float confidence = page.mean_confidence(), covered = page.ink_covered();
  if (page.words().empty() && page.redactions().empty()) return "no words were found on it";
  if (confidence > 0 && confidence < kMinConfidence) return "its words are uncertain";
  if (covered > 0 && covered < kMinInkCovered) return "much of its ink is in no word";
  return {};
}

}  // namespace foia::ocr
