// Words of pages are anybody's bytes: what the index makes of them stays within the page.
#include "absl/strings/str_split.h"
#include "services/base/strings.h"
#include "storage/index/analyzer.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace foia::storage;
  const std::string_view text = foia::testing::Text(data, size);
  const std::string code = NormalizeExemption(text);
  FUZZ_CHECK(code.empty() || NormalizeExemption(code) == code);
  FUZZ_CHECK(PrintedCodeLength(text) <= size);

  std::vector<IndexedWord> words;
  std::vector<IndexedRedaction> redactions;
  for (const absl::string_view part : absl::StrSplit(foia::ToAbsl(text), ' ')) {
    const std::string_view word = foia::ToStd(part);
    // A redaction before every word that begins as one would.
    if (word.starts_with('(')) {
      redactions.push_back({static_cast<uint32_t>(words.size()), {NormalizeExemption(word)}});
    }
    words.push_back({std::string(word), size % 2 == 0 ? Language::kEnglish : Language::kSpanish});
  }
  const AnalyzedPage page = AnalyzePage(words, redactions);
  FUZZ_CHECK(page.redaction_positions.size() == redactions.size());
  for (const Token& token : page.tokens) {
    FUZZ_CHECK(!token.term.empty());
    const uint32_t position = HasSpans(token.field) ? token.value >> 4 : token.value;
    FUZZ_CHECK(position <= page.length);
  }
  for (const AnalyzedPage::Break& each : page.breaks) {
    FUZZ_CHECK(each.position <= page.length && each.word <= words.size());
  }
  return 0;
}
