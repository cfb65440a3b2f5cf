#include "ocr/page/language.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kBoth{"eng", "spa"};

std::vector<int> Languages(const std::vector<std::string>& texts,
                           const std::vector<std::string>& packs) {
  std::vector<TextLine> lines;
  for (const std::string& text : texts) lines.push_back({0, 0, text});
  return LanguagesOfLines(lines, packs);
}

TEST(LanguageTest, Tags) {
  EXPECT_EQ(LanguageTag("eng"), "en");
  EXPECT_EQ(LanguageTag("spa"), "es");
  EXPECT_EQ(LanguageTag("chi_sim"), "zh-Hans");
  EXPECT_EQ(LanguageTag("xyz"), "xyz");
}

TEST(LanguageTest, Lines) {
  EXPECT_THAT(Languages({}, kBoth), IsEmpty());
  EXPECT_THAT(Languages({"Interview of the witness", "1234", "by agents on the scene"}, kBoth),
              ElementsAre(0, 0, 0));
  // Read with the English model: accents are gone.
  EXPECT_THAT(Languages({"La agencia debera responder dentro de los", "veinte dias habiles",
                         "siguientes a la recepcion de la solicitud"},
                        kBoth),
              ElementsAre(1, 1, 1));
  EXPECT_THAT(Languages({"This is a letter from the Bureau to the", "witness in the case",
                         "Los agentes llegaron a la casa de los", "testigos en la noche del",
                         "which was received by the office"},
                        kBoth),
              ElementsAre(0, 0, 1, 1, 0));
  // A phrase does not change the language.
  EXPECT_THAT(Languages({"He was seen at the market in the town of", "Santa Cruz de la Sierra",
                         "and was not at home on that day"},
                        kBoth),
              ElementsAre(0, 0, 0));
  EXPECT_THAT(Languages({"1234 5678", "ABC-17"}, kBoth), ElementsAre(-1, -1));
  EXPECT_THAT(Languages({"de la casa de los"}, {"spa", "eng"}), ElementsAre(0));
}

}  // namespace
}  // namespace foia::ocr
