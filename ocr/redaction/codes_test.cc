#include "ocr/redaction/codes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::ElementsAreArray;

struct Row {
  std::string text;
  std::vector<std::string> codes;
};

std::vector<std::string> Codes(const ParsedCodes& parsed) {
  std::vector<std::string> out;
  for (const ParsedCode& code : parsed.codes) out.push_back(code.code);
  return out;
}

TEST(ParseCodesTest, Zone) {
  const Row rows[] = {
      // As printed.
      {"(b)(6)", {"b6"}},
      {"(b)(6), (b)(7)(C)", {"b6", "b7C"}},
      {"(b)(6); (b)(7)(C)", {"b6", "b7C"}},
      {"(b) (6)\n(b) (7) (C)\n(b) (7) (E)", {"b6", "b7C", "b7E"}},
      {"(b)(6)(b)(7)(C)", {"b6", "b7C"}},
      {"(b)(1)(A)", {"b1A"}},
      {"(b)(1)", {"b1"}},
      {"(b)(3), (b)(5)", {"b3", "b5"}},
      {"b6", {"b6"}},
      {"b6\nb7C\nb7D", {"b6", "b7C", "b7D"}},
      {"b7E-1, 2, 3, 6", {"b7E-1", "b7E-2", "b7E-3", "b7E-6"}},
      {"(b)(7)(E)-1, 2", {"b7E-1", "b7E-2"}},
      {"3.5(c)", {"3.5(c)"}},
      {"3.3(h)(2)", {"3.3(h)(2)"}},
      {"1.4(c)", {"1.4(c)"}},
      {"(k)(2), (j)(2)", {"k2", "j2"}},
      {"(b)(6), (b)(6)", {"b6", "b6"}},
      // The b misread.
      {"(6)(6)", {"b6"}},
      {"9)(7)(E)", {"b7E"}},
      {"(lb)(6)", {"b6"}},
      {"(1b)(6)", {"b6"}},
      {"(lo)(6)", {"b6"}},
      {"(10)(6)", {"b6"}},
      {"(f0)(6)", {"b6"}},
      {"(Db)(6)", {"b6"}},
      {"(db)(6)", {"b6"}},
      {"(dD)(6)", {"b6"}},
      {"(D)(6)", {"b6"}},
      {"(0)(6)", {"b6"}},
      {"(O)(6)", {"b6"}},
      {"(Ob)(6)", {"b6"}},
      {"()(6)", {"b6"}},
      {"b)(6)", {"b6"}},
      {"[(b)(6)", {"b6"}},
      {"(h)(6)", {"b6"}},
      {"(B)(7)(E)", {"b7E"}},
      // Separators and edges.
      {"(b)(6). (b)(7)(C)", {"b6", "b7C"}},
      {"|(b)(6)|", {"b6"}},
      {"(b}(6)", {"b6"}},
      // The bracket pair collapsed into a letter.
      {"(bN7)(A)", {"b7A"}},
      {"(b7)(C)", {"b7C"}},
      {"(b)7V(E)", {"b7E"}},
      {"(bY7C)", {"b7C"}},
      {"(BY7C)", {"b7C"}},
      {"(BM7}E)", {"b7E"}},
      {"ibU7HC)", {"b7C"}},
      {"(bNB)", {"b6"}},
      {"(7KE)", {"b7E"}},
      {"(bys)", {"b5"}},
      {"(bX6)", {"b6"}},
      // Digits and letters.
      {"(b)(G)", {"b6"}},
      {"(b)(S)", {"b5"}},
      {"(b)(7)(c)", {"b7C"}},
      {"(b)(7)(8)", {"b7B"}},
      {"(b)(?)(C)", {"b7C"}},
      // FBI.
      {"bic", {"b7C"}},
      {"b?C", {"b7C"}},
      {"b7?C", {"b7C"}},
      {"b7Cc", {"b7C"}},
      {"bs", {"b5"}},
      {"b\u00e9", {"b6"}},
      {"b6\nb7Cc", {"b6", "b7C"}},
      // Nothing.
      {"", {}},
      {"WE", {}},
      {"WR", {}},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(Codes(ParseCodes(row.text, CodeContext::kZone)), ElementsAreArray(row.codes))
        << "'" << row.text << "'";
  }
}

TEST(ParseCodesTest, CutOffLabels) {
  const struct {
    std::string text;
    std::vector<std::string> codes;
  } rows[] = {{"(b)(6), (b)", {"b6"}}, {"(b)(7)", {"b7?"}}, {"(b)(6),(b)(", {"b6"}}};
  for (const auto& row : rows) {
    const ParsedCodes parsed = ParseCodes(row.text, CodeContext::kZone);
    EXPECT_TRUE(parsed.truncated) << row.text;
    EXPECT_THAT(Codes(parsed), ElementsAreArray(row.codes)) << row.text;
  }
  EXPECT_FALSE(ParseCodes("(b)(6)", CodeContext::kZone).truncated);
}

TEST(ParseCodesTest, CompleteMeansNothingElseWasRead) {
  EXPECT_TRUE(ParseCodes("(b)(6); (b)(7)(C)", CodeContext::kZone).complete);
  EXPECT_FALSE(ParseCodes("withheld (b)(6)", CodeContext::kZone).complete);
  EXPECT_FALSE(ParseCodes("", CodeContext::kZone).complete);
}

TEST(ParseCodesTest, RunningText) {
  const Row rows[] = {
      {"withheld under (b)(6) and [b](7)(C)", {"b7C"}},
      {"see (b)(6), (b)(7)(E)", {"b6", "b7E"}},
      {"(b) (7) (E)", {"b7E"}},
      {"(b)(7)(E)-2 and (b)(7)(C)-2019", {"b7E-2", "b7C"}},
      // Citations are mentions.
      {"5 U.S.C. 552(b)(6)", {}},
      {"paragraph (b)(1) of this section", {}},
      {"Exemption (b)(5)", {}},
      // Other brackets are no codes here.
      {"(c)(6) (a)(6) 3.3(h)(2) (6)(6)", {}},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(Codes(ParseCodes(row.text, CodeContext::kText)), ElementsAreArray(row.codes))
        << "'" << row.text << "'";
  }
}

TEST(PrintedCodeTest, Forms) {
  const struct {
    std::string code, printed;
  } rows[] = {{"b6", "(b)(6)"}, {"b7E", "(b)(7)(E)"},     {"b1A", "(b)(1)(A)"}, {"b7?", "(b)(7)"},
              {"k2", "(k)(2)"}, {"b7E-2", "(b)(7)(E)-2"}, {"3.5(c)", "3.5(c)"}, {"", ""}};
  for (const auto& row : rows) EXPECT_EQ(PrintedCode(row.code), row.printed) << row.code;
}

}  // namespace
}  // namespace foia::ocr
